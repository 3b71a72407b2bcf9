// VAR_POP, VAR_SAMP (VARIANCE) and STDDEV_POP, STDDEV_SAMP (STDDEV). Flink's planner writes them as
//
//   (SUM(x * x) - SUM(x) * SUM(x) / COUNT(x)) / n,  n = COUNT(x) or COUNT(x) - 1,  and POWER(…,
//   0.5) for the deviations
//
// computed in the type of x: integers wrap and truncate, and STDDEV_SAMP(INT) is INT. Flink 2.3
// computes in DOUBLE, value by value (Welford), and casts the result to that type.
#include <cmath>

#include "base/check.h"
#include "functions/aggregate/accumulator.h"
#include "types/decimal.h"

namespace sluice {

namespace {

struct Kind {
  bool sample;
  bool root;
};

template <typename T>
struct Moments {
  T sum = 0;
  T sum_of_squares = 0;
  int64_t count = 0;
};

int64_t DivisorOf(Kind kind, int64_t count) { return kind.sample ? count - 1 : count; }

// Java's cast of a double to an integer: NaN is 0, and what is too large saturates.
template <typename T>
T CastRoot(double value) {
  if constexpr (std::is_integral_v<T>) {
    using Wide = std::conditional_t<(sizeof(T) < 8), int32_t, int64_t>;
    if (std::isnan(value)) return 0;
    if (value >= static_cast<double>(std::numeric_limits<Wide>::max())) {
      return static_cast<T>(std::numeric_limits<Wide>::max());
    }
    if (value <= static_cast<double>(std::numeric_limits<Wide>::min())) {
      return static_cast<T>(std::numeric_limits<Wide>::min());
    }
    return static_cast<T>(static_cast<Wide>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <typename T>
class Variance final : public PlacedAggregator<Moments<T>> {
 public:
  explicit Variance(Kind kind) : kind_(kind) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      Moments<T>& moments = this->At(accumulators[i]);
      const T value = values[rows[i]];
      moments.count += signs[i];
      if constexpr (std::is_integral_v<T>) {
        const T square = WrapMultiply(value, value);
        moments.sum = signs[i] > 0 ? WrapAdd(moments.sum, value) : WrapSubtract(moments.sum, value);
        moments.sum_of_squares = signs[i] > 0 ? WrapAdd(moments.sum_of_squares, square)
                                              : WrapSubtract(moments.sum_of_squares, square);
      } else {
        const T sign = signs[i];
        moments.sum += sign * value;
        moments.sum_of_squares += sign * (value * value);
      }
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const Moments<T>& moments = this->At(accumulators[i]);
      const int64_t divisor = DivisorOf(kind_, moments.count);
      out.values<T>()[i] = moments.count <= 0 || divisor <= 0 ? T{} : ResultOf(moments, divisor);
      if (moments.count <= 0 || divisor <= 0) out.SetNull(static_cast<int32_t>(i));
    }
  }

 private:
  T ResultOf(const Moments<T>& moments, int64_t divisor) const {
    if constexpr (std::is_integral_v<T>) {
      // The count is a BIGINT, so from the first division on it is one.
      const int64_t square_of_sum = WrapMultiply(moments.sum, moments.sum);
      const int64_t difference =
          WrapSubtract<int64_t>(moments.sum_of_squares, square_of_sum / moments.count);
      const int64_t variance = difference / divisor;
      return kind_.root ? CastRoot<T>(std::pow(static_cast<double>(variance), 0.5))
                        : static_cast<T>(variance);
    } else {
      const T difference =
          moments.sum_of_squares - moments.sum * moments.sum / static_cast<T>(moments.count);
      const T variance = difference / static_cast<T>(divisor);
      return kind_.root ? static_cast<T>(std::pow(static_cast<double>(variance), 0.5)) : variance;
    }
  }

  Kind kind_;
};

struct DecimalMoments {
  PackedInt128 sum;
  PackedInt128 sum_of_squares;
  int64_t count = 0;
  bool overflowed = false;
};

// The argument is first cast to the result type, DECIMAL(38, s); the product of two such is again
// adjusted to 38 digits.
template <typename T>
class VarianceDecimal final : public PlacedAggregator<DecimalMoments> {
 public:
  VarianceDecimal(Kind kind, const Type& arg, const Type& result)
      : kind_(kind),
        arg_scale_(arg.scale()),
        scale_(result.scale()),
        square_(ProductType({result.precision(), result.scale()},
                            {result.precision(), result.scale()})) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      DecimalMoments& moments = At(accumulators[i]);
      moments.count += signs[i];
      Int128 value = 0;
      Int128 square = 0;
      if (moments.overflowed ||
          !RescaleDecimal(values[rows[i]], arg_scale_, kDigits, scale_, &value) ||
          !MultiplyDecimals({value, scale_}, {value, scale_}, square_.precision, square_.scale,
                            &square)) {
        moments.overflowed = true;
        continue;
      }
      const Int128 sum = moments.sum.value() + signs[i] * value;
      const Int128 sum_of_squares = moments.sum_of_squares.value() + signs[i] * square;
      moments.overflowed = !DecimalFits(sum, kDigits) || !DecimalFits(sum_of_squares, kDigits);
      moments.sum = PackedInt128(sum);
      moments.sum_of_squares = PackedInt128(sum_of_squares);
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      Int128 result = 0;
      if (!ResultOf(At(accumulators[i]), &result)) out.SetNull(static_cast<int32_t>(i));
      out.values<Int128>()[i] = result;
    }
  }

