#include "engine/result_order.h"

#include <algorithm>

namespace sluice {

namespace {

const PhysicalNode* FindCollect(const PhysicalPlan& plan) {
  for (const PhysicalNode& node : plan.nodes) {
    if (std::holds_alternative<CollectSpec>(node.spec)) return &node;
  }
  return nullptr;
}

}  // namespace

std::vector<SortColumn> ResultOrder(const PhysicalPlan& plan) {
  const PhysicalNode* node = FindCollect(plan);
  if (node == nullptr) return {};
  // For each column of the node under way: its place in the result, or -1.
  std::vector<int32_t> place(node->columns.size());
  for (size_t i = 0; i < place.size(); ++i) place[i] = static_cast<int32_t>(i);
  while (node->inputs.size() == 1) {
    node = &plan.nodes[node->inputs[0].from];
    if (const auto* top = std::get_if<TopNSpec>(&node->spec)) {
      if (!top->partition.empty()) return {};
      std::vector<SortColumn> order = top->order;
      for (SortColumn& sorted : order) {
        sorted.column = place[sorted.column];
        if (sorted.column < 0) return {};
      }
      return order;
    }
    const auto* calc = std::get_if<CalcSpec>(&node->spec);
    if (calc == nullptr) return {};
    const PhysicalNode& input = plan.nodes[node->inputs[0].from];
    std::vector<int32_t> input_place(input.columns.size(), -1);
    for (size_t i = 0; i < calc->projections.size(); ++i) {
      const Expr& projection = *calc->projections[i];
      if (projection.kind == ExprKind::kColumn) input_place[projection.column] = place[i];
    }
    place = std::move(input_place);
  }
  return {};
}

bool ResultIsAppendOnly(const PhysicalPlan& plan) {
  const PhysicalNode* node = FindCollect(plan);
  return node == nullptr || node->changelog.append_only;
}

}  // namespace sluice
