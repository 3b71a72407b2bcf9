// = <> < <= > >= and IS [NOT] DISTINCT FROM. Both sides come in one type, but for DECIMALs whose
// common type would lose digits. Text is ordered by its UTF-8 bytes; NaN is unequal to everything.

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/scalar/vector_equality.h"
#include "types/decimal.h"

namespace sluice {

namespace {

bool IsDateOrTime(const Type& type) {
  return type.IsTimestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

Status NotComparable(const FunctionCall& call) {
  return absl::InvalidArgumentError(absl::StrCat("cannot compare ",
                                                 call.arg_types[0].Nullable().ToString(), " with ",
                                                 call.arg_types[1].Nullable().ToString()));
}

int IntegerDigits(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyInt: return 3;
    case TypeKind::kSmallInt: return 5;
    case TypeKind::kInt: return 10;
    case TypeKind::kBigInt: return 19;
    default: return type.precision() - type.scale();
  }
}

// DECIMALs that have no common type of 38 digits are compared as they are.
bool ComparesAsDecimals(const Type& left, const Type& right) {
  if (!left.IsExactNumeric() || !right.IsExactNumeric()) return false;
  const int scale = std::max(left.scale(), right.scale());
  return std::max(IntegerDigits(left), IntegerDigits(right)) + scale > Type::kMaxDecimalPrecision;
}

StatusOr<std::vector<Type>> ComparedTypes(const FunctionCall& call, bool ordered) {
  if (call.arg_types.size() != 2) {
    return absl::InvalidArgumentError("a comparison takes two arguments");
  }
  const Type& left = call.arg_types[0];
  const Type& right = call.arg_types[1];
  if (ComparesAsDecimals(left, right)) {
    const auto as_decimal = [](const Type& type) {
      return type.IsInteger() ? Type::Decimal(IntegerDigits(type), 0) : type;
    };
    return std::vector<Type>{as_decimal(left), as_decimal(right)};
  }
  // Text beside a point in time is read as one.
  if (IsDateOrTime(left) && right.IsCharacter()) return std::vector<Type>{left, left};
  if (IsDateOrTime(right) && left.IsCharacter()) return std::vector<Type>{right, right};
  if (IsDateOrTime(left) && IsDateOrTime(right) && left.kind() != right.kind() &&
      !(left.IsTimestamp() && right.IsTimestamp())) {
    return NotComparable(call);
  }
  if (ordered && (left.IsNested() || right.IsNested())) return NotComparable(call);
  if (left.kind() == TypeKind::kNull && right.kind() == TypeKind::kNull) {
    return std::vector<Type>{Type::Boolean(), Type::Boolean()};
  }
  // Local time and an instant are equal where they are the same local time, but ordered as
  // instants: that differs where clocks change.
  if (!ordered && left.IsTimestamp() && right.IsTimestamp() && left.kind() != right.kind()) {
    const Type local = Type::TimestampType(std::max(left.precision(), right.precision()));
    return std::vector<Type>{local, local};
  }
  StatusOr<Type> common = CommonType(call.arg_types);
  if (!common.ok()) return NotComparable(call);
  return std::vector<Type>{*common, *common};
}

StatusOr<Signature> Infer(const FunctionCall& call, bool ordered, bool nullable) {
  SL_ASSIGN(std::vector<Type> types, ComparedTypes(call, ordered));
  for (size_t i = 0; i < types.size(); ++i) {
    types[i] = types[i].WithNullable(call.arg_types[i].nullable());
  }
  return Signature{std::move(types), Type::Boolean().WithNullable(nullable)};
}

bool AnyNullable(const FunctionCall& call) {
  for (const Type& type : call.arg_types) {
    if (type.nullable()) return true;
  }
  return false;
}

StatusOr<Signature> InferEquality(const FunctionCall& call) {
  return Infer(call, /*ordered=*/false, AnyNullable(call));
}
StatusOr<Signature> InferOrder(const FunctionCall& call) {
  return Infer(call, /*ordered=*/true, AnyNullable(call));
}
StatusOr<Signature> InferDistinct(const FunctionCall& call) {
  return Infer(call, /*ordered=*/false, /*nullable=*/false);
}

template <typename T>
struct Equal {
  static void Apply(T a, T b, bool& out) { out = a == b; }
};
template <typename T>
struct NotEqual {
  static void Apply(T a, T b, bool& out) { out = a != b; }
};
template <typename T>
struct Less {
  static void Apply(T a, T b, bool& out) { out = a < b; }
};
template <typename T>
struct LessOrEqual {
  static void Apply(T a, T b, bool& out) { out = a <= b; }
};

// What three-way order says to the operator.
template <template <typename> class Op>
bool Holds(int order) {
  bool result;
  Op<int>::Apply(order, 0, result);
  return result;
}

DecimalOperand ReadDecimal(const Vector& vector, int32_t row) {
  const int scale = vector.type().scale();
  if (vector.type().layout() == Layout::kInt64) return {vector.View<int64_t>()[row], scale};
  return {vector.View<Int128>()[row], scale};
}

bool HaveDifferentDecimals(const Type& a, const Type& b) {
  return a.kind() == TypeKind::kDecimal && (a.scale() != b.scale() || a.layout() != b.layout());
}

template <template <typename> class Op>
void CompareDifferentDecimals(const EvalContext& context, std::span<const Vector> args,
                              VectorBuilder& out) {
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const int order = CompareDecimals(ReadDecimal(args[0], row), ReadDecimal(args[1], row));
    out.values<int8_t>()[row] = Holds<Op>(order);
  });
}

