// The text of a path to its steps. It follows com.jayway.jsonpath.internal.path.PathCompiler (2.7)
// move by move, because that one takes more than it documents: `$.a[` and `$['a']x` are `$.a`,
// since a single character that is left over ends the path.
#include <algorithm>
#include <charconv>
#include <string>

#include "json/path.h"

namespace sluice {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view StripBlanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

class PathParser {
 public:
  PathParser(std::string_view text, std::vector<JsonPathStep>* steps)
      : text_(text), steps_(*steps) {}

  bool Parse() {
    while (text_.size() > pos_ && text_[pos_] == ' ') ++pos_;
    while (text_.size() > pos_ && text_.back() == ' ') text_.remove_suffix(1);
    if (text_.empty() || (Char(0) != '$' && Char(0) != '@'))
      return Fail("Path must start with '$' or '@'");
    if (text_.back() == '.') return Fail("Path must not end with a '.' or '..'");
    if (AtTail()) return true;
    ++pos_;
    if (Char(pos_) != '.' && Char(pos_) != '[')
      return Fail("Illegal character behind the root, expected '.' or '['");
    // Each step returns whether another may follow.
    bool more = true;
    while (more) {
      if (!ReadStep()) return false;
      more = !AtTail();
    }
    return true;
  }

  bool has_filter() const { return has_filter_; }
  const std::string& error() const { return error_; }

 private:
  static constexpr size_t kNone = std::string_view::npos;

  bool Fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
    return false;
  }
  char Char(size_t pos) const { return pos < text_.size() ? text_[pos] : '\0'; }
  bool AtTail() const { return pos_ + 1 >= text_.size(); }
  size_t NextSignificant(size_t pos) const {
    do {
      ++pos;
    } while (pos < text_.size() && text_[pos] == ' ');
    return pos;
  }

  bool ReadStep() {
    switch (Char(pos_)) {
      case '[':
        return ReadKeys() ||
               (error_.empty() && (ReadIndexes() || ReadBracketWildcard() || ReadFilter())) ||
               Fail("Could not parse token, expected ?, ', 0-9, *");
      case '.': return ReadDot();
      case '*': return ReadWildcard();
      default: return ReadKeyOrFunction();
    }
  }

  bool ReadDot() {
    if (Char(pos_ + 1) == '.') {
      steps_.push_back({.kind = JsonPathStep::Kind::kScan});
      pos_ += 2;
    } else {
      if (AtTail()) return Fail("Path must not end with a '.'");
      ++pos_;
    }
    if (Char(pos_) == '.') return Fail("Character '.' is not valid here");
    return ReadStep();
  }

  bool ReadWildcard() {
    ++pos_;
    steps_.push_back({.kind = JsonPathStep::Kind::kWildcard});
    return true;
  }

  bool ReadBracketWildcard() {
    const size_t star = NextSignificant(pos_);
    if (Char(star) != '*') return false;
    const size_t close = NextSignificant(star);
    if (Char(close) != ']') return Fail("Expected wildcard token to end with ']'");
    pos_ = close + 1;
    steps_.push_back({.kind = JsonPathStep::Kind::kWildcard});
    return true;
  }

  bool ReadFilter() {
    if (Char(NextSignificant(pos_)) != '?') return false;
    has_filter_ = true;
    pos_ = text_.size();
    return true;
  }

  bool ReadKeyOrFunction() {
    if (Char(pos_) == ' ' || pos_ >= text_.size()) return Fail("A property name is expected");
    const size_t begin = pos_;
    size_t end = begin;
    while (end < text_.size() && text_[end] != '.' && text_[end] != '[' && text_[end] != '(') {
      if (text_[end] == ' ')
        return Fail("Use bracket notation ['my prop'] if your property contains blank characters");
      ++end;
    }
    std::string name(text_.substr(begin, end - begin));
    if (Char(end) != '(') {
      pos_ = end;
      steps_.push_back({.kind = JsonPathStep::Kind::kKeys, .keys = {std::move(name)}});
      return true;
    }
    if (Char(end + 1) != ')')
      return Fail("Arguments to function: '" + name + "' are not supported");
    pos_ = end + 1;
    steps_.push_back({.kind = JsonPathStep::Kind::kFunction, .keys = {std::move(name)}});
    // What follows the parenthesis is a new step.
    if (!AtTail()) ++pos_;
    return true;
  }