 private:
  static constexpr int kDigits = Type::kMaxDecimalPrecision;
  static constexpr DecimalTypeParts kCountType = {19, 0};

  bool ResultOf(const DecimalMoments& moments, Int128* result) const {
    const int64_t divisor = DivisorOf(kind_, moments.count);
    if (moments.overflowed || moments.count <= 0 || divisor <= 0) return false;
    const DecimalTypeParts mean = QuotientType(square_, kCountType);
    const DecimalTypeParts difference = SumType(square_, mean);
    const DecimalTypeParts quotient = QuotientType(difference, kCountType);
    const Int128 sum = moments.sum.value();
    Int128 value = 0;
    if (!MultiplyDecimals({sum, scale_}, {sum, scale_}, square_.precision, square_.scale, &value) ||
        !DivideDecimals({value, square_.scale}, {moments.count, 0}, mean.precision, mean.scale,
                        &value) ||
        !SubtractDecimals({moments.sum_of_squares.value(), square_.scale}, {value, mean.scale},
                          difference.precision, difference.scale, &value) ||
        !DivideDecimals({value, difference.scale}, {divisor, 0}, quotient.precision, quotient.scale,
                        &value)) {
      return false;
    }
    if (!kind_.root) return RescaleDecimal(value, quotient.scale, kDigits, scale_, result);
    const double root = std::pow(DecimalToDouble(value, quotient.scale, quotient.precision), 0.5);
    return DecimalFromDouble(root, kDigits, scale_, result) == DecimalParse::kOk;
  }

  Kind kind_;
  int arg_scale_;
  int scale_;
  DecimalTypeParts square_;
};

struct RunningMoments {
  double mean = 0;
  double sum_of_squares = 0;  // of the differences from the mean
  int64_t count = 0;
};

template <typename T, bool is_decimal>
class VarianceInDouble final : public PlacedAggregator<RunningMoments> {
 public:
  VarianceInDouble(Kind kind, const Type& arg) : kind_(kind), arg_(arg) {}

  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<T> values = args[0].View<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      RunningMoments& moments = At(accumulators[i]);
      const double value = ToDouble(values[rows[i]]);
      const double difference = value - moments.mean;
      moments.count += signs[i];
      if (moments.count <= 0) {
        moments = {.count = moments.count};
        continue;
      }
      moments.mean += signs[i] * difference / static_cast<double>(moments.count);
      moments.sum_of_squares += signs[i] * difference * (value - moments.mean);
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const RunningMoments& moments = At(accumulators[i]);
      const int64_t divisor = DivisorOf(kind_, moments.count);
      // Retractions may leave a sum that is a little less than zero, which is no variance in Flink.
      const bool is_known = moments.count > 0 && divisor > 0 && !(moments.sum_of_squares < 0);
      double result = is_known ? moments.sum_of_squares / static_cast<double>(divisor) : 0;
      if (kind_.root) result = std::sqrt(result);
      if (!is_known || !Write(result, static_cast<int32_t>(i), out))
        out.SetNull(static_cast<int32_t>(i));
    }
  }

 private:
  double ToDouble(T value) const {
    if constexpr (is_decimal) {
      return DecimalToDouble(value, arg_.scale(), arg_.precision());
    } else {
      return static_cast<double>(value);
    }
  }

  static bool Write(double result, int32_t row, VectorBuilder& out) {
    if constexpr (is_decimal) {
      Int128 rounded = 0;
      const bool fits = DecimalFromDouble(result, Type::kMaxDecimalPrecision, out.type().scale(),
                                          &rounded) == DecimalParse::kOk;
      out.values<Int128>()[row] = rounded;
      return fits;
    } else {
      out.values<T>()[row] = CastRoot<T>(result);
      return true;
    }
  }

  Kind kind_;
  Type arg_;
};

