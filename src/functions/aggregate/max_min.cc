// MAX and MIN. Where nothing is retracted the best value is kept, else all values in order.
#include "absl/container/btree_map.h"
#include "functions/aggregate/accumulator.h"

namespace sluice {

namespace {

// Text compares by its unsigned bytes.
template <typename K, typename V>
bool IsBetter(const V& value, const K& best, bool max) {
  return max ? value > best : value < best;
}

template <typename T>
struct BestOf {
  typename KeptType<T>::type value{};
  bool is_set = false;
};

template <typename T>
class Best final : public PlacedAggregator<BestOf<T>> {
 public:
  explicit Best(bool max) : max_(max) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t>, RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      BestOf<T>& best = this->At(accumulators[i]);
      const auto& value = KeptType<T>::Of(values[rows[i]]);
      if (best.is_set && !IsBetter(value, best.value, max_)) continue;
      best.value = value;
      best.is_set = true;
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const BestOf<T>& best = this->At(accumulators[i]);
      const int32_t row = static_cast<int32_t>(i);
      if (best.is_set)
        KeptType<T>::Write(out, row, best.value);
      else
        SetNullRow(out, row);
    }
  }

 private:
  bool max_;
};

template <typename T>
struct ValuesOf {
  // How often each value was added, less how often it was retracted: negative while a retraction
  // came first.
  absl::btree_map<typename KeptType<T>::type, int64_t, std::less<>> counts;
};

template <typename T>
class BestOfAll final : public PlacedAggregator<ValuesOf<T>> {
 public:
  explicit BestOfAll(bool max) : max_(max) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      auto& counts = this->At(accumulators[i]).counts;
      const auto& value = KeptType<T>::Of(values[rows[i]]);
      auto place = counts.find(value);
      if (place == counts.end()) {
        counts.emplace(typename KeptType<T>::type(value), signs[i]);
      } else if ((place->second += signs[i]) == 0) {
        counts.erase(place);
      }
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    const auto is_present = [](const auto& entry) { return entry.second > 0; };
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const auto& counts = this->At(accumulators[i]).counts;
      const int32_t row = static_cast<int32_t>(i);
      if (max_) {
        const auto place = std::find_if(counts.rbegin(), counts.rend(), is_present);
        if (place == counts.rend())
          SetNullRow(out, row);
        else
          KeptType<T>::Write(out, row, place->first);
      } else {
        const auto place = std::find_if(counts.begin(), counts.end(), is_present);
        if (place == counts.end())
          SetNullRow(out, row);
        else
          KeptType<T>::Write(out, row, place->first);
      }
    }
  }

 private:
  bool max_;
};

template <bool max>
std::unique_ptr<Aggregator> MakeBest(const AggregateInit& init) {
  return ForLayout(init.arg_types[0].layout(),
                   [&init]<typename T>() -> std::unique_ptr<Aggregator> {
                     if (init.retractable) return std::make_unique<BestOfAll<T>>(max);
                     return std::make_unique<Best<T>>(max);
                   });
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  return InferOne(
      call, [](const Type& type) { return !type.IsNested() && !type.IsBinary(); },
      [](const Type& arg) { return arg; });
}

}  // namespace

void RegisterAggregate_max_min(AggregateRegistry& registry) {
  registry.Add({.name = "MAX",
                .signature = "(COMPARABLE) -> COMPARABLE",
                .help = "The largest value.",
                .example = "MAX(x) over (1, NULL, 3) = 3",
                .infer = Infer,
                .make = MakeBest<true>});
  registry.Add({.name = "MIN",
                .signature = "(COMPARABLE) -> COMPARABLE",
                .help = "The smallest value.",
                .example = "MIN(x) over (1, NULL, 3) = 1",
                .infer = Infer,
                .make = MakeBest<false>});
}

}  // namespace sluice
