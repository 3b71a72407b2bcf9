// ABS and SIGN keep the type of their argument; ABS of the least integer wraps.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "types/decimal.h"

namespace sluice {

namespace {

template <typename T>
void Abs(T value, T& out) {
  if constexpr (std::is_floating_point_v<T>) {
    out = std::fabs(value);
  } else {
    out = value < 0 ? static_cast<T>(0 - static_cast<std::make_unsigned_t<T>>(value)) : value;
  }
}
void AbsInt128(Int128 value, Int128& out) { out = value < 0 ? -value : value; }

template <typename T>
void Sign(T value, T& out) {
  if constexpr (std::is_floating_point_v<T>) {
    // Math.signum keeps zeros and NaN.
    out = value > 0 ? T{1} : value < 0 ? T{-1} : value;
  } else {
    out = static_cast<T>((value > 0) - (value < 0));
  }
}

template <typename T>
void SignOfDecimals(const EvalContext& context, const Vector& input, VectorBuilder& out) {
  const T one = static_cast<T>(PowerOfTen(input.type().scale()));
  const VectorView<T> values = input.View<T>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const T value = values[row];
    out.values<T>()[row] = value > 0 ? one : value < 0 ? -one : T{0};
  });
}

void AbsKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  switch (args[0].type().layout()) {
    case Layout::kInt8: return Unary<int8_t, Abs<int8_t>>(context, args, out, errors);
    case Layout::kInt16: return Unary<int16_t, Abs<int16_t>>(context, args, out, errors);
    case Layout::kInt32: return Unary<int32_t, Abs<int32_t>>(context, args, out, errors);
    case Layout::kFloat: return Unary<float, Abs<float>>(context, args, out, errors);
    case Layout::kDouble: return Unary<double, Abs<double>>(context, args, out, errors);
    case Layout::kInt128: return Unary<Int128, AbsInt128>(context, args, out, errors);
    default: return Unary<int64_t, Abs<int64_t>>(context, args, out, errors);
  }
}

void SignKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors& errors) {
  if (args[0].type().kind() == TypeKind::kDecimal) {
    if (args[0].type().layout() == Layout::kInt64)
      return SignOfDecimals<int64_t>(context, args[0], out);
    return SignOfDecimals<Int128>(context, args[0], out);
  }
  switch (args[0].type().layout()) {
    case Layout::kInt8: return Unary<int8_t, Sign<int8_t>>(context, args, out, errors);
    case Layout::kInt16: return Unary<int16_t, Sign<int16_t>>(context, args, out, errors);
    case Layout::kInt32: return Unary<int32_t, Sign<int32_t>>(context, args, out, errors);
    case Layout::kFloat: return Unary<float, Sign<float>>(context, args, out, errors);
    case Layout::kDouble: return Unary<double, Sign<double>>(context, args, out, errors);
    default: return Unary<int64_t, Sign<int64_t>>(context, args, out, errors);
  }
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  const std::string name(call.name);
  if (call.arg_types.size() != 1)
    return absl::InvalidArgumentError(absl::StrCat(name, " takes one number"));
  const Type type = call.arg_types[0].kind() == TypeKind::kNull ? Type::Int() : call.arg_types[0];
  const bool is_interval = type.IsInterval() && name == "ABS";
  if (!type.IsNumeric() && !is_interval) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " takes a number, not ", type.Nullable().ToString()));
  }
  return Signature{{type}, type};
}

}  // namespace

void Register_abs_sign(FunctionRegistry& registry) {
  registry.Add({.name = "ABS",
                .signature = "(NUMERIC) -> NUMERIC",
                .kernel = AbsKernel,
                .help = "The number without its sign.",
                .example = "ABS(-5) = 5",
                .infer = Infer});
  registry.Add({.name = "SIGN",
                .signature = "(NUMERIC) -> NUMERIC",
                .kernel = SignKernel,
                .help = "-1, 0 or 1, of the type of the number.",
                .example = "SIGN(-5) = -1",
                .infer = Infer});
}

}  // namespace sluice
