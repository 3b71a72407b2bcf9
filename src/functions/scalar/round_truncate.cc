// ROUND (half away from zero) and TRUNCATE to a number of digits after the point, or before it if
// that is negative. Floats are rounded in decimal, by their shortest text, as Java's
// BigDecimal.valueOf has it: ROUND(1.005, 2) is 1.01.
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "types/decimal.h"

namespace sluice {

namespace {

constexpr int kMaxDigits = Type::kMaxDecimalPrecision;

int32_t DigitsOf(std::span<const Vector> args, int32_t row) {
  return args.size() > 1 ? args[1].View<int32_t>()[row] : 0;
}

// value / unit, rounded half away from zero or towards it.
Int128 Divide(Int128 value, Int128 unit, bool truncate) {
  const Int128 quotient = value / unit;
  if (truncate) return quotient;
  const Int128 rest = value % unit;
  const Int128 magnitude = rest < 0 ? -rest : rest;
  if (magnitude < unit - magnitude) return quotient;
  return value < 0 ? quotient - 1 : quotient + 1;
}

// Keeps `digits` of the `scale` digits after the point; same scale.
Int128 Cut(Int128 value, int scale, int64_t digits, bool truncate) {
  if (digits >= scale) return value;
  if (scale - digits > kMaxDigits) return 0;
  const Int128 unit = PowerOfTen(static_cast<int>(scale - digits));
  return Divide(value, unit, truncate) * unit;
}

template <typename T, bool truncate>
void CutIntegers(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out) {
  const VectorView<T> values = args[0].View<T>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    // The result wraps, as Java's narrowing does.
    out.values<T>()[row] = static_cast<T>(Cut(values[row], 0, DigitsOf(args, row), truncate));
  });
}

template <typename T, bool truncate>
void CutDecimals(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out) {
  const int scale = args[0].type().scale();
  const Type& result = out.type();
  const VectorView<T> values = args[0].View<T>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const Int128 cut = Cut(values[row], scale, DigitsOf(args, row), truncate);
    Int128 value = 0;
    if (!RescaleDecimal(cut, scale, result.precision(), result.scale(), &value))
      return SetNullRow(out, row);
    if (result.layout() == Layout::kInt64)
      out.values<int64_t>()[row] = static_cast<int64_t>(value);
    else
      out.values<Int128>()[row] = value;
  });
}

// The shortest decimal digits of the value are cut as text, where no digit is lost.
double RoundDouble(double value, int64_t digits) {
  char text[32];
  const char* end =
      std::to_chars(text, text + sizeof(text), std::fabs(value), std::chars_format::scientific).ptr;
  int64_t mantissa = 0;
  int num_fraction_digits = 0;
  const char* p = text;
  for (bool after_point = false; *p != 'e'; ++p) {
    if (*p == '.') {
      after_point = true;
      continue;
    }
    mantissa = mantissa * 10 + (*p - '0');
    num_fraction_digits += after_point;
  }
  int exponent = 0;
  std::from_chars(p + (p[1] == '+' ? 2 : 1), end, exponent);
  const int scale = num_fraction_digits - exponent;
  if (digits >= scale) return value + 0.0;
  if (scale - digits > 20) return 0;
  const int64_t rounded =
      static_cast<int64_t>(Divide(mantissa, PowerOfTen(static_cast<int>(scale - digits)), false));
  const std::string result = absl::StrCat(value < 0 ? "-" : "", rounded, "e", -digits);
  double out = 0;
  std::from_chars(result.data(), result.data() + result.size(), out);
  return out == 0 ? 0 : out;
}

