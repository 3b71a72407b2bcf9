// HASH_CODE: Java's hashCode of the value. That of text, over its UTF-16 units, loses its sign
// (SqlFunctionUtils.hashCode, Flink 1.20).
#include <bit>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

void HashText(std::string_view text, int32_t& out) {
  uint32_t hash = 0;
  for (size_t offset = 0; offset < text.size();) {
    const char32_t c = NextChar(text, &offset);
    if (c < 0x10000) {
      hash = hash * 31 + c;
    } else {
      hash = hash * 31 + (0xD7C0 + (c >> 10));
      hash = hash * 31 + (0xDC00 + (c & 0x3FF));
    }
  }
  // Math.abs, which leaves the least INT as it is.
  out = static_cast<int32_t>(hash >> 31 != 0 ? 0 - hash : hash);
}

void HashLong(int64_t value, int32_t& out) {
  const auto bits = static_cast<uint64_t>(value);
  out = static_cast<int32_t>(static_cast<uint32_t>(bits ^ (bits >> 32)));
}
void HashDouble(double value, int32_t& out) {
  HashLong(std::isnan(value) ? 0x7FF8000000000000 : std::bit_cast<int64_t>(value), out);
}
void HashFloat(float value, int32_t& out) {
  out = std::isnan(value) ? 0x7FC00000 : std::bit_cast<int32_t>(value);
}
void HashBoolean(bool value, int32_t& out) { out = value ? 1231 : 1237; }

template <typename T>
void HashInt(T value, int32_t& out) {
  out = value;
}

void HashCode(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
              RowErrors& errors) {
  if (args[0].type().kind() == TypeKind::kBoolean)
    return Unary<bool, HashBoolean>(context, args, out, errors);
  switch (args[0].type().layout()) {
    case Layout::kInt8: return Unary<int8_t, HashInt<int8_t>>(context, args, out, errors);
    case Layout::kInt16: return Unary<int16_t, HashInt<int16_t>>(context, args, out, errors);
    case Layout::kInt32: return Unary<int32_t, HashInt<int32_t>>(context, args, out, errors);
    case Layout::kInt64: return Unary<int64_t, HashLong>(context, args, out, errors);
    case Layout::kFloat: return Unary<float, HashFloat>(context, args, out, errors);
    case Layout::kDouble: return Unary<double, HashDouble>(context, args, out, errors);
    default: return Unary<std::string_view, HashText>(context, args, out, errors);
  }
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  if (call.arg_types.size() != 1) return absl::InvalidArgumentError("HASH_CODE takes one argument");
  Type type = call.arg_types[0];
  if (type.kind() == TypeKind::kNull) type = Type::String();
  const bool is_hashable = type.IsCharacter() || type.IsInteger() || type.IsApproximate() ||
                           type.kind() == TypeKind::kBoolean || type.kind() == TypeKind::kDate ||
                           type.kind() == TypeKind::kTime;
  if (!is_hashable) {
    return absl::InvalidArgumentError(
        absl::StrCat("HASH_CODE does not take ", type.Nullable().ToString()));
  }
  return Signature{{type}, Type::Int().WithNullable(type.nullable())};
}

}  // namespace

void Register_hash_code(FunctionRegistry& registry) {
  registry.Add({.name = "HASH_CODE",
                .signature = "(COMPARABLE) -> INT",
                .kernel = HashCode,
                .help = "Java's hash code of the value, 32 bits with a sign.",
                .example = "HASH_CODE('wrongbook') = 545781226",
                .infer = Infer});
}

}  // namespace sluice
