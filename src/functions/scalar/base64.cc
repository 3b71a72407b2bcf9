#include "absl/strings/escaping.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

void ToBase64(std::string_view text, StringWriter& out) {
  out.Append(absl::Base64Escape(absl::string_view(text.data(), text.size())));
}

// Java's decoder takes neither blanks nor text of a wrong length.
bool FromBase64(std::string_view text, StringWriter& out, RowFailure& failure) {
  std::string bytes;
  const bool has_blank = text.find_first_of(" \t\r\n\f\v") != std::string_view::npos;
  if (has_blank || !absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes)) {
    return failure.Fail("FROM_BASE64 reads text that is not in base 64");
  }
  out.Append(bytes);
  return true;
}

}  // namespace

void Register_base64(FunctionRegistry& registry) {
  registry.Add({.name = "TO_BASE64",
                .signature = "(STRING) -> STRING; (BYTES) -> STRING",
                .kernel = Unary<std::string_view, ToBase64>,
                .help = "The bytes in base 64.",
                .example = "TO_BASE64('hello world') = 'aGVsbG8gd29ybGQ='",
                .can_fail = true});
  registry.Add({.name = "FROM_BASE64",
                .signature = "(STRING) -> STRING; (BYTES) -> STRING",
                .kernel = Unary<std::string_view, FromBase64>,
                .help = "The text whose bytes are given in base 64.",
                .example = "FROM_BASE64('aGVsbG8gd29ybGQ=') = 'hello world'",
                .can_fail = true});
}

}  // namespace sluice
