// AVG keeps the type of integers (summed as BIGINT, which may wrap, and truncated) and of floats
// (summed as DOUBLE); AVG(DECIMAL(p, s)) is DECIMAL(38, max(6, s)).
#include "functions/aggregate/accumulator.h"
#include "types/decimal.h"

namespace sluice {

namespace {

template <typename S>
struct AverageOf {
  S sum = 0;
  int64_t count = 0;
};

template <typename T, typename S>
class Avg final : public PlacedAggregator<AverageOf<S>> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      AverageOf<S>& average = this->At(accumulators[i]);
      const S value = static_cast<S>(values[rows[i]]);
      if constexpr (std::is_integral_v<S>) {
        average.sum = signs[i] > 0 ? WrapAdd(average.sum, value) : WrapSubtract(average.sum, value);
      } else {
        average.sum = signs[i] > 0 ? average.sum + value : average.sum - value;
      }
      average.count += signs[i];
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const AverageOf<S>& average = this->At(accumulators[i]);
      out.values<T>()[i] = Quotient(average);
      if (average.count == 0) out.SetNull(static_cast<int32_t>(i));
    }
  }

 private:
  static T Quotient(const AverageOf<S>& average) {
    if (average.count == 0) return T{};
    if constexpr (std::is_integral_v<S>) {
      // The one quotient of integers that does not fit.
      if (average.count == -1) return static_cast<T>(WrapSubtract(S{}, average.sum));
    }
    return static_cast<T>(average.sum / static_cast<S>(average.count));
  }
};

struct DecimalAverage {
  PackedInt128 sum;
  int64_t count = 0;
  bool overflowed = false;
};

template <typename T>
class AvgDecimal final : public PlacedAggregator<DecimalAverage> {
 public:
  explicit AvgDecimal(int scale) : scale_(scale) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      DecimalAverage& average = At(accumulators[i]);
      average.count += signs[i];
      if (average.overflowed) continue;
      const Int128 total =
          average.sum.value() + (signs[i] > 0 ? Int128{values[rows[i]]} : -Int128{values[rows[i]]});
      average.overflowed = !DecimalFits(total, Type::kMaxDecimalPrecision);
      average.sum = PackedInt128(average.overflowed ? 0 : total);
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    const Type& type = out.type();
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const DecimalAverage& average = At(accumulators[i]);
      Int128 quotient = 0;
      if (average.overflowed || average.count == 0 ||
          !DivideDecimals({average.sum.value(), scale_}, {average.count, 0}, type.precision(),
                          type.scale(), &quotient)) {
        out.SetNull(static_cast<int32_t>(i));
      }
      out.values<Int128>()[i] = quotient;
    }
  }

 private:
  int scale_;
};

std::unique_ptr<Aggregator> MakeAvg(const AggregateInit& init) {
  const Type& type = init.arg_types[0];
  if (type.kind() == TypeKind::kDecimal) {
    if (type.layout() == Layout::kInt64) return std::make_unique<AvgDecimal<int64_t>>(type.scale());
    return std::make_unique<AvgDecimal<Int128>>(type.scale());
  }
  switch (type.layout()) {
    case Layout::kInt8: return std::make_unique<Avg<int8_t, int64_t>>();
    case Layout::kInt16: return std::make_unique<Avg<int16_t, int64_t>>();
    case Layout::kInt32: return std::make_unique<Avg<int32_t, int64_t>>();
    case Layout::kFloat: return std::make_unique<Avg<float, double>>();
    case Layout::kDouble: return std::make_unique<Avg<double, double>>();
    default: return std::make_unique<Avg<int64_t, int64_t>>();
  }
}

}  // namespace

void RegisterAggregate_avg(AggregateRegistry& registry) {
  registry.Add(
      {.name = "AVG",
       .signature = "(NUMERIC) -> NUMERIC",
       .help = "The average of the values that are not NULL, of their type; NULL if there is none.",
       .example = "AVG(x) over (1, NULL, 4) = 2",
       .infer =
           [](const FunctionCall& call) {
             return InferOne(
                 call, [](const Type& type) { return type.IsNumeric(); },
                 [](const Type& arg) {
                   if (arg.kind() != TypeKind::kDecimal) return arg;
                   return Type::Decimal(Type::kMaxDecimalPrecision, std::max(6, arg.scale()))
                       .WithNullable(arg.nullable());
                 });
           },
       .make = MakeAvg});
}

}  // namespace sluice
