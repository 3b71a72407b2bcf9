// SUM keeps the type of integers and floats, and wraps; SUM(DECIMAL(p, s)) is DECIMAL(38, s). NULL
// without a value. SUM0 is 0 then.
#include "functions/aggregate/accumulator.h"
#include "types/decimal.h"

namespace sluice {

namespace {

template <typename T>
struct SumOf {
  T sum = 0;
  int64_t count = 0;
};

template <typename T, bool zero_if_empty>
class Sum final : public PlacedAggregator<SumOf<T>> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      SumOf<T>& sum = this->At(accumulators[i]);
      const T value = values[rows[i]];
      if constexpr (std::is_integral_v<T>) {
        sum.sum = signs[i] > 0 ? WrapAdd(sum.sum, value) : WrapSubtract(sum.sum, value);
      } else {
        sum.sum = signs[i] > 0 ? sum.sum + value : sum.sum - value;
      }
      sum.count += signs[i];
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const SumOf<T>& sum = this->At(accumulators[i]);
      out.values<T>()[i] = sum.sum;
      if (!zero_if_empty && sum.count == 0) out.SetNull(static_cast<int32_t>(i));
    }
  }
};

struct DecimalSum {
  PackedInt128 sum;
  int64_t count = 0;
  bool overflowed = false;
};

// A sum of more than 38 digits is NULL. Flink's accumulator then looks empty, so that without
// retraction it begins anew.
template <typename T, bool zero_if_empty>
class SumDecimal final : public PlacedAggregator<DecimalSum> {
 public:
  explicit SumDecimal(bool retractable) : retractable_(retractable) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      DecimalSum& sum = At(accumulators[i]);
      sum.count += signs[i];
      if (sum.overflowed) {
        if (retractable_) continue;
        sum = {PackedInt128(0), 1, false};
      }
      // Two values of 38 digits fit into 128 bits.
      const Int128 total =
          sum.sum.value() + (signs[i] > 0 ? Int128{values[rows[i]]} : -Int128{values[rows[i]]});
      sum.overflowed = !DecimalFits(total, Type::kMaxDecimalPrecision);
      sum.sum = PackedInt128(sum.overflowed ? 0 : total);
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const DecimalSum& sum = At(accumulators[i]);
      out.values<Int128>()[i] = sum.sum.value();
      if (sum.overflowed || (!zero_if_empty && sum.count == 0))
        out.SetNull(static_cast<int32_t>(i));
    }
  }

 private:
  bool retractable_;
};

template <bool zero_if_empty>
std::unique_ptr<Aggregator> MakeSum(const AggregateInit& init) {
  const Type& type = init.arg_types[0];
  if (type.kind() == TypeKind::kDecimal) {
    if (type.layout() == Layout::kInt64) {
      return std::make_unique<SumDecimal<int64_t, zero_if_empty>>(init.retractable);
    }
    return std::make_unique<SumDecimal<Int128, zero_if_empty>>(init.retractable);
  }
  switch (type.layout()) {
    case Layout::kInt8: return std::make_unique<Sum<int8_t, zero_if_empty>>();
    case Layout::kInt16: return std::make_unique<Sum<int16_t, zero_if_empty>>();
    case Layout::kInt32: return std::make_unique<Sum<int32_t, zero_if_empty>>();
    case Layout::kFloat: return std::make_unique<Sum<float, zero_if_empty>>();
    case Layout::kDouble: return std::make_unique<Sum<double, zero_if_empty>>();
    default: return std::make_unique<Sum<int64_t, zero_if_empty>>();
  }
}

bool IsNumeric(const Type& type) { return type.IsNumeric(); }

Type SumTypeOf(const Type& arg) {
  if (arg.kind() != TypeKind::kDecimal) return arg;
  return Type::Decimal(Type::kMaxDecimalPrecision, arg.scale()).WithNullable(arg.nullable());
}

}  // namespace

void RegisterAggregate_sum(AggregateRegistry& registry) {
  registry.Add(
      {.name = "SUM",
       .signature = "(NUMERIC) -> NUMERIC",
       .help = "The sum of the values that are not NULL; NULL if there is none.",
       .example = "SUM(x) over (1, NULL, 3) = 4",
       .infer = [](const FunctionCall& call) { return InferOne(call, IsNumeric, SumTypeOf); },
       .make = MakeSum<false>});
  // Only plans name it: Flink's SQL does not.
  {
    registry.Add({.name = "$SUM0",
                  .signature = "(NUMERIC) -> NUMERIC NOT NULL",
                  .help = "The sum of the values that are not NULL; 0 if there is none.",
                  .example = "$SUM0(x) over (1, NULL, 3) = 4",
                  .infer =
                      [](const FunctionCall& call) {
                        return InferOne(call, IsNumeric,
                                        [](const Type& arg) { return SumTypeOf(arg).NotNull(); });
                      },
                  .make = MakeSum<true>});
  }
}

}  // namespace sluice
