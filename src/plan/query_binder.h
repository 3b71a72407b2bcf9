// QueryBinder: from queries of the syntax tree to logical plans. Errors go to the script that holds
// the query; a null result means that one was reported.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/catalog.h"
#include "plan/expr_binder.h"
#include "plan/logical_plan.h"

namespace sluice {

// What binding needs to know beyond the query.
struct BindEnvironment {
  Catalog* catalog = nullptr;
  const Session* session = nullptr;
  // --replace TABLE=…: options that stand instead of a table's own, by table name as the user wrote
  // it.
  std::map<std::string, Options> replaced_tables;
  // Secrets are filled in (run) or left as they are written (validate, explain).
  bool resolve_secrets = false;
  int32_t parallelism = 1;  // that EXPLAIN plans for
  // Readings of tables, so that equal ones are shared: key = path and options.
  std::map<std::string, std::shared_ptr<const TableInfo>> tables;
};

class QueryBinder {
 public:
  QueryBinder(std::shared_ptr<Script> script, BindEnvironment& env)
      : script_(std::move(script)), env_(env) {}

  NodePtr Bind(const ast::Query& query);
  // The table as a connector sees it, with hints applied and options checked; null when an error
  // was reported.
  std::shared_ptr<const TableInfo> OpenTable(const TableEntry& entry,
                                             const std::vector<ast::Hint>& hints, SourceSpan span);

 private:
  struct CommonTable {
    std::string name;
    NodePtr node;
  };
  struct FromResult {
    NodePtr node;
    Scope scope;
  };

  NodePtr BindBody(const ast::Query& query);
  NodePtr BindSelect(const ast::Query& query);
  // No columns, one row: what a SELECT without FROM reads.
  static NodePtr MakeOneRow();
  // All but FROM and WHERE, which `from` has.
  NodePtr BindSelect(const ast::Query& query, FromResult from);
  NodePtr BindValues(const ast::Query& query);
  NodePtr BindSetOperation(const ast::Query& query);
  NodePtr MakeCountedSet(ast::SetOp op, NodePtr left, NodePtr right);
  NodePtr BindTableQuery(const ast::Query& query);
  bool BindOrder(const ast::Query& query, ExprBinder& binder, size_t visible,
                 std::vector<ExprPtr>* items, PlanColumns* columns, std::vector<SortColumn>* order);
  NodePtr ApplyTopN(const ast::Query& query, NodePtr node, std::vector<SortColumn> order,
                    size_t visible);
  bool BindRowCount(const ast::Expr& expr, std::string_view what, int64_t* out);

  bool BindFrom(const ast::TableRef& ref, FromResult* out);
  bool BindNamedTable(const ast::TableRef& ref, FromResult* out);
  bool BindJoin(const ast::TableRef& ref, FromResult* out);
  bool BindUnnest(const ast::TableRef& ref, bool left_outer, FromResult left, FromResult* out);
  bool BindUnnestJoin(const ast::TableRef& join, FromResult left, FromResult* out);
  bool BindLookupJoin(const ast::TableRef& join, FromResult left, FromResult* out);
  bool BindRegularJoin(const ast::TableRef& join, FromResult left, FromResult right,
                       FromResult* out);
  // USING and NATURAL: columns of both sides, side by side, that are one.
  struct MergedPair {
    std::string name;
    int32_t left = 0;
    int32_t right = 0;
  };
  bool MergeColumns(const ast::TableRef& join, const Scope& left, const Scope& right,
                    std::vector<MergedPair>* merged);
  ExprPtr MergedColumnsEqual(const std::vector<MergedPair>& merged, const ast::TableRef& join,
                             const Scope& scope);
  void AddMergedColumns(const std::vector<MergedPair>& merged, FromResult* from);
  bool SplitLookupCondition(const ast::TableRef& join, const Scope& scope, size_t left_count,
                            const TableInfo& table, const std::vector<int32_t>& lookup_columns,
                            LogicalLookupJoin* lookup);
  ExprPtr JoinCondition(const ast::TableRef& join, const Scope& scope, bool* ok);
  bool NameRelation(const ast::TableRef& ref, const std::string& name, NodePtr node,
                    FromResult* out);
  NodePtr BindTable(const TableEntry& entry, const std::vector<ast::Hint>& hints, SourceSpan span);
  NodePtr BindView(const ViewEntry& view, SourceSpan span);
  const CatalogEntry* FindEntry(const ast::Name& name);
  std::optional<Options> OptionsOf(const TableEntry& entry, const std::vector<ast::Hint>& hints,
                                   SourceSpan span);

