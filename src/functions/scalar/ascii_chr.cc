#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

// The first byte as a signed number, 0 for an empty text.
void Ascii(std::string_view text, int32_t& out) {
  out = text.empty() ? 0 : static_cast<signed char>(text[0]);
}

void Chr(int64_t code, StringWriter& out) {
  if (code < 0) return;
  char bytes[4];
  out.Append({bytes, EncodeChar(static_cast<char32_t>(code & 0xFF), bytes)});
}

}  // namespace

void Register_ascii_chr(FunctionRegistry& registry) {
  registry.Add({.name = "ASCII",
                .signature = "(STRING) -> INT",
                .kernel = Unary<std::string_view, Ascii>,
                .help = "The code of the first byte.",
                .example = "ASCII('abc') = 97"});
  registry.Add({.name = "CHR",
                .signature = "(BIGINT) -> STRING NULLABLE",
                .kernel = Unary<int64_t, Chr>,
                .help = "The character with a code, taken modulo 256; empty below 0.",
                .example = "CHR(97) = 'a'"});
}

}  // namespace sluice
