#include "json/json_text.h"

#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice {
namespace {

constexpr uint32_t kNoHex = 0x10000;

uint32_t HexValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<uint32_t>(lower - 'a' + 10) : kNoHex;
}

// The four digits, or kNoHex or more.
uint32_t ReadHex4(const char* digits) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const uint32_t digit = HexValue(digits[i]);
    if (digit == kNoHex) return kNoHex;
    value = value << 4 | digit;
  }
  return value;
}

bool IsHighSurrogate(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

char* AppendUtf8(uint32_t code, char* out) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xc0 | code >> 6);
    *out++ = static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xe0 | code >> 12);
    *out++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    *out++ = static_cast<char>(0x80 | (code & 0x3f));
  } else {
    *out++ = static_cast<char>(0xf0 | code >> 18);
    *out++ = static_cast<char>(0x80 | (code >> 12 & 0x3f));
    *out++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    *out++ = static_cast<char>(0x80 | (code & 0x3f));
  }
  return out;
}

// `pos` is at the u of \uXXXX. Moves it behind the escape, or behind both escapes of a pair. Null
// when malformed.
char* UnescapeUnicode(const char*& pos, const char* end, char* out) {
  if (end - pos < 5) return nullptr;
  const uint32_t unit = ReadHex4(pos + 1);
  if (unit >= kNoHex) return nullptr;
  pos += 5;
  if (IsHighSurrogate(unit) && end - pos >= 6 && pos[0] == '\\' && pos[1] == 'u') {
    const uint32_t low = ReadHex4(pos + 2);
    if (IsLowSurrogate(low)) {
      pos += 6;
      return AppendUtf8(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), out);
    }
  }
  if (IsHighSurrogate(unit) || IsLowSurrogate(unit)) {
    *out++ = '?';
    return out;
  }
  return AppendUtf8(unit, out);
}

// Copies up to the next backslash. Copies whole vectors while there is room, which runs over the
// backslash: the bytes behind it are overwritten by what follows.
char* CopyPlain(const char*& pos, const char* end, char* out) {
#ifdef __SSE2__
  const __m128i backslash = _mm_set1_epi8('\\');
  while (end - pos >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pos));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash));
    if (mask != 0) {
      const int plain = __builtin_ctz(mask);
      pos += plain;
      return out + plain;
    }
    pos += 16;
    out += 16;
  }
#endif
  while (pos < end && *pos != '\\') *out++ = *pos++;
  return out;
}

}  // namespace

size_t UnescapeJson(std::string_view raw, char* out, bool* controls) {
  const char* pos = raw.data();
  const char* const end = pos + raw.size();
  char* const begin = out;
  bool any_control = false;
  for (;;) {
    out = CopyPlain(pos, end, out);
    if (pos == end) break;
    ++pos;
    if (pos == end) return kMalformedEscape;
    const char c = *pos;
    if (c == '"' || c == '\\' || c == '/') {
      ++pos;
      *out++ = c;
      continue;
    }
    if (c == 'u') {
      const char* const made = out;
      out = UnescapeUnicode(pos, end, out);
      if (out == nullptr) return kMalformedEscape;
      any_control |= static_cast<unsigned char>(*made) < 0x20;
      continue;
    }
    ++pos;
    switch (c) {
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      default: return kMalformedEscape;
    }
    any_control = true;
  }
  if (controls != nullptr) *controls = any_control;
  return static_cast<size_t>(out - begin);
}

namespace {

// How a byte is written: 0 as it is, 'u' as \u00XX, else the letter behind the backslash.
struct EscapeTable {
  char letters[256] = {};
  constexpr EscapeTable() {
    for (int c = 0; c < 0x20; ++c) letters[c] = 'u';
    letters[static_cast<int>('\b')] = 'b';
    letters[static_cast<int>('\f')] = 'f';
    letters[static_cast<int>('\n')] = 'n';
    letters[static_cast<int>('\r')] = 'r';
    letters[static_cast<int>('\t')] = 't';
    letters[static_cast<int>('"')] = '"';
    letters[static_cast<int>('\\')] = '\\';
  }
};
constexpr EscapeTable kEscapes;

// The length of the part of `text` before the first byte that needs an escape.
size_t PlainPrefix(const char* text, size_t size) {
  size_t i = 0;
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  for (; i + 16 <= size; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const int mask = _mm_movemask_epi8(_mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)), control));
    if (mask != 0) return i + __builtin_ctz(mask);
  }
#endif
  while (i < size && kEscapes.letters[static_cast<unsigned char>(text[i])] == 0) ++i;
  return i;
}

}  // namespace

void AppendJacksonEscaped(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (;;) {
    const size_t plain = PlainPrefix(text.data(), text.size());
    out->append(text.data(), plain);
    if (plain == text.size()) return;
    const auto byte = static_cast<unsigned char>(text[plain]);
    const char letter = kEscapes.letters[byte];
    if (letter == 'u') {
      const char escape[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
      out->append(escape, sizeof(escape));
    } else {
      const char escape[] = {'\\', letter};
      out->append(escape, sizeof(escape));
    }
    text.remove_prefix(plain + 1);
  }
}

void AppendJacksonString(std::string_view text, std::string* out) {
  out->push_back('"');
  AppendJacksonEscaped(text, out);
  out->push_back('"');
}

}  // namespace sluice
