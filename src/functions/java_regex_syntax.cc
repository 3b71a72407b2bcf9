// Where the three agree the text is copied. What differs:
//   .            Java excludes five line ends, the others only \n
//   $            Java: also before a final line end
//   \s           RE2 leaves out the vertical tab
//   \h \R \Z \G, look-around, (?>…), back-references, possessive quantifiers: not in RE2
//   (?<name>…)   RE2 writes (?P<name>…)
//   \p{IsHan} \p{Alpha} \uXXXX   written \p{Han} [[:alpha:]] \x{XXXX}
//   [a[b]] [a&&b]   only in Java

#include "functions/java_regex_syntax.h"

#include <cstdint>
#include <utility>

namespace sluice {

namespace {

constexpr std::string_view kNotLineEnd = "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]";
constexpr std::string_view kBeforeEnd = "(?=(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])?\\z)";
constexpr std::string_view kSpaces = " \\t\\n\\x0B\\f\\r";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string_view PosixClass(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kClasses[] = {
      {"Lower", "[:lower:]"}, {"Upper", "[:upper:]"},   {"Alpha", "[:alpha:]"},
      {"Digit", "[:digit:]"}, {"Alnum", "[:alnum:]"},   {"Punct", "[:punct:]"},
      {"Graph", "[:graph:]"}, {"Print", "[:print:]"},   {"Blank", "[:blank:]"},
      {"Cntrl", "[:cntrl:]"}, {"XDigit", "[:xdigit:]"}, {"Space", "[:space:]"},
      {"ASCII", "[:ascii:]"}};
  for (const auto& [java, posix] : kClasses) {
    if (java == name) return posix;
  }
  return {};
}

class Rewriter {
 public:
  explicit Rewriter(std::string_view pattern) : pattern_(pattern) {}

