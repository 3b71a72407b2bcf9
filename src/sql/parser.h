// From SQL text to a syntax tree. Never fails as a whole: after an error it goes on behind the next
// semicolon, so that one pass reports every statement's errors. Any bytes are safe input.
// Stateless; any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/flink_version.h"
#include "sql/ast.h"
#include "sql/diagnostic.h"

namespace sluice {

struct ParseOptions {
  FlinkVersion flink_version = FlinkVersion::k1_20;  // which words are reserved
};

struct ParsedScript {
  std::vector<ast::Statement> statements;  // those without errors, in order
  std::vector<Diagnostic> diagnostics;     // in order of the text

  bool ok() const { return !HasErrors(diagnostics); }
};

// All statements of a script, separated by semicolons.
ParsedScript ParseScript(std::string_view text, const ParseOptions& options = {});

// A single expression or type that fills the whole text. On errors null (an empty optional) and
// diagnostics.
ast::ExprPtr ParseExpression(std::string_view text, std::vector<Diagnostic>* diagnostics,
                             const ParseOptions& options = {});
std::optional<ast::TypeName> ParseTypeName(std::string_view text,
                                           std::vector<Diagnostic>* diagnostics,
                                           const ParseOptions& options = {});

// True if the unquoted word cannot be a column, table or alias.
bool IsReservedWord(std::string_view word, FlinkVersion version = FlinkVersion::k1_20);

}  // namespace sluice
