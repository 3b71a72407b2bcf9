#include "plan/join_builder.h"

#include <algorithm>

#include "base/check.h"

namespace sluice {

namespace {

bool IsCallOf(const Expr& expr, std::string_view function) {
  return expr.kind == ExprKind::kCall && expr.function->name == function && expr.args.size() == 2;
}

bool IsSemiOrAnti(JoinType type) { return type == JoinType::kSemi || type == JoinType::kAnti; }

// The same expression over the right columns alone.
ExprPtr OnRight(const ExprPtr& expr, const PlanColumns& columns, size_t left_count) {
  std::vector<ExprPtr> places;
  for (size_t i = 0; i < columns.size(); ++i) {
    const int32_t index = static_cast<int32_t>(i < left_count ? i : i - left_count);
    places.push_back(MakeColumn(index, columns[i].type, columns[i].name));
  }
  return ReplaceColumns(expr, places);
}

// Pairs of equal keys, each over its own side, and what is left of the condition.
struct JoinParts {
  std::vector<ExprPtr> left_keys;
  std::vector<ExprPtr> right_keys;
  std::vector<bool> null_safe;
  std::vector<ExprPtr> rest;
};

JoinParts SplitJoin(const ExprPtr& condition, const PlanColumns& columns, size_t left_count) {
  JoinParts parts;
  if (condition == nullptr) return parts;
  for (const ExprPtr& part : SplitConjunction(condition)) {
    const bool null_safe = IsCallOf(*part, "IS NOT DISTINCT FROM");
    const bool equality = null_safe || IsEquality(*part);
    const Side a = equality ? SideOf(*part->args[0], left_count) : Side::kNone;
    const Side b = equality ? SideOf(*part->args[1], left_count) : Side::kNone;
    const bool is_key =
        (a == Side::kLeft && b == Side::kRight) || (a == Side::kRight && b == Side::kLeft);
    if (!is_key) {
      parts.rest.push_back(part);
      continue;
    }
    const int left = a == Side::kLeft ? 0 : 1;
    parts.left_keys.push_back(part->args[left]);
    parts.right_keys.push_back(OnRight(part->args[1 - left], columns, left_count));
    parts.null_safe.push_back(null_safe);
  }
  return parts;
}

// Column numbers of key expressions, which are appended to the node where they are not plain
// columns.
std::vector<int32_t> KeyColumns(const std::vector<ExprPtr>& keys, NodePtr* node) {
  std::vector<int32_t> result;
  std::vector<ExprPtr> projections = AllColumns(*node);
  PlanColumns columns = (*node)->columns;
  for (const ExprPtr& key : keys) {
    if (key->kind == ExprKind::kColumn) {
      result.push_back(key->column);
      continue;
    }
    result.push_back(static_cast<int32_t>(projections.size()));
    projections.push_back(key);
    columns.push_back({"", key->type, TimeAttribute::kNone});
  }
  if (projections.size() > (*node)->columns.size()) {
    *node = MakeCalcNode(*node, nullptr, std::move(projections), std::move(columns));
  }
  return result;
}

}  // namespace

Side SideOf(const Expr& expr, size_t left_count) {
  std::vector<int32_t> columns;
  CollectColumns(expr, &columns);
  bool left = false, right = false;
  for (const int32_t column : columns)
    (static_cast<size_t>(column) < left_count ? left : right) = true;
  return left && right ? Side::kBoth : left ? Side::kLeft : right ? Side::kRight : Side::kNone;
}

bool IsEquality(const Expr& expr) { return IsCallOf(expr, "="); }

NodePtr MakeJoinNode(JoinType type, NodePtr left, NodePtr right, const PlanColumns& columns,
                     const ExprPtr& condition) {
  const size_t left_count = left->columns.size();
  SL_CHECK(columns.size() == left_count + right->columns.size());
  JoinParts parts = SplitJoin(condition, columns, left_count);
  LogicalJoin body{.type = type};
  body.left_keys = KeyColumns(parts.left_keys, &left);
  body.right_keys = KeyColumns(parts.right_keys, &right);
  body.null_safe = std::move(parts.null_safe);

  // Hidden key columns stand behind the visible ones of their side.
  const size_t left_width = left->columns.size();
  PlanColumns joined = left->columns;
  joined.insert(joined.end(), right->columns.begin(), right->columns.end());
  const bool left_null = type == JoinType::kRight || type == JoinType::kFull;
  const bool right_null = type == JoinType::kLeft || type == JoinType::kFull;
  for (size_t i = 0; i < joined.size(); ++i) {
    if (i < left_width ? left_null : right_null) joined[i].type = joined[i].type.Nullable();
    joined[i].time = TimeAttribute::kNone;
  }
  std::vector<ExprPtr> raw;  // what the condition's columns are in the join's own numbering
  std::vector<ExprPtr> visible;
  PlanColumns visible_columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    const int32_t index = static_cast<int32_t>(i < left_count ? i : i - left_count + left_width);
    raw.push_back(MakeColumn(index, columns[i].type, columns[i].name));
    if (IsSemiOrAnti(type) && i >= left_count) continue;
    visible.push_back(MakeColumn(index, joined[index].type, columns[i].name));
    visible_columns.push_back({columns[i].name, joined[index].type, TimeAttribute::kNone});
  }
  if (ExprPtr residual = AndAll(std::move(parts.rest)); residual != nullptr)
    body.condition = ReplaceColumns(residual, raw);
  if (IsSemiOrAnti(type)) joined.resize(left_width);
  NodePtr node = MakeNode({.body = std::move(body),
                           .inputs = {std::move(left), std::move(right)},
                           .columns = std::move(joined)});
  return MakeCalcNode(std::move(node), nullptr, std::move(visible), std::move(visible_columns));
}

NodePtr MakeNullAwareAntiJoin(NodePtr left, NodePtr right, PlanColumns columns,
                              const ExprPtr& condition) {
  const size_t left_count = left->columns.size();
  JoinParts parts = SplitJoin(condition, columns, left_count);
  SL_CHECK(parts.rest.empty());
  columns.resize(left_count);
  LogicalJoin body{.type = JoinType::kAnti, .null_aware = true};
  body.left_keys = KeyColumns(parts.left_keys, &left);
  body.right_keys = KeyColumns(parts.right_keys, &right);
  NodePtr node = MakeNode(
      {.body = std::move(body), .inputs = {left, std::move(right)}, .columns = left->columns});
  std::vector<ExprPtr> visible = AllColumns(node);
  visible.resize(left_count);
  return MakeCalcNode(std::move(node), nullptr, std::move(visible), std::move(columns));
}

NodePtr MakeSetJoin(JoinType type, NodePtr left, NodePtr right) {
  LogicalJoin body{.type = type};
  for (size_t i = 0; i < left->columns.size(); ++i) {
    body.left_keys.push_back(static_cast<int32_t>(i));
    body.right_keys.push_back(static_cast<int32_t>(i));
    body.null_safe.push_back(true);
  }
  PlanColumns columns = left->columns;
  for (PlanColumn& column : columns) column.time = TimeAttribute::kNone;
  return MakeNode({.body = std::move(body),
                   .inputs = {std::move(left), std::move(right)},
                   .columns = std::move(columns)});
}

}  // namespace sluice
