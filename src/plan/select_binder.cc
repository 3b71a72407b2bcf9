// SELECT: FROM, WHERE, GROUP BY, HAVING, the select list, DISTINCT and ORDER BY, in the order in
// which they happen.
#include <algorithm>

#include "base/strings.h"
#include "plan/query_binder.h"

namespace sluice {

namespace {

bool IsAggregateSelect(const ast::Query& query) {
  const ast::Select& select = *query.select;
  if (select.has_group_by || select.having != nullptr) return true;
  const auto has = [](const auto& item) { return ContainsAggregate(*item.expr); };
  return std::any_of(select.items.begin(), select.items.end(), has) ||
         std::any_of(query.order_by.begin(), query.order_by.end(), has);
}

// Numbers of the aggregate's input columns, appended when they are new.
int32_t InputColumn(const ExprPtr& expr, std::vector<ExprPtr>* inputs) {
  for (size_t i = 0; i < inputs->size(); ++i) {
    if (SameExpr(*(*inputs)[i], *expr)) return static_cast<int32_t>(i);
  }
  inputs->push_back(expr);
  return static_cast<int32_t>(inputs->size() - 1);
}

NodePtr MakeAggregate(NodePtr input, const AggregateScope& scope) {
  std::vector<ExprPtr> inputs = scope.keys;
  LogicalAggregate body;
  PlanColumns columns;
  for (size_t i = 0; i < scope.keys.size(); ++i) {
    body.keys.push_back(static_cast<int32_t>(i));
    columns.push_back({scope.keys[i]->text, scope.keys[i]->type, TimeAttribute::kNone});
  }
  for (const AggregateScope::Call& call : scope.calls) {
    AggregateCall bound{.function = call.function,
                        .args = {},
                        .arg_types = {},
                        .filter = -1,
                        .distinct = call.distinct,
                        .result = call.result};
    for (const ExprPtr& arg : call.args) {
      bound.args.push_back(InputColumn(arg, &inputs));
      bound.arg_types.push_back(arg->type);
    }
    if (call.filter != nullptr) bound.filter = InputColumn(call.filter, &inputs);
    columns.push_back({std::string(call.function->name), call.result, TimeAttribute::kNone});
    body.calls.push_back(std::move(bound));
  }
  PlanColumns input_columns;
  for (const ExprPtr& expr : inputs)
    input_columns.push_back({expr->text, expr->type, TimeAttribute::kNone});
  NodePtr calc =
      MakeCalcNode(std::move(input), nullptr, std::move(inputs), std::move(input_columns));
  return MakeNode(
      {.body = std::move(body), .inputs = {std::move(calc)}, .columns = std::move(columns)});
}

}  // namespace

bool QueryBinder::ExpandStar(const ast::Expr& star, const Scope& scope, std::vector<ExprPtr>* items,
                             PlanColumns* columns) {
  bool found = star.name.empty();
  for (const Scope::Relation& relation : scope.relations) {
    if (!star.name.empty() && relation.name != star.name.parts.back().text) continue;
    found = true;
    for (int32_t i = relation.first; i < relation.first + relation.count; ++i) {
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
  bool ok = true;
  for (const ast::ExprPtr& key : select.group_by) {
    const bool sets = key->kind == ast::ExprKind::kGroupingSets ||
                      key->kind == ast::ExprKind::kCube || key->kind == ast::ExprKind::kRollup;
    if (sets) {
      script_->Error(ErrorCode::kUnsupportedSyntax, key->span,
                     "GROUPING SETS, CUBE and ROLLUP are not supported yet");
      return false;
    }
    ExprPtr bound = plain.Bind(*key);
    ok = ok && bound != nullptr;
    if (bound != nullptr) aggregates->keys.push_back(std::move(bound));
  }
  if (!ok) return false;
  ExprBinder binder(*script_, scope, *env_.session, aggregates);
  for (const ast::SelectItem& item : select.items) {
    if (item.expr->kind != ast::ExprKind::kStar) continue;
    script_->Error(ErrorCode::kNotGrouped, item.expr->span, "* cannot stand beside GROUP BY",
                   "name the grouped columns");
    return false;
  }
  ok = BindItems(select, binder, scope, items, columns);
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
  const ast::Select& select = *query.select;
  FromResult from{
      .node = MakeNode({.body = LogicalValues{.rows = {{}}}, .inputs = {}, .columns = {}}),
      .scope = {}};
  if (select.from != nullptr && !BindFrom(*select.from, &from)) return nullptr;
  if (select.where != nullptr && !ApplyWhere(*select.where, &from)) return nullptr;

  AggregateScope aggregates;
  const bool grouped = IsAggregateSelect(query);
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
  if (grouped) node = MakeAggregate(std::move(node), aggregates);
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
