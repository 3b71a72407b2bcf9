// Moves conditions to where their columns come from, so that rows are dropped before they cost
// anything: below joins and unions. Parts of a conjunction keep their order, since an earlier part
// may guard a later one that can fail.
#include <algorithm>

#include "plan/optimizer.h"

namespace sluice {

namespace {

bool ReadsOnly(const Expr& expr, int32_t begin, int32_t end) {
  std::vector<int32_t> columns;
  CollectColumns(expr, &columns);
  return std::all_of(columns.begin(), columns.end(),
                     [&](int32_t c) { return c >= begin && c < end; });
}

// Over the columns from `begin` on, numbered from 0.
ExprPtr Shifted(const ExprPtr& expr, const NodePtr& node, int32_t begin) {
  std::vector<ExprPtr> columns;
  for (int32_t i = 0; i < static_cast<int32_t>(node->columns.size()); ++i) {
    columns.push_back(
        MakeColumn(std::max(i - begin, 0), node->columns[i].type, node->columns[i].name));
  }
  return ReplaceColumns(expr, columns);
}

NodePtr Filtered(const NodePtr& node, std::vector<ExprPtr> parts) {
  if (parts.empty()) return node;
  return PushFilters(MakeCalcNode(node, AndAll(std::move(parts)), AllColumns(node), node->columns));
}

struct Split {
  std::vector<ExprPtr> below;
  std::vector<ExprPtr> above;
};

// The leading parts that may go below. Once a part must stay, later ones that can fail stay as
// well.
template <typename Fits>
Split SplitParts(const std::vector<ExprPtr>& parts, Fits fits) {
  Split split;
  for (const ExprPtr& part : parts) {
    const bool guarded = !split.above.empty() && CanFail(*part);
    const bool moves = fits(*part) && IsDeterministic(*part) && !guarded;
    (moves ? split.below : split.above).push_back(part);
  }
  return split;
}

NodePtr PushIntoJoin(const NodePtr& node, const LogicalJoin& join,
                     const std::vector<ExprPtr>& parts, std::vector<ExprPtr>* rest) {
  const int32_t left_width = static_cast<int32_t>(node->inputs[0]->columns.size());
  const int32_t width = static_cast<int32_t>(node->columns.size());
  const bool left_ok = join.type == JoinType::kInner || join.type == JoinType::kLeft ||
                       join.type == JoinType::kSemi ||
                       (join.type == JoinType::kAnti && !join.null_aware);
  const bool right_ok = join.type == JoinType::kInner || join.type == JoinType::kRight;
  Split left =
      SplitParts(parts, [&](const Expr& e) { return left_ok && ReadsOnly(e, 0, left_width); });
  Split right = SplitParts(
      left.above, [&](const Expr& e) { return right_ok && ReadsOnly(e, left_width, width); });
  for (ExprPtr& part : right.below) part = Shifted(part, node, left_width);
  *rest = right.above;
  return WithInputs(node, {Filtered(node->inputs[0], std::move(left.below)),
                           Filtered(node->inputs[1], std::move(right.below))});
}

NodePtr PushIntoLookup(const NodePtr& node, const LogicalLookupJoin& lookup,
                       const std::vector<ExprPtr>& parts, std::vector<ExprPtr>* rest) {
  const int32_t left_width = static_cast<int32_t>(node->inputs[0]->columns.size());
  Split split = SplitParts(parts, [&](const Expr& e) { return ReadsOnly(e, 0, left_width); });
  *rest = split.above;
  NodePtr result = WithInputs(node, {Filtered(node->inputs[0], std::move(split.below))});
  if (lookup.left_outer || rest->empty()) return result;
  LogicalNode copy = *result;
  auto& body = std::get<LogicalLookupJoin>(copy.body);
  Split condition = SplitParts(*rest, [](const Expr& e) { return !CanFail(e); });
  if (condition.below.empty()) return result;
  if (body.condition != nullptr) condition.below.insert(condition.below.begin(), body.condition);
  body.condition = AndAll(std::move(condition.below));
  *rest = condition.above;
  return MakeNode(std::move(copy));
}

NodePtr PushBelowUnnest(const NodePtr& node, const std::vector<ExprPtr>& parts,
                        std::vector<ExprPtr>* rest) {
  const int32_t width = static_cast<int32_t>(node->inputs[0]->columns.size());
  Split split = SplitParts(parts, [&](const Expr& e) { return ReadsOnly(e, 0, width); });
  *rest = split.above;
  return WithInputs(node, {Filtered(node->inputs[0], std::move(split.below))});
}

NodePtr PushBelow(const NodePtr& calc_node) {
  const LogicalCalc* calc = calc_node->as<LogicalCalc>();
  if (calc == nullptr || calc->filter == nullptr) return calc_node;
  const NodePtr& input = calc_node->inputs[0];
  const std::vector<ExprPtr> parts = SplitConjunction(calc->filter);
  std::vector<ExprPtr> rest;
  NodePtr below;
  if (const LogicalJoin* join = input->as<LogicalJoin>()) {
    below = PushIntoJoin(input, *join, parts, &rest);
  } else if (const LogicalLookupJoin* lookup = input->as<LogicalLookupJoin>()) {
    below = PushIntoLookup(input, *lookup, parts, &rest);
  } else if (input->as<LogicalUnnest>() != nullptr) {
    below = PushBelowUnnest(input, parts, &rest);
  } else if (input->as<LogicalUnion>() != nullptr && IsDeterministic(*calc->filter)) {
    std::vector<NodePtr> inputs;
    for (const NodePtr& each : input->inputs) inputs.push_back(Filtered(each, parts));
    below = WithInputs(input, std::move(inputs));
  } else {
    return calc_node;
  }
  return MakeCalcNode(std::move(below), AndAll(std::move(rest)), calc->projections,
                      calc_node->columns);
}

}  // namespace

NodePtr PushFilters(const NodePtr& node) { return RewriteBottomUp(node, PushBelow); }

}  // namespace sluice
