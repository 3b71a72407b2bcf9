#include "functions/character_mapping.h"

#include <algorithm>
#include <iterator>

#include "functions/utf8.h"

namespace sluice {

namespace {

#include "functions/character_tables.inc"

constexpr char32_t kCapitalSigma = 0x3A3;
constexpr char32_t kFinalSigma = 0x3C2;

// Ranges are in ascending order of their first character; a few with different strides overlap.
template <size_t n>
char32_t Map(const CaseRange (&ranges)[n], char32_t c) {
  const CaseRange* place =
      std::upper_bound(std::begin(ranges), std::end(ranges), c,
                       [](char32_t x, const CaseRange& r) { return x < r.first; });
  for (int i = 0; i < 3 && place != std::begin(ranges); ++i) {
    --place;
    if (c <= place->last && (c - place->first) % place->stride == 0) return c + place->delta;
  }
  return c;
}

template <size_t n>
const char* FindSpecial(const SpecialCase (&specials)[n], char32_t c) {
  const SpecialCase* place =
      std::lower_bound(std::begin(specials), std::end(specials), c,
                       [](const SpecialCase& s, char32_t x) { return s.character < x; });
  return place != std::end(specials) && place->character == c ? place->mapped : nullptr;
}

template <size_t n>
bool Contains(const CodeRange (&ranges)[n], char32_t c) {
  const CodeRange* place =
      std::upper_bound(std::begin(ranges), std::end(ranges), c,
                       [](char32_t x, const CodeRange& r) { return x < r.first; });
  return place != std::begin(ranges) && c <= (--place)->last;
}

void AppendChar(char32_t c, std::string* out) {
  char bytes[4];
  out->append(bytes, EncodeChar(c, bytes));
}

bool IsAsciiLetter(char32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

bool IsCased(char32_t c) {
  if (c < 0x80) return IsAsciiLetter(c);
  return Map(kUpperRanges, c) != c || Map(kLowerRanges, c) != c ||
         FindSpecial(kUpperSpecials, c) != nullptr;
}

// A sigma at the end of a word: a cased letter before it, none after it.
bool IsFinalSigma(std::string_view text, size_t begin, size_t end) {
  size_t before = begin;
  while (before > 0 && IsContinuation(text[--before])) {
  }
  size_t at = before;
  if (begin == 0 || !IsCased(NextChar(text, &at))) return false;
  return end >= text.size() || !IsCased(NextChar(text, &end));
}

}  // namespace

void AppendUpper(std::string_view text, std::string* out) {
  for (size_t offset = 0; offset < text.size();) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte < 0x80) {
      out->push_back(byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 32)
                                                : static_cast<char>(byte));
      ++offset;
      continue;
    }
    const char32_t c = NextChar(text, &offset);
    if (const char* special = FindSpecial(kUpperSpecials, c))
      out->append(special);
    else
      AppendChar(Map(kUpperRanges, c), out);
  }
}

void AppendLower(std::string_view text, std::string* out) {
  for (size_t offset = 0; offset < text.size();) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte < 0x80) {
      out->push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32)
                                                : static_cast<char>(byte));
      ++offset;
      continue;
    }
    const size_t begin = offset;
    const char32_t c = NextChar(text, &offset);
    if (const char* special = FindSpecial(kLowerSpecials, c))
      out->append(special);
    else if (c == kCapitalSigma && IsFinalSigma(text, begin, offset))
      AppendChar(kFinalSigma, out);
    else
      AppendChar(Map(kLowerRanges, c), out);
  }
}

bool IsLetterChar(char32_t c) { return c < 0x80 ? IsAsciiLetter(c) : Contains(kLetterRanges, c); }
bool IsDigitChar(char32_t c) { return c < 0x80 ? c >= '0' && c <= '9' : Contains(kDigitRanges, c); }

}  // namespace sluice
