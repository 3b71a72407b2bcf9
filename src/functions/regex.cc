#include "functions/regex.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "functions/java_regex_syntax.h"
#include "functions/utf8.h"
#include "re2/re2.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sluice {

namespace {

// Steps after which PCRE2 gives up: tens of milliseconds.
constexpr uint32_t kMatchLimit = 1000000;
constexpr int64_t kRe2MemoryBytes = 8 << 20;

struct FreePcre2Code {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreePcre2Match {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
struct FreePcre2Context {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using Pcre2Code = std::unique_ptr<pcre2_code, FreePcre2Code>;

// Errors that say that the pattern is wrong for Java, too.
bool IsMalformed(int error) {
  switch (error) {
    case PCRE2_ERROR_END_BACKSLASH:
    case PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER:
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET:
    case PCRE2_ERROR_CLASS_RANGE_ORDER:
    case PCRE2_ERROR_QUANTIFIER_INVALID:
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS:
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE: return true;
    default: return false;
  }
}

Pcre2Code CompilePcre2(const std::string& pattern, int* error) {
  PCRE2_SIZE offset = 0;
  return Pcre2Code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                 PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, error, &offset, nullptr));
}

// The last bytes of the line ends that `$` may stand before.
bool MayEndWithLineEnd(std::string_view text) {
  if (text.empty()) return false;
  const char last = text.back();
  return last == '\n' || last == '\r' || last == '\x85' || last == '\xA8' || last == '\xA9';
}

}  // namespace

struct Regex::Rep {
  std::unique_ptr<RE2> re2;
  Pcre2Code pcre2;
  int num_groups = 0;  // without the whole
  bool has_end_anchor = false;
  bool is_malformed = false;
  bool is_empty = false;
};

Regex::Regex() : rep_(std::make_unique<Rep>()) {}
Regex::~Regex() = default;
bool Regex::is_malformed() const { return rep_->is_malformed; }
bool Regex::is_empty() const { return rep_->is_empty; }

StatusOr<std::shared_ptr<const Regex>> Regex::Compile(std::string_view java_pattern) {
  std::shared_ptr<Regex> regex(new Regex());
  Rep& rep = *regex->rep_;
  rep.is_empty = java_pattern.empty();
  const RewrittenRegex rewritten = RewriteJavaRegex(java_pattern);
  rep.has_end_anchor = rewritten.has_end_anchor;
  if (!rewritten.unsupported.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the regular expression '", std::string(java_pattern), "' has ",
                     rewritten.unsupported, ", which is not supported"));
  }
  if (rewritten.fits_re2) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kRe2MemoryBytes);
    auto re2 = std::make_unique<RE2>(rewritten.re2, options);
    if (re2->ok()) {
      rep.num_groups = re2->NumberOfCapturingGroups();
      rep.re2 = std::move(re2);
      if (!rep.has_end_anchor) return std::shared_ptr<const Regex>(std::move(regex));
    }
  }
  int error = 0;
  rep.pcre2 = CompilePcre2(rewritten.pcre2, &error);
  if (rep.pcre2 == nullptr) {
    rep.is_malformed = IsMalformed(error);
    if (rep.is_malformed) return std::shared_ptr<const Regex>(std::move(regex));
    unsigned char message[256];
    pcre2_get_error_message(error, message, sizeof(message));
    return absl::InvalidArgumentError(
        absl::StrCat("the regular expression '", std::string(java_pattern),
                     "' is not supported: ", reinterpret_cast<char*>(message)));
  }
  uint32_t num_groups = 0;
  pcre2_pattern_info(rep.pcre2.get(), PCRE2_INFO_CAPTURECOUNT, &num_groups);
  rep.num_groups = static_cast<int>(num_groups);
  return std::shared_ptr<const Regex>(std::move(regex));
}

struct RegexMatcher::Scratch {
  std::vector<re2::StringPiece> pieces;
  std::unique_ptr<pcre2_match_data, FreePcre2Match> match;
  std::unique_ptr<pcre2_match_context, FreePcre2Context> context;
};

RegexMatcher::RegexMatcher(std::shared_ptr<const Regex> regex)
    : regex_(std::move(regex)), scratch_(std::make_unique<Scratch>()) {
  const Regex::Rep& rep = regex_->rep();
  groups_.resize(rep.num_groups + 1);
  if (rep.re2 != nullptr) scratch_->pieces.resize(rep.num_groups + 1);
  if (rep.pcre2 == nullptr) return;
  scratch_->match.reset(pcre2_match_data_create_from_pattern(rep.pcre2.get(), nullptr));
  scratch_->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(scratch_->context.get(), kMatchLimit);
}

RegexMatcher::~RegexMatcher() = default;
RegexMatcher::RegexMatcher(RegexMatcher&&) noexcept = default;
RegexMatcher& RegexMatcher::operator=(RegexMatcher&&) noexcept = default;