template <template <typename> class Op>
void CompareValues(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors& errors) {
  switch (args[0].type().layout()) {
    case Layout::kInt8:
      return Binary<int8_t, int8_t, Op<int8_t>::Apply>(context, args, out, errors);
    case Layout::kInt16:
      return Binary<int16_t, int16_t, Op<int16_t>::Apply>(context, args, out, errors);
    case Layout::kInt32:
      return Binary<int32_t, int32_t, Op<int32_t>::Apply>(context, args, out, errors);
    case Layout::kInt64:
      return Binary<int64_t, int64_t, Op<int64_t>::Apply>(context, args, out, errors);
    case Layout::kInt128:
      return Binary<Int128, Int128, Op<Int128>::Apply>(context, args, out, errors);
    case Layout::kFloat: return Binary<float, float, Op<float>::Apply>(context, args, out, errors);
    case Layout::kDouble:
      return Binary<double, double, Op<double>::Apply>(context, args, out, errors);
    case Layout::kTimestamp:
      return Binary<Timestamp, Timestamp, Op<Timestamp>::Apply>(context, args, out, errors);
    case Layout::kText:
      return Binary<std::string_view, std::string_view, Op<std::string_view>::Apply>(context, args,
                                                                                     out, errors);
    default: SL_CHECK(false);
  }
}

template <template <typename> class Op>
void Compare(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
             RowErrors& errors) {
  if (HaveDifferentDecimals(args[0].type(), args[1].type())) {
    return CompareDifferentDecimals<Op>(context, args, out);
  }
  CompareValues<Op>(context, args, out, errors);
}

template <template <typename> class Op>
void CompareSwapped(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  const Vector swapped[] = {args[1], args[0]};
  Compare<Op>(context, swapped, out, errors);
}

// The 16 bytes of a Text as two words.
struct TextWords {
  uint64_t head;
  uint64_t tail;
  explicit TextWords(const Text& text) {
    std::memcpy(&head, &text, sizeof(head));
    std::memcpy(&tail, reinterpret_cast<const char*>(&text) + sizeof(head), sizeof(tail));
  }
};

// A short literal is equal exactly if all 16 bytes are: nothing is followed, so NULL rows may be
// compared along.
void EqualShortText(int32_t num_rows, const VectorView<Text>& view, const Text& literal,
                    bool negated, int8_t* out) {
  const TextWords expected(literal);
  const auto equals = [&](const Text& text) {
    const TextWords words(text);
    return ((words.head ^ expected.head) | (words.tail ^ expected.tail)) == 0;
  };
  if (view.selection == nullptr) {
    for (int32_t row = 0; row < num_rows; ++row) out[row] = equals(view.values[row]) != negated;
  } else {
    for (int32_t row = 0; row < num_rows; ++row) out[row] = equals(view[row]) != negated;
  }
}

