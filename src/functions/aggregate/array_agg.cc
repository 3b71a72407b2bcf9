// ARRAY_AGG collects values in order of arrival, NULLs too; NULL if there was no row. Retraction
// takes the first equal value away.
#include "functions/aggregate/accumulator.h"
#include "functions/aggregate/arrivals.h"
#include "types/value.h"

namespace sluice {

namespace {

using ValueList = Arrivals<Value>;

class ArrayAgg final : public PlacedAggregator<ValueList> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    for (size_t i = 0; i < rows.size(); ++i) {
      At(accumulators[i]).Apply(signs[i], GetValue(args[0], rows[i]));
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const ValueList& list = At(accumulators[i]);
      const int32_t row = static_cast<int32_t>(i);
      if (list.values.empty()) {
        SetNullRow(out, row);
        continue;
      }
      SetValue(out, row, Value::OfList(Value::List(list.values.begin(), list.values.end())));
    }
  }
};

}  // namespace

void RegisterAggregate_array_agg(AggregateRegistry& registry) {
  registry.Add({.name = "ARRAY_AGG",
                .signature = "(T) -> ARRAY<T> NULLABLE",
                .help = "The values as an array, in order of arrival.",
                .example = "ARRAY_AGG(x) over (1, NULL) = ARRAY[1, NULL]",
                .infer =
                    [](const FunctionCall& call) {
                      return InferOne(
                          call, [](const Type&) { return true; },
                          [](const Type& arg) { return Type::Array(arg.Nullable()); });
                    },
                .make = [](const AggregateInit&) -> std::unique_ptr<Aggregator> {
                  return std::make_unique<ArrayAgg>();
                },
                .order_sensitive = true});
}

}  // namespace sluice
