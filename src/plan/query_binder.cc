#include "plan/query_binder.h"

#include <algorithm>

#include "base/strings.h"
#include "expr/program.h"
#include "plan/aggregate_builder.h"
#include "plan/join_builder.h"
#include "plan/query_hints.h"
#include "plan/unnest_builder.h"

namespace sluice {

namespace {

std::string_view SetOpName(ast::SetOp op) {
  switch (op) {
    case ast::SetOp::kUnion: return "UNION";
    case ast::SetOp::kIntersect: return "INTERSECT";
    case ast::SetOp::kExcept: return "EXCEPT";
  }
  return "";
}

}  // namespace

NodePtr QueryBinder::Bind(const ast::Query& query) {
  const size_t outer_tables = common_tables_.size();
  bool ok = true;
  for (const ast::CommonTable& table : query.with) {
    NodePtr node = Bind(*table.query);
    if (node == nullptr) {
      ok = false;
      continue;
    }
    if (!table.columns.empty() && table.columns.size() != node->columns.size()) {
      script_->Error(ErrorCode::kColumnCount, table.name.span,
                     StrCat("`", table.name.text, "` names ", table.columns.size(),
                            " columns, its query has ", node->columns.size()));
      ok = false;
      continue;
    }
    if (!table.columns.empty()) {
      PlanColumns columns = node->columns;
      for (size_t i = 0; i < columns.size() && i < table.columns.size(); ++i)
        columns[i].name = table.columns[i].text;
      std::vector<ExprPtr> all = AllColumns(node);
      node = MakeCalcNode(node, nullptr, std::move(all), std::move(columns));
    }
    common_tables_.push_back({table.name.text, std::move(node)});
  }
  NodePtr result = ok ? BindBody(query) : nullptr;
  common_tables_.resize(outer_tables);
  return result;
}

NodePtr QueryBinder::BindBody(const ast::Query& query) {
  if (query.kind == ast::QueryKind::kSelect) {
    CheckQueryHints(query.select->hints, script_.get());
    return BindSelect(query);
  }
  NodePtr node;
  switch (query.kind) {
    case ast::QueryKind::kValues: node = BindValues(query); break;
    case ast::QueryKind::kTable: node = BindTableQuery(query); break;
    case ast::QueryKind::kSetOperation: node = BindSetOperation(query); break;
    case ast::QueryKind::kNested: node = Bind(*query.left); break;
    case ast::QueryKind::kSelect: break;
  }
  if (node == nullptr) return nullptr;
  const Scope scope = Scope::Of("", node->columns);
  ExprBinder binder(*script_, scope, *env_.session);
  const size_t visible = node->columns.size();
  std::vector<ExprPtr> items = AllColumns(node);
  PlanColumns columns = node->columns;
  std::vector<SortColumn> order;
  if (!BindOrder(query, binder, visible, &items, &columns, &order)) return nullptr;
  node = MakeCalcNode(std::move(node), nullptr, std::move(items), std::move(columns));
  return ApplyTopN(query, std::move(node), std::move(order), visible);
}

NodePtr QueryBinder::MakeOneRow() {
  return MakeNode({.body = LogicalValues{.rows = {{}}}, .inputs = {}, .columns = {}});
}

NodePtr QueryBinder::BindTableQuery(const ast::Query& query) {
  ast::TableRef ref;
  ref.kind = ast::TableRefKind::kTable;
  ref.name = query.table;
  ref.span = query.span;
  FromResult from;
  return BindNamedTable(ref, &from) ? from.node : nullptr;
}

NodePtr QueryBinder::BindValues(const ast::Query& query) {
  const Scope empty;
  ExprBinder binder(*script_, empty, *env_.session);
  const size_t width = query.rows.empty() ? 0 : query.rows[0].size();
  std::vector<std::vector<ExprPtr>> rows;
  for (const auto& row : query.rows) {
    if (row.size() != width) {
      script_->Error(ErrorCode::kColumnCount, query.span, "the rows of VALUES differ in length");
      return nullptr;
    }
    rows.emplace_back();
    for (const ast::ExprPtr& value : row) {
      rows.back().push_back(binder.Bind(*value));
      if (rows.back().back() == nullptr || rows.back().back()->type.kind() != TypeKind::kNull)
        continue;
      script_->Error(ErrorCode::kInvalidQuery, value->span, "a NULL in VALUES needs a type",
                     "write CAST(NULL AS STRING)");
      return nullptr;
    }
  }
  LogicalValues body;
  body.rows.resize(rows.size());
  PlanColumns columns;
  for (size_t c = 0; c < width; ++c) {
    std::vector<Type> types;
    for (const auto& row : rows) {
      if (row[c] == nullptr) return nullptr;
      types.push_back(row[c]->type);
    }
    const auto type = CommonType(types);
    if (!type.ok()) {
      script_->Error(ErrorCode::kNoCommonType, query.span, std::string(type.status().message()));
      return nullptr;
    }
    for (size_t r = 0; r < rows.size(); ++r) {
      const auto value = EvaluateConstant(MakeCast(rows[r][c], *type), *env_.session);
      if (!value.ok()) {
        script_->Error(ErrorCode::kInvalidArgument, query.rows[r][c]->span,
                       std::string(value.status().message()));
        return nullptr;
      }
      body.rows[r].push_back(*value);
    }
    columns.push_back({StrCat("EXPR$", c), *type, TimeAttribute::kNone});
  }
  return MakeNode({.body = std::move(body), .inputs = {}, .columns = std::move(columns)});
}

NodePtr QueryBinder::CastColumns(NodePtr node, const std::vector<Type>& types) {
  std::vector<ExprPtr> projections = AllColumns(node);
  PlanColumns columns = node->columns;
  for (size_t i = 0; i < types.size(); ++i) {
    projections[i] = MakeCast(projections[i], types[i]);
    columns[i].type = types[i];
    if (projections[i]->kind == ExprKind::kCast) columns[i].time = TimeAttribute::kNone;
  }
  return MakeCalcNode(std::move(node), nullptr, std::move(projections), std::move(columns));
}

NodePtr QueryBinder::BindSetOperation(const ast::Query& query) {
  NodePtr left = Bind(*query.left);
  NodePtr right = Bind(*query.right);
  if (left == nullptr || right == nullptr) return nullptr;
  if (left->columns.size() != right->columns.size()) {
    script_->Error(ErrorCode::kColumnCount, query.span,
                   StrCat("the sides of ", SetOpName(query.set_op), " have ", left->columns.size(),
                          " and ", right->columns.size(), " columns"));
    return nullptr;
  }
  std::vector<Type> types;
  for (size_t i = 0; i < left->columns.size(); ++i) {
    const Type sides[] = {left->columns[i].type, right->columns[i].type};
    const auto type = CommonType(sides);
    if (!type.ok()) {
      script_->Error(ErrorCode::kNoCommonType, query.span,
                     StrCat("column ", i + 1, " (`", left->columns[i].name, "`) of ",
                            SetOpName(query.set_op), ": ", type.status().message()));
      return nullptr;
    }
    types.push_back(*type);
  }
  left = CastColumns(std::move(left), types);
  right = CastColumns(std::move(right), types);
  if (query.set_op != ast::SetOp::kUnion) {
    if (query.all) return MakeCountedSet(query.set_op, std::move(left), std::move(right));
    const bool intersect = query.set_op == ast::SetOp::kIntersect;
    return MakeDistinct(MakeSetJoin(intersect ? JoinType::kSemi : JoinType::kAnti, std::move(left),
                                    std::move(right)));
  }
  PlanColumns columns = left->columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].time != right->columns[i].time) columns[i].time = TimeAttribute::kNone;
  }
  NodePtr node =
      MakeNode({.body = LogicalUnion{}, .inputs = {left, right}, .columns = std::move(columns)});
  return query.all ? node : MakeDistinct(std::move(node));
}