template <typename T, bool truncate>
void CutFloats(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  constexpr int kScale = 18;
  const VectorView<T> values = args[0].View<T>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const double value = values[row];
    const int32_t digits = DigitsOf(args, row);
    if (!std::isfinite(value))
      return FailRow(out, row, "infinity and NaN cannot be rounded", errors);
    if (!truncate) {
      out.values<T>()[row] = static_cast<T>(RoundDouble(value, digits));
      return;
    }
    Int128 decimal = 0;
    if (DecimalFromDouble(value, kMaxDigits, kScale, &decimal) != DecimalParse::kOk) {
      return FailRow(out, row, "TRUNCATE of a number above 1E20", errors);
    }
    out.values<T>()[row] =
        static_cast<T>(DecimalToDouble(Cut(decimal, kScale, digits, true), kScale, kMaxDigits));
  });
}

template <bool truncate>
void CutKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  const Type& type = args[0].type();
  if (type.kind() == TypeKind::kDecimal) {
    if (type.layout() == Layout::kInt64) return CutDecimals<int64_t, truncate>(context, args, out);
    return CutDecimals<Int128, truncate>(context, args, out);
  }
  switch (type.layout()) {
    case Layout::kInt8: return CutIntegers<int8_t, truncate>(context, args, out);
    case Layout::kInt16: return CutIntegers<int16_t, truncate>(context, args, out);
    case Layout::kInt32: return CutIntegers<int32_t, truncate>(context, args, out);
    case Layout::kFloat: return CutFloats<float, truncate>(context, args, out, errors);
    case Layout::kDouble: return CutFloats<double, truncate>(context, args, out, errors);
    default: return CutIntegers<int64_t, truncate>(context, args, out);
  }
}

// DECIMAL(p, s) to n digits is DECIMAL(p - s + n + 1, n).
Type CutDecimalType(const Type& type, int64_t digits) {
  const int precision = type.precision();
  const int scale = type.scale();
  if (digits >= scale) return type;
  if (digits < 0) return Type::Decimal(std::min(kMaxDigits, 1 + precision - scale), 0);
  return Type::Decimal(static_cast<int>(1 + precision - scale + digits), static_cast<int>(digits));
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  const std::string name(call.name);
  if (call.arg_types.empty() || call.arg_types.size() > 2) {
    return absl::InvalidArgumentError(absl::StrCat(name, " takes a number and a number of digits"));
  }
  const Type type = call.arg_types[0].kind() == TypeKind::kNull ? Type::Int() : call.arg_types[0];
  if (!type.IsNumeric()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " takes a number, not ", type.Nullable().ToString()));
  }
  Signature signature{{type}, type};
  bool nullable = type.nullable();
  const Value* literal = nullptr;
  if (call.arg_types.size() == 2) {
    const Type& digits = call.arg_types[1];
    const bool is_int = digits.kind() == TypeKind::kNull ||
                        (digits.IsInteger() && digits.kind() != TypeKind::kBigInt);
    if (!is_int)
      return absl::InvalidArgumentError(
          absl::StrCat(name, " takes the number of digits as an INT"));
    signature.args.push_back(Type::Int().WithNullable(digits.nullable()));
    nullable |= digits.nullable();
    literal = call.literals[1];
  }
  if (type.kind() == TypeKind::kDecimal) {
    if (signature.args.size() == 1)
      signature.result = CutDecimalType(type, 0);
    else if (literal != nullptr && !literal->is_null())
      signature.result = CutDecimalType(type, literal->as_int());
  }
  signature.result = signature.result.WithNullable(nullable);
  return signature;
}

}  // namespace

void Register_round_truncate(FunctionRegistry& registry) {
  registry.Add({.name = "ROUND",
                .signature = "(NUMERIC[, INT]) -> NUMERIC",
                .kernel = CutKernel<false>,
                .help = "The number rounded, half away from zero, to some digits after the point.",
                .example = "ROUND(2.345, 2) = 2.35",
                .can_fail = true,
                .infer = Infer});
  registry.Add({.name = "TRUNCATE",
                .signature = "(NUMERIC[, INT]) -> NUMERIC",
                .kernel = CutKernel<true>,
                .help = "The number cut to some digits after the point.",
                .example = "TRUNCATE(42.345, 2) = 42.34",
                .can_fail = true,
                .infer = Infer});
}

}  // namespace sluice