RegexMatcher::Found RegexMatcher::Find(std::string_view text, size_t start) {
  const Regex::Rep& rep = regex_->rep();
  SL_DCHECK(!rep.is_malformed);
  const bool needs_pcre2 = rep.re2 == nullptr || (rep.has_end_anchor && MayEndWithLineEnd(text));
  return needs_pcre2 ? FindWithPcre2(text, start) : FindWithRe2(text, start);
}

RegexMatcher::Found RegexMatcher::FindWithRe2(std::string_view text, size_t start) {
  std::vector<re2::StringPiece>& pieces = scratch_->pieces;
  const re2::StringPiece whole(text.data(), text.size());
  const int num_pieces = static_cast<int>(pieces.size());
  if (!regex_->rep().re2->Match(whole, start, text.size(), RE2::UNANCHORED, pieces.data(),
                                num_pieces)) {
    return Found::kNo;
  }
  for (int i = 0; i < num_pieces; ++i) {
    if (pieces[i].data() == nullptr) {
      groups_[i] = {};
    } else {
      const int64_t begin = pieces[i].data() - text.data();
      groups_[i] = {begin, begin + static_cast<int64_t>(pieces[i].size())};
    }
  }
  // A group that matched nothing in an empty text has no address to tell it from one that took no
  // part.
  if (text.data() == nullptr) groups_[0] = {0, 0};
  return Found::kYes;
}

RegexMatcher::Found RegexMatcher::FindWithPcre2(std::string_view text, size_t start) {
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? "" : text.data());
  const int result = pcre2_match(regex_->rep().pcre2.get(), subject, text.size(), start, 0,
                                 scratch_->match.get(), scratch_->context.get());
  if (result == PCRE2_ERROR_NOMATCH) return Found::kNo;
  if (result < 0) return Found::kLimit;
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(scratch_->match.get());
  for (size_t i = 0; i < groups_.size(); ++i) {
    const bool is_set = static_cast<int>(i) < result && offsets[2 * i] != PCRE2_UNSET;
    groups_[i] = is_set ? RegexGroup{static_cast<int64_t>(offsets[2 * i]),
                                     static_cast<int64_t>(offsets[2 * i + 1])}
                        : RegexGroup{};
  }
  return Found::kYes;
}

StatusOr<std::string> JavaPatternOfSimilar(std::string_view pattern, std::string_view escape) {
  // Calcite's Like.sqlToRegexSimilar.
  constexpr std::string_view kSimilarSpecials = "[]()|^-+*_%?{}";
  constexpr std::string_view kJavaSpecials = "[]()|^-+*?{}$\\.";
  static constexpr std::pair<std::string_view, std::string_view> kClasses[] = {
      {"[:ALPHA:]", "\\p{Alpha}"}, {"[:alpha:]", "\\p{Alpha}"}, {"[:UPPER:]", "\\p{Upper}"},
      {"[:upper:]", "\\p{Upper}"}, {"[:LOWER:]", "\\p{Lower}"}, {"[:lower:]", "\\p{Lower}"},
      {"[:DIGIT:]", "\\d"},        {"[:digit:]", "\\d"},        {"[:SPACE:]", " "},
      {"[:space:]", " "},          {"[:WHITESPACE:]", "\\s"},   {"[:whitespace:]", "\\s"},
      {"[:ALNUM:]", "\\p{Alnum}"}, {"[:alnum:]", "\\p{Alnum}"}};
  const auto refuse = [&](std::string_view reason) {
    return absl::InvalidArgumentError(absl::StrCat("the SIMILAR TO pattern '", std::string(pattern),
                                                   "' has ", std::string(reason)));
  };
  std::string java = "\\A(?:";
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const std::string_view rest = pattern.substr(i);
    if (!escape.empty() && rest.starts_with(escape)) {
      i += escape.size();
      if (i >= pattern.size()) return refuse("an escape at its end");
      const char next = pattern[i];
      const bool is_special = kSimilarSpecials.find(next) != std::string_view::npos;
      if (!is_special && !pattern.substr(i).starts_with(escape))
        return refuse("an escape before an ordinary character");
      if (kJavaSpecials.find(next) != std::string_view::npos) java.push_back('\\');
      java.push_back(next);
      continue;
    }
    if (in_class) {
      const auto* place =
          std::find_if(std::begin(kClasses), std::end(kClasses),
                       [rest](const auto& entry) { return rest.starts_with(entry.first); });
      if (place != std::end(kClasses)) {
        java += place->second;
        i += place->first.size() - 1;
      } else if (c == '\\') {
        java += "\\\\";
      } else {
        if (c == ']') in_class = false;
        java.push_back(c);
      }
      continue;
    }
    switch (c) {
      case '_': java += '.'; break;
      case '%': java += "(?s:.*)"; break;
      case '[':
        in_class = true;
        java += c;
        break;
      case ']': return refuse("']' without '['");
      case '\\': java += "\\\\"; break;
      case '$': java += "\\$"; break;
      default: java += c;
    }
  }
  if (in_class) return refuse("'[' without ']'");
  return java + ")\\z";
}

}  // namespace sluice
