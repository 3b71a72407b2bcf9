// ENCODE(text, charset) and DECODE(bytes, charset) for the charsets that every Java has: US-ASCII,
// ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE and UTF-16. What the charset does not have becomes '?',
// bytes that are no text U+FFFD.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

enum class Charset : uint8_t { kAscii, kLatin1, kUtf8, kUtf16, kUtf16Be, kUtf16Le, kUnknown };

Charset FindCharset(std::string_view name) {
  const std::string upper = absl::AsciiStrToUpper(std::string(name));
  if (upper == "UTF-8" || upper == "UTF8") return Charset::kUtf8;
  if (upper == "US-ASCII" || upper == "ASCII") return Charset::kAscii;
  if (upper == "ISO-8859-1" || upper == "ISO8859-1" || upper == "LATIN1") return Charset::kLatin1;
  if (upper == "UTF-16" || upper == "UTF16") return Charset::kUtf16;
  if (upper == "UTF-16BE") return Charset::kUtf16Be;
  if (upper == "UTF-16LE") return Charset::kUtf16Le;
  return Charset::kUnknown;
}

void AppendUnit(uint32_t unit, bool little, StringWriter& out) {
  const char high = static_cast<char>(unit >> 8);
  const char low = static_cast<char>(unit & 0xFF);
  out.Append(little ? low : high);
  out.Append(little ? high : low);
}

bool Encode(std::string_view text, std::string_view charset_name, StringWriter& out,
            RowFailure& failure) {
  const Charset charset = FindCharset(charset_name);
  if (charset == Charset::kUnknown)
    return failure.Fail(absl::StrCat("no charset ", std::string(charset_name)));
  if (charset == Charset::kUtf8) {
    out.Refer(text);
    return true;
  }
  if (charset == Charset::kUtf16) AppendUnit(0xFEFF, false, out);
  for (size_t offset = 0; offset < text.size();) {
    const char32_t c = NextChar(text, &offset);
    if (charset == Charset::kAscii || charset == Charset::kLatin1) {
      const char32_t limit = charset == Charset::kAscii ? 0x80 : 0x100;
      out.Append(c < limit ? static_cast<char>(c) : '?');
      continue;
    }
    const bool little = charset == Charset::kUtf16Le;
    if (c >= 0x10000) AppendUnit(0xD7C0 + (c >> 10), little, out);
    AppendUnit(c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c, little, out);
  }
  return true;
}

constexpr char32_t kReplacement = 0xFFFD;

void AppendChar(char32_t c, StringWriter& out) {
  char bytes[4];
  out.Append({bytes, EncodeChar(c, bytes)});
}

void DecodeUtf16(std::string_view bytes, bool little, StringWriter& out) {
  const auto unit_at = [&](size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(little ? second << 8 | first : first << 8 | second);
  };
  for (size_t i = 0; i < bytes.size(); i += 2) {
    if (i + 1 == bytes.size()) return AppendChar(kReplacement, out);
    const char32_t unit = unit_at(i);
    const bool is_high = unit >= 0xD800 && unit < 0xDC00;
    if (is_high && i + 3 < bytes.size() && unit_at(i + 2) >= 0xDC00 && unit_at(i + 2) < 0xE000) {
      AppendChar(0x10000 + ((unit - 0xD800) << 10) + (unit_at(i + 2) - 0xDC00), out);
      i += 2;
    } else {
      AppendChar(unit >= 0xD800 && unit < 0xE000 ? kReplacement : unit, out);
    }
  }
}

// UTF-8 as it is, with U+FFFD for every byte that begins no character.
void DecodeUtf8(std::string_view bytes, StringWriter& out) {
  for (size_t offset = 0; offset < bytes.size();) {
    const size_t length = CharBytes(bytes[offset]);
    bool valid = offset + length <= bytes.size() &&
                 (length > 1 || static_cast<unsigned char>(bytes[offset]) < 0x80);
    for (size_t i = 1; valid && i < length; ++i) valid = IsContinuation(bytes[offset + i]);
    if (valid)
      out.Append(bytes.substr(offset, length));
    else
      AppendChar(kReplacement, out);
    offset += valid ? length : 1;
  }
}

bool Decode(std::string_view bytes, std::string_view charset_name, StringWriter& out,
            RowFailure& failure) {
  switch (FindCharset(charset_name)) {
    case Charset::kUnknown:
      return failure.Fail(absl::StrCat("no charset ", std::string(charset_name)));
    case Charset::kUtf8: DecodeUtf8(bytes, out); break;
    case Charset::kUtf16: {
      const bool little = bytes.starts_with("\xFF\xFE");
      if (little || bytes.starts_with("\xFE\xFF")) bytes.remove_prefix(2);
      DecodeUtf16(bytes, little, out);
      break;
    }
    case Charset::kUtf16Be: DecodeUtf16(bytes, false, out); break;
    case Charset::kUtf16Le: DecodeUtf16(bytes, true, out); break;
    case Charset::kAscii:
    case Charset::kLatin1: {
      const bool is_ascii = FindCharset(charset_name) == Charset::kAscii;
      for (const char byte : bytes) {
        const char32_t c = static_cast<unsigned char>(byte);
        AppendChar(is_ascii && c >= 0x80 ? kReplacement : c, out);
      }
    }
  }
  return true;
}

}  // namespace

void Register_encode(FunctionRegistry& registry) {
  registry.Add({.name = "ENCODE",
                .signature = "(STRING, STRING) -> BYTES",
                .kernel = Binary<std::string_view, std::string_view, Encode>,
                .help = "The bytes of a text in a charset.",
                .example = "DECODE(ENCODE('abc', 'UTF-16LE'), 'UTF-16LE') = 'abc'",
                .can_fail = true});
  registry.Add({.name = "DECODE",
                .signature = "(BYTES, STRING) -> STRING",
                .kernel = Binary<std::string_view, std::string_view, Decode>,
                .help = "The text that bytes are in a charset.",
                .example = "DECODE(X'616263', 'UTF-8') = 'abc'",
                .can_fail = true});
}

}  // namespace sluice
