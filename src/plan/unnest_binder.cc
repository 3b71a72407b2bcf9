// UNNEST in FROM: beside the tables in front of it, whose columns it may use.
#include <algorithm>

#include "base/strings.h"
#include "plan/query_binder.h"
#include "plan/unnest_builder.h"

namespace sluice {

namespace {

bool IsTrue(const ast::ExprPtr& condition) {
  return condition == nullptr || (condition->kind == ast::ExprKind::kLiteral &&
                                  condition->literal == ast::LiteralKind::kTrue);
}

}  // namespace

std::optional<PlanColumns> ElementColumns(const Type& collection) {
  const auto column = [](std::string name, const Type& type) {
    return PlanColumn{std::move(name), type, TimeAttribute::kNone};
  };
  switch (collection.kind()) {
    case TypeKind::kMap: {
      const auto& fields = collection.fields();
      return PlanColumns{column("KEY", fields[0].type), column("VALUE", fields[1].type)};
    }
    case TypeKind::kArray:
    case TypeKind::kMultiset: {
      if (collection.element().kind() != TypeKind::kRow)
        return PlanColumns{column("EXPR$0", collection.element())};
      PlanColumns columns;
      for (const Field& field : collection.element().fields())
        columns.push_back(column(field.name, field.type));
      return columns;
    }
    default: return std::nullopt;
  }
}

NodePtr MakeUnnestNode(NodePtr input, const ExprPtr& collection, bool left_outer,
                       bool with_ordinality, const PlanColumns& elements) {
  const size_t width = input->columns.size();
  LogicalUnnest body{.column = collection->column,
                     .left_outer = left_outer,
                     .with_ordinality = with_ordinality,
                     .num_elements = static_cast<int32_t>(elements.size())};
  if (collection->kind != ExprKind::kColumn) {
    body.column = static_cast<int32_t>(width);
    std::vector<ExprPtr> projections = AllColumns(input);
    projections.push_back(collection);
    PlanColumns columns = input->columns;
    columns.push_back({"", collection->type, TimeAttribute::kNone});
    input = MakeCalcNode(std::move(input), nullptr, std::move(projections), std::move(columns));
  }
  PlanColumns columns = input->columns;
  columns.insert(columns.end(), elements.begin(), elements.end());
  NodePtr node = MakeNode({.body = body, .inputs = {std::move(input)}, .columns = columns});
  if (columns.size() == width + elements.size()) return node;
  std::vector<ExprPtr> visible = AllColumns(node);
  visible.erase(visible.begin() + body.column);
  columns.erase(columns.begin() + body.column);
  return MakeCalcNode(std::move(node), nullptr, std::move(visible), std::move(columns));
}

bool QueryBinder::BindUnnest(const ast::TableRef& ref, bool left_outer, FromResult left,
                             FromResult* out) {
  if (ref.args.size() != 1) {
    script_->Error(ErrorCode::kUnsupportedSyntax, ref.span,
                   "UNNEST takes one array, map or multiset, as in Flink",
                   "join one UNNEST for each, or write an ARRAY of ROWs");
    return false;
  }
  ExprBinder binder(*script_, left.scope, *env_.session);
  const ExprPtr collection = binder.Bind(*ref.args[0]);
  if (collection == nullptr) return false;
  std::optional<PlanColumns> elements = ElementColumns(collection->type);
  if (!elements.has_value()) {
    script_->Error(ErrorCode::kArgumentType, ref.args[0]->span,
                   StrCat("UNNEST needs an ARRAY, MAP or MULTISET, this is ",
                          collection->type.Nullable().ToString()));
    return false;
  }
  if (ref.with_ordinality)
    elements->push_back({"ORDINALITY", Type::Int().NotNull(), TimeAttribute::kNone});
  if (!ref.columns.empty() && ref.columns.size() != elements->size()) {
    script_->Error(ErrorCode::kColumnCount, ref.span,
                   StrCat("the alias names ", ref.columns.size(), " columns, UNNEST of ",
                          collection->type.Nullable().ToString(), " gives ", elements->size()));
    return false;
  }
  for (size_t i = 0; i < elements->size(); ++i) {
    PlanColumn& column = (*elements)[i];
    if (!ref.columns.empty()) column.name = ref.columns[i].text;
    if (left_outer) column.type = column.type.Nullable();
  }
  out->node = MakeUnnestNode(left.node, collection, left_outer, ref.with_ordinality, *elements);
  out->scope = std::move(left.scope);
  out->scope.Append(ref.alias.has_value() ? ref.alias->text : "", *elements);
  return true;
}

bool QueryBinder::BindUnnestJoin(const ast::TableRef& join, FromResult left, FromResult* out) {
  const bool left_outer = join.join_kind == ast::JoinKind::kLeft;
  if (join.join_kind == ast::JoinKind::kRight || join.join_kind == ast::JoinKind::kFull ||
      join.natural || !join.using_columns.empty()) {
    script_->Error(ErrorCode::kInvalidQuery, join.span,
                   "UNNEST can be joined by CROSS JOIN, or by INNER or LEFT JOIN … ON");
    return false;
  }
  if (left_outer && !IsTrue(join.condition)) {
    script_->Error(ErrorCode::kUnsupportedSyntax, join.condition->span,
                   "LEFT JOIN UNNEST takes no condition but ON TRUE yet",
                   "write the condition as WHERE, or inside of a CASE");
    return false;
  }
  if (!BindUnnest(*join.right, left_outer, std::move(left), out)) return false;
  if (IsTrue(join.condition)) return true;
  ExprBinder binder(*script_, out->scope, *env_.session);
  ExprPtr condition = binder.BindCondition(*join.condition, "ON");
  if (condition == nullptr) return false;
  std::vector<ExprPtr> all = AllColumns(out->node);
  out->node = MakeCalcNode(out->node, std::move(condition), std::move(all), out->node->columns);
  return true;
}

}  // namespace sluice
