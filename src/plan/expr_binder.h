// ExprBinder: from expressions of the syntax tree to bound expressions over the columns of a scope.
// Errors go to the script of the expression; a null result means that one was reported, and nobody
// reports it again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expr/expr.h"
#include "functions/aggregate_function.h"
#include "plan/logical_plan.h"
#include "plan/script.h"

namespace sluice {

// A subquery, or ROW_NUMBER() OVER a window, that stands in an expression, and what stands for it
// there.
struct SubqueryValue {
  const ast::Expr* expr = nullptr;
  ExprPtr value;  // over the scope
};

// The columns that an expression may name: those of the tables in FROM, side by side. Columns
// without a relation are hidden.
struct Scope {
  struct Relation {
    std::string name;   // alias or table name; empty: cannot be named
    int32_t first = 0;  // of its columns in `columns`
    int32_t count = 0;
  };
  // A column of USING or NATURAL JOIN: without a table in front its name means this one.
  struct Merged {
    std::string name;
    int32_t column = 0;
    std::vector<int32_t> parts;  // the columns that it is made of
  };
  PlanColumns columns;
  std::vector<Relation> relations;
  std::vector<Merged> merged;
  std::vector<SubqueryValue> subqueries;
  // The query around this subquery: what is no column here may be one there. Its columns are
  // numbered from columns.size() on. Only WHERE of a subquery has one.
  const Scope* outer = nullptr;

  void Append(std::string name, const PlanColumns& added);
  // The column that a plain name means, if any: `ambiguous` says whether there are several.
  std::optional<int32_t> Find(std::string_view name, bool* ambiguous) const;
  bool IsPartOfMerged(int32_t column) const;
  static Scope Of(std::string name, const PlanColumns& columns);
};

// ROW_NUMBER() OVER one window.
struct RowNumber {
  std::vector<ExprPtr> partition;
  std::vector<ExprPtr> order;
  std::vector<SortColumn> directions;  // of `order`
  TimeAttribute order_time = TimeAttribute::kNone;
};

// An aggregate query: what its SELECT, HAVING and ORDER BY may use. Columns of the aggregate's
// output are the keys, then the subqueries, then the number of the row, then the calls.
struct AggregateScope {
  struct Call {
    const AggregateFunction* function;
    std::vector<ExprPtr> args;  // over the scope
    ExprPtr filter;
    bool distinct;
    Type result;
  };
  std::vector<ExprPtr> keys;  // over the scope
  // Grouping sets, each as numbers of keys; none: one set of all keys. With sets there is one more
  // key behind the others: the number of the set.
  std::vector<std::vector<int32_t>> sets;
  // Those outside of aggregate calls: their value is one more column of the result.
  std::vector<std::pair<const ast::Expr*, NodePtr>> subqueries;
  std::vector<const ast::Expr*> windows;  // calls of ROW_NUMBER() OVER one window, which is:
  RowNumber row_number;                   // over the output without this number
  std::vector<Call> calls;
  // Results may stand for a group without rows; all but COUNT are NULL then.
  bool has_empty_groups = false;

  size_t NumKeys() const { return keys.size() + (sets.empty() ? 0 : 1); }
  size_t RowNumberColumn() const { return NumKeys() + subqueries.size(); }
  size_t FirstCall() const { return RowNumberColumn() + (windows.empty() ? 0 : 1); }
  // NULL stands for a key that a set does not have.
  Type KeyType(size_t key) const;
};

class ExprBinder {
 public:
  // All outlive the binder. `aggregates` may be null: aggregate calls are then errors.
  ExprBinder(Script& script, const Scope& scope, const Session& session,
             AggregateScope* aggregates = nullptr)
      : script_(script), scope_(scope), session_(session), aggregates_(aggregates) {}

  ExprPtr Bind(const ast::Expr& expr);
  // Must be BOOLEAN; `what` names the clause in the message.
  ExprPtr BindCondition(const ast::Expr& expr, std::string_view what);
  // The time attribute of an expression that is a plain column, or PROCTIME().
  TimeAttribute TimeOf(const ast::Expr& expr);