// INTERSECT ALL and EXCEPT ALL: how often each row is on either side says how often it is in the
// result.
NodePtr QueryBinder::MakeCountedSet(ast::SetOp op, NodePtr left, NodePtr right) {
  const size_t width = left->columns.size();
  std::vector<NodePtr> marked;
  PlanColumns columns = left->columns;
  for (PlanColumn& column : columns) column.time = TimeAttribute::kNone;
  const Type flag = Type::Boolean().NotNull();
  for (const bool in_left : {true, false}) {
    const NodePtr& side = in_left ? left : right;
    std::vector<ExprPtr> projections = AllColumns(side);
    for (const bool is_it : {in_left, !in_left})
      projections.push_back(MakeLiteral(Value::OfInt(is_it ? 1 : 0), flag));
    PlanColumns side_columns = columns;
    for (const char* name : {"in_left", "in_right"})
      side_columns.push_back({name, flag, TimeAttribute::kNone});
    marked.push_back(MakeCalcNode(side, nullptr, std::move(projections), std::move(side_columns)));
  }
  NodePtr both =
      MakeNode({.body = LogicalUnion{}, .inputs = marked, .columns = marked[0]->columns});
  AggregateScope counts;
  counts.keys = AllColumns(both);
  for (size_t i : {width, width + 1}) {
    counts.calls.push_back({.function = AggregateRegistry::Get().Find("COUNT"),
                            .args = {},
                            .filter = counts.keys[i],
                            .distinct = false,
                            .result = Type::BigInt().NotNull()});
  }
  counts.keys.resize(width);
  NodePtr node = MakeAggregateNode(std::move(both), counts);
  const std::vector<ExprPtr> all = AllColumns(node);
  const std::string_view copies = op == ast::SetOp::kIntersect ? "LEAST" : "-";
  node = MakeUnnestNode(
      node,
      *MakeCall(*FunctionRegistry::Get().Find(copies), {all[width], all[width + 1]}, *env_.session),
      /*left_outer=*/false, /*with_ordinality=*/false, {});
  return MakeCalcNode(std::move(node), nullptr, {all.begin(), all.begin() + width},
                      std::move(columns));
}

