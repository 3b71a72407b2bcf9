// The value of a scalar subquery: that of its only row. Two rows at a time are an error, as in
// Flink's SingleValueAggFunction. Not a function that a query can call.
#include <memory>

#include "functions/aggregate/accumulator.h"
#include "types/value.h"

namespace sluice {

namespace {

struct OnlyRow {
  std::unique_ptr<Value> value;  // by pointer: accumulators are aligned to 8 bytes only
  int64_t num_rows = 0;
};

class SingleValue final : public PlacedAggregator<OnlyRow> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors& errors) override {
    for (size_t i = 0; i < rows.size(); ++i) {
      OnlyRow& only = At(accumulators[i]);
      only.num_rows += signs[i];
      if (signs[i] < 0) continue;
      if (only.num_rows > 1) {
        errors.Add(rows[i], ErrorCode::kBadExpression,
                   "a subquery that stands for a value gave more than one row");
      }
      only.value = std::make_unique<Value>(GetValue(args[0], rows[i]));
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const OnlyRow& only = At(accumulators[i]);
      const int32_t row = static_cast<int32_t>(i);
      if (only.num_rows == 0 || only.value->is_null())
        SetNullRow(out, row);
      else
        SetValue(out, row, *only.value);
    }
  }
};

}  // namespace

const AggregateFunction& SingleValueFunction() {
  static const AggregateFunction* const kFunction = new AggregateFunction{
      .name = "SINGLE_VALUE", .make = [](const AggregateInit&) -> std::unique_ptr<Aggregator> {
        return std::make_unique<SingleValue>();
      }};
  return *kFunction;
}

}  // namespace sluice
