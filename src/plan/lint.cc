#include "plan/lint.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "sql/secret_text.h"

namespace sluice {

namespace {

bool IsWholeNumber(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Walks all expressions and queries of a statement.
class StatementLint {
 public:
  explicit StatementLint(Script& script) : script_(script) {}

  void Visit(const ast::Statement& statement) {
    if (const auto* query = std::get_if<ast::QueryPtr>(&statement.body)) return Visit(**query);
    if (const auto* insert = std::get_if<ast::Insert>(&statement.body))
      return Visit(*insert->query);
    if (const auto* set = std::get_if<ast::StatementSet>(&statement.body)) {
      for (const ast::Insert& insert : set->inserts) Visit(*insert.query);
    } else if (const auto* view = std::get_if<ast::CreateView>(&statement.body)) {
      Visit(*view->query);
    } else if (const auto* table = std::get_if<ast::CreateTable>(&statement.body)) {
      for (const ast::Option& option : table->options) VisitOption(option);
      for (const ast::ColumnDef& column : table->columns) Visit(column.expr);
    }
  }

  // Paths that differ only in case or one letter from one that is used more often.
  void ReportOddPaths() {
    for (const auto& [path, uses] : paths_) {
      for (const auto& [other, other_uses] : paths_) {
        const bool alike = path != other && EqualsIgnoreCase(path, other);
        if (!alike || uses.count >= other_uses.count) continue;
        script_.Add(Severity::kWarning, ErrorCode::kLintJsonPath, uses.first,
                    StrCat("the JSON path '", path, "' is spelled '", other, "' in ",
                           other_uses.count, " other places"),
                    "keys are case-sensitive: check which one the events have");
      }
    }
  }

 private:
  struct PathUses {
    int count = 0;
    SourceSpan first;
  };

  void VisitOption(const ast::Option& option) {
    const bool is_reference = option.value.find("${") != std::string::npos;
    if (!IsSecretOption(option.key) || option.value.empty() || is_reference) return;
    script_.Add(
        Severity::kWarning, ErrorCode::kLintLiteralPassword, option.key_span,
        StrCat("the value of '", option.key, "' stands in the script for everybody to read"),
        "write '${env:NAME}' or '${file:PATH}'");
  }

  void Visit(const ast::ExprPtr& expr) {
    if (expr != nullptr) Visit(*expr);
  }

  void Visit(const ast::Expr& expr) {
    if (expr.kind == ast::ExprKind::kCall && expr.name.parts.size() == 1) VisitCall(expr);
    for (const ast::ExprPtr& arg : expr.args) Visit(arg);
    if (expr.query != nullptr) Visit(*expr.query);
  }

  void VisitCall(const ast::Expr& call) {
    const std::string name = absl::AsciiStrToUpper(call.name.parts[0].text);
    if (call.call->filter != nullptr) Visit(*call.call->filter);
    if (call.args.size() == 2 && name == "TO_TIMESTAMP_LTZ") VisitToTimestamp(call);
    const bool has_path = (name == "JSON_VALUE" || name == "JSON_QUERY" || name == "JSON_EXISTS") &&
                          call.args.size() == 2;
    if (!has_path || call.args[1]->kind != ast::ExprKind::kLiteral) return;
    PathUses& uses = paths_[call.args[1]->text];
    if (uses.count++ == 0) uses.first = call.args[1]->span;
  }

  // Names tell more than types: a column called `timestamp` or `…Time` of an event holds
  // milliseconds.
  void VisitToTimestamp(const ast::Expr& call) {
    const ast::Expr& precision = *call.args[1];
    if (precision.kind != ast::ExprKind::kLiteral || precision.text != "0") return;
    const std::string argument = absl::AsciiStrToLower(script_.Excerpt(call.args[0]->span));
    const bool small = IsWholeNumber(argument) && argument.size() <= 10;  // until the year 2286
    const bool seconds = small || (argument.find("/ 1000") != std::string::npos) ||
                         (argument.find("/1000") != std::string::npos) ||
                         (argument.find("second") != std::string::npos) ||
                         (argument.find("unix_timestamp") != std::string::npos);
    if (seconds) return;
    script_.Add(Severity::kWarning, ErrorCode::kLintMillisAsSeconds, call.span,
                "precision 0 reads seconds: epoch milliseconds give NULL",
                StrCat("write TO_TIMESTAMP_LTZ(", script_.Excerpt(call.args[0]->span),
                       ", 3) if these are milliseconds"));
  }

  void Visit(const ast::Query& query) {
    for (const ast::CommonTable& table : query.with) Visit(*table.query);
    if (query.left != nullptr) Visit(*query.left);
    if (query.right != nullptr) Visit(*query.right);
    if (query.select == nullptr) return;
    const ast::Select& select = *query.select;
    for (const ast::SelectItem& item : select.items) Visit(item.expr);
    if (select.from != nullptr) Visit(*select.from);
    Visit(select.where);
    for (const ast::ExprPtr& key : select.group_by) Visit(key);
    Visit(select.having);
  }

  void Visit(const ast::TableRef& ref) {
    if (ref.query != nullptr) Visit(*ref.query);
    if (ref.left != nullptr) Visit(*ref.left);
    if (ref.right != nullptr) Visit(*ref.right);
    Visit(ref.condition);
  }

  Script& script_;
  std::map<std::string, PathUses> paths_;
};

// The projection that makes a column, through calcs that only pass it on.
const Expr* Origin(const NodePtr& node, int32_t column) {
  const auto* calc = node->as<LogicalCalc>();
  if (calc == nullptr) return nullptr;
  const Expr& projection = *calc->projections[column];
  if (projection.kind == ExprKind::kColumn) return Origin(node->inputs[0], projection.column);
  return &projection;
}

bool Calls(const Expr& expr, std::string_view function) {
  if (expr.kind == ExprKind::kCall && expr.function->name == function) return true;
  return std::any_of(expr.args.begin(), expr.args.end(),
                     [&](const ExprPtr& arg) { return Calls(*arg, function); });
}

// True if a filter below lets only rows through in which the column is not NULL.
bool IsGuarded(const NodePtr& node, int32_t column) {
  if (node->as<LogicalLookupJoin>() != nullptr) {
    const bool is_input = column < static_cast<int32_t>(node->inputs[0]->columns.size());
    return is_input && IsGuarded(node->inputs[0], column);
  }
  const auto* calc = node->as<LogicalCalc>();
  if (calc == nullptr) return false;
  const ExprPtr& value = calc->projections[column];
  for (const ExprPtr& part :
       calc->filter == nullptr ? std::vector<ExprPtr>() : SplitConjunction(calc->filter)) {
    const bool is_test = part->kind == ExprKind::kCall && part->function->name == "IS NOT NULL";
    if (is_test && SameExpr(*part->args[0], *value)) return true;
  }
  return value->kind == ExprKind::kColumn && IsGuarded(node->inputs[0], value->column);
}

void LintSink(const LogicalSink& sink, Script& script) {
  for (size_t i = 0; i < sink.columns.size(); ++i) {
    const int32_t target = sink.columns[i];
    const TableColumn& column = sink.table->columns[target];
    const bool is_key = std::find(sink.table->primary_key.begin(), sink.table->primary_key.end(),
                                  target) != sink.table->primary_key.end();
    const Expr* origin = Origin(sink.input, static_cast<int32_t>(i));
    if (is_key && origin != nullptr && Calls(*origin, "HASH_CODE")) {
      script.Add(Severity::kWarning, ErrorCode::kLintHashKey, sink.span,
                 StrCat("the key `", column.name, "` of `", sink.name,
                        "` is a HASH_CODE: 32 bits, so rows overwrite each other ",
                        "(even odds of a collision at 77,000 keys)"),
                 "use the hashed columns themselves as the key, or SHA256(…)");
    }
    const bool may_be_null =
        sink.input->columns[i].type.nullable() && !IsGuarded(sink.input, static_cast<int32_t>(i));
    if (!column.type.nullable() && may_be_null) {
      script.Add(Severity::kWarning, ErrorCode::kLintNullableIntoNotNull, sink.span,
                 StrCat("`", column.name, "` of `", sink.name,
                        "` is NOT NULL, its expression can be NULL: such a row fails the job"),
                 "filter with IS NOT NULL, wrap it in COALESCE, or SET "
                 "'table.exec.sink.not-null-enforcer' = 'DROP'");
    }
  }
}

// Two columns whose query names are each other's: written by position, they are exchanged.
void LintPositions(const LogicalSink& sink, const PlanColumns& query, Script& script) {
  for (size_t i = 0; i < query.size() && i < sink.columns.size(); ++i) {
    for (size_t j = 0; j < sink.columns.size(); ++j) {
      const std::string& here = sink.table->columns[sink.columns[i]].name;
      const std::string& there = sink.table->columns[sink.columns[j]].name;
      if (i == j || query[i].name != there || query[i].name == here) continue;
      script.Add(Severity::kWarning, ErrorCode::kLintPositionalColumns, sink.span,
                 StrCat("the query's `", query[i].name, "` goes into `", here, "` of `", sink.name,
                        "`, which also has a `", there, "`"),
                 "columns are matched by position: reorder them, or name them: INSERT INTO t (a, "
                 "b) SELECT …");
    }
  }
}

}  // namespace

void LintStatements(Script& script) {
  StatementLint lint(script);
  for (const ast::Statement& statement : script.statements) lint.Visit(statement);
  lint.ReportOddPaths();
}

void LintSinks(const std::vector<LogicalSink>& sinks, Script& script) {
  for (const LogicalSink& sink : sinks) {
    if (sink.table == nullptr) continue;
    LintSink(sink, script);
    LintPositions(sink, sink.query_columns, script);
  }
}

}  // namespace sluice