bool QueryBinder::BindRowCount(const ast::Expr& expr, std::string_view what, int64_t* out) {
  const Scope empty;
  ExprBinder binder(*script_, empty, *env_.session);
  const ExprPtr bound = binder.Bind(expr);
  if (bound == nullptr) return false;
  if (bound->kind == ExprKind::kLiteral && bound->type.IsInteger() &&
      bound->literal.as_int() >= 0) {
    *out = bound->literal.as_int();
    return true;
  }
  script_->Error(ErrorCode::kInvalidQuery, expr.span,
                 StrCat(what, " needs a whole number that is not negative"));
  return false;
}

// ORDER BY names an output column, its number, or anything that the select list could have used:
// the latter becomes a hidden column behind the `visible` ones.
bool QueryBinder::BindOrder(const ast::Query& query, ExprBinder& binder, size_t visible,
                            std::vector<ExprPtr>* items, PlanColumns* columns,
                            std::vector<SortColumn>* order) {
  for (const ast::OrderItem& item : query.order_by) {
    const ast::Expr& expr = *item.expr;
    SortColumn sort{.column = -1, .descending = item.descending, .nulls_last = item.descending};
    if (item.nulls != ast::SortNulls::kDefault)
      sort.nulls_last = item.nulls == ast::SortNulls::kLast;
    if (expr.kind == ast::ExprKind::kColumn && expr.name.parts.size() == 1) {
      for (size_t i = 0; i < visible && sort.column < 0; ++i) {
        if ((*columns)[i].name == expr.name.parts[0].text) sort.column = static_cast<int32_t>(i);
      }
    } else if (expr.kind == ast::ExprKind::kLiteral &&
               expr.literal == ast::LiteralKind::kExactNumber) {
      int64_t position = 0;
      if (!BindRowCount(expr, "ORDER BY", &position)) return false;
      if (position < 1 || position > static_cast<int64_t>(visible)) {
        script_->Error(ErrorCode::kInvalidQuery, expr.span,
                       StrCat("there are only ", visible, " columns"));
        return false;
      }
      sort.column = static_cast<int32_t>(position - 1);
    }
    if (sort.column < 0) {
      const ExprPtr key = binder.Bind(expr);
      if (key == nullptr) return false;
      const auto same = [&](const ExprPtr& other) { return SameExpr(*other, *key); };
      const auto place = std::find_if(items->begin(), items->end(), same);
      sort.column = static_cast<int32_t>(place - items->begin());
      if (place == items->end()) {
        items->push_back(key);
        columns->push_back({"", key->type, TimeAttribute::kNone});
      }
    }
    order->push_back(sort);
  }
  return true;
}

// LIMIT and OFFSET over `order`; then only the `visible` columns remain.
NodePtr QueryBinder::ApplyTopN(const ast::Query& query, NodePtr node, std::vector<SortColumn> order,
                               size_t visible) {
  if (query.order_by.empty() && query.limit == nullptr && query.offset == nullptr) return node;
  LogicalTopN body{.order = std::move(order), .offset = 0, .limit = INT64_MAX};
  if (query.limit == nullptr && !query.order_by.empty()) {
    script_->Error(ErrorCode::kNotSupportedInStreaming, query.order_by[0].expr->span,
                   "Flink does not sort a stream: ORDER BY needs a LIMIT", "add LIMIT n");
    return nullptr;
  }
  if (query.limit != nullptr && !BindRowCount(*query.limit, "LIMIT", &body.limit)) return nullptr;
  if (query.offset != nullptr && !BindRowCount(*query.offset, "OFFSET", &body.offset))
    return nullptr;
  PlanColumns columns = node->columns;
  for (PlanColumn& column : columns) column.time = TimeAttribute::kNone;
  node = MakeNode({.body = std::move(body), .inputs = {node}, .columns = columns});
  if (columns.size() == visible) return node;
  std::vector<ExprPtr> kept = AllColumns(node);
  kept.resize(visible);
  columns.resize(visible);
  return MakeCalcNode(std::move(node), nullptr, std::move(kept), std::move(columns));
}

}  // namespace sluice