  RewrittenRegex Run() {
    while (next_ < pattern_.size()) Step();
    return std::move(out_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return next_ + ahead < pattern_.size() ? pattern_[next_ + ahead] : '\0';
  }

  void Both(std::string_view text) {
    out_.re2 += text;
    out_.pcre2 += text;
  }
  void OnlyPcre2(std::string_view text) {
    out_.pcre2 += text;
    out_.fits_re2 = false;
  }

  void Step() {
    const char c = pattern_[next_];
    switch (c) {
      case '\\': return Escape(/*in_class=*/false);
      case '[': return CharacterClass();
      case '(': return Group();
      case '.': ++next_; return Both(dot_all_ ? "." : kNotLineEnd);
      case '$':
        ++next_;
        out_.has_end_anchor = true;
        out_.re2 += "\\z";
        out_.pcre2 += multi_line_ ? "$" : kBeforeEnd;
        return;
      case '*':
      case '+':
      case '?':
      case '}':
        Both(pattern_.substr(next_++, 1));
        if (Peek() == '+') {
          ++next_;
          OnlyPcre2("+");
        }
        return;
      default: return Both(pattern_.substr(next_++, 1));
    }
  }

  void Group() {
    ++next_;
    if (Peek() != '?') return Both("(");
    const char kind = Peek(1);
    if (kind == '=' || kind == '!' || kind == '>') {
      next_ += 2;
      return OnlyPcre2(std::string("(?") + kind);
    }
    if (kind == '<' && (Peek(2) == '=' || Peek(2) == '!')) {
      next_ += 3;
      return OnlyPcre2(std::string("(?<") + pattern_[next_ - 1]);
    }
    if (kind == '<') {
      next_ += 2;
      return Both("(?P<");
    }
    // Flags: (?i) (?s-m:…). Those about line ends change how what follows is rewritten.
    bool on = true;
    std::string flags = "(?";
    for (++next_; next_ < pattern_.size() && Peek() != ')' && Peek() != ':'; ++next_) {
      const char flag = Peek();
      if (flag == '-') on = false;
      if (flag == 's') dot_all_ = on;
      if (flag == 'm') multi_line_ = on;
      if (flag == 'x' || flag == 'd' || flag == 'U')
        out_.unsupported = std::string("the flag ") + flag;
      if (flag != 'u') flags.push_back(flag);
    }
    if (multi_line_) out_.fits_re2 = false;
    if (flags == "(?" && Peek() == ')') {
      ++next_;
      return;
    }
    Both(flags);
  }

  void CharacterClass() {
    Both("[");
    ++next_;
    if (Peek() == '^') {
      Both("^");
      ++next_;
    }
    // A bracket that comes first is itself in Perl; Java takes it so, too, but only after the
    // bracket is closed later on.
    bool is_first = true;
    while (next_ < pattern_.size()) {
      const char c = Peek();
      if (c == ']' && !is_first) {
        Both("]");
        ++next_;
        return;
      }
      is_first = false;
      if (c == '\\') {
        Escape(/*in_class=*/true);
      } else if (c == '[' || (c == '&' && Peek(1) == '&')) {
        out_.unsupported = "a character class inside another";
        ++next_;
      } else {
        Both(pattern_.substr(next_++, 1));
      }
    }
  }

  void Escape(bool in_class) {
    const char c = Peek(1);
    if (c == 'Q' && !in_class) return Quoted();
    if (c == 'p' || c == 'P') return Property(in_class);
    if (c == 'u') return Unicode();
    next_ += 2;
    if (next_ > pattern_.size()) {
      next_ = pattern_.size();
      return Both("\\");
    }
    const std::string escaped = std::string("\\") + c;
    switch (c) {
      case 's':
        out_.re2 += in_class ? std::string(kSpaces) : "[" + std::string(kSpaces) + "]";
        out_.pcre2 += escaped;
        return;
      case 'S':
        out_.re2 += in_class ? escaped : "[^" + std::string(kSpaces) + "]";
        out_.pcre2 += escaped;
        return;
      case 'e': return Both("\\x1B");
      case 'v': return in_class ? Both("\\n\\x0B\\f\\r") : OnlyPcre2("\\v");
      case 'h':
      case 'H':
      case 'V':
      case 'R':
      case 'X':
      case 'Z':
      case 'G':
      case 'k': return OnlyPcre2(escaped);
      default:
        if (c >= '1' && c <= '9') return OnlyPcre2(escaped);
        return Both(escaped);
    }
  }

  void Quoted() {
    next_ += 2;
    const size_t end = pattern_.find("\\E", next_);
    for (const char c : pattern_.substr(next_, end == std::string_view::npos ? end : end - next_)) {
      const bool is_special =
          std::string_view("\\.[]{}()*+-?^$|").find(c) != std::string_view::npos;
      Both(is_special ? std::string("\\") + c : std::string(1, c));
    }
    next_ = end == std::string_view::npos ? pattern_.size() : end + 2;
  }

  void Property(bool in_class) {
    const bool negated = Peek(1) == 'P';
    const size_t close = pattern_.find('}', next_);
    if (Peek(2) != '{' || close == std::string_view::npos) {
      Both(pattern_.substr(next_, 3));
      next_ = std::min(next_ + 3, pattern_.size());
      return;
    }
    std::string_view name = pattern_.substr(next_ + 3, close - next_ - 3);
    next_ = close + 1;
    const std::string_view posix = PosixClass(name);
    if (!posix.empty() && !(negated && in_class)) {
      const std::string brackets =
          negated ? "[^" + std::string(posix) + "]" : "[" + std::string(posix) + "]";
      return Both(in_class ? std::string(posix) : brackets);
    }
    if (name == "IsAlphabetic") name = "IsL";
    if (name == "IsDigit") name = "IsNd";
    if (name == "IsUppercase") name = "IsLu";
    if (name == "IsLowercase") name = "IsLl";
    if (name.starts_with("Is")) name.remove_prefix(2);
    if (name.starts_with("script=")) name.remove_prefix(7);
    if (name.starts_with("In") || name.starts_with("java") || !posix.empty()) {
      out_.unsupported = "the property " + std::string(name);
    }
    Both(std::string(negated ? "\\P{" : "\\p{") + std::string(name) + "}");
  }

  void Unicode() {
    for (size_t i = 2; i < 6; ++i) {
      if (!IsHex(Peek(i))) {
        next_ += 2;
        return Both("\\u");
      }
    }
    Both("\\x{" + std::string(pattern_.substr(next_ + 2, 4)) + "}");
    next_ += 6;
  }

  std::string_view pattern_;
  size_t next_ = 0;
  bool dot_all_ = false;
  bool multi_line_ = false;
  RewrittenRegex out_;
};

}  // namespace

RewrittenRegex RewriteJavaRegex(std::string_view java_pattern) {
  return Rewriter(java_pattern).Run();
}

}  // namespace sluice
