// The syntax tree as SQL text again: for the names of unnamed columns, messages and EXPLAIN.
// Canonical: keywords in upper case, one blank between words, only the parentheses and backticks
// that are needed; parsing the text gives the same tree, except that a query's comments and spans
// are lost. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "sql/ast.h"

namespace sluice {

std::string ToSql(const ast::Expr& expr);
std::string ToSql(const ast::Query& query);
std::string ToSql(const ast::TypeName& type);
std::string ToSql(const ast::Name& name);

// The name, in backticks if it is not a plain word or is reserved in any release.
std::string QuoteName(std::string_view name);
// The text between single quotes.
std::string QuoteText(std::string_view text);

}  // namespace sluice
