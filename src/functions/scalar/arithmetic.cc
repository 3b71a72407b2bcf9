// + - * / % and the unary minus. Integers wrap as in Java; a DECIMAL that does not fit is NULL;
// integers and DECIMALs fail on division by zero, floating-point numbers give infinity and NaN.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/scalar/arithmetic_time.h"
#include "types/decimal.h"

namespace sluice {

namespace {

constexpr const char* kDivisionByZero = "division by zero";

DecimalTypeParts PartsOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyInt: return {3, 0};
    case TypeKind::kSmallInt: return {5, 0};
    case TypeKind::kInt: return {10, 0};
    case TypeKind::kBigInt: return {19, 0};
    default: return {type.precision(), type.scale()};
  }
}

Type DecimalOf(const Type& type) {
  const DecimalTypeParts parts = PartsOf(type);
  return Type::Decimal(parts.precision, parts.scale);
}

Type DecimalResult(char op, const Type& left, const Type& right) {
  const DecimalTypeParts a = PartsOf(left);
  const DecimalTypeParts b = PartsOf(right);
  DecimalTypeParts result;
  switch (op) {
    case '*': result = ProductType(a, b); break;
    case '/': result = QuotientType(a, b); break;
    case '%': result = RemainderType(a, b); break;
    default: result = SumType(a, b); break;
  }
  return Type::Decimal(result.precision, result.scale);
}

// Calcite's least restrictive type without its DECIMAL rules: of FLOAT and DOUBLE the first one
// stands, because both have the same precision there.
Type WiderOf(const Type& left, const Type& right) {
  if (left.IsInteger() && right.IsInteger()) return left.kind() < right.kind() ? right : left;
  if (left.kind() == TypeKind::kDecimal || right.kind() == TypeKind::kDecimal)
    return Type::Double();
  return left.IsApproximate() ? left : right;
}

Status NotNumbers(const FunctionCall& call) {
  std::string types;
  for (const Type& type : call.arg_types) {
    absl::StrAppend(&types, types.empty() ? "" : " and ", type.Nullable().ToString());
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no operator ", std::string(call.name), " for ", types));
}

StatusOr<Signature> InferUnary(const FunctionCall& call) {
  const Type& type = call.arg_types[0];
  if (type.kind() == TypeKind::kNull) return Signature{{Type::Int()}, Type::Int()};
  if (type.IsNumeric() || type.IsInterval()) return Signature{{type}, type};
  return NotNumbers(call);
}

StatusOr<Signature> InferArithmetic(const FunctionCall& call) {
  const char op = call.name == "MOD" ? '%' : call.name[0];
  if (call.arg_types.size() == 1 && (op == '+' || op == '-')) return InferUnary(call);
  if (call.arg_types.size() != 2) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(call.name), " takes two arguments"));
  }
  if (auto time = InferTimeArithmetic(call)) return *std::move(time);
  Type left = call.arg_types[0];
  Type right = call.arg_types[1];
  if (left.kind() == TypeKind::kNull) left = right.kind() == TypeKind::kNull ? Type::Int() : right;
  if (right.kind() == TypeKind::kNull) right = left;
  if (!left.IsNumeric() || !right.IsNumeric()) return NotNumbers(call);
  if (op == '%' && (left.IsApproximate() || right.IsApproximate())) return NotNumbers(call);

  const bool left_nullable = call.arg_types[0].nullable();
  const bool right_nullable = call.arg_types[1].nullable();
  const bool nullable = left_nullable || right_nullable;
  const bool decimal =
      left.IsExactNumeric() && right.IsExactNumeric() && !(left.IsInteger() && right.IsInteger());
  if (decimal && op == '%' && PartsOf(left).scale == 0 && PartsOf(right).scale == 0) {
    // Calcite takes the type of the divisor then. By an integer Flink divides in BIGINT, into which
    // a long DECIMAL wraps.
    const bool integers = right.IsInteger();
    const Type dividend = integers ? Type::BigInt() : DecimalOf(left);
    const Type divisor = integers ? Type::BigInt() : right;
    return Signature{{dividend.WithNullable(left_nullable), divisor.WithNullable(right_nullable)},
                     right.WithNullable(nullable)};
  }
  if (decimal) {
    return Signature{{DecimalOf(left).WithNullable(left_nullable),
                      DecimalOf(right).WithNullable(right_nullable)},
                     DecimalResult(op, left, right).WithNullable(nullable)};
  }
  const Type wider = WiderOf(left, right);
  // The remainder has the type of the divisor.
  const Type& result = op == '%' ? right : wider;
  return Signature{{wider.WithNullable(left_nullable), wider.WithNullable(right_nullable)},
                   result.WithNullable(nullable)};
}

// Java's wrapping arithmetic.
template <typename T>
using Unsigned = std::make_unsigned_t<T>;

