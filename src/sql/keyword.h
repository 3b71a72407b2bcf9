// The words that the grammar knows, and which of them are reserved in which Flink release.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/flink_version.h"

namespace sluice {

enum class Keyword : uint16_t {
  kOther,  // not a keyword
#define SL_KEYWORD(name, text, flags) name,
#include "sql/keyword_list.inc"
#undef SL_KEYWORD
};

// Without regard to case; kOther for a word that is not one.
Keyword FindKeyword(std::string_view word);
std::string_view KeywordText(Keyword keyword);  // in upper case

// True if the unquoted word cannot be a name.
bool IsReserved(Keyword keyword, FlinkVersion version);
// True for a reserved word that is a function when "(" follows: COUNT(x), LEFT(x, 1).
bool IsCallable(Keyword keyword);
// True for a function that is called without parentheses: CURRENT_DATE.
bool IsBareCall(Keyword keyword);

}  // namespace sluice
