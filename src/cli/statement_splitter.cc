#include "cli/statement_splitter.h"

#include "base/strings.h"
#include "sql/lexer.h"

namespace sluice {
namespace {

std::string_view WordAt(std::string_view text, const std::vector<Token>& tokens, size_t index) {
  if (index >= tokens.size() || tokens[index].kind != TokenKind::kWord) return "";
  return text.substr(tokens[index].span.offset, tokens[index].span.length);
}

// [EXECUTE] STATEMENT SET … BEGIN … END, or BEGIN STATEMENT SET … END
bool IsStatementSet(std::string_view text, const std::vector<Token>& tokens) {
  const std::string_view first = WordAt(text, tokens, 0);
  return (EqualsIgnoreCase(first, "EXECUTE") || EqualsIgnoreCase(first, "BEGIN")) &&
         EqualsIgnoreCase(WordAt(text, tokens, 1), "STATEMENT") &&
         EqualsIgnoreCase(WordAt(text, tokens, 2), "SET");
}

}  // namespace

std::optional<std::string> TakeStatement(std::string* text) {
  if (FindEncodingError(*text).has_value()) return std::exchange(*text, "");
  const std::vector<Token> tokens = Tokenize(*text);
  const bool is_set = IsStatementSet(*text, tokens);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::kSemicolon) continue;
    if (is_set && !(i > 0 && EqualsIgnoreCase(WordAt(*text, tokens, i - 1), "END"))) continue;
    const size_t end = tokens[i].span.end();
    std::string statement(StripAsciiWhitespace(std::string_view(*text).substr(0, end)));
    text->erase(0, end);
    return statement;
  }
  return std::nullopt;
}

bool IsBlankSql(std::string_view text) {
  if (FindEncodingError(text).has_value()) return false;
  for (const Token& token : Tokenize(text)) {
    if (token.kind != TokenKind::kEnd && token.kind != TokenKind::kSemicolon) return false;
  }
  return true;
}

}  // namespace sluice