  // ['a'], ['a','b'], with either quote.
  bool ReadKeys() {
    const char quote = Char(NextSignificant(pos_));
    if (quote != '\'' && quote != '"') return false;
    JsonPathStep step{.kind = JsonPathStep::Kind::kKeys};
    size_t at = pos_ + 1;
    size_t begin = at;
    size_t last_quote = kNone;
    bool inside = false;
    bool escaped = false;
    bool after_comma = false;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == ']' && !inside) {
        if (after_comma) return Fail("Found empty property");
        break;
      } else if (c == quote && inside) {
        const char next = Char(NextSignificant(at));
        if (next != ']' && next != ',')
          return Fail("Property must be separated by comma or closed by a square bracket");
        step.keys.push_back(Unescape(text_.substr(begin, at - begin)));
        last_quote = at;
        inside = false;
      } else if (c == quote) {
        begin = at + 1;
        inside = true;
        after_comma = false;
      } else if (c == ',' && !inside) {
        if (after_comma) return Fail("Found empty property");
        after_comma = true;
      }
    }
    if (inside || last_quote == kNone || Char(NextSignificant(last_quote)) != ']')
      return Fail("Property has not been closed");
    pos_ = NextSignificant(last_quote) + 1;
    steps_.push_back(std::move(step));
    return true;
  }

  static std::string Unescape(std::string_view text) {
    std::string result;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      result.push_back(text[i]);
    }
    return result;
  }

  // [0], [0,2], [1:3]
  bool ReadIndexes() {
    const char first = Char(NextSignificant(pos_));
    if (!IsDigit(first) && first != '-' && first != ':') return false;
    const size_t close = text_.find(']', pos_ + 1);
    if (close == kNone) return false;
    const std::string_view expression = StripBlanks(text_.substr(pos_ + 1, close - pos_ - 1));
    if (expression.find_first_not_of("0123456789,-: ") != kNone) return false;
    if (!(expression.find(':') != kNone ? AddSlice(expression) : AddIndexes(expression)))
      return false;
    pos_ = close + 1;
    return true;
  }

  bool AddSlice(std::string_view expression) {
    if (expression.find_first_not_of("0123456789-:") != kNone)
      return Fail("Failed to parse SliceOperation");
    const size_t colon = expression.find(':');
    const std::string_view from = expression.substr(0, colon);
    std::string_view to = expression.substr(colon + 1);
    to = to.substr(0, to.find(':'));  // a step width is read over
    JsonPathStep step{.kind = JsonPathStep::Kind::kSlice};
    int32_t value = 0;
    if (!from.empty()) {
      if (!ReadInt(from, &value)) return false;
      step.from = value;
    }
    if (!to.empty()) {
      if (!ReadInt(to, &value)) return false;
      step.to = value;
    }
    if (!step.from && !step.to) return Fail("Failed to parse SliceOperation");
    steps_.push_back(std::move(step));
    return true;
  }

  bool AddIndexes(std::string_view expression) {
    JsonPathStep step{.kind = JsonPathStep::Kind::kIndexes};
    for (size_t begin = 0; begin <= expression.size();) {
      const size_t comma = std::min(expression.find(',', begin), expression.size());
      int32_t value = 0;
      if (!ReadInt(StripBlanks(expression.substr(begin, comma - begin)), &value)) return false;
      step.indexes.push_back(value);
      begin = comma + 1;
    }
    steps_.push_back(std::move(step));
    return true;
  }

  bool ReadInt(std::string_view text, int32_t* value) {
    const std::from_chars_result result =
        std::from_chars(text.data(), text.data() + text.size(), *value);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size()) return true;
    return Fail("Failed to parse the index in brackets");
  }

  std::string_view text_;
  std::vector<JsonPathStep>& steps_;
  size_t pos_ = 0;
  bool has_filter_ = false;
  std::string error_;
};

}  // namespace

bool ParseJsonPath(std::string_view text, std::vector<JsonPathStep>* steps, bool* has_filter,
                   std::string* error) {
  // A path without its $ is completed, which also hits a path that starts with a blank.
  std::string completed;
  if (!text.empty() && text[0] != '$' && text[0] != '@') {
    completed = "$.";
    completed += text;
    text = completed;
  }
  PathParser parser(text, steps);
  if (parser.Parse()) {
    *has_filter = parser.has_filter();
    return true;
  }
  *error = parser.error();
  return false;
}

}  // namespace sluice
