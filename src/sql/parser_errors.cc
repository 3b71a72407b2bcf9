// How the parser words its errors: what was found, what was expected, and what to write instead.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "sql/parser_class.h"
#include "sql/utf8.h"

namespace sluice {
namespace {

struct Rewrite {
  std::string_view found;
  std::string_view remedy;
};

// What Chinese input methods leave in the text, and operators of other languages.
constexpr Rewrite kCharacterRewrites[] = {
    {"，", "write an ASCII comma: ,"},
    {"；", "write an ASCII semicolon: ;"},
    {"（", "write an ASCII parenthesis: ("},
    {"）", "write an ASCII parenthesis: )"},
    {"。", "write an ASCII point: ."},
    {"＝", "write an ASCII equals sign: ="},
    {"‘", "write text between ASCII single quotes: '"},
    {"’", "write text between ASCII single quotes: '"},
    {"“", "write text between ASCII single quotes: '"},
    {"”", "write text between ASCII single quotes: '"},
    {"&", "write AND"},
    {"|", "write || to concatenate, OR for logic"},
    {"!", "write NOT, or != for unequal"},
    {"#", "comments start with --"},
    {"{", "variables ${name} stand only in text between single quotes"},
    {"}", "variables ${name} stand only in text between single quotes"},
};

constexpr size_t kLongestQuote = 40;

// Words that begin or join clauses: where one stands, a name was forgotten rather than meant.
bool IsClauseWord(Keyword keyword) {
  switch (keyword) {
    case Keyword::kAnd:
    case Keyword::kAs:
    case Keyword::kBetween:
    case Keyword::kBy:
    case Keyword::kCase:
    case Keyword::kCreate:
    case Keyword::kCross:
    case Keyword::kDistinct:
    case Keyword::kDrop:
    case Keyword::kElse:
    case Keyword::kEnd:
    case Keyword::kExcept:
    case Keyword::kExists:
    case Keyword::kFetch:
    case Keyword::kFor:
    case Keyword::kFrom:
    case Keyword::kFull:
    case Keyword::kGroup:
    case Keyword::kHaving:
    case Keyword::kIn:
    case Keyword::kInner:
    case Keyword::kInsert:
    case Keyword::kIntersect:
    case Keyword::kInto:
    case Keyword::kIs:
    case Keyword::kJoin:
    case Keyword::kLeft:
    case Keyword::kLike:
    case Keyword::kLimit:
    case Keyword::kNatural:
    case Keyword::kNot:
    case Keyword::kNull:
    case Keyword::kOffset:
    case Keyword::kOn:
    case Keyword::kOr:
    case Keyword::kOrder:
    case Keyword::kOuter:
    case Keyword::kOver:
    case Keyword::kPrimary:
    case Keyword::kRight:
    case Keyword::kSelect:
    case Keyword::kSet:
    case Keyword::kThen:
    case Keyword::kUnion:
    case Keyword::kUsing:
    case Keyword::kWhen:
    case Keyword::kWhere:
    case Keyword::kWindow:
    case Keyword::kWith: return true;
    default: return false;
  }
}

std::string Shortened(std::string_view text) {
  if (text.size() <= kLongestQuote) return std::string(text);
  size_t end = kLongestQuote;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not inside a character
  return fmt::format("{}…", text.substr(0, end));
}

}  // namespace

void Parser::Fail(ErrorCode code, SourceSpan span, std::string message, std::string remedy) {
  if (failed_) return;
  failed_ = true;
  diagnostics_.push_back({Severity::kError, code, span, std::move(message), std::move(remedy)});
  while (!AtStatementEnd()) ++pos_;
}

bool Parser::IsReservedName(const Token& token) const {
  return token.kind == TokenKind::kWord && IsReserved(token.keyword, version_) &&
         !IsClauseWord(token.keyword);
}

void Parser::FailOnReservedWord() {
  SourceSpan span = Peek().span;
  std::string word(TextOf(span));
  Fail(ErrorCode::kReservedWord, span, fmt::format("`{}` is a reserved word of Flink SQL", word),
       fmt::format("write it in backticks: `{}`", word));
}

void Parser::Unexpected(std::string_view expected, std::initializer_list<Keyword> typos) {
  if (failed_ || FailOnSpecialToken()) return;
  const Token& token = Peek();
  std::string remedy = TypoRemedy(typos);
  bool after_comma = pos_ > 0 && Previous().kind == TokenKind::kComma;
  bool list_ends = token.kind == TokenKind::kRightParen || AtStatementEnd() ||
                   (token.kind == TokenKind::kWord && IsClauseWord(token.keyword));
  if (remedy.empty() && after_comma && list_ends) {
    Fail(ErrorCode::kSyntax, Previous().span,
         fmt::format("expected {} after the comma, found {}", expected, DescribeToken(token)),
         "remove the comma");
    return;
  }
  Fail(ErrorCode::kSyntax, token.span,
       fmt::format("expected {}, found {}", expected, DescribeToken(token)), remedy);
}

void Parser::UnexpectedInQuery() {
  if (failed_ || FailOnSpecialToken()) return;
  if (FailOnForeignClause()) return;
  if (IsReservedName(Peek())) return FailOnReservedWord();
  if (Is(TokenKind::kString)) {
    Fail(ErrorCode::kSyntax, Peek().span, "text between single quotes cannot be a name",
         "write a name in backticks");
    return;
  }
  Unexpected(Is(TokenKind::kRightParen) ? "the end of the statement, as no parenthesis is open"
                                        : "an operator, a clause or the end of the statement",
             {Keyword::kFrom, Keyword::kWhere, Keyword::kGroup, Keyword::kHaving, Keyword::kOrder,
              Keyword::kLimit, Keyword::kUnion, Keyword::kJoin, Keyword::kLeft, Keyword::kInner,
              Keyword::kAnd, Keyword::kOr, Keyword::kAs, Keyword::kOn, Keyword::kSelect});
}

// Clauses that Flink lacks, or has under another name.
bool Parser::FailOnForeignClause() {
  SourceSpan span = Peek().span;
  if (Is(Keyword::kOn, Keyword::kDuplicate)) {
    Fail(ErrorCode::kNotFlinkSql, span.To(Peek(1).span), "ON DUPLICATE KEY UPDATE is MySQL's",
         "declare PRIMARY KEY (...) NOT ENFORCED on the sink table: its rows are then updated by "
         "key, and INSERT INTO is all that is needed");
  } else if (Is(Keyword::kMinus)) {
    Fail(ErrorCode::kNotFlinkSql, span, "MINUS between queries is not Flink SQL", "write EXCEPT");
  } else if (Is(Keyword::kQualify)) {
    Fail(ErrorCode::kUnsupportedSyntax, span, "QUALIFY is not supported",
         "select the window function in a sub-select and filter outside it with WHERE");
  } else if (Is(Keyword::kFor, Keyword::kSystemTime)) {
    Fail(ErrorCode::kNotFlinkSql, span.To(Peek(1).span),
         "FOR SYSTEM_TIME AS OF stands in front of the alias",
         "write: table FOR SYSTEM_TIME AS OF time AS alias");
  } else if (Is(Keyword::kIlike)) {
    Fail(ErrorCode::kNotFlinkSql, span, "ILIKE is not Flink SQL",
         "write LOWER(text) LIKE LOWER(pattern)");
  } else if (Is(Keyword::kRlike)) {
    Fail(ErrorCode::kNotFlinkSql, span, "RLIKE is not Flink SQL", "write REGEXP(text, pattern)");
  } else {
    return false;
  }
  return true;
}

bool Parser::FailOnSpecialToken() {
  const Token& token = Peek();
  switch (token.kind) {
    case TokenKind::kEqualEqual:
      Fail(ErrorCode::kNotFlinkSql, token.span, "`==` is not SQL", "write a single `=`");
      return true;
    case TokenKind::kQuestion:
      Fail(ErrorCode::kNotFlinkSql, token.span, "parameters (?) cannot be used in a script",
           "write the value itself");
      return true;
    case TokenKind::kColon:
      if (Peek(1).kind != TokenKind::kColon) return false;
      Fail(ErrorCode::kNotFlinkSql, token.span.To(Peek(1).span), "`::` is PostgreSQL's cast",
           "write CAST(value AS type)");
      return true;
    case TokenKind::kError: break;
    default: return false;
  }
  if (token.error == ErrorCode::kUnknownCharacter) {
    FailOnUnknownCharacter(token);
  } else if (token.error == ErrorCode::kUnquotedString) {
    Fail(token.error, token.span, "double quotes mark neither text nor names in Flink SQL",
         "write text in single quotes 'a', names in backticks `a`");
  } else {
    std::string_view open = TextOf(token.span);
    bool comment = open.starts_with("/*");
    Fail(token.error, token.span,
         comment ? "the comment is never closed" : "the quote is never closed",
         fmt::format("close it with {}", comment ? "*/" : open.substr(open.size() - 1)));
  }
  return true;
}

void Parser::FailOnUnknownCharacter(const Token& token) {
  std::string_view character = TextOf(token.span);
  std::string remedy;
  for (const Rewrite& rewrite : kCharacterRewrites) {
    if (rewrite.found == character) remedy = rewrite.remedy;
  }
  std::string shown = fmt::format("`{}`", character);
  size_t pos = 0;
  char32_t code = NextCodePoint(character, &pos);
  if (code < 0x20 || TerminalWidth(code) == 0 || code == 0xA0 || code == 0x3000) {
    shown = fmt::format("U+{:04X}", static_cast<uint32_t>(code));
    if (code >= 0x80) remedy = "write an ASCII blank, or nothing";
  }
  Fail(ErrorCode::kUnknownCharacter, token.span,
       fmt::format("the character {} is not part of SQL", shown), remedy);
}

std::string Parser::DescribeToken(const Token& token) const {
  switch (token.kind) {
    case TokenKind::kEnd:
    case TokenKind::kSemicolon: return "the end of the statement";
    case TokenKind::kHintStart: return "a hint";
    case TokenKind::kString:
    case TokenKind::kUnicodeString:
    case TokenKind::kBinaryString: return fmt::format("the text {}", Shortened(TextOf(token.span)));
    case TokenKind::kQuotedName: return fmt::format("the name {}", Shortened(TextOf(token.span)));
    default: return fmt::format("`{}`", Shortened(TextOf(token.span)));
  }
}

// A misspelt clause word is read as an alias, so that the error stands one word later.
std::string Parser::TypoRemedy(std::initializer_list<Keyword> candidates) const {
  std::vector<std::string_view> words;
  for (Keyword keyword : candidates) words.push_back(KeywordText(keyword));
  for (const Token* token : {&Peek(), &Previous()}) {
    if (token->kind != TokenKind::kWord || IsReserved(token->keyword, version_)) continue;
    std::string_view found = TextOf(token->span);
    if (found.size() < 3) continue;
    std::string nearest = NearestName(found, words);
    if (!nearest.empty()) return fmt::format("did you mean {} instead of {}?", nearest, found);
  }
  return "";
}

}  // namespace sluice
