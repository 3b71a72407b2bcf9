// ROW_NUMBER() OVER (PARTITION BY … ORDER BY …): an unbounded TopN with a column for the rank. What
// bounds it, a condition such as rn <= 10, is found by the optimiser (rule_bound_ranks.cc).
#include <algorithm>

#include "base/strings.h"
#include "plan/aggregate_builder.h"
#include "plan/query_binder.h"

namespace sluice {

namespace {

// Calls with OVER; not inside of other such calls.
void FindOver(const ast::Expr& expr, std::vector<const ast::Expr*>* calls) {
  if (expr.kind == ast::ExprKind::kCall && expr.call->over != nullptr)
    return calls->push_back(&expr);
  for (const ast::ExprPtr& arg : expr.args) FindOver(*arg, calls);
}

bool SameExprs(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ExprPtr& x, const ExprPtr& y) { return SameExpr(*x, *y); });
}

bool SameWindow(const RowNumber& a, const RowNumber& b) {
  const auto same_direction = [](const SortColumn& x, const SortColumn& y) {
    return x.descending == y.descending && x.nulls_last == y.nulls_last;
  };
  return SameExprs(a.partition, b.partition) && SameExprs(a.order, b.order) &&
         std::equal(a.directions.begin(), a.directions.end(), b.directions.begin(),
                    b.directions.end(), same_direction);
}

}  // namespace

NodePtr MakeRowNumberNode(NodePtr input, const RowNumber& number) {
  std::vector<ExprPtr> projections = AllColumns(input);
  PlanColumns columns = input->columns;
  const auto place = [&](const ExprPtr& expr, TimeAttribute time) {
    if (expr->kind == ExprKind::kColumn) return expr->column;
    projections.push_back(expr);
    columns.push_back({expr->text, expr->type, time});
    return static_cast<int32_t>(projections.size() - 1);
  };
  LogicalTopN body{.order = {}, .limit = INT64_MAX, .row_number = true};
  for (const ExprPtr& expr : number.partition)
    body.partition.push_back(place(expr, TimeAttribute::kNone));
  body.order_time = number.order_time;
  for (size_t i = 0; i < number.order.size(); ++i) {
    SortColumn sort = number.directions[i];
    sort.column = place(number.order[i], number.order_time);
    body.order.push_back(sort);
  }
  input = MakeCalcNode(std::move(input), nullptr, std::move(projections), columns);
  columns.push_back({"rank", Type::BigInt().NotNull(), TimeAttribute::kNone});
  return MakeNode(
      {.body = std::move(body), .inputs = {std::move(input)}, .columns = std::move(columns)});
}

std::vector<const ast::Expr*> QueryBinder::FindWindowCalls(
    const std::vector<const ast::Expr*>& exprs) {
  std::vector<const ast::Expr*> calls;
  for (const ast::Expr* expr : exprs) FindOver(*expr, &calls);
  return calls;
}

const ast::WindowSpec* QueryBinder::WindowOf(const ast::Select& select, const ast::Expr& call) {
  const ast::WindowSpec& over = *call.call->over;
  if (over.base.text.empty()) return &over;
  for (const ast::NamedWindow& window : select.windows) {
    if (window.name.text == over.base.text && !over.in_parens) return &window.spec;
  }
  script_->Error(ErrorCode::kUnsupportedSyntax, over.span,
                 over.in_parens ? "a window that extends another one is not supported yet"
                                : StrCat("there is no window `", over.base.text, "`"));
  return nullptr;
}

bool QueryBinder::BindWindow(const ast::Select& select, const ast::Expr& call, ExprBinder& binder,
                             RowNumber* number) {
  const std::string_view name = call.name.parts.back().text;
  if (EqualsIgnoreCase(name, "RANK") || EqualsIgnoreCase(name, "DENSE_RANK")) {
    script_->Error(ErrorCode::kNotSupportedInStreaming, call.span,
                   StrCat(name, "() cannot be kept up to date on a stream, in Flink either"),
                   "write ROW_NUMBER()");
    return false;
  }
  if (!EqualsIgnoreCase(name, "ROW_NUMBER") || !call.args.empty()) {
    script_->Error(ErrorCode::kUnsupportedSyntax, call.span,
                   "an OVER window is not supported yet, but for ROW_NUMBER() with a bound");
    return false;
  }
  const ast::WindowSpec* window = WindowOf(select, call);
  if (window == nullptr) return false;
  if (window->order_by.empty() || window->has_frame) {
    script_->Error(ErrorCode::kInvalidQuery, window->span,
                   window->has_frame ? "ROW_NUMBER() takes no frame"
                                     : "ROW_NUMBER() needs an ORDER BY in its window");
    return false;
  }
  bool ok = true;
  for (const ast::ExprPtr& expr : window->partition_by) {
    number->partition.push_back(binder.Bind(*expr));
    ok = ok && number->partition.back() != nullptr;
  }
  for (const ast::OrderItem& item : window->order_by) {
    number->order.push_back(binder.Bind(*item.expr));
    ok = ok && number->order.back() != nullptr;
    number->directions.push_back({.descending = item.descending,
                                  .nulls_last = item.nulls == ast::SortNulls::kDefault
                                                    ? item.descending
                                                    : item.nulls == ast::SortNulls::kLast});
  }
  if (window->order_by.size() == 1) number->order_time = binder.TimeOf(*window->order_by[0].expr);
  return ok;
}

bool QueryBinder::BindWindows(const ast::Select& select, const std::vector<const ast::Expr*>& calls,
                              ExprBinder& binder, RowNumber* number) {
  if (!BindWindow(select, *calls[0], binder, number)) return false;
  for (size_t i = 1; i < calls.size(); ++i) {
    RowNumber other;
    if (!BindWindow(select, *calls[i], binder, &other)) return false;
    if (SameWindow(*number, other)) continue;
    script_->Error(ErrorCode::kUnsupportedSyntax, calls[i]->span,
                   "several different OVER windows in one SELECT are not supported yet",
                   "number one after the other, each in a sub-select");
    return false;
  }
  return true;
}

bool QueryBinder::ApplyRowNumber(const ast::Select& select,
                                 const std::vector<const ast::Expr*>& calls, FromResult* from) {
  if (calls.empty()) return true;
  RowNumber number;
  ExprBinder binder(*script_, from->scope, *env_.session);
  if (!BindWindows(select, calls, binder, &number)) return false;
  from->node = MakeRowNumberNode(from->node, number);
  for (size_t i = from->scope.columns.size(); i < from->node->columns.size(); ++i)
    from->scope.columns.push_back({"", from->node->columns[i].type, TimeAttribute::kNone});
  const int32_t rank = static_cast<int32_t>(from->scope.columns.size() - 1);
  for (const ast::Expr* call : calls) {
    from->scope.subqueries.push_back(
        {call, MakeColumn(rank, from->scope.columns[rank].type, script_->Excerpt(call->span))});
  }
  return true;
}

}  // namespace sluice