template <bool negated>
void EqualTexts(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out) {
  const bool left_constant = args[0].encoding() == Encoding::kConstant;
  const VectorView<Text> left = args[left_constant ? 1 : 0].View<Text>();
  const Vector& other = args[left_constant ? 0 : 1];
  const VectorView<Text> right = other.View<Text>();
  int8_t* values = out.values<int8_t>();
  if (other.encoding() == Encoding::kConstant && right[0].is_inline()) {
    return EqualShortText(context.num_rows, left, right[0], negated, values);
  }
  ForEachValid(out, context.num_rows,
               [&](int32_t row) { values[row] = (left[row] == right[row]) != negated; });
}

template <bool negated>
void EqualKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors& errors) {
  const Type& type = args[0].type();
  if (type.layout() == Layout::kText) return EqualTexts<negated>(context, args, out);
  if (type.IsNested()) {
    ForEachValid(out, context.num_rows, [&](int32_t row) {
      out.values<int8_t>()[row] = EqualRows(args[0], row, args[1], row) != negated;
    });
    return;
  }
  if constexpr (negated) {
    Compare<NotEqual>(context, args, out, errors);
  } else {
    Compare<Equal>(context, args, out, errors);
  }
}

template <bool negated>
void DistinctKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  // Rows with a NULL are decided here; the others by equality.
  VectorBuilder equal(Type::Boolean(), context.num_rows);
  int8_t* values = out.values<int8_t>();
  for (int32_t row = 0; row < context.num_rows; ++row) {
    const bool left_null = args[0].IsNull(row);
    const bool right_null = args[1].IsNull(row);
    if (left_null || right_null) equal.SetNull(row);
    values[row] = (left_null != right_null) != negated;
  }
  EqualKernel<false>(context, args, equal, errors);
  ForEachValid(equal, context.num_rows,
               [&](int32_t row) { values[row] = (equal.values<int8_t>()[row] == 0) != negated; });
}

}  // namespace

void Register_comparison(FunctionRegistry& registry) {
  const auto add = [&](std::string_view name, ScalarKernel kernel,
                       StatusOr<Signature> (*infer)(const FunctionCall&), std::string_view help,
                       std::string_view example) {
    registry.Add({.name = name,
                  .signature = "(T, T) -> BOOLEAN",
                  .kernel = kernel,
                  .help = help,
                  .example = example,
                  .infer = infer});
  };
  add("=", EqualKernel<false>, InferEquality, "Equal.", "(1 = 1) = TRUE");
  add("<>", EqualKernel<true>, InferEquality, "Not equal.", "(1 <> 2) = TRUE");
  add("<", Compare<Less>, InferOrder, "Less.", "(1 < 2) = TRUE");
  add("<=", Compare<LessOrEqual>, InferOrder, "Less or equal.", "(2 <= 2) = TRUE");
  add(">", CompareSwapped<Less>, InferOrder, "Greater.", "(2 > 1) = TRUE");
  add(">=", CompareSwapped<LessOrEqual>, InferOrder, "Greater or equal.", "(2 >= 2) = TRUE");
  registry.Add({.name = "IS DISTINCT FROM",
                .signature = "(T, T) -> BOOLEAN NOT NULL",
                .kernel = DistinctKernel<false>,
                .help = "Different; NULL is not distinct from NULL.",
                .example = "(NULL IS DISTINCT FROM 1) = TRUE",
                .null_in_null_out = false,
                .infer = InferDistinct});
  registry.Add({.name = "IS NOT DISTINCT FROM",
                .signature = "(T, T) -> BOOLEAN NOT NULL",
                .kernel = DistinctKernel<true>,
                .help = "Equal, or both NULL.",
                .example = "(NULL IS NOT DISTINCT FROM 1) = FALSE",
                .null_in_null_out = false,
                .infer = InferDistinct});
}

}  // namespace sluice
