#include "sql/secret_text.h"

#include <algorithm>

#include "base/strings.h"
#include "sql/lexer.h"

namespace sluice {

bool IsSecretOption(std::string_view key) {
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLowerAscii);
  constexpr std::string_view kParts[] = {"password", "secret", "accesskey", "access-key"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

std::string HideSecrets(std::string_view text) {
  std::string shown(text);
  if (FindEncodingError(text).has_value()) return shown;
  const std::vector<Token> tokens = Tokenize(text);
  for (size_t i = 0; i + 2 < tokens.size(); ++i) {
    const Token& value = tokens[i + 2];
    const bool is_option = tokens[i].kind == TokenKind::kString &&
                           tokens[i + 1].kind == TokenKind::kEqual &&
                           (value.kind == TokenKind::kString || value.kind == TokenKind::kError);
    if (!is_option || !IsSecretOption(text.substr(tokens[i].span.offset, tokens[i].span.length))) {
      continue;
    }
    // A quote that is never closed takes the rest of the text with it.
    const size_t end =
        value.kind == TokenKind::kString ? static_cast<size_t>(value.span.end()) : text.size();
    const size_t begin = value.span.offset;
    if (text.substr(begin, end - begin).find("${") != std::string_view::npos) continue;
    for (size_t at = begin; at < end; ++at) {
      if (shown[at] != '\'' && shown[at] != '\n') shown[at] = '*';
    }
  }
  return shown;
}

}  // namespace sluice