std::unique_ptr<Aggregator> MakeInDouble(Kind kind, const Type& type) {
  return ForLayout(type.layout(), [&]<typename T>() -> std::unique_ptr<Aggregator> {
    if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, Int128>) {
      if (type.kind() == TypeKind::kDecimal)
        return std::make_unique<VarianceInDouble<T, true>>(kind, type);
    }
    if constexpr (std::is_arithmetic_v<T>) {
      return std::make_unique<VarianceInDouble<T, false>>(kind, type);
    } else {
      SL_CHECK(false);
    }
  });
}

template <bool sample, bool root>
std::unique_ptr<Aggregator> Make(const AggregateInit& init) {
  constexpr Kind kKind = {sample, root};
  const Type& type = init.arg_types[0];
  if (init.session->Is2x()) return MakeInDouble(kKind, type);
  if (type.kind() == TypeKind::kDecimal) {
    if (type.layout() == Layout::kInt64) {
      return std::make_unique<VarianceDecimal<int64_t>>(kKind, type, init.result);
    }
    return std::make_unique<VarianceDecimal<Int128>>(kKind, type, init.result);
  }
  switch (type.layout()) {
    case Layout::kInt8: return std::make_unique<Variance<int8_t>>(kKind);
    case Layout::kInt16: return std::make_unique<Variance<int16_t>>(kKind);
    case Layout::kInt32: return std::make_unique<Variance<int32_t>>(kKind);
    case Layout::kFloat: return std::make_unique<Variance<float>>(kKind);
    case Layout::kDouble: return std::make_unique<Variance<double>>(kKind);
    default: return std::make_unique<Variance<int64_t>>(kKind);
  }
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  return InferOne(
      call, [](const Type& type) { return type.IsNumeric(); },
      [](const Type& arg) {
        if (arg.kind() != TypeKind::kDecimal) return arg.Nullable();
        return Type::Decimal(Type::kMaxDecimalPrecision, std::max(6, arg.scale()));
      });
}

struct Entry {
  std::string_view name;
  std::string_view help;
  std::string_view example;
  std::unique_ptr<Aggregator> (*make)(const AggregateInit&);
};

constexpr Entry kEntries[] = {
    {"VAR_POP", "The population variance.", "VAR_POP(x) over (1, 3) = 1", Make<false, false>},
    {"VAR_SAMP", "The sample variance.", "VAR_SAMP(x) over (1, 3) = 2", Make<true, false>},
    {"VARIANCE", "The sample variance.", "VARIANCE(x) over (1, 3) = 2", Make<true, false>},
    {"STDDEV_POP", "The population standard deviation.", "STDDEV_POP(x) over (1, 3) = 1",
     Make<false, true>},
    {"STDDEV_SAMP", "The sample standard deviation.", "STDDEV_SAMP(x) over (1, 3) = 1",
     Make<true, true>},
    {"STDDEV", "The sample standard deviation.", "STDDEV(x) over (1, 3) = 1", Make<true, true>},
};

}  // namespace

void RegisterAggregate_variance(AggregateRegistry& registry) {
  for (const Entry& entry : kEntries) {
    registry.Add({.name = entry.name,
                  .signature = "(NUMERIC) -> NUMERIC NULLABLE",
                  .help = entry.help,
                  .example = entry.example,
                  .infer = Infer,
                  .make = entry.make});
  }
}

}  // namespace sluice
