#include "plan/logical_plan.h"

namespace sluice {

namespace {

bool IsIdentity(const NodePtr& input, const std::vector<ExprPtr>& projections,
                const PlanColumns& columns) {
  if (projections.size() != input->columns.size()) return false;
  for (size_t i = 0; i < projections.size(); ++i) {
    if (projections[i]->kind != ExprKind::kColumn ||
        projections[i]->column != static_cast<int32_t>(i))
      return false;
    if (columns[i].name != input->columns[i].name || columns[i].time != input->columns[i].time)
      return false;
    if (!(columns[i].type == input->columns[i].type)) return false;
  }
  return true;
}

// Inlining a projection into the node above may compute it for rows or columns that it was not
// meant for: a non-deterministic value that is read twice would be two values.
bool MayInline(const LogicalCalc& inner) {
  for (const ExprPtr& projection : inner.projections) {
    if (!IsDeterministic(*projection)) return false;
  }
  return true;
}

}  // namespace

std::vector<Type> LogicalNode::types() const {
  std::vector<Type> types;
  for (const PlanColumn& column : columns) types.push_back(column.type);
  return types;
}

NodePtr MakeNode(LogicalNode node) { return std::make_shared<const LogicalNode>(std::move(node)); }

std::vector<ExprPtr> AllColumns(const NodePtr& node) {
  std::vector<ExprPtr> exprs;
  for (size_t i = 0; i < node->columns.size(); ++i) {
    exprs.push_back(
        MakeColumn(static_cast<int32_t>(i), node->columns[i].type, node->columns[i].name));
  }
  return exprs;
}

NodePtr MakeCalcNode(NodePtr input, ExprPtr filter, std::vector<ExprPtr> projections,
                     PlanColumns columns) {
  if (filter == nullptr && IsIdentity(input, projections, columns)) return input;
  const LogicalCalc* inner = input->as<LogicalCalc>();
  if (inner != nullptr && MayInline(*inner)) {
    if (filter != nullptr) filter = ReplaceColumns(filter, inner->projections);
    for (ExprPtr& projection : projections)
      projection = ReplaceColumns(projection, inner->projections);
    if (inner->filter != nullptr) {
      filter = filter == nullptr ? inner->filter : MakeAnd({inner->filter, filter});
    }
    NodePtr below = input->inputs[0];
    return MakeCalcNode(below, std::move(filter), std::move(projections), std::move(columns));
  }
  return MakeNode({.body = LogicalCalc{std::move(filter), std::move(projections)},
                   .inputs = {std::move(input)},
                   .columns = std::move(columns)});
}

ExprPtr AndAll(std::vector<ExprPtr> parts) {
  if (parts.empty()) return nullptr;
  return parts.size() == 1 ? parts[0] : MakeAnd(std::move(parts));
}

}  // namespace sluice
