// FLOOR and CEIL: of numbers, and with a unit as second argument of dates and times.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/time_rounding.h"
#include "types/decimal.h"

namespace sluice {

namespace {

template <typename T, bool up>
void RoundFloat(T value, T& out) {
  out = up ? std::ceil(value) : std::floor(value);
}

template <typename T>
void RoundDecimals(const EvalContext& context, const Vector& input, bool up, VectorBuilder& out) {
  const Int128 unit = PowerOfTen(input.type().scale());
  const VectorView<T> values = input.View<T>();
  const bool is_wide = out.type().layout() == Layout::kInt128;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const Int128 value = values[row];
    Int128 whole = value / unit;
    const Int128 rest = value % unit;
    if (up && rest > 0) ++whole;
    if (!up && rest < 0) --whole;
    if (!DecimalFits(whole, out.type().precision())) return SetNullRow(out, row);
    if (is_wide)
      out.values<Int128>()[row] = whole;
    else
      out.values<int64_t>()[row] = static_cast<int64_t>(whole);
  });
}

// Integers are what they are.
void CopyRows(const EvalContext& context, const Vector& input, VectorBuilder& out) {
  ForEachValid(out, context.num_rows, [&](int32_t row) { out.CopyRow(row, input, row); });
}

template <bool up>
void Round(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
           RowErrors& errors) {
  if (args.size() == 2) {
    return RoundTime(context, static_cast<const TimeUnitState*>(context.state)->unit, up, args[0],
                     out);
  }
  switch (args[0].type().kind()) {
    case TypeKind::kFloat: return Unary<float, RoundFloat<float, up>>(context, args, out, errors);
    case TypeKind::kDouble:
      return Unary<double, RoundFloat<double, up>>(context, args, out, errors);
    case TypeKind::kDecimal:
      if (args[0].type().layout() == Layout::kInt64)
        return RoundDecimals<int64_t>(context, args[0], up, out);
      return RoundDecimals<Int128>(context, args[0], up, out);
    default: return CopyRows(context, args[0], out);
  }
}

bool IsTime(const Type& type) {
  return type.IsTimestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  const std::string name(call.name);
  if (call.arg_types.size() == 2) {
    const Type& type = call.arg_types[0];
    SL_ASSIGN(const TimeUnit unit, TimeUnitArgument(call, 1));
    if (!IsTime(type) || !IsRoundable(type, unit)) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, " cannot round ", type.Nullable().ToString(), " to ", call.literals[1]->as_text()));
    }
    return Signature{call.arg_types, type};
  }
  if (call.arg_types.size() != 1)
    return absl::InvalidArgumentError(
        absl::StrCat(name, " takes one number, or a time and a unit"));
  Type type = call.arg_types[0];
  if (type.kind() == TypeKind::kNull) type = Type::Int();
  if (!type.IsNumeric()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " takes a number, not ", type.Nullable().ToString()));
  }
  const Type result = type.kind() == TypeKind::kDecimal
                          ? Type::Decimal(type.precision(), 0).WithNullable(type.nullable())
                          : type;
  return Signature{{type}, result};
}

StatusOr<std::unique_ptr<FunctionState>> Prepare(const FunctionCall& call) {
  if (call.arg_types.size() < 2) return std::unique_ptr<FunctionState>();
  SL_ASSIGN(const TimeUnit unit, TimeUnitArgument(call, 1));
  return std::unique_ptr<FunctionState>(new TimeUnitState(unit));
}

}  // namespace

void Register_floor_ceil(FunctionRegistry& registry) {
  constexpr std::string_view kSignature = "(NUMERIC) -> NUMERIC; (T, STRING) -> T";
  registry.Add(
      {.name = "FLOOR",
       .signature = kSignature,
       .kernel = Round<false>,
       .help =
           "The next whole number, or beginning of a unit of time, that is not above the argument.",
       .example = "FLOOR(DATE '2024-02-29', 'MONTH') = DATE '2024-02-01'",
       .infer = Infer,
       .prepare = Prepare});
  for (const std::string_view name : {"CEIL", "CEILING"}) {
    registry.Add({.name = name,
                  .signature = kSignature,
                  .kernel = Round<true>,
                  .help = "The next whole number, or beginning of a unit of time, that is not "
                          "below the argument.",
                  .example = "CEIL(1.5) = 2",
                  .infer = Infer,
                  .prepare = Prepare});
  }
}

}  // namespace sluice
