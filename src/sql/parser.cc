// The cursor over the tokens, and the entry points of sql/parser.h.
#include "sql/parser.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "sql/parser_class.h"
#include "sql/parser_nesting.h"

namespace sluice {
namespace {

// Reports what makes the text unfit for the lexer; false if there is something.
bool CheckText(std::string_view text, std::vector<Diagnostic>* diagnostics) {
  if (text.size() > static_cast<size_t>(kMaxTextBytes)) {
    diagnostics->push_back({Severity::kError,
                            ErrorCode::kTooLong,
                            {0, 0},
                            fmt::format("the text is longer than {} MB", kMaxTextBytes >> 20),
                            "split it into several files"});
    return false;
  }
  std::optional<SourceSpan> broken = FindEncodingError(text);
  if (!broken) return true;
  bool nul = text[broken->offset] == '\0';
  diagnostics->push_back({Severity::kError, ErrorCode::kInvalidEncoding, *broken,
                          nul ? "a NUL byte in the text" : "the text is not valid UTF-8",
                          "save the file as UTF-8"});
  return false;
}

void Append(std::vector<Diagnostic> from, std::vector<Diagnostic>* to) {
  for (Diagnostic& diagnostic : from) to->push_back(std::move(diagnostic));
}

}  // namespace

ParsedScript ParseScript(std::string_view text, const ParseOptions& options) {
  ParsedScript script;
  if (!CheckText(text, &script.diagnostics)) return script;
  Parser parser(text, options);
  script.statements = parser.ParseStatements();
  script.diagnostics = parser.TakeDiagnostics();
  return script;
}

ast::ExprPtr ParseExpression(std::string_view text, std::vector<Diagnostic>* diagnostics,
                             const ParseOptions& options) {
  if (!CheckText(text, diagnostics)) return nullptr;
  Parser parser(text, options);
  ast::ExprPtr expr = parser.ParseWholeExpr();
  Append(parser.TakeDiagnostics(), diagnostics);
  return parser.failed() ? nullptr : std::move(expr);
}

std::optional<ast::TypeName> ParseTypeName(std::string_view text,
                                           std::vector<Diagnostic>* diagnostics,
                                           const ParseOptions& options) {
  if (!CheckText(text, diagnostics)) return std::nullopt;
  Parser parser(text, options);
  ast::TypeName type = parser.ParseWholeType();
  Append(parser.TakeDiagnostics(), diagnostics);
  if (parser.failed()) return std::nullopt;
  return type;
}

std::string UpperText(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = absl::ascii_toupper(static_cast<unsigned char>(c));
  return upper;
}

Parser::Parser(std::string_view text, const sluice::ParseOptions& options)
    : text_(text), version_(options.flink_version), tokens_(Tokenize(text)) {}

Parser::Nesting::Nesting(Parser* parser) : parser_(parser) {
  if (++parser_->nesting_ <= kMaxNesting) return;
  parser_->Fail(ErrorCode::kTooDeep, parser_->Peek().span,
                fmt::format("more than {} constructs inside each other", kMaxNesting),
                "split the statement, for instance into views");
}

std::vector<ast::Statement> Parser::ParseStatements() {
  std::vector<ast::Statement> statements;
  while (!Is(TokenKind::kEnd)) {
    if (Is(TokenKind::kSemicolon)) {
      ++pos_;
      continue;
    }
    ParseOneStatement(&statements);
  }
  return statements;
}

ast::ExprPtr Parser::ParseWholeExpr() {
  ast::ExprPtr expr = ParseExpr();
  if (!Is(TokenKind::kEnd)) Unexpected("an operator or the end of the expression");
  return expr;
}

ast::TypeName Parser::ParseWholeType() {
  ast::TypeName type = ParseNullableType();
  if (!Is(TokenKind::kEnd)) Unexpected("the end of the type");
  return type;
}

const Token& Parser::Peek(int ahead) const {
  size_t index = pos_ + ahead;
  return index < tokens_.size() ? tokens_[index] : tokens_.back();
}

bool Parser::Is(Keyword first, Keyword second) const {
  return Is(first) && Peek(1).kind == TokenKind::kWord && Peek(1).keyword == second;
}

bool Parser::IsAnyOf(std::initializer_list<Keyword> keywords) const {
  if (!Is(TokenKind::kWord)) return false;
  for (Keyword keyword : keywords) {
    if (Peek().keyword == keyword) return true;
  }
  return false;
}

SourceSpan Parser::Advance() {
  SourceSpan span = Peek().span;
  if (!failed_ && !Is(TokenKind::kEnd)) ++pos_;
  return span;
}

bool Parser::Accept(TokenKind kind) {
  if (failed_ || !Is(kind)) return false;
  Advance();
  return true;
}

bool Parser::Accept(Keyword keyword) {
  if (failed_ || !Is(keyword)) return false;
  Advance();
  return true;
}

bool Parser::Accept(Keyword first, Keyword second) {
  if (failed_ || !Is(first, second)) return false;
  Advance();
  Advance();
  return true;
}

void Parser::Expect(TokenKind kind, std::string_view what) {
  if (!Accept(kind)) Unexpected(what);
}

void Parser::Expect(Keyword keyword) {
  if (!Accept(keyword)) Unexpected(KeywordText(keyword), {keyword});
}

void Parser::Expect(Keyword first, Keyword second) {
  if (Accept(first, second)) return;
  // One of the two may be there: the error then stands at the other.
  if (Accept(first)) return Expect(second);
  Unexpected(fmt::format("{} {}", KeywordText(first), KeywordText(second)), {first});
}

}  // namespace sluice
