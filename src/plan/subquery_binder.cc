// Subqueries as joins. A condition of WHERE becomes a semi or anti join; a scalar subquery, or
// EXISTS inside of an expression, a left join whose columns the expression then reads. What a
// subquery says about columns of the query around it moves from its WHERE into the join's
// condition, so only the WHERE of a subquery may name such columns.
#include <algorithm>

#include "base/strings.h"
#include "plan/aggregate_builder.h"
#include "plan/join_builder.h"
#include "plan/query_binder.h"

namespace sluice {

namespace {

void SplitAnd(const ast::Expr& expr, std::vector<const ast::Expr*>* parts) {
  if (expr.kind != ast::ExprKind::kAnd) return parts->push_back(&expr);
  for (const ast::ExprPtr& arg : expr.args) SplitAnd(*arg, parts);
}

// Looks through NOT; each one turns `negated`.
const ast::Expr& StripNot(const ast::Expr& expr, bool* negated) {
  const ast::Expr* inner = &expr;
  while (inner->kind == ast::ExprKind::kUnary && inner->unary_op == ast::UnaryOp::kNot) {
    *negated = !*negated;
    inner = inner->args[0].get();
  }
  return *inner;
}

bool IsSubqueryCondition(const ast::Expr& expr) {
  bool negated = false;
  const ast::Expr& test = StripNot(expr, &negated);
  return test.query != nullptr && test.kind != ast::ExprKind::kSubquery;
}

// Subqueries that stand for a value: `before` the aggregation of a grouped query, inside of an
// aggregate call, or `after` it.
void FindSubqueries(const ast::Expr& expr, bool grouped, std::vector<const ast::Expr*>* before,
                    std::vector<const ast::Expr*>* after) {
  if (expr.kind == ast::ExprKind::kSubquery || expr.kind == ast::ExprKind::kExists)
    return (grouped ? after : before)->push_back(&expr);
  const bool is_call = expr.kind == ast::ExprKind::kCall && expr.name.parts.size() == 1;
  if (is_call && AggregateRegistry::Get().Find(expr.name.parts[0].text) != nullptr) grouped = false;
  for (const ast::ExprPtr& arg : expr.args) FindSubqueries(*arg, grouped, before, after);
  if (expr.call != nullptr && expr.call->filter != nullptr)
    FindSubqueries(*expr.call->filter, grouped, before, after);
}

// A SELECT whose rows are just those of FROM and WHERE.
bool IsPlainSelect(const ast::Query& query) {
  return query.kind == ast::QueryKind::kSelect && query.with.empty() && query.order_by.empty() &&
         query.limit == nullptr && query.offset == nullptr && query.select->having == nullptr;
}

PlanColumns Beside(const PlanColumns& left, const PlanColumns& right) {
  PlanColumns columns = left;
  columns.insert(columns.end(), right.begin(), right.end());
  return columns;
}

ExprPtr ShiftColumns(const ExprPtr& expr, const PlanColumns& columns, size_t by) {
  std::vector<ExprPtr> places;
  for (size_t i = 0; i < columns.size(); ++i)
    places.push_back(MakeColumn(static_cast<int32_t>(i + by), columns[i].type, columns[i].name));
  return ReplaceColumns(expr, places);
}

// One row if `node` has any, none otherwise.
NodePtr MakeAnyRow(NodePtr node) {
  ExprPtr exists = MakeLiteral(Value::OfInt(1), Type::Boolean().NotNull());
  return MakeDistinct(MakeCalcNode(std::move(node), nullptr, {exists},
                                   {{"exists", exists->type, TimeAttribute::kNone}}));
}

ExprPtr WithNullableType(const ExprPtr& expr) {
  auto copy = std::make_shared<Expr>(*expr);
  copy->type = expr->type.Nullable();
  return copy;
}

}  // namespace

// Conditions that read columns of `outer` go to `correlation`, over those columns, then those of
// `from`.
bool QueryBinder::ApplyConditions(const std::vector<const ast::Expr*>& parts, const Scope* outer,
                                  FromResult* from, std::vector<ExprPtr>* correlation) {
  Scope scope = from->scope;
  scope.outer = outer;
  ExprBinder binder(*script_, scope, *env_.session);
  const size_t num_inner = scope.columns.size();
  const size_t num_outer = outer == nullptr ? 0 : outer->columns.size();
  std::vector<ExprPtr> places;
  for (size_t i = 0; i < num_inner; ++i)
    places.push_back(MakeColumn(static_cast<int32_t>(num_outer + i), scope.columns[i].type,
                                scope.columns[i].name));
  for (size_t i = 0; i < num_outer; ++i)
    places.push_back(
        MakeColumn(static_cast<int32_t>(i), outer->columns[i].type, outer->columns[i].name));
  std::vector<ExprPtr> conditions;
  bool ok = true;
  for (const ast::Expr* part : parts) {
    ExprPtr bound = binder.BindCondition(*part, "WHERE");
    ok = ok && bound != nullptr;
    if (bound == nullptr) continue;
    const Side side = SideOf(*bound, num_inner);
    if (side == Side::kLeft || side == Side::kNone) {
      conditions.push_back(std::move(bound));
    } else {
      correlation->push_back(ReplaceColumns(bound, places));
    }
  }
  if (!ok || conditions.empty()) return ok;
  std::vector<ExprPtr> all = AllColumns(from->node);
  from->node =
      MakeCalcNode(from->node, AndAll(std::move(conditions)), std::move(all), from->node->columns);
  return true;
}

bool QueryBinder::ApplyWhere(const ast::Expr& where, const Scope* outer, FromResult* from,
                             std::vector<ExprPtr>* correlation) {
  std::vector<const ast::Expr*> parts, plain, joins, with_values;
  SplitAnd(where, &parts);
  for (const ast::Expr* part : parts) {
    auto& kind = IsSubqueryCondition(*part) ? joins : ContainsSubquery(*part) ? with_values : plain;
    kind.push_back(part);
  }
  bool ok = ApplyConditions(plain, outer, from, correlation);
  for (const ast::Expr* part : joins) ok = ok && ApplySubqueryCondition(*part, from);
  for (const ast::Expr* part : with_values) ok = ok && ApplySubqueryValues(*part, from);
  return ok && ApplyConditions(with_values, outer, from, correlation);
}

bool QueryBinder::BindSource(const ast::Select& select, const Scope* outer, FromResult* from,
                             std::vector<ExprPtr>* correlation) {
  *from = {.node = MakeOneRow(), .scope = {}};
  if (select.from != nullptr && !BindFrom(*select.from, from)) return false;
  return select.where == nullptr || ApplyWhere(*select.where, outer, from, correlation);
}

bool QueryBinder::BindRelation(const ast::Query& query, const Scope& outer, bool with_items,
                               SubqueryRelation* out) {
  // Grouping and DISTINCT change neither whether there is a row nor which values there are.
  const bool plain = IsPlainSelect(query) && !HasAggregateItems(query) &&
                     (!with_items || query.select->group_by.empty());
  if (!plain) {
    out->node = Bind(query);
    if (out->node != nullptr) out->items = AllColumns(out->node);
    return out->node != nullptr;
  }
  FromResult from;
  if (!BindSource(*query.select, &outer, &from, &out->correlation)) return false;
  out->node = from.node;
  PlanColumns columns;
  ExprBinder binder(*script_, from.scope, *env_.session);
  if (query.select->has_group_by) return true;
  return BindItems(*query.select, binder, from.scope, &out->items, &columns);
}

bool QueryBinder::ApplySubqueryCondition(const ast::Expr& condition, FromResult* from) {
  bool negated = false;
  const ast::Expr& test = StripNot(condition, &negated);
  SubqueryRelation query;
  const bool exists = test.kind == ast::ExprKind::kExists;
  if (!BindRelation(*test.query, from->scope, !exists, &query)) return false;
  if (!exists) return ApplyComparison(test, negated, std::move(query), from);
  if (query.correlation.empty()) query.node = MakeAnyRow(query.node);
  from->node =
      MakeJoinNode(negated ? JoinType::kAnti : JoinType::kSemi, from->node, query.node,
                   Beside(from->scope.columns, query.node->columns), AndAll(query.correlation));
  return true;
}

// The conditions x = y, or x < y and so on, of each value on the left of IN, ANY or ALL with its
// column of the subquery.
bool QueryBinder::BindComparisons(const ast::Expr& test, const SubqueryRelation& query,
                                  const FromResult& from, std::vector<ExprPtr>* comparisons) {
  ExprBinder binder(*script_, from.scope, *env_.session);
  std::vector<const ast::Expr*> values;
  if (test.args[0]->kind == ast::ExprKind::kRow) {
    for (const ast::ExprPtr& value : test.args[0]->args) values.push_back(value.get());
  } else {
    values.push_back(test.args[0].get());
  }
  if (values.size() != query.items.size()) {
    script_->Error(ErrorCode::kColumnCount, test.query->span,
                   StrCat("the subquery must have ", values.size(), " column",
                          values.size() == 1 ? "" : "s", ", it has ", query.items.size()));
    return false;
  }
  const std::string_view op =
      test.kind == ast::ExprKind::kIn ? "=" : ast::BinaryOpText(test.binary_op);
  for (size_t i = 0; i < values.size(); ++i) {
    ExprPtr value = binder.Bind(*values[i]);
    if (value == nullptr) return false;
    ExprPtr item = ShiftColumns(query.items[i], query.node->columns, from.scope.columns.size());
    const Type sides[] = {value->type, item->type};
    const auto type = CommonType(sides);
    auto compared = type.ok() ? MakeCall(*FunctionRegistry::Get().Find(op), {value, item},
                                         *env_.session, script_->Excerpt(test.span))
                              : StatusOr<ExprPtr>(type.status());
    if (!compared.ok()) {
      script_->Error(ErrorCode::kIncomparableTypes, test.span,
                     std::string(compared.status().message()));
      return false;
    }
    comparisons->push_back(*std::move(compared));
  }
  return true;
}

// x IN q, x = ANY q: some row makes the comparison TRUE. Of NOT IN no row may leave it unknown; of
// ALL no row may make it anything but TRUE.
bool QueryBinder::ApplyComparison(const ast::Expr& test, bool negated, SubqueryRelation query,
                                  FromResult* from) {
  std::vector<ExprPtr> comparisons;
  if (!BindComparisons(test, query, *from, &comparisons)) return false;
  const size_t left_count = from->scope.columns.size();
  const PlanColumns columns = Beside(from->scope.columns, query.node->columns);
  if (test.negated) negated = !negated;
  const bool all = test.kind == ast::ExprKind::kQuantified && test.text == "ALL";
  const bool keyed = std::all_of(comparisons.begin(), comparisons.end(), [&](const ExprPtr& each) {
    return IsEquality(*each) && SideOf(*each->args[0], left_count) == Side::kLeft &&
           SideOf(*each->args[1], left_count) == Side::kRight;
  });
  if (negated && !all && keyed && query.correlation.empty()) {
    from->node =
        MakeNullAwareAntiJoin(from->node, query.node, columns, AndAll(std::move(comparisons)));
    return true;
  }
  ExprPtr match = AndAll(std::move(comparisons));
  const std::string_view wanted = all       ? negated ? "IS FALSE" : "IS NOT TRUE"
                                  : negated ? "IS NOT FALSE"
                                            : "";
  if (!wanted.empty()) {
    match = *MakeCall(*FunctionRegistry::Get().Find(wanted), {match}, *env_.session, match->text);
  }
  std::vector<ExprPtr> conditions = query.correlation;
  conditions.push_back(std::move(match));
  from->node = MakeJoinNode(negated == all ? JoinType::kSemi : JoinType::kAnti, from->node,
                            query.node, columns, AndAll(std::move(conditions)));
  return true;
}

bool QueryBinder::ApplySubqueryValues(const ast::Expr& expr, FromResult* from) {
  std::vector<const ast::Expr*> subqueries;
  FindSubqueries(expr, /*grouped=*/false, &subqueries, nullptr);
  return std::all_of(subqueries.begin(), subqueries.end(), [&](const ast::Expr* each) {
    return each->kind == ast::ExprKind::kExists ? ApplyExistsValue(*each, from)
                                                : ApplyScalar(*each, from);
  });
}

bool QueryBinder::ApplyGroupedSubqueries(const ast::Expr& expr, AggregateScope* aggregates,
                                         FromResult* from) {
  std::vector<const ast::Expr*> before, after;
  FindSubqueries(expr, /*grouped=*/true, &before, &after);
  for (const ast::Expr* each : before) {
    if (!ApplySubqueryValues(*each, from)) return false;
  }
  for (const ast::Expr* each : after) {
    if (each->kind == ast::ExprKind::kExists) continue;  // the expression's binder refuses it
    FromResult inner;
    std::vector<ExprPtr> correlation;
    NodePtr node = BindScalar(*each, from->scope, &inner, &correlation);
    if (!correlation.empty()) {
      script_->Error(ErrorCode::kUnsupportedSyntax, each->span,
                     "beside GROUP BY a subquery cannot use columns of the query around it yet",
                     "group in a sub-select, and write this subquery around that");
    }
    if (node == nullptr || !CheckScalar(*each, node->columns.size())) return false;
    aggregates->subqueries.emplace_back(each, MakeSingleRow(std::move(node)));
  }
  return true;
}

bool QueryBinder::CheckScalar(const ast::Expr& subquery, size_t num_columns) {
  if (num_columns == 1) return true;
  script_->Error(
      ErrorCode::kColumnCount, subquery.span,
      StrCat("a subquery that stands for a value must have one column, this has ", num_columns));
  return false;
}

// The columns of `right` become hidden columns of the scope, NULL where nothing matches; the number
// of the first one.
int32_t QueryBinder::JoinHidden(NodePtr right, const ExprPtr& condition, FromResult* from) {
  const int32_t first = static_cast<int32_t>(from->scope.columns.size());
  from->node = MakeJoinNode(JoinType::kLeft, from->node, right,
                            Beside(from->scope.columns, right->columns), condition);
  for (size_t i = 0; i < from->scope.columns.size(); ++i)
    from->scope.columns[i].time = TimeAttribute::kNone;
  for (const PlanColumn& column : right->columns)
    from->scope.columns.push_back({"", column.type.Nullable(), TimeAttribute::kNone});
  return first;
}

// What the subquery's WHERE says about outer columns, as pairs of equal values.
bool QueryBinder::SplitCorrelation(const ast::Expr& subquery,
                                   const std::vector<ExprPtr>& correlation,
                                   const PlanColumns& inner, size_t num_outer,
                                   std::vector<ExprPtr>* outer_keys,
                                   std::vector<ExprPtr>* inner_keys) {
  std::vector<ExprPtr> places(num_outer);
  for (size_t i = 0; i < inner.size(); ++i)
    places.push_back(MakeColumn(static_cast<int32_t>(i), inner[i].type, inner[i].name));
  for (const ExprPtr& condition : correlation) {
    const Side a = IsEquality(*condition) ? SideOf(*condition->args[0], num_outer) : Side::kNone;
    const Side b = IsEquality(*condition) ? SideOf(*condition->args[1], num_outer) : Side::kNone;
    if (!(a == Side::kLeft && b == Side::kRight) && !(a == Side::kRight && b == Side::kLeft)) {
      script_->Error(ErrorCode::kUnsupportedSyntax, subquery.span,
                     StrCat("`", condition->text,
                            "`: a subquery that stands for a value can only compare columns of "
                            "the query around it with its own by ="),
                     "join it in FROM");
      return false;
    }
    const int outer = a == Side::kLeft ? 0 : 1;
    outer_keys->push_back(condition->args[outer]);
    inner_keys->push_back(ReplaceColumns(condition->args[1 - outer], places));
  }
  return true;
}

namespace {

// outer_keys[i] = column first + i of the right side.
ExprPtr KeysEqual(const std::vector<ExprPtr>& outer_keys, const std::vector<ExprPtr>& inner_keys,
                  size_t first, const Session& session) {
  std::vector<ExprPtr> parts;
  for (size_t i = 0; i < outer_keys.size(); ++i) {
    ExprPtr inner = MakeColumn(static_cast<int32_t>(first + i), inner_keys[i]->type);
    parts.push_back(*MakeCall(*FunctionRegistry::Get().Find("="), {outer_keys[i], inner}, session));
  }
  return AndAll(std::move(parts));
}

}  // namespace

bool QueryBinder::ApplyExistsValue(const ast::Expr& exists, FromResult* from) {
  SubqueryRelation query;
  if (!BindRelation(*exists.query, from->scope, /*with_items=*/false, &query)) return false;
  const size_t num_outer = from->scope.columns.size();
  std::vector<ExprPtr> outer_keys, inner_keys;
  if (!SplitCorrelation(exists, query.correlation, query.node->columns, num_outer, &outer_keys,
                        &inner_keys)) {
    return false;
  }
  NodePtr found;
  if (inner_keys.empty()) {
    found = MakeAnyRow(query.node);
  } else {
    PlanColumns columns;
    for (const ExprPtr& key : inner_keys)
      columns.push_back({key->text, key->type, TimeAttribute::kNone});
    found = MakeDistinct(MakeCalcNode(query.node, nullptr, inner_keys, std::move(columns)));
  }
  const int32_t first =
      JoinHidden(found, KeysEqual(outer_keys, inner_keys, num_outer, *env_.session), from);
  // A key that equals something is not NULL, so it is NULL only where nothing was found.
  ExprPtr key = MakeColumn(first, from->scope.columns[first].type);
  from->scope.subqueries.push_back(
      {&exists, *MakeCall(*FunctionRegistry::Get().Find("IS NOT NULL"), {key}, *env_.session,
                          script_->Excerpt(exists.span))});
  return true;
}

// The rows of the subquery; null where it uses columns of `outer`: then only its FROM and WHERE are
// bound, in `inner`.
NodePtr QueryBinder::BindScalar(const ast::Expr& subquery, const Scope& outer, FromResult* inner,
                                std::vector<ExprPtr>* correlation) {
  const ast::Query& query = *subquery.query;
  if (!IsPlainSelect(query) || query.select->has_group_by || query.select->distinct)
    return Bind(query);
  if (!BindSource(*query.select, &outer, inner, correlation)) {
    correlation->clear();
    return nullptr;
  }
  if (!correlation->empty()) return nullptr;
  return BindSelect(query, std::move(*inner));
}

bool QueryBinder::ApplyScalar(const ast::Expr& subquery, FromResult* from) {
  FromResult inner;
  std::vector<ExprPtr> correlation;
  NodePtr node = BindScalar(subquery, from->scope, &inner, &correlation);
  if (!correlation.empty())
    return ApplyCorrelatedScalar(subquery, std::move(inner), correlation, from);
  if (node == nullptr || !CheckScalar(subquery, node->columns.size())) return false;
  const int32_t column = JoinHidden(MakeSingleRow(std::move(node)), nullptr, from);
  from->scope.subqueries.push_back({&subquery, MakeColumn(column, from->scope.columns[column].type,
                                                          script_->Excerpt(subquery.span))});
  return true;
}

// One row for each combination of values that outer columns are compared with. An outer row without
// one reads NULL, and 0 for COUNT, before the rest of the select item is computed.
bool QueryBinder::ApplyCorrelatedScalar(const ast::Expr& subquery, FromResult inner,
                                        const std::vector<ExprPtr>& correlation, FromResult* from) {
  const size_t num_outer = from->scope.columns.size();
  std::vector<ExprPtr> outer_keys;
  AggregateScope aggregates{.has_empty_groups = true};
  if (!SplitCorrelation(subquery, correlation, inner.scope.columns, num_outer, &outer_keys,
                        &aggregates.keys)) {
    return false;
  }
  const bool aggregated = HasAggregateItems(*subquery.query);
  ExprBinder binder(*script_, inner.scope, *env_.session, aggregated ? &aggregates : nullptr);
  std::vector<ExprPtr> items;
  PlanColumns columns;
  if (!BindItems(*subquery.query->select, binder, inner.scope, &items, &columns) ||
      !CheckScalar(subquery, items.size())) {
    return false;
  }
  ExprPtr item = items[0];
  if (!aggregated) {
    aggregates.calls.push_back(SingleValueCall(item));
    item = MakeColumn(static_cast<int32_t>(aggregates.FirstCall()), item->type.Nullable());
  }
  const ExprPtr condition = KeysEqual(outer_keys, aggregates.keys, num_outer, *env_.session);
  const int32_t first = JoinHidden(MakeAggregateNode(inner.node, aggregates), condition, from);
  std::vector<ExprPtr> places;
  for (size_t i = num_outer; i < from->scope.columns.size(); ++i) {
    ExprPtr place = MakeColumn(static_cast<int32_t>(i), from->scope.columns[i].type);
    const size_t call = i - first - aggregates.FirstCall();
    const bool is_count =
        i - first >= aggregates.FirstCall() && aggregates.calls[call].function->name == "COUNT";
    if (is_count) {
      place = *MakeCoalesce({place, MakeLiteral(Value::OfInt(0), place->type.NotNull())});
    }
    places.push_back(std::move(place));
  }
  from->scope.subqueries.push_back({&subquery, WithNullableType(ReplaceColumns(item, places))});
  return true;
}

}  // namespace sluice