  // A subquery whose rows are joined with the query around it.
  struct SubqueryRelation {
    NodePtr node;
    std::vector<ExprPtr> items;        // what it selects, over `node`
    std::vector<ExprPtr> correlation;  // over the columns of the outer scope, then of `node`
  };
  // FROM and WHERE of a SELECT. Conditions on columns of `outer` go to `correlation`.
  bool BindSource(const ast::Select& select, const Scope* outer, FromResult* from,
                  std::vector<ExprPtr>* correlation);
  bool ApplyWhere(const ast::Expr& where, const Scope* outer, FromResult* from,
                  std::vector<ExprPtr>* correlation);
  bool ApplyConditions(const std::vector<const ast::Expr*>& parts, const Scope* outer,
                       FromResult* from, std::vector<ExprPtr>* correlation);
  bool ApplySubqueryCondition(const ast::Expr& condition, FromResult* from);
  bool ApplyComparison(const ast::Expr& test, bool negated, SubqueryRelation query,
                       FromResult* from);
  bool BindComparisons(const ast::Expr& test, const SubqueryRelation& query, const FromResult& from,
                       std::vector<ExprPtr>* comparisons);
  bool BindRelation(const ast::Query& query, const Scope& outer, bool with_items,
                    SubqueryRelation* out);
  // Joins what the subqueries of an expression stand for; the scope then knows their values.
  bool ApplySubqueryValues(const ast::Expr& expr, FromResult* from);
  bool ApplyGroupedSubqueries(const ast::Expr& expr, AggregateScope* aggregates, FromResult* from);
  bool ApplyExistsValue(const ast::Expr& exists, FromResult* from);
  NodePtr BindScalar(const ast::Expr& subquery, const Scope& outer, FromResult* inner,
                     std::vector<ExprPtr>* correlation);
  bool ApplyScalar(const ast::Expr& subquery, FromResult* from);
  bool ApplyCorrelatedScalar(const ast::Expr& subquery, FromResult inner,
                             const std::vector<ExprPtr>& correlation, FromResult* from);
  bool SplitCorrelation(const ast::Expr& subquery, const std::vector<ExprPtr>& correlation,
                        const PlanColumns& inner, size_t num_outer,
                        std::vector<ExprPtr>* outer_keys, std::vector<ExprPtr>* inner_keys);
  bool CheckScalar(const ast::Expr& subquery, size_t num_columns);
  int32_t JoinHidden(NodePtr right, const ExprPtr& condition, FromResult* from);

  // ROW_NUMBER() OVER …
  static std::vector<const ast::Expr*> FindWindowCalls(const std::vector<const ast::Expr*>& exprs);
  const ast::WindowSpec* WindowOf(const ast::Select& select, const ast::Expr& call);
  bool BindWindow(const ast::Select& select, const ast::Expr& call, ExprBinder& binder,
                  RowNumber* number);
  bool BindWindows(const ast::Select& select, const std::vector<const ast::Expr*>& calls,
                   ExprBinder& binder, RowNumber* number);
  bool ApplyRowNumber(const ast::Select& select, const std::vector<const ast::Expr*>& calls,
                      FromResult* from);

  bool BindAggregateItems(const ast::Select& select, const Scope& scope, AggregateScope* aggregates,
                          std::vector<ExprPtr>* items, PlanColumns* columns, ExprPtr* having);
  bool BindItems(const ast::Select& select, ExprBinder& binder, const Scope& scope,
                 std::vector<ExprPtr>* items, PlanColumns* columns);
  bool ExpandStar(const ast::Expr& star, const Scope& scope, std::vector<ExprPtr>* items,
                  PlanColumns* columns);
  static bool HasAggregateItems(const ast::Query& query);
  // Casts the columns of `node` to `types`.
  NodePtr CastColumns(NodePtr node, const std::vector<Type>& types);

  std::shared_ptr<Script> script_;
  BindEnvironment& env_;
  std::vector<CommonTable> common_tables_;
  std::vector<std::string> views_under_way_;
};

}  // namespace sluice
