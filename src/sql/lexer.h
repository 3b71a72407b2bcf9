// Cuts SQL text into tokens. Never fails: what is not SQL becomes a kError token, which the parser
// reports if it gets there. REQUIRES: the text is valid UTF-8 without NUL, at most kMaxTextBytes
// long (FindEncodingError).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "sql/keyword.h"
#include "sql/source_span.h"

namespace sluice {

enum class TokenKind : uint8_t {
  kEnd,
  kError,          // see Token::error
  kWord,           // an unquoted word; see Token::keyword
  kQuotedName,     // `a`
  kNumber,         // 12, 12., .5, 1.5
  kApproxNumber,   // 1e3
  kString,         // 'a'
  kUnicodeString,  // U&'\4e2d'
  kBinaryString,   // X'0aff'
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kSemicolon,
  kDot,
  kColon,
  kQuestion,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kConcat,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqualEqual,  // ==, which is not SQL: reported with the rewrite
  kArrow,       // =>
  kHintStart,   // /*+
  kHintEnd,     // the */ of a hint
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Keyword keyword = Keyword::kOther;
  ErrorCode error = ErrorCode::kSyntax;  // of kError
  SourceSpan span;
  int32_t match = -1;  // of kLeftParen: the index of its ")", or -1
};

// Long enough for any generated script, short enough for 32-bit offsets and the memory of the
// tokens.
inline constexpr int64_t kMaxTextBytes = 256 << 20;

// The first byte that is NUL or not part of valid UTF-8.
std::optional<SourceSpan> FindEncodingError(std::string_view text);

// The last token is kEnd. Parentheses are matched within a statement, never across a semicolon.
std::vector<Token> Tokenize(std::string_view text);

// The text of a kWord or kQuotedName without its quotes.
std::string NameOfToken(std::string_view text, const Token& token);

// What a string token stands for: the text of kString and kUnicodeString, the bytes of
// kBinaryString. Empty when its escapes or digits are malformed.
std::optional<std::string> StringOfToken(std::string_view text, const Token& token,
                                         char unicode_escape = '\\');

}  // namespace sluice
