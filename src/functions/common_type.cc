// Implicit casts and the common type of several, as LogicalTypeCasts and LogicalTypeMerging of
// Flink 1.20 find them.

#include <algorithm>
#include <optional>

#include "absl/strings/str_join.h"
#include "functions/scalar_function.h"

namespace sluice {

namespace {

struct Digits {
  int precision;
  int scale;
};

Digits DigitsOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyInt: return {3, 0};
    case TypeKind::kSmallInt: return {5, 0};
    case TypeKind::kInt: return {10, 0};
    case TypeKind::kBigInt: return {19, 0};
    default: return {type.precision(), type.scale()};
  }
}

Type CommonExact(const Type& a, const Type& b) {
  if (a.IsInteger() && b.IsInteger()) return a.kind() < b.kind() ? b : a;
  const Digits x = DigitsOf(a);
  const Digits y = DigitsOf(b);
  const int whole =
      std::min(std::max(x.precision - x.scale, y.precision - y.scale), Type::kMaxDecimalPrecision);
  const int scale = std::min(std::max(x.scale, y.scale), Type::kMaxDecimalPrecision - whole);
  return Type::Decimal(whole + scale, scale);
}

Type CommonNumeric(const Type& a, const Type& b) {
  if (a.IsExactNumeric() && b.IsExactNumeric()) return CommonExact(a, b);
  if (a.IsApproximate() && b.IsApproximate()) return a.kind() < b.kind() ? b : a;
  const Type& exact = a.IsExactNumeric() ? a : b;
  if (exact.kind() == TypeKind::kDecimal) return Type::Double();
  return a.IsExactNumeric() ? b : a;
}

// CHAR and BINARY of different lengths become variable ones: nothing is padded.
Type CommonStrings(const Type& a, const Type& b) {
  const int32_t length = std::max(a.length(), b.length());
  if (a == b) return a;
  return a.IsCharacter() ? Type::VarChar(length) : Type::VarBinary(length);
}

Type CommonTimestamp(const Type& a, const Type& b) {
  const int precision = std::max(a.precision(), b.precision());
  const bool local = a.kind() == TypeKind::kTimestamp && b.kind() == TypeKind::kTimestamp;
  return local ? Type::TimestampType(precision) : Type::TimestampLtz(precision);
}

std::optional<Type> CommonOfTwo(const Type& a, const Type& b);

std::optional<Type> CommonNested(const Type& a, const Type& b) {
  if (a.kind() != b.kind() || a.fields().size() != b.fields().size()) return std::nullopt;
  std::vector<Field> fields;
  for (size_t i = 0; i < a.fields().size(); ++i) {
    const Type& x = a.fields()[i].type;
    const Type& y = b.fields()[i].type;
    std::optional<Type> common = CommonOfTwo(x.Nullable(), y.Nullable());
    if (!common) return std::nullopt;
    fields.push_back({a.fields()[i].name, common->WithNullable(x.nullable() || y.nullable())});
  }
  switch (a.kind()) {
    case TypeKind::kArray: return Type::Array(fields[0].type);
    case TypeKind::kMap: return Type::Map(fields[0].type, fields[1].type);
    case TypeKind::kMultiset: return Type::Multiset(fields[0].type);
    default: return Type::Row(std::move(fields));
  }
}

// Both nullable.
std::optional<Type> CommonOfTwo(const Type& a, const Type& b) {
  if (a.kind() == TypeKind::kNull) return b;
  if (b.kind() == TypeKind::kNull) return a;
  if (a == b) return a;
  if (a.IsNumeric() && b.IsNumeric()) return CommonNumeric(a, b);
  if ((a.IsCharacter() && b.IsCharacter()) || (a.IsBinary() && b.IsBinary())) {
    return CommonStrings(a, b);
  }
  if (a.IsTimestamp() && b.IsTimestamp()) return CommonTimestamp(a, b);
  if (a.kind() == TypeKind::kTime && b.kind() == TypeKind::kTime) {
    return Type::Time(std::max(a.precision(), b.precision()));
  }
  if (a.IsNested() || b.IsNested()) return CommonNested(a, b);
  if (IsImplicitlyCastable(a, b)) return b;
  if (IsImplicitlyCastable(b, a)) return a;
  return std::nullopt;
}

bool IsImplicitFromNumber(const Type& from, TypeKind to) {
  switch (to) {
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt: return from.IsInteger() && from.kind() <= to;
    case TypeKind::kFloat: return from.IsExactNumeric() || from.kind() == TypeKind::kFloat;
    case TypeKind::kDouble:
    case TypeKind::kDecimal: return true;
    default: return false;
  }
}

bool IsNestedImplicitlyCastable(const Type& from, const Type& to) {
  if (from.kind() != to.kind() || from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (!IsImplicitlyCastable(from.fields()[i].type, to.fields()[i].type)) return false;
  }
  return true;
}

}  // namespace

bool IsImplicitlyCastable(const Type& from, const Type& to) {
  if (from.kind() == TypeKind::kNull) return true;
  if (from.IsNested() || to.IsNested()) return IsNestedImplicitlyCastable(from, to);
  if (from.IsNumeric()) return IsImplicitFromNumber(from, to.kind());
  switch (to.kind()) {
    case TypeKind::kVarChar: return from.IsCharacter();
    case TypeKind::kVarBinary: return from.IsBinary();
    case TypeKind::kDate:
    case TypeKind::kTime: return from.kind() == to.kind() || from.kind() == TypeKind::kTimestamp;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return from.IsTimestamp();
    default: return from.kind() == to.kind();
  }
}

StatusOr<Type> CommonType(std::span<const Type> types) {
  std::optional<Type> common = Type::Null();
  bool nullable = false;
  for (const Type& type : types) {
    nullable |= type.nullable();
    if (common) common = CommonOfTwo(*common, type.Nullable());
  }
  if (common && common->kind() != TypeKind::kNull) return common->WithNullable(nullable);
  return absl::NotFoundError(absl::StrCat(
      "no common type of ", absl::StrJoin(types, ", ", [](std::string* out, const Type& type) {
        absl::StrAppend(out, type.Nullable().ToString());
      })));
}

}  // namespace sluice
