// FIRST_VALUE and LAST_VALUE by order of arrival, NULLs ignored. Where values are retracted all are
// kept; retracting a value takes its earliest occurrence away.
#include <deque>

#include "absl/container/btree_map.h"
#include "functions/aggregate/accumulator.h"

namespace sluice {

namespace {

template <typename T>
struct OneValue {
  typename KeptType<T>::type value{};
  bool is_set = false;
};

template <typename T, bool first>
class OneOf final : public PlacedAggregator<OneValue<T>> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t>, RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      OneValue<T>& one = this->At(accumulators[i]);
      if (values.IsNull(rows[i]) || (first && one.is_set)) continue;
      one.value = KeptType<T>::Of(values[rows[i]]);
      one.is_set = true;
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const OneValue<T>& one = this->At(accumulators[i]);
      const int32_t row = static_cast<int32_t>(i);
      if (one.is_set)
        KeptType<T>::Write(out, row, one.value);
      else
        SetNullRow(out, row);
    }
  }
};

template <typename T>
struct OrderedValues {
  using Kept = typename KeptType<T>::type;
  absl::btree_map<int64_t, Kept> by_order;
  absl::btree_map<Kept, std::deque<int64_t>, std::less<>> orders;
  int64_t next_order = 0;
};

template <typename T, bool first>
class OneOfAll final : public PlacedAggregator<OrderedValues<T>> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      OrderedValues<T>& all = this->At(accumulators[i]);
      const auto& value = KeptType<T>::Of(values[rows[i]]);
      auto place = all.orders.find(value);
      if (signs[i] > 0) {
        const typename KeptType<T>::type kept(value);
        all.orders[kept].push_back(all.next_order);
        all.by_order.emplace(all.next_order++, kept);
      } else if (place != all.orders.end()) {
        all.by_order.erase(place->second.front());
        place->second.pop_front();
        if (place->second.empty()) all.orders.erase(place);
      }
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const auto& by_order = this->At(accumulators[i]).by_order;
      const int32_t row = static_cast<int32_t>(i);
      if (by_order.empty())
        SetNullRow(out, row);
      else
        KeptType<T>::Write(out, row, first ? by_order.begin()->second : by_order.rbegin()->second);
    }
  }
};

template <bool first>
std::unique_ptr<Aggregator> Make(const AggregateInit& init) {
  return ForLayout(init.arg_types[0].layout(),
                   [&init]<typename T>() -> std::unique_ptr<Aggregator> {
                     if (init.retractable) return std::make_unique<OneOfAll<T, first>>();
                     return std::make_unique<OneOf<T, first>>();
                   });
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  return InferOne(
      call, [](const Type& type) { return !type.IsNested() && !type.IsBinary(); },
      [](const Type& arg) { return arg.Nullable(); });
}

}  // namespace

void RegisterAggregate_first_last_value(AggregateRegistry& registry) {
  registry.Add({.name = "FIRST_VALUE",
                .signature = "(COMPARABLE) -> COMPARABLE NULLABLE",
                .help = "The value that arrived first, NULLs ignored.",
                .example = "FIRST_VALUE(x) over (NULL, 2, 3) = 2",
                .infer = Infer,
                .make = Make<true>,
                .order_sensitive = true});
  registry.Add({.name = "LAST_VALUE",
                .signature = "(COMPARABLE) -> COMPARABLE NULLABLE",
                .help = "The value that arrived last, NULLs ignored.",
                .example = "LAST_VALUE(x) over (1, 2, NULL) = 2",
                .infer = Infer,
                .make = Make<false>,
                .order_sensitive = true});
}

}  // namespace sluice
