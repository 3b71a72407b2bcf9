// A condition on the number that ROW_NUMBER() gives, directly above it, becomes the bound of the
// TopN: rn <= 10, rn = 1, rn BETWEEN 2 AND 3. Where nothing else reads the number it is not made,
// and where only one number is left it is a constant; then a row's change of rank is no change.
#include <algorithm>

#include "plan/optimizer.h"

namespace sluice {

namespace {

struct Bounds {
  int64_t lower = 1;
  int64_t upper = INT64_MAX;
};

void Flatten(const ExprPtr& condition, std::vector<ExprPtr>* parts) {
  if (condition->kind != ExprKind::kAnd) return parts->push_back(condition);
  for (const ExprPtr& arg : condition->args) Flatten(arg, parts);
}

// Narrows the bounds by `rank op literal` or `literal op rank`; false if `part` is no such thing.
bool Narrow(const Expr& part, int32_t rank, Bounds* bounds) {
  if (part.kind != ExprKind::kCall || part.args.size() != 2) return false;
  const bool swapped = part.args[1]->kind == ExprKind::kColumn;
  const Expr& column = *part.args[swapped ? 1 : 0];
  const Expr& literal = *part.args[swapped ? 0 : 1];
  if (column.kind != ExprKind::kColumn || column.column != rank ||
      literal.kind != ExprKind::kLiteral || !literal.type.IsInteger() ||
      literal.literal.is_null()) {
    return false;
  }
  const int64_t value = literal.literal.as_int();
  const std::string_view op = part.function->name;
  const auto at_most = [&](int64_t n) { bounds->upper = std::min(bounds->upper, n); };
  const auto at_least = [&](int64_t n) { bounds->lower = std::max(bounds->lower, n); };
  if (op == "=") {
    at_most(value);
    at_least(value);
  } else if (op == (swapped ? ">=" : "<=")) {
    at_most(value);
  } else if (op == (swapped ? ">" : "<")) {
    at_most(value == INT64_MIN ? value : value - 1);
  } else if (op == (swapped ? "<=" : ">=")) {
    at_least(value);
  } else if (op == (swapped ? "<" : ">")) {
    at_least(value == INT64_MAX ? value : value + 1);
  } else {
    return false;
  }
  return true;
}

bool Reads(const ExprPtr& expr, int32_t column) {
  if (expr == nullptr) return false;
  std::vector<int32_t> columns;
  CollectColumns(*expr, &columns);
  return std::binary_search(columns.begin(), columns.end(), column);
}

NodePtr Bound(const NodePtr& node) {
  const LogicalCalc* calc = node->as<LogicalCalc>();
  if (calc == nullptr || calc->filter == nullptr) return node;
  const NodePtr& input = node->inputs[0];
  const LogicalTopN* top = input->as<LogicalTopN>();
  if (top == nullptr || !top->IsUnbounded()) return node;
  const int32_t rank = static_cast<int32_t>(input->columns.size() - 1);
  std::vector<ExprPtr> parts, rest;
  Flatten(calc->filter, &parts);
  Bounds bounds;
  for (const ExprPtr& part : parts) {
    if (!Narrow(*part, rank, &bounds)) rest.push_back(part);
  }
  if (bounds.upper == INT64_MAX) return node;

  LogicalNode bounded = *input;
  auto& body = std::get<LogicalTopN>(bounded.body);
  body.offset = bounds.lower - 1;
  body.limit = std::max<int64_t>(bounds.upper - bounds.lower + 1, 0);
  ExprPtr filter = AndAll(std::move(rest));
  const bool reads_rank =
      Reads(filter, rank) || std::any_of(calc->projections.begin(), calc->projections.end(),
                                         [&](const ExprPtr& each) { return Reads(each, rank); });
  body.row_number = reads_rank && body.limit > 1;
  std::vector<ExprPtr> places = AllColumns(input);
  if (!body.row_number) {
    bounded.columns.pop_back();
    places[rank] = MakeLiteral(Value::OfInt(bounds.lower), input->columns[rank].type);
  }
  // Processing time is the order of arrival. Of equal event times Flink's Deduplicate keeps the
  // last row, other than its Rank.
  const bool descending = !body.order.empty() && body.order[0].descending;
  if (body.order_time == TimeAttribute::kProctime) body.order.clear();
  body.latest_first =
      descending && (body.order_time == TimeAttribute::kProctime ||
                     (body.order_time == TimeAttribute::kRowtime && bounds.upper == 1));
  std::vector<ExprPtr> projections;
  for (const ExprPtr& projection : calc->projections)
    projections.push_back(ReplaceColumns(projection, places));
  if (filter != nullptr) filter = ReplaceColumns(filter, places);
  return MakeCalcNode(MakeNode(std::move(bounded)), std::move(filter), std::move(projections),
                      node->columns);
}

}  // namespace

NodePtr BoundRanks(const NodePtr& node) { return RewriteBottomUp(node, Bound); }

}  // namespace sluice
