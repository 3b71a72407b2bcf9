// Which casts exist, and the way to the function that does one.

#include "functions/cast.h"

#include "absl/strings/str_cat.h"
#include "functions/cast_kernels.h"

namespace sluice {

namespace {

constexpr size_t kMaxDescribedBytes = 64;

bool IsTimeKind(const Type& type) {
  return type.IsTimestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

bool AllChildren(const Type& from, const Type& to, bool (*predicate)(const Type&, const Type&)) {
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (!predicate(from.fields()[i].type, to.fields()[i].type)) return false;
  }
  return true;
}

bool AnyChild(const Type& from, const Type& to, bool (*predicate)(const Type&, const Type&)) {
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (predicate(from.fields()[i].type, to.fields()[i].type)) return true;
  }
  return false;
}

bool SameShape(const Type& from, const Type& to) {
  return from.kind() == to.kind() && from.fields().size() == to.fields().size();
}

bool IsLongEnough(const Type& from, const Type& to) {
  if (to.kind() == TypeKind::kVarChar || to.kind() == TypeKind::kVarBinary) {
    return to.length() >= from.length();
  }
  return from.kind() == to.kind() && to.length() == from.length();
}

}  // namespace

bool IsCastable(const Type& from, const Type& to) {
  if (from.kind() == TypeKind::kNull) return true;
  if (to.IsCharacter()) return true;
  if (from.IsNested() || to.IsNested()) {
    return SameShape(from, to) && AllChildren(from, to, IsCastable);
  }
  const bool number_like = from.IsNumeric() || from.kind() == TypeKind::kBoolean;
  if (to.kind() == TypeKind::kBoolean || to.IsNumeric()) return number_like || from.IsCharacter();
  if (to.IsBinary()) return from.IsCharacter() || from.IsBinary();
  switch (to.kind()) {
    case TypeKind::kDate:
      return from.kind() == to.kind() || from.IsTimestamp() || from.IsCharacter();
    case TypeKind::kTime:
      return from.kind() == to.kind() || from.IsTimestamp() || from.IsCharacter();
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return IsTimeKind(from) || from.IsCharacter();
    default: return from.kind() == to.kind();
  }
}

bool IsReinterpretingCast(const Type& from, const Type& to) {
  if (from.EqualsIgnoringNull(to)) return true;
  if (from.layout() != to.layout()) return false;
  if ((from.IsCharacter() && to.IsCharacter()) || (from.IsBinary() && to.IsBinary())) {
    return IsLongEnough(from, to);
  }
  if (from.kind() != to.kind()) return false;
  switch (from.kind()) {
    case TypeKind::kDecimal:
      return from.scale() == to.scale() && from.precision() <= to.precision();
    case TypeKind::kTime: return true;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return from.precision() <= to.precision();
    default: return false;
  }
}

bool CastCanFail(const Type& from, const Type& to) {
  if (from.IsCharacter()) return !to.IsCharacter() && !to.IsBinary();
  if (from.IsApproximate()) return to.kind() == TypeKind::kDecimal;  // NaN, infinity
  if (from.IsNested() && SameShape(from, to)) return AnyChild(from, to, CastCanFail);
  return false;
}

std::string DescribeText(std::string_view text) {
  if (text.size() <= kMaxDescribedBytes) return absl::StrCat("'", std::string(text), "'");
  size_t length = kMaxDescribedBytes;
  while (length > 0 && (text[length] & 0xC0) == 0x80) --length;
  return absl::StrCat("'", std::string(text.substr(0, length)), "…'");
}

void FailCast(CastCall& call, int32_t row, std::string_view value) {
  if (call.try_cast) return SetNullRow(call.out, row);
  FailRow(call.out, row,
          absl::StrCat("cannot cast ", std::string(value), " to ",
                       call.out.type().Nullable().ToString()),
          call.errors);
}

void Cast(EvalContext& context, const Vector& input, bool try_cast, VectorBuilder& out,
          RowErrors& errors) {
  SL_DCHECK(IsCastable(input.type(), out.type()));
  CastCall call{context, input, try_cast, out, errors};
  const Type& to = out.type();
  if (input.type().kind() == TypeKind::kNull || IsReinterpretingCast(input.type(), to)) {
    for (int32_t row = 0; row < context.num_rows; ++row) out.CopyRow(row, input, row);
  } else if (to.IsCharacter()) {
    CastToText(call);
  } else if (to.IsBinary()) {
    CastToBinary(call);
  } else if (to.kind() == TypeKind::kBoolean) {
    CastToBoolean(call);
  } else if (to.IsNumeric()) {
    CastToNumber(call);
  } else if (to.IsNested()) {
    CastNested(call);
  } else {
    CastToTime(call);
  }
}

}  // namespace sluice
