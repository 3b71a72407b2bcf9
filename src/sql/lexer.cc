#include "sql/lexer.h"

#include "absl/strings/ascii.h"
#include "sql/utf8.h"

namespace sluice {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// The letters that Flink allows in unquoted names, digits aside.
constexpr CodeRange kLetterRanges[] = {
    {'$', '$'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x1FFF},   {0x3040, 0x318F},
    {0x3300, 0x337F}, {0x3400, 0x3D2D}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF},
};

bool IsLetter(char32_t c) {
  for (const CodeRange& range : kLetterRanges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  std::vector<Token> Run() {
    // Some editors put a byte order mark in front.
    if (text_.starts_with("\xEF\xBB\xBF")) pos_ = 3;
    tokens_.reserve(text_.size() / 6 + 8);
    while (true) {
      SkipSpaceAndComments();
      if (pos_ >= text_.size()) break;
      start_ = pos_;
      ReadToken();
    }
    start_ = pos_;
    Add(TokenKind::kEnd);
    return std::move(tokens_);
  }

 private:
  char At(size_t pos) const { return pos < text_.size() ? text_[pos] : '\0'; }

  Token& Add(TokenKind kind) {
    Token& token = tokens_.emplace_back();
    token.kind = kind;
    token.span = {static_cast<int32_t>(start_), static_cast<int32_t>(pos_ - start_)};
    return token;
  }

  void AddError(ErrorCode code) { Add(TokenKind::kError).error = code; }

  void SkipLine() {
    size_t end = text_.find('\n', pos_);
    pos_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  // Comments are --, // and /* */, which do not nest. An open one becomes an error token.
  void SkipSpaceAndComments() {
    while (pos_ < text_.size()) {
      char c = text_[pos_];
      char next = At(pos_ + 1);
      if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
        ++pos_;
      } else if ((c == '-' && next == '-') || (c == '/' && next == '/')) {
        SkipLine();
      } else if (c == '/' && next == '*' && At(pos_ + 2) != '+') {
        SkipBlockComment();
      } else {
        return;
      }
    }
  }

  void SkipBlockComment() {
    size_t end = text_.find("*/", pos_ + 2);
    if (end == std::string_view::npos) {
      start_ = pos_;
      pos_ += 2;
      AddError(ErrorCode::kUnterminated);
      pos_ = text_.size();
      return;
    }
    pos_ = end + 2;
  }

  void ReadToken() {
    char c = text_[pos_];
    char next = At(pos_ + 1);
    if (IsDigit(c) || (c == '.' && IsDigit(next))) return ReadNumber();
    if (c == '\'') return ReadQuoted(TokenKind::kString, '\'', 0);
    if (c == '`') return ReadQuoted(TokenKind::kQuotedName, '`', 0);
    if (c == '"') return ReadDoubleQuoted();
    if ((c == 'X' || c == 'x') && next == '\'') {
      return ReadQuoted(TokenKind::kBinaryString, '\'', 1);
    }
    if ((c == 'U' || c == 'u') && next == '&' && At(pos_ + 2) == '\'') {
      return ReadQuoted(TokenKind::kUnicodeString, '\'', 2);
    }
    size_t after = pos_;
    if (IsLetter(NextCodePoint(text_, &after))) return ReadWord();
    ReadSymbol();
  }

  void ReadWord() {
    while (pos_ < text_.size()) {
      size_t after = pos_;
      char32_t c = NextCodePoint(text_, &after);
      if (!IsLetter(c) && !(c >= '0' && c <= '9')) break;
      pos_ = after;
    }
    Token& token = Add(TokenKind::kWord);
    token.keyword = FindKeyword(text_.substr(start_, pos_ - start_));
  }

  void ReadNumber() {
    SkipDigits();
    if (At(pos_) == '.') {
      ++pos_;
      SkipDigits();
    }
    size_t exponent = pos_ + 1;
    if (At(exponent) == '+' || At(exponent) == '-') ++exponent;
    if ((At(pos_) == 'e' || At(pos_) == 'E') && IsDigit(At(exponent))) {
      pos_ = exponent;
      SkipDigits();
      Add(TokenKind::kApproxNumber);
      return;
    }
    Add(TokenKind::kNumber);
  }

  void SkipDigits() {
    while (IsDigit(At(pos_))) ++pos_;
  }

  // The quote itself is written twice inside.
  void ReadQuoted(TokenKind kind, char quote, size_t prefix) {
    pos_ += prefix + 1;
    while (true) {
      size_t end = text_.find(quote, pos_);
      if (end == std::string_view::npos) {
        pos_ = start_ + prefix + 1;
        AddError(ErrorCode::kUnterminated);
        pos_ = text_.size();
        return;
      }
      pos_ = end + 1;
      if (At(pos_) != quote) break;
      ++pos_;
    }
    Add(kind);
  }

  // Other dialects put names or text between double quotes; the error shows all of it if it ends
  // on its line.
  void ReadDoubleQuoted() {
    size_t end = text_.find_first_of("\"\n", pos_ + 1);
    bool closed = end != std::string_view::npos && text_[end] == '"';
    pos_ = closed ? end + 1 : pos_ + 1;
    AddError(ErrorCode::kUnquotedString);
  }

  void ReadSymbol() {
    if (in_hint_ && text_.substr(pos_).starts_with("*/")) {
      in_hint_ = false;
      return AddSymbol(TokenKind::kHintEnd, 2);
    }
    if (text_.substr(pos_).starts_with("/*+")) {
      in_hint_ = true;
      return AddSymbol(TokenKind::kHintStart, 3);
    }
    if (ReadTwoCharacterSymbol()) return;
    switch (text_[pos_]) {
      case '(': return OpenParen();
      case ')': return CloseParen();
      case '[': return AddSymbol(TokenKind::kLeftBracket, 1);
      case ']': return AddSymbol(TokenKind::kRightBracket, 1);
      case ',': return AddSymbol(TokenKind::kComma, 1);
      case ';':
        open_parens_.clear();
        in_hint_ = false;
        return AddSymbol(TokenKind::kSemicolon, 1);
      case '.': return AddSymbol(TokenKind::kDot, 1);
      case ':': return AddSymbol(TokenKind::kColon, 1);
      case '?': return AddSymbol(TokenKind::kQuestion, 1);
      case '+': return AddSymbol(TokenKind::kPlus, 1);
      case '-': return AddSymbol(TokenKind::kMinus, 1);
      case '*': return AddSymbol(TokenKind::kStar, 1);
      case '/': return AddSymbol(TokenKind::kSlash, 1);
      case '%': return AddSymbol(TokenKind::kPercent, 1);
      case '=': return AddSymbol(TokenKind::kEqual, 1);
      case '<': return AddSymbol(TokenKind::kLess, 1);
      case '>': return AddSymbol(TokenKind::kGreater, 1);
      default: NextCodePoint(text_, &pos_); AddError(ErrorCode::kUnknownCharacter);
    }
  }

  bool ReadTwoCharacterSymbol() {
    struct Symbol {
      std::string_view text;
      TokenKind kind;
    };
    static constexpr Symbol kSymbols[] = {
        {"<=", TokenKind::kLessEqual},  {">=", TokenKind::kGreaterEqual},
        {"<>", TokenKind::kNotEqual},   {"!=", TokenKind::kNotEqual},
        {"==", TokenKind::kEqualEqual}, {"=>", TokenKind::kArrow},
        {"||", TokenKind::kConcat},
    };
    for (const Symbol& symbol : kSymbols) {
      if (text_.substr(pos_, 2) != symbol.text) continue;
      AddSymbol(symbol.kind, 2);
      return true;
    }
    return false;
  }

  void AddSymbol(TokenKind kind, size_t length) {
    pos_ += length;
    Add(kind);
  }

  void OpenParen() {
    open_parens_.push_back(static_cast<int32_t>(tokens_.size()));
    AddSymbol(TokenKind::kLeftParen, 1);
  }

  void CloseParen() {
    if (!open_parens_.empty()) {
      tokens_[open_parens_.back()].match = static_cast<int32_t>(tokens_.size());
      open_parens_.pop_back();
    }
    AddSymbol(TokenKind::kRightParen, 1);
  }

  std::string_view text_;
  size_t pos_ = 0;
  size_t start_ = 0;
  bool in_hint_ = false;
  std::vector<int32_t> open_parens_;
  std::vector<Token> tokens_;
};

std::string Unquote(std::string_view quoted, char quote) {
  std::string result;
  result.reserve(quoted.size());
  for (size_t i = 0; i < quoted.size(); ++i) {
    result.push_back(quoted[i]);
    if (quoted[i] == quote) ++i;  // the quote stands twice
  }
  return result;
}

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> DecodeHex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    int high = HexValue(digits[i]);
    int low = HexValue(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

// The four digits of an escape, or -1.
int32_t DecodeUnit(std::string_view text, size_t pos) {
  if (pos + 4 > text.size()) return -1;
  int32_t unit = 0;
  for (size_t i = pos; i < pos + 4; ++i) {
    int digit = HexValue(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// \4e2d is a UTF-16 unit; a character beyond 16 bits is a pair of them.
std::optional<std::string> DecodeUnicodeEscapes(std::string_view text, char escape) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != escape) {
      result.push_back(text[i]);
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == escape) {
      result.push_back(text[++i]);
      continue;
    }
    int32_t unit = DecodeUnit(text, i + 1);
    if (unit <= 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return std::nullopt;
    i += 4;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      if (i + 1 >= text.size() || text[i + 1] != escape) return std::nullopt;
      int32_t low = DecodeUnit(text, i + 2);
      if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
      i += 5;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendCodePoint(static_cast<char32_t>(unit), &result);
  }
  return result;
}

}  // namespace

std::optional<SourceSpan> FindEncodingError(std::string_view text) {
  size_t pos = 0;
  while (pos < text.size()) {
    size_t start = pos;
    char32_t c = NextCodePoint(text, &pos);
    if (c == 0 || c == kInvalidCodePoint) return SourceSpan{static_cast<int32_t>(start), 1};
  }
  return std::nullopt;
}

std::vector<Token> Tokenize(std::string_view text) { return Tokenizer(text).Run(); }

std::string NameOfToken(std::string_view text, const Token& token) {
  std::string_view name = text.substr(token.span.offset, token.span.length);
  if (token.kind != TokenKind::kQuotedName) return std::string(name);
  return Unquote(name.substr(1, name.size() - 2), '`');
}

std::optional<std::string> StringOfToken(std::string_view text, const Token& token,
                                         char unicode_escape) {
  std::string_view body = text.substr(token.span.offset, token.span.length);
  size_t open = body.find('\'');
  body = body.substr(open + 1, body.size() - open - 2);
  if (token.kind == TokenKind::kBinaryString) return DecodeHex(body);
  std::string result = Unquote(body, '\'');
  if (token.kind == TokenKind::kUnicodeString) {
    return DecodeUnicodeEscapes(result, unicode_escape);
  }
  return result;
}

}  // namespace sluice
