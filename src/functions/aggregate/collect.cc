// COLLECT makes a MULTISET: how often each value that is not NULL occurs.
#include "functions/aggregate/accumulator.h"
#include "types/value.h"

namespace sluice {

namespace {

struct ValueCounts {
  // In order of first arrival; groups hold few distinct values, or the result would be of no use.
  std::vector<std::pair<Value, int64_t>> counts;
};

class Collect final : public PlacedAggregator<ValueCounts> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (args[0].IsNull(rows[i])) continue;
      auto& counts = At(accumulators[i]).counts;
      Value value = GetValue(args[0], rows[i]);
      const auto place = std::find_if(counts.begin(), counts.end(),
                                      [&value](const auto& entry) { return entry.first == value; });
      if (place == counts.end()) {
        counts.emplace_back(std::move(value), signs[i]);
      } else if ((place->second += signs[i]) == 0) {
        counts.erase(place);
      }
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      Value::Entries entries;
      for (const auto& [value, count] : At(accumulators[i]).counts)
        entries.emplace_back(value, Value::OfInt(count));
      SetValue(out, static_cast<int32_t>(i), Value::OfEntries(std::move(entries)));
    }
  }
};

}  // namespace

void RegisterAggregate_collect(AggregateRegistry& registry) {
  registry.Add({.name = "COLLECT",
                .signature = "(T) -> MULTISET<T> NOT NULL",
                .help = "The values as a multiset.",
                .example = "CARDINALITY(COLLECT(x)) over (1, 1, 2) = 3",
                .infer =
                    [](const FunctionCall& call) {
                      return InferOne(
                          call, [](const Type&) { return true; },
                          [](const Type& arg) { return Type::Multiset(arg).NotNull(); });
                    },
                .make = [](const AggregateInit&) -> std::unique_ptr<Aggregator> {
                  return std::make_unique<Collect>();
                }});
}

}  // namespace sluice
