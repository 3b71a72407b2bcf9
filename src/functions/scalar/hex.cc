#include <charconv>

#include "functions/kernels.h"

namespace sluice {

namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

void HexOfText(std::string_view text, StringWriter& out) {
  char* target = out.Extend(static_cast<int64_t>(text.size()) * 2);
  if (target == nullptr) return;
  for (const char c : text) {
    *target++ = kHexDigits[static_cast<unsigned char>(c) >> 4];
    *target++ = kHexDigits[static_cast<unsigned char>(c) & 15];
  }
}

void HexOfNumber(int64_t value, StringWriter& out) {
  char digits[16];
  size_t begin = 16;
  auto rest = static_cast<uint64_t>(value);
  do {
    digits[--begin] = kHexDigits[rest & 15];
    rest >>= 4;
  } while (rest != 0);
  out.Append({digits + begin, 16 - begin});
}

void Bin(int64_t value, StringWriter& out) {
  char digits[64];
  const char* end = std::to_chars(digits, digits + 64, static_cast<uint64_t>(value), 2).ptr;
  out.Append({digits, static_cast<size_t>(end - digits)});
}

void Hex(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
         RowErrors& errors) {
  if (args[0].type().layout() == Layout::kText)
    return Unary<std::string_view, HexOfText>(context, args, out, errors);
  Unary<int64_t, HexOfNumber>(context, args, out, errors);
}

}  // namespace

void Register_hex(FunctionRegistry& registry) {
  registry.Add({.name = "HEX",
                .signature = "(BIGINT) -> STRING; (STRING) -> STRING",
                .kernel = Hex,
                .help = "A number, or the bytes of a text, in hexadecimal.",
                .example = "HEX('abc') = '616263'",
                .can_fail = true});
  registry.Add({.name = "BIN",
                .signature = "(BIGINT) -> STRING",
                .kernel = Unary<int64_t, Bin>,
                .help = "A number in binary.",
                .example = "BIN(4) = '100'"});
}

}  // namespace sluice
