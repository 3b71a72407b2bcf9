// Expressions as text for EXPLAIN and error messages.

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "expr/expr.h"
#include "functions/cast.h"
#include "types/value.h"

namespace sluice {

namespace {

std::string Quote(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

std::string LiteralToString(const Value& value, const Type& type) {
  if (value.is_null()) return "NULL";
  if (type.IsCharacter()) return Quote(value.as_text());
  if (type.IsBinary()) return absl::StrCat("X'", absl::BytesToHexString(value.as_text()), "'");
  std::string text;
  AppendAsString(Session(), MakeConstant(type, value, 1), 0, &text);
  if (type.IsNumeric() || type.kind() == TypeKind::kBoolean || type.IsNested()) return text;
  if (type.IsInterval()) return absl::StrCat("INTERVAL ", Quote(text));
  const std::string name = type.Nullable().ToString();
  return absl::StrCat(name.substr(0, name.find('(')), " ", Quote(text));
}

std::string JoinArgs(const Expr& expr, const Schema& columns, absl::string_view separator) {
  return absl::StrJoin(expr.args, separator, [&](std::string* out, const ExprPtr& arg) {
    absl::StrAppend(out, ExprToString(*arg, columns));
  });
}

std::string CallToString(const Expr& expr, const Schema& columns) {
  const std::string name(expr.function->name);
  const bool is_operator = !absl::ascii_isalpha(static_cast<unsigned char>(name[0]));
  if (is_operator && expr.args.size() == 2) {
    return absl::StrCat("(", JoinArgs(expr, columns, absl::StrCat(" ", name, " ")), ")");
  }
  if (is_operator) return absl::StrCat(name, JoinArgs(expr, columns, ", "));
  if (name.rfind("IS ", 0) == 0) {
    if (expr.args.size() == 1) return absl::StrCat(JoinArgs(expr, columns, ""), " ", name);
    return absl::StrCat("(", JoinArgs(expr, columns, absl::StrCat(" ", name, " ")), ")");
  }
  return absl::StrCat(name, "(", JoinArgs(expr, columns, ", "), ")");
}

std::string CaseToString(const Expr& expr, const Schema& columns) {
  std::string text = "CASE";
  const size_t num_args = expr.args.size();
  for (size_t i = 0; i + 1 < num_args; i += 2) {
    absl::StrAppend(&text, " WHEN ", ExprToString(*expr.args[i], columns), " THEN ",
                    ExprToString(*expr.args[i + 1], columns));
  }
  if (num_args % 2 == 1) {
    absl::StrAppend(&text, " ELSE ", ExprToString(*expr.args.back(), columns));
  }
  return text + " END";
}

}  // namespace

std::string ExprToString(const Expr& expr, const Schema& columns) {
  switch (expr.kind) {
    case ExprKind::kColumn:
      if (static_cast<size_t>(expr.column) < columns.size()) return columns[expr.column].name;
      return absl::StrCat("$", expr.column);
    case ExprKind::kLiteral: return LiteralToString(expr.literal, expr.type);
    case ExprKind::kCall: return CallToString(expr, columns);
    case ExprKind::kCast:
      return absl::StrCat(expr.try_cast ? "TRY_CAST(" : "CAST(", JoinArgs(expr, columns, ""),
                          " AS ", expr.type.Nullable().ToString(), ")");
    case ExprKind::kAnd: return absl::StrCat("(", JoinArgs(expr, columns, " AND "), ")");
    case ExprKind::kOr: return absl::StrCat("(", JoinArgs(expr, columns, " OR "), ")");
    case ExprKind::kCase: return CaseToString(expr, columns);
    case ExprKind::kCoalesce: return absl::StrCat("COALESCE(", JoinArgs(expr, columns, ", "), ")");
    case ExprKind::kField:
      return absl::StrCat(JoinArgs(expr, columns, ""), ".",
                          expr.args[0]->type.fields()[expr.column].name);
  }
  return "";
}

}  // namespace sluice
