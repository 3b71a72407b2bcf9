#include "plan/aggregate_builder.h"

#include <algorithm>

#include "plan/changelog.h"
#include "plan/join_builder.h"

namespace sluice {

namespace {

// The number of an input column of the aggregate, from `first` on; appended when it is new.
int32_t InputColumn(const ExprPtr& expr, size_t first, std::vector<ExprPtr>* inputs) {
  for (size_t i = first; i < inputs->size(); ++i) {
    if (SameExpr(*(*inputs)[i], *expr)) return static_cast<int32_t>(i);
  }
  inputs->push_back(expr);
  return static_cast<int32_t>(inputs->size() - 1);
}

// Puts the values of subqueries, one row each, between the keys and the calls.
NodePtr JoinSubqueries(NodePtr node, const AggregateScope& scope) {
  const size_t num_keys = scope.NumKeys();
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

// Puts the number of the row in front of the calls. The window's expressions are numbered as if it
// stood there already.
NodePtr NumberRows(const NodePtr& node, const AggregateScope& scope) {
  const size_t rank = scope.RowNumberColumn();
  std::vector<ExprPtr> places = AllColumns(node);
  places.insert(places.begin() + rank, nullptr);
  RowNumber number = scope.row_number;
  for (ExprPtr& expr : number.partition) expr = ReplaceColumns(expr, places);
  for (ExprPtr& expr : number.order) expr = ReplaceColumns(expr, places);
  NodePtr numbered = MakeRowNumberNode(node, number);
  std::vector<ExprPtr> ordered = AllColumns(numbered);
  PlanColumns columns = node->columns;
  columns.insert(columns.begin() + rank, numbered->columns.back());
  const ExprPtr value = ordered.back();
  ordered.resize(node->columns.size());
  ordered.insert(ordered.begin() + rank, value);
  return MakeCalcNode(numbered, nullptr, std::move(ordered), std::move(columns));
}

// Each row once for every grouping set, as Flink's Expand does it: keys that the set does not have
// are NULL, and the number of the set stands behind the keys.
NodePtr ExpandSets(const NodePtr& input, const AggregateScope& scope) {
  const size_t num_keys = scope.keys.size();
  PlanColumns columns = input->columns;
  for (size_t k = 0; k < num_keys; ++k) columns[k].type = scope.KeyType(k);
  std::vector<NodePtr> branches;
  for (size_t s = 0; s < scope.sets.size(); ++s) {
    const std::vector<int32_t>& set = scope.sets[s];
    std::vector<ExprPtr> projections = AllColumns(input);
    for (size_t k = 0; k < num_keys; ++k) {
      const bool has = std::binary_search(set.begin(), set.end(), static_cast<int32_t>(k));
      if (!has) projections[k] = MakeLiteral(Value::Null(), columns[k].type);
    }
    projections[num_keys] =
        MakeLiteral(Value::OfInt(static_cast<int64_t>(s)), columns[num_keys].type);
    branches.push_back(MakeCalcNode(input, nullptr, std::move(projections), columns));
  }
  if (branches.size() == 1) return branches[0];
  return MakeNode(
      {.body = LogicalUnion{}, .inputs = std::move(branches), .columns = std::move(columns)});
}

}  // namespace

NodePtr MakeAggregateNode(NodePtr input, const AggregateScope& scope) {
  const bool has_sets = !scope.sets.empty();
  std::vector<ExprPtr> inputs = scope.keys;
  if (has_sets) {
    Expr set = *MakeLiteral(Value::OfInt(0), Type::Int().NotNull());
    set.text = "grouping set";
    inputs.push_back(std::make_shared<const Expr>(std::move(set)));
  }
  LogicalAggregate body;
  PlanColumns columns;
  for (size_t i = 0; i < inputs.size(); ++i) {
    body.keys.push_back(static_cast<int32_t>(i));
    const Type type = i < scope.keys.size() ? scope.KeyType(i) : inputs[i]->type;
    columns.push_back({inputs[i]->text, type, TimeAttribute::kNone});
  }
  // An argument that is a key as well keeps its value where a set does not have the key.
  const size_t first_input = has_sets ? inputs.size() : 0;
  for (const AggregateScope::Call& call : scope.calls) {
    AggregateCall bound{.function = call.function,
                        .args = {},
                        .arg_types = {},
                        .filter = -1,
                        .distinct = call.distinct,
                        .result = call.result};
    for (const ExprPtr& arg : call.args) {
      bound.args.push_back(InputColumn(arg, first_input, &inputs));
      bound.arg_types.push_back(arg->type);
    }
    if (call.filter != nullptr) bound.filter = InputColumn(call.filter, first_input, &inputs);
    columns.push_back({std::string(call.function->name), call.result, TimeAttribute::kNone});
    body.calls.push_back(std::move(bound));
  }
  PlanColumns input_columns;
  for (const ExprPtr& expr : inputs)
    input_columns.push_back({expr->text, expr->type, TimeAttribute::kNone});
  NodePtr calc =
      MakeCalcNode(std::move(input), nullptr, std::move(inputs), std::move(input_columns));
  if (has_sets) calc = ExpandSets(calc, scope);
  NodePtr node = MakeNode(
      {.body = std::move(body), .inputs = {std::move(calc)}, .columns = std::move(columns)});
  if (!scope.subqueries.empty()) node = JoinSubqueries(std::move(node), scope);
  return scope.windows.empty() ? node : NumberRows(node, scope);
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
