// COUNT(*) counts rows; COUNT(a, b…) those in which no argument is NULL.
#include "functions/aggregate/accumulator.h"

namespace sluice {

namespace {

struct Counter {
  int64_t count = 0;
};

class Count final : public PlacedAggregator<Counter> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    bool may_have_nulls = false;
    for (const Vector& arg : args) may_have_nulls |= arg.MayHaveNulls();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (may_have_nulls && AnyNull(args, rows[i])) continue;
      At(accumulators[i]).count += signs[i];
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i)
      out.values<int64_t>()[i] = At(accumulators[i]).count;
  }

 private:
  static bool AnyNull(std::span<const Vector> args, int32_t row) {
    for (const Vector& arg : args) {
      if (arg.IsNull(row)) return true;
    }
    return false;
  }
};

}  // namespace

void RegisterAggregate_count(AggregateRegistry& registry) {
  registry.Add({.name = "COUNT",
                .signature = "([ANY]) -> BIGINT NOT NULL",
                .help = "The number of rows, or of rows in which the arguments are not NULL.",
                .example = "COUNT(x) over (1, NULL, 3) = 2",
                .infer = [](const FunctionCall& call) -> StatusOr<Signature> {
                  if (call.arg_types.size() > 1) {
                    return absl::InvalidArgumentError("COUNT takes one argument");
                  }
                  return Signature{call.arg_types, Type::BigInt().NotNull()};
                },
                .make = [](const AggregateInit&) -> std::unique_ptr<Aggregator> {
                  return std::make_unique<Count>();
                },
                .never_null = true});
}

}  // namespace sluice
