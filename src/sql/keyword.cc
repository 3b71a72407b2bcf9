#include "sql/keyword.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "sql/parser.h"

namespace sluice {
namespace {

constexpr uint8_t kFree = 0;
constexpr uint8_t kReserved120 = 1;
constexpr uint8_t kReserved23 = 2;
constexpr uint8_t kReserved = kReserved120 | kReserved23;
constexpr uint8_t kCallable = 4;
constexpr uint8_t kBare = 8;
constexpr size_t kLongestKeyword = 32;

struct Entry {
  std::string_view text;
  uint8_t flags;
};

// Entry i is Keyword i + 1.
constexpr Entry kEntries[] = {
#define SL_KEYWORD(name, text, flags) {text, flags},
#include "sql/keyword_list.inc"
#undef SL_KEYWORD
};

constexpr bool TextsAreSortedAndShort() {
  for (size_t i = 0; i < std::size(kEntries); ++i) {
    if (kEntries[i].text.size() > kLongestKeyword) return false;
    if (i > 0 && kEntries[i].text <= kEntries[i - 1].text) return false;
  }
  return true;
}
static_assert(TextsAreSortedAndShort());

uint8_t FlagsOf(Keyword keyword) {
  return keyword == Keyword::kOther ? kFree : kEntries[static_cast<size_t>(keyword) - 1].flags;
}

}  // namespace

Keyword FindKeyword(std::string_view word) {
  if (word.empty() || word.size() > kLongestKeyword) return Keyword::kOther;
  char buffer[kLongestKeyword];
  for (size_t i = 0; i < word.size(); ++i) buffer[i] = absl::ascii_toupper(word[i]);
  std::string_view upper(buffer, word.size());
  const Entry* entry =
      std::lower_bound(std::begin(kEntries), std::end(kEntries), upper,
                       [](const Entry& e, std::string_view text) { return e.text < text; });
  if (entry == std::end(kEntries) || entry->text != upper) return Keyword::kOther;
  return static_cast<Keyword>(entry - kEntries + 1);
}

std::string_view KeywordText(Keyword keyword) {
  return keyword == Keyword::kOther ? "" : kEntries[static_cast<size_t>(keyword) - 1].text;
}

bool IsReserved(Keyword keyword, FlinkVersion version) {
  return FlagsOf(keyword) & (version == FlinkVersion::k1_20 ? kReserved120 : kReserved23);
}

bool IsCallable(Keyword keyword) { return FlagsOf(keyword) & kCallable; }

bool IsBareCall(Keyword keyword) { return FlagsOf(keyword) & kBare; }

bool IsReservedWord(std::string_view word, FlinkVersion version) {
  return IsReserved(FindKeyword(word), version);
}

}  // namespace sluice
