// ||: text after text. The lengths of the types add up.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

bool Concat(std::string_view left, std::string_view right, StringWriter& out) {
  if (right.empty()) {
    out.Refer(left);
    return true;
  }
  if (left.empty()) {
    out.Refer(right);
    return true;
  }
  if (!out.Reserve(static_cast<int64_t>(left.size() + right.size()))) return false;
  out.Append(left);
  out.Append(right);
  return true;
}

StatusOr<Signature> InferConcat(const FunctionCall& call) {
  if (call.arg_types.size() != 2) return absl::InvalidArgumentError("|| takes two arguments");
  Type left = call.arg_types[0];
  Type right = call.arg_types[1];
  if (left.kind() == TypeKind::kNull)
    left = right.kind() == TypeKind::kNull ? Type::String() : right;
  if (right.kind() == TypeKind::kNull) right = left;
  const bool text = left.IsCharacter() && right.IsCharacter();
  if (!text && !(left.IsBinary() && right.IsBinary())) {
    return absl::InvalidArgumentError(
        absl::StrCat("|| takes two texts, given ", left.Nullable().ToString(), " and ",
                     right.Nullable().ToString(), "; cast them to STRING"));
  }
  const bool fixed = (left.kind() == TypeKind::kChar || left.kind() == TypeKind::kBinary) &&
                     left.kind() == right.kind();
  const auto length = static_cast<int32_t>(
      std::min<int64_t>(int64_t{left.length()} + right.length(), Type::kMaxLength));
  Type result = text ? (fixed ? Type::Char(length) : Type::VarChar(length))
                     : (fixed ? Type::Binary(length) : Type::VarBinary(length));
  const bool nullable = call.arg_types[0].nullable() || call.arg_types[1].nullable();
  return Signature{{left.WithNullable(call.arg_types[0].nullable()),
                    right.WithNullable(call.arg_types[1].nullable())},
                   result.WithNullable(nullable)};
}

}  // namespace

void Register_concat(FunctionRegistry& registry) {
  registry.Add({.name = "||",
                .signature = "(STRING, STRING) -> STRING",
                .kernel = Binary<std::string_view, std::string_view, Concat>,
                .help = "The two texts one after the other.",
                .example = "'a' || 'b' = 'ab'",
                .can_fail = true,
                .infer = InferConcat});
}

}  // namespace sluice
