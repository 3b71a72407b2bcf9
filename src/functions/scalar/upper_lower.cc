#include "absl/strings/str_cat.h"
#include "functions/character_mapping.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

// Text that is ASCII, nearly all there is, is mapped in place; the rest goes through the tables of
// Java's root locale.
template <bool upper>
void MapCase(std::string_view text, StringWriter& out) {
  char* target = out.Extend(static_cast<int64_t>(text.size()));
  if (target == nullptr) return;
  constexpr char kFirst = upper ? 'a' : 'A';
  unsigned char all = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    all |= static_cast<unsigned char>(c);
    target[i] = static_cast<unsigned char>(c - kFirst) < 26 ? static_cast<char>(c ^ 0x20) : c;
  }
  if (all < 0x80) return;
  out.Truncate(0);
  std::string mapped;
  if (upper)
    AppendUpper(text, &mapped);
  else
    AppendLower(text, &mapped);
  out.Append(mapped);
}

// Words of ASCII letters and digits; everything else stands between words and stays.
void Initcap(std::string_view text, StringWriter& out) {
  char* target = out.Extend(static_cast<int64_t>(text.size()));
  if (target == nullptr) return;
  bool in_word = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool change = in_word ? is_upper : is_lower;
    target[i] = change ? static_cast<char>(c ^ 0x20) : c;
    in_word = is_lower || is_upper || (c >= '0' && c <= '9');
  }
}

// The type stays as it is: UPPER('abc') is a CHAR(3).
StatusOr<Signature> Infer(const FunctionCall& call) {
  if (call.arg_types.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(call.name), " takes one argument"));
  }
  Type type = call.arg_types[0];
  if (type.kind() == TypeKind::kNull) type = Type::String();
  if (!type.IsCharacter()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " takes a text, not ", type.Nullable().ToString()));
  }
  return Signature{{type}, type};
}

}  // namespace

void Register_upper_lower(FunctionRegistry& registry) {
  registry.Add({.name = "UPPER",
                .signature = "(STRING) -> STRING",
                .kernel = Unary<std::string_view, MapCase<true>>,
                .help = "The text in upper case.",
                .example = "UPPER('Straße') = 'STRASSE'",
                .can_fail = true,
                .infer = Infer});
  registry.Add({.name = "LOWER",
                .signature = "(STRING) -> STRING",
                .kernel = Unary<std::string_view, MapCase<false>>,
                .help = "The text in lower case.",
                .example = "LOWER('ABC') = 'abc'",
                .can_fail = true,
                .infer = Infer});
  registry.Add({.name = "INITCAP",
                .signature = "(STRING) -> STRING",
                .kernel = Unary<std::string_view, Initcap>,
                .help = "The text with the first ASCII letter of each word in upper case, the "
                        "others in lower case.",
                .example = "INITCAP('hello WORLD') = 'Hello World'",
                .can_fail = true});
}

}  // namespace sluice
