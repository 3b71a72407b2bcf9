// SELECT: FROM, WHERE, GROUP BY, HAVING, the select list, DISTINCT and ORDER BY, in the order in
// which they happen.
#include <algorithm>

#include "base/strings.h"
#include "plan/aggregate_builder.h"
#include "plan/grouping_sets.h"
#include "plan/query_binder.h"

namespace sluice {

bool QueryBinder::HasAggregateItems(const ast::Query& query) {
  const auto has = [](const auto& item) { return ContainsAggregate(*item.expr); };
  const auto& items = query.select->items;
  return std::any_of(items.begin(), items.end(), has) ||
         std::any_of(query.order_by.begin(), query.order_by.end(), has);
}

bool QueryBinder::ExpandStar(const ast::Expr& star, const Scope& scope, std::vector<ExprPtr>* items,
                             PlanColumns* columns) {
  bool found = star.name.empty();
  if (found) {
    for (const Scope::Merged& merged : scope.merged) {
      const Type& type = scope.columns[merged.column].type;
      items->push_back(MakeColumn(merged.column, type, merged.name));
      columns->push_back({merged.name, type, TimeAttribute::kNone});
    }
  }
  for (const Scope::Relation& relation : scope.relations) {
    if (!star.name.empty() && relation.name != star.name.parts.back().text) continue;
    found = true;
    for (int32_t i = relation.first; i < relation.first + relation.count; ++i) {
      if (star.name.empty() && scope.IsPartOfMerged(i)) continue;
      items->push_back(MakeColumn(i, scope.columns[i].type, scope.columns[i].name));
      columns->push_back(scope.columns[i]);
    }
  }
  if (found && !scope.columns.empty()) return true;
  script_->Error(ErrorCode::kUnknownTable, star.span,
                 found ? "* needs a FROM"
                       : StrCat("there is no table `", star.name.parts.back().text, "` in FROM"));
  return false;
}

bool QueryBinder::BindItems(const ast::Select& select, ExprBinder& binder, const Scope& scope,
                            std::vector<ExprPtr>* items, PlanColumns* columns) {
  bool ok = true;
  for (size_t i = 0; i < select.items.size(); ++i) {
    const ast::SelectItem& item = select.items[i];
    if (item.expr->kind == ast::ExprKind::kStar) {
      ok = ExpandStar(*item.expr, scope, items, columns) && ok;
      continue;
    }
    ExprPtr bound = binder.Bind(*item.expr);
    if (bound != nullptr && item.expr->kind == ast::ExprKind::kLiteral &&
        item.expr->literal == ast::LiteralKind::kNull) {
      script_->Error(ErrorCode::kInvalidQuery, item.expr->span, "a column of NULLs needs a type",
                     "write CAST(NULL AS STRING)");
      bound = nullptr;
    }
    ok = ok && bound != nullptr;
    if (bound == nullptr) continue;
    const TimeAttribute time = binder.TimeOf(*item.expr);
    columns->push_back({OutputName(item, i), bound->type, time});
    items->push_back(std::move(bound));
  }
  return ok;
}

bool QueryBinder::BindAggregateItems(const ast::Select& select, const Scope& scope,
                                     AggregateScope* aggregates, std::vector<ExprPtr>* items,
                                     PlanColumns* columns, ExprPtr* having) {
  ExprBinder plain(*script_, scope, *env_.session);
  const GroupingProblem problem = BindGroupBy(
      select, [&](const ast::Expr& key) { return plain.Bind(key); }, aggregates);
  if (problem == GroupingProblem::kTooManySets) {
    script_->Error(ErrorCode::kInvalidQuery, select.group_by[0]->span,
                   "GROUP BY stands for more than 1024 grouping sets",
                   "list those that are needed in GROUPING SETS (…)");
  }
  if (problem != GroupingProblem::kNone) return false;
  ExprBinder binder(*script_, scope, *env_.session, aggregates);
  for (const ast::SelectItem& item : select.items) {
    if (item.expr->kind != ast::ExprKind::kStar) continue;
    script_->Error(ErrorCode::kNotGrouped, item.expr->span, "* cannot stand beside GROUP BY",
                   "name the grouped columns");
    return false;
  }
  if (!aggregates->windows.empty() &&
      !BindWindows(select, aggregates->windows, binder, &aggregates->row_number)) {
    return false;
  }
  bool ok = BindItems(select, binder, scope, items, columns);
  // Keys and aggregates are no time attributes, but what PROCTIME() gives here is one.
  for (size_t i = 0; i < columns->size(); ++i) {
    if ((*items)[i]->kind != ExprKind::kCall) (*columns)[i].time = TimeAttribute::kNone;
  }
  if (select.having != nullptr) {
    *having = binder.BindCondition(*select.having, "HAVING");
    ok = ok && *having != nullptr;
  }
  return ok;
}

NodePtr QueryBinder::BindSelect(const ast::Query& query) {
  FromResult from;
  if (!BindSource(*query.select, nullptr, &from, nullptr)) return nullptr;
  return BindSelect(query, std::move(from));
}

NodePtr QueryBinder::BindSelect(const ast::Query& query, FromResult from) {
  const ast::Select& select = *query.select;
  AggregateScope aggregates;
  const bool grouped = select.has_group_by || select.having != nullptr || HasAggregateItems(query);
  std::vector<const ast::Expr*> exprs;
  for (const ast::SelectItem& item : select.items) exprs.push_back(item.expr.get());
  for (const ast::OrderItem& item : query.order_by) exprs.push_back(item.expr.get());
  if (select.having != nullptr) exprs.push_back(select.having.get());
  for (const ast::Expr* expr : exprs) {
    const bool ok = grouped ? ApplyGroupedSubqueries(*expr, &aggregates, &from)
                            : ApplySubqueryValues(*expr, &from);
    if (!ok) return nullptr;
  }

  std::vector<const ast::Expr*> windows = FindWindowCalls(exprs);
  if (grouped) {
    aggregates.windows = std::move(windows);
  } else if (!ApplyRowNumber(select, windows, &from)) {
    return nullptr;
  }

  std::vector<ExprPtr> items;
  PlanColumns columns;
  ExprPtr having;
  NodePtr node = from.node;
  ExprBinder binder(*script_, from.scope, *env_.session, grouped ? &aggregates : nullptr);
  if (grouped) {
    if (!BindAggregateItems(select, from.scope, &aggregates, &items, &columns, &having))
      return nullptr;
  } else if (!BindItems(select, binder, from.scope, &items, &columns)) {
    return nullptr;
  }
  const size_t visible = items.size();

  std::vector<SortColumn> order;
  if (!BindOrder(query, binder, visible, &items, &columns, &order)) return nullptr;
  if (grouped) node = MakeAggregateNode(std::move(node), aggregates);
  node = MakeCalcNode(std::move(node), std::move(having), std::move(items), columns);
  if (select.distinct) {
    if (columns.size() > visible) {
      script_->Error(ErrorCode::kInvalidQuery, query.order_by[0].expr->span,
                     "with SELECT DISTINCT, ORDER BY can only use the selected columns");
      return nullptr;
    }
    node = MakeDistinct(std::move(node));
  }
  return ApplyTopN(query, std::move(node), std::move(order), visible);
}

}  // namespace sluice
