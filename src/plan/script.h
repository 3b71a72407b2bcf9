// Script: SQL text with its syntax trees, and the findings about it. Statements, and the tables and
// views that they define, point into the trees; whoever keeps such a pointer keeps the script.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/flink_version.h"
#include "base/status.h"
#include "sql/ast.h"
#include "sql/diagnostic.h"

namespace sluice {

struct Script {
  std::string name;  // the file, or "-e"
  std::string text;
  std::vector<ast::Statement> statements;
  std::vector<Diagnostic>
      diagnostics;  // of the parser, then of whoever binds it; in the order found

  void Add(Severity severity, ErrorCode code, SourceSpan span, std::string message,
           std::string remedy = "");
  void Error(ErrorCode code, SourceSpan span, std::string message, std::string remedy = "") {
    Add(Severity::kError, code, span, std::move(message), std::move(remedy));
  }
  bool ok() const { return !HasErrors(diagnostics); }
  // The text of a span on one line, cut to a readable length.
  std::string Excerpt(SourceSpan span) const;
};

// Replaces ${name} and ${name:-default} by the values given; leaves ${env:…} and ${file:…} alone.
// InvalidArgument names every variable without a value.
StatusOr<std::string> SubstituteVariables(std::string_view text,
                                          const std::map<std::string, std::string>& variables);

// Parses; errors are in `diagnostics`. The text has its variables replaced.
std::shared_ptr<Script> ParseToScript(std::string name, std::string text, FlinkVersion version);

}  // namespace sluice