template <typename T>
struct Add {
  static void Apply(T a, T b, T& out) {
    if constexpr (std::is_integral_v<T>) {
      out = static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
    } else {
      out = a + b;
    }
  }
};
template <typename T>
struct Subtract {
  static void Apply(T a, T b, T& out) {
    if constexpr (std::is_integral_v<T>) {
      out = static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
    } else {
      out = a - b;
    }
  }
};
template <typename T>
struct Multiply {
  static void Apply(T a, T b, T& out) {
    if constexpr (std::is_integral_v<T>) {
      // In 64 bits: unsigned short would be promoted to a signed int.
      out = static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    } else {
      out = a * b;
    }
  }
};
template <typename T>
struct Negate {
  static void Apply(T a, T& out) {
    if constexpr (std::is_integral_v<T>) {
      out = static_cast<T>(-static_cast<Unsigned<T>>(a));
    } else {
      out = -a;
    }
  }
};

template <typename T>
struct Divide {
  static bool Apply(T a, T b, T& out, RowFailure& failure) {
    if constexpr (std::is_integral_v<T>) {
      if (b == 0) return failure.Fail(kDivisionByZero);
      // The minimum by -1 wraps.
      if (b == -1) {
        Negate<T>::Apply(a, out);
        return true;
      }
    }
    out = a / b;
    return true;
  }
};

template <template <typename> class Op>
void ByLayout(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
              RowErrors& errors) {
  switch (out.type().layout()) {
    case Layout::kInt8:
      return Binary<int8_t, int8_t, Op<int8_t>::Apply>(context, args, out, errors);
    case Layout::kInt16:
      return Binary<int16_t, int16_t, Op<int16_t>::Apply>(context, args, out, errors);
    case Layout::kInt32:
      return Binary<int32_t, int32_t, Op<int32_t>::Apply>(context, args, out, errors);
    case Layout::kInt64:
      return Binary<int64_t, int64_t, Op<int64_t>::Apply>(context, args, out, errors);
    case Layout::kFloat: return Binary<float, float, Op<float>::Apply>(context, args, out, errors);
    case Layout::kDouble:
      return Binary<double, double, Op<double>::Apply>(context, args, out, errors);
    default: SL_CHECK(false);
  }
}

using DecimalOperation = bool (*)(DecimalOperand, DecimalOperand, int, int, Int128*);

template <typename A, typename B, typename Out>
void DecimalRows(const EvalContext& context, std::span<const Vector> args,
                 DecimalOperation operation, bool divides, VectorBuilder& out, RowErrors& errors) {
  const VectorView<A> left = args[0].View<A>();
  const VectorView<B> right = args[1].View<B>();
  const int left_scale = args[0].type().scale();
  const int right_scale = args[1].type().scale();
  const int precision = out.type().precision();
  const int scale = out.type().scale();
  Out* values = out.values<Out>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const DecimalOperand a{left[row], left_scale};
    const DecimalOperand b{right[row], right_scale};
    Int128 result = 0;
    if (divides && b.unscaled == 0) return FailRow(out, row, kDivisionByZero, errors);
    if (!operation(a, b, precision, scale, &result)) out.SetNull(row);
    values[row] = static_cast<Out>(result);
  });
}

template <typename A, typename B>
void DecimalByOut(const EvalContext& context, std::span<const Vector> args,
                  DecimalOperation operation, bool divides, VectorBuilder& out, RowErrors& errors) {
  if (out.type().layout() == Layout::kInt64) {
    return DecimalRows<A, B, int64_t>(context, args, operation, divides, out, errors);
  }
  DecimalRows<A, B, Int128>(context, args, operation, divides, out, errors);
}

void DecimalArithmetic(const EvalContext& context, std::span<const Vector> args,
                       DecimalOperation operation, bool divides, VectorBuilder& out,
                       RowErrors& errors) {
  const bool left_short = args[0].type().layout() == Layout::kInt64;
  const bool right_short = args[1].type().layout() == Layout::kInt64;
  if (left_short && right_short) {
    DecimalByOut<int64_t, int64_t>(context, args, operation, divides, out, errors);
  } else if (left_short) {
    DecimalByOut<int64_t, Int128>(context, args, operation, divides, out, errors);
  } else if (right_short) {
    DecimalByOut<Int128, int64_t>(context, args, operation, divides, out, errors);
  } else {
    DecimalByOut<Int128, Int128>(context, args, operation, divides, out, errors);
  }
}

bool IsDecimal(const VectorBuilder& out) { return out.type().kind() == TypeKind::kDecimal; }

bool IsAboutTime(std::span<const Vector> args) {
  const auto about_time = [](const Type& type) {
    return type.IsInterval() || type.IsTimestamp() || type.kind() == TypeKind::kDate ||
           type.kind() == TypeKind::kTime;
  };
  return about_time(args[0].type()) || about_time(args[1].type());
}

void NegateKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                  RowErrors& errors) {
  switch (out.type().layout()) {
    case Layout::kInt8: return Unary<int8_t, Negate<int8_t>::Apply>(context, args, out, errors);
    case Layout::kInt16: return Unary<int16_t, Negate<int16_t>::Apply>(context, args, out, errors);
    case Layout::kInt32: return Unary<int32_t, Negate<int32_t>::Apply>(context, args, out, errors);
    case Layout::kInt64: return Unary<int64_t, Negate<int64_t>::Apply>(context, args, out, errors);
    case Layout::kInt128: return Unary<Int128, Negate<Int128>::Apply>(context, args, out, errors);
    case Layout::kFloat: return Unary<float, Negate<float>::Apply>(context, args, out, errors);
    case Layout::kDouble: return Unary<double, Negate<double>::Apply>(context, args, out, errors);
    default: SL_CHECK(false);
  }
}

void AddKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  if (args.size() == 1) {
    for (int32_t row = 0; row < context.num_rows; ++row) out.CopyRow(row, args[0], row);
    return;
  }
  if (IsAboutTime(args)) return AddTime(context, args, 1, out, errors);
  if (IsDecimal(out)) return DecimalArithmetic(context, args, AddDecimals, false, out, errors);
  ByLayout<Add>(context, args, out, errors);
}

void SubtractKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  if (args.size() == 1) return NegateKernel(context, args, out, errors);
  if (IsAboutTime(args)) return AddTime(context, args, -1, out, errors);
  if (IsDecimal(out)) return DecimalArithmetic(context, args, SubtractDecimals, false, out, errors);
  ByLayout<Subtract>(context, args, out, errors);
}

void MultiplyKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  if (IsAboutTime(args)) return ScaleInterval(context, args, /*divide=*/false, out, errors);
  if (IsDecimal(out)) return DecimalArithmetic(context, args, MultiplyDecimals, false, out, errors);
  ByLayout<Multiply>(context, args, out, errors);
}

void DivideKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                  RowErrors& errors) {
  if (IsAboutTime(args)) return ScaleInterval(context, args, /*divide=*/true, out, errors);
  if (IsDecimal(out)) return DecimalArithmetic(context, args, DivideDecimals, true, out, errors);
  ByLayout<Divide>(context, args, out, errors);
}

template <typename In, typename Out>
void RemainderRows(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors& errors) {
  const VectorView<In> left = args[0].View<In>();
  const VectorView<In> right = args[1].View<In>();
  Out* values = out.values<Out>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const In divisor = right[row];
    if (divisor == 0) return FailRow(out, row, kDivisionByZero, errors);
    values[row] = divisor == -1 ? Out{0} : static_cast<Out>(left[row] % divisor);
  });
}

template <typename In>
void RemainderByOut(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  switch (out.type().layout()) {
    case Layout::kInt8: return RemainderRows<In, int8_t>(context, args, out, errors);
    case Layout::kInt16: return RemainderRows<In, int16_t>(context, args, out, errors);
    case Layout::kInt32: return RemainderRows<In, int32_t>(context, args, out, errors);
    case Layout::kInt64: return RemainderRows<In, int64_t>(context, args, out, errors);
    default: SL_CHECK(false);
  }
}

void RemainderKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                     RowErrors& errors) {
  if (IsDecimal(out)) {
    return DecimalArithmetic(context, args, RemainderOfDecimals, true, out, errors);
  }
  switch (args[0].type().layout()) {
    case Layout::kInt8: return RemainderByOut<int8_t>(context, args, out, errors);
    case Layout::kInt16: return RemainderByOut<int16_t>(context, args, out, errors);
    case Layout::kInt32: return RemainderByOut<int32_t>(context, args, out, errors);
    case Layout::kInt64: return RemainderByOut<int64_t>(context, args, out, errors);
    default: SL_CHECK(false);
  }
}

}  // namespace

void Register_arithmetic(FunctionRegistry& registry) {
  registry.Add({.name = "+",
                .signature = "(NUMERIC, NUMERIC) -> NUMERIC",
                .kernel = AddKernel,
                .help = "Sum; also a date, time or timestamp plus an interval.",
                .example = "1 + 2 = 3",
                .infer = InferArithmetic});
  registry.Add(
      {.name = "-",
       .signature = "(NUMERIC, NUMERIC) -> NUMERIC; (NUMERIC) -> NUMERIC",
       .kernel = SubtractKernel,
       .help = "Difference, or the negated number; also a point in time minus an interval.",
       .example = "3 - 2 = 1",
       .infer = InferArithmetic});
  registry.Add({.name = "*",
                .signature = "(NUMERIC, NUMERIC) -> NUMERIC",
                .kernel = MultiplyKernel,
                .help = "Product.",
                .example = "2 * 3 = 6",
                .infer = InferArithmetic});
  registry.Add({.name = "/",
                .signature = "(NUMERIC, NUMERIC) -> NUMERIC",
                .kernel = DivideKernel,
                .help = "Quotient; integers are divided without remainder.",
                .example = "7 / 2 = 3",
                .can_fail = true,
                .infer = InferArithmetic});
  for (const char* name : {"%", "MOD"}) {
    registry.Add({.name = name,
                  .signature = "(NUMERIC, NUMERIC) -> NUMERIC",
                  .kernel = RemainderKernel,
                  .help = "Remainder, with the sign of the dividend.",
                  .example = name[0] == '%' ? "7 % 4 = 3" : "MOD(7, 4) = 3",
                  .can_fail = true,
                  .infer = InferArithmetic});
  }
}

}  // namespace sluice
