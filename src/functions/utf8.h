// Counting and cutting UTF-8 text by code points, as Flink's BinaryStringData does, and by UTF-16
// units, as Java's String does. The text is taken to be valid; anything else counts byte by byte
// and never reads past the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace sluice {

// Bytes of the code point that starts with `first`.
inline size_t CharBytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte >= 0xC2 && byte < 0xE0) return 2;
  if (byte >= 0xE0 && byte < 0xF0) return 3;
  return byte >= 0xF0 && byte < 0xF8 ? 4 : 1;
}

inline bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

inline int64_t CountChars(std::string_view text) {
  int64_t continuations = 0;
  for (char c : text) continuations += IsContinuation(c);
  return static_cast<int64_t>(text.size()) - continuations;
}

// The byte offset of code point `index`; the end if there are fewer.
inline size_t OffsetOfChar(std::string_view text, int64_t index) {
  size_t offset = 0;
  while (index > 0 && offset < text.size()) {
    offset += CharBytes(text[offset]);
    --index;
  }
  return std::min(offset, text.size());
}

// Code points outside the basic plane take two UTF-16 units.
inline int64_t CountUtf16(std::string_view text) {
  int64_t units = 0;
  for (char c : text) units += !IsContinuation(c) + (static_cast<unsigned char>(c) >= 0xF0);
  return units;
}

// Decodes the code point at `offset` and moves behind it.
inline char32_t NextChar(std::string_view text, size_t* offset) {
  const char* p = text.data() + *offset;
  const size_t bytes = CharBytes(*p);
  if (*offset + bytes > text.size() || bytes == 1) {
    ++*offset;
    return static_cast<unsigned char>(*p);
  }
  *offset += bytes;
  char32_t c = static_cast<unsigned char>(*p) & (0xFF >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) c = (c << 6) | (static_cast<unsigned char>(p[i]) & 0x3F);
  return c;
}

// Writes a code point to `out`, returns the number of bytes (at most 4).
inline size_t EncodeChar(char32_t c, char* out) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  const size_t bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = bytes - 1; i > 0; --i, c >>= 6) out[i] = static_cast<char>(0x80 | (c & 0x3F));
  out[0] = static_cast<char>((0xF00 >> bytes) | c);
  return bytes;
}

// A place in the text, counted in UTF-16 units: `offset` bytes lie before it, and it may split the
// code point there.
struct Utf16Place {
  size_t offset = 0;
  bool splits = false;
};

inline Utf16Place FindUtf16(std::string_view text, int64_t units) {
  Utf16Place place;
  while (units > 0 && place.offset < text.size()) {
    const size_t bytes = CharBytes(text[place.offset]);
    if (bytes == 4 && units == 1) {
      place.splits = true;
      return place;
    }
    units -= bytes == 4 ? 2 : 1;
    place.offset = std::min(place.offset + bytes, text.size());
  }
  return place;
}

// Java writes a lone surrogate as this.
inline constexpr char kLoneSurrogate = '?';

}  // namespace sluice