 private:
  ExprPtr BindNode(const ast::Expr& expr);
  ExprPtr BindInAggregate(const ast::Expr& expr, bool* done);
  ExprPtr BindAggregateCall(const ast::Expr& expr, const AggregateFunction& function);
  bool BindAggregateArgs(const ast::Expr& expr, const AggregateFunction& function,
                         AggregateScope::Call* call);
  bool WriteJsonValue(const ast::Expr& expr, const AggregateFunction& function,
                      AggregateScope::Call* call);
  ExprPtr BindGrouping(const ast::Expr& expr);
  bool BindArgs(const ast::Expr& expr, std::vector<ExprPtr>* args, size_t first = 0);
  // A call of a registered function; errors point at `expr`.
  ExprPtr Call(std::string_view function, std::vector<ExprPtr> args, const ast::Expr& expr,
               std::shared_ptr<const JsonClauses> json = nullptr);
  ExprPtr Report(StatusOr<ExprPtr> result, const ast::Expr& expr);
  ExprPtr Unsupported(const ast::Expr& expr, std::string_view what);

  ExprPtr BindLiteral(const ast::Expr& expr);
  ExprPtr BindTimeLiteral(const ast::Expr& expr, const Type& type);
  ExprPtr BindExactNumber(const ast::Expr& expr);
  ExprPtr BindInterval(const ast::Expr& expr);
  ExprPtr BindColumn(const ast::Expr& expr);
  ExprPtr BindSubquery(const ast::Expr& expr);
  ExprPtr BindFields(ExprPtr base, const ast::Name& name, size_t first);
  // Numbers of outer columns follow those of the scope.
  std::optional<int32_t> FindColumn(const ast::Name& name, size_t* used);
  std::optional<int32_t> FindColumnIn(const Scope& scope, const ast::Name& name, size_t* used,
                                      bool* ambiguous);
  const PlanColumn& ColumnOf(int32_t column) const;
  void ReportUnknownColumn(const ast::Name& name);
  ExprPtr BindUnary(const ast::Expr& expr);
  ExprPtr BindBinary(const ast::Expr& expr);
  ExprPtr BindOverlaps(const ast::Expr& expr);
  ExprPtr BindEqual(const ast::Expr& left, const ast::Expr& right, const ast::Expr& expr);
  ExprPtr BindLogic(const ast::Expr& expr);
  ExprPtr BindLike(const ast::Expr& expr);
  ExprPtr BindBetween(const ast::Expr& expr);
  ExprPtr BindIn(const ast::Expr& expr);
  ExprPtr BindIs(const ast::Expr& expr);
  ExprPtr BindCase(const ast::Expr& expr);
  ExprPtr BindWhen(const ast::Expr& when, const ExprPtr& operand);
  ExprPtr BindCast(const ast::Expr& expr);
  ExprPtr BindField(const ast::Expr& expr);
  ExprPtr BindCall(const ast::Expr& expr);
  ExprPtr BindSpecialForm(const std::string& name, const ast::Expr& expr, bool* done);
  std::shared_ptr<const JsonClauses> BindJson(const ast::Expr& expr, bool* ok);
  bool BindJsonDefault(const ast::ExprPtr& value, const Type& type, Value* out);
  void ReportUnknownFunction(const std::string& name, const ast::Expr& expr);
  std::string TextOf(const ast::Expr& expr) const { return script_.Excerpt(expr.span); }

  Script& script_;
  const Scope& scope_;
  const Session& session_;
  AggregateScope* aggregates_;
  bool inside_aggregate_ = false;
};

// True if an aggregate function is called in it (not inside a subquery, and not as an OVER window).
bool ContainsAggregate(const ast::Expr& expr);

// GROUPING, GROUPING_ID or GROUP_ID.
bool IsGroupingCall(const ast::Expr& expr);

// True if it has a subquery in it.
bool ContainsSubquery(const ast::Expr& expr);

// "EXPR$0" or the name that a SELECT item without alias gets.
std::string OutputName(const ast::SelectItem& item, size_t position);

}  // namespace sluice
