// Regular expressions with the meaning of java.util.regex. RE2 runs what it can express, in linear
// time; PCRE2, with a limit on its steps, runs look-around, back-references, possessive quantifiers
// and `$` before a final line end. A Regex is immutable and shared by threads; a RegexMatcher
// belongs to one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice {

class Regex {
 public:
  // InvalidArgument for a pattern that Java takes but neither library does. One that Java refuses
  // as well compiles to a Regex with is_malformed(), because the SQL functions have a value for it.
  static StatusOr<std::shared_ptr<const Regex>> Compile(std::string_view java_pattern);
  ~Regex();

  bool is_malformed() const;
  bool is_empty() const;  // the pattern is the empty text

  struct Rep;
  const Rep& rep() const { return *rep_; }

 private:
  Regex();
  std::unique_ptr<Rep> rep_;
};

// A part of the text; begin < 0: the group took no part.
struct RegexGroup {
  int64_t begin = -1;
  int64_t end = -1;
};

class RegexMatcher {
 public:
  explicit RegexMatcher(std::shared_ptr<const Regex> regex);
  ~RegexMatcher();
  RegexMatcher(RegexMatcher&&) noexcept;
  RegexMatcher& operator=(RegexMatcher&&) noexcept;

  enum class Found : uint8_t { kNo, kYes, kLimit };  // kLimit: gave up after too many steps

  // The first match that begins at `start` or later. REQUIRES: the regex is not malformed.
  Found Find(std::string_view text, size_t start);
  // Of the latest match; group 0 is the whole.
  const std::vector<RegexGroup>& groups() const { return groups_; }
  const Regex& regex() const { return *regex_; }

 private:
  struct Scratch;

  Found FindWithRe2(std::string_view text, size_t start);
  Found FindWithPcre2(std::string_view text, size_t start);

  std::shared_ptr<const Regex> regex_;
  std::unique_ptr<Scratch> scratch_;
  std::vector<RegexGroup> groups_;
};

// The Java pattern of a SIMILAR TO pattern, anchored at both ends; InvalidArgument when it is
// malformed.
StatusOr<std::string> JavaPatternOfSimilar(std::string_view pattern, std::string_view escape);

}  // namespace sluice
