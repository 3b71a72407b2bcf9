#include "plan/aggregate_builder.h"

#include <algorithm>

#include "plan/changelog.h"
#include "plan/join_builder.h"

namespace sluice {

namespace {

// Numbers of the aggregate's input columns, appended when they are new.
int32_t InputColumn(const ExprPtr& expr, std::vector<ExprPtr>* inputs) {
  for (size_t i = 0; i < inputs->size(); ++i) {
    if (SameExpr(*(*inputs)[i], *expr)) return static_cast<int32_t>(i);
  }
  inputs->push_back(expr);
  return static_cast<int32_t>(inputs->size() - 1);
}

// Puts the values of subqueries, one row each, between the keys and the calls.
NodePtr JoinSubqueries(NodePtr node, const AggregateScope& scope) {
  const size_t num_keys = scope.keys.size();
  const size_t num_grouped = node->columns.size();
  for (const auto& [expr, query] : scope.subqueries) {
    PlanColumns columns = node->columns;
    columns.push_back(query->columns[0]);
    node = MakeJoinNode(JoinType::kLeft, std::move(node), query, columns, nullptr);
  }
  const std::vector<ExprPtr> all = AllColumns(node);
  std::vector<ExprPtr> ordered;
  PlanColumns columns;
  const auto take = [&](size_t begin, size_t end) {
    ordered.insert(ordered.end(), all.begin() + begin, all.begin() + end);
    columns.insert(columns.end(), node->columns.begin() + begin, node->columns.begin() + end);
  };
  take(0, num_keys);
  take(num_grouped, all.size());
  take(num_keys, num_grouped);
  return MakeCalcNode(node, nullptr, std::move(ordered), std::move(columns));
}

}  // namespace

NodePtr MakeAggregateNode(NodePtr input, const AggregateScope& scope) {
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
  NodePtr node = MakeNode(
      {.body = std::move(body), .inputs = {std::move(calc)}, .columns = std::move(columns)});
  return scope.subqueries.empty() ? node : JoinSubqueries(std::move(node), scope);
}

NodePtr MakeDistinct(NodePtr node) {
  LogicalAggregate body;
  PlanColumns columns = node->columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    body.keys.push_back(static_cast<int32_t>(i));
    columns[i].time = TimeAttribute::kNone;
  }
  return MakeNode(
      {.body = std::move(body), .inputs = {std::move(node)}, .columns = std::move(columns)});
}

AggregateScope::Call SingleValueCall(ExprPtr value) {
  const Type type = value->type.Nullable();
  return {.function = &SingleValueFunction(),
          .args = {std::move(value)},
          .filter = nullptr,
          .distinct = false,
          .result = type};
}

NodePtr MakeSingleRow(NodePtr node) {
  if (HasUniqueKey(InferChangelog(node), {})) return node;
  AggregateScope scope;
  scope.calls.push_back(SingleValueCall(AllColumns(node)[0]));
  return MakeAggregateNode(std::move(node), scope);
}

}  // namespace sluice
