#include "plan/expr_binder.h"

#include <algorithm>

#include "base/strings.h"
#include "expr/program.h"
#include "functions/cast.h"
#include "functions/json_node.h"
#include "plan/type_binder.h"

namespace sluice {

void Scope::Append(std::string name, const PlanColumns& added) {
  relations.push_back(
      {std::move(name), static_cast<int32_t>(columns.size()), static_cast<int32_t>(added.size())});
  columns.insert(columns.end(), added.begin(), added.end());
}

bool Scope::IsPartOfMerged(int32_t column) const {
  return std::any_of(merged.begin(), merged.end(), [&](const Merged& each) {
    return std::find(each.parts.begin(), each.parts.end(), column) != each.parts.end();
  });
}

std::optional<int32_t> Scope::Find(std::string_view name, bool* ambiguous) const {
  std::vector<int32_t> found;
  for (const Merged& each : merged) {
    if (each.name == name) found.push_back(each.column);
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    const int32_t column = static_cast<int32_t>(i);
    if (columns[i].name == name && !IsPartOfMerged(column)) found.push_back(column);
  }
  *ambiguous = found.size() > 1;
  if (found.size() != 1) return std::nullopt;
  return found[0];
}

Type AggregateScope::KeyType(size_t key) const {
  const bool in_all = std::all_of(sets.begin(), sets.end(), [&](const auto& set) {
    return std::binary_search(set.begin(), set.end(), static_cast<int32_t>(key));
  });
  return in_all ? keys[key]->type : keys[key]->type.Nullable();
}

Scope Scope::Of(std::string name, const PlanColumns& columns) {
  Scope scope;
  scope.Append(std::move(name), columns);
  return scope;
}

ExprPtr ExprBinder::Bind(const ast::Expr& expr) {
  if (aggregates_ != nullptr && !inside_aggregate_) {
    bool done = false;
    ExprPtr bound = BindInAggregate(expr, &done);
    if (done) return bound;
  }
  return BindNode(expr);
}

// In an aggregate query an expression is a grouping expression as a whole, or built from such,
// aggregates and constants.
ExprPtr ExprBinder::BindInAggregate(const ast::Expr& expr, bool* done) {
  *done = true;
  if (expr.kind == ast::ExprKind::kCall && expr.name.parts.size() == 1 &&
      expr.call->over == nullptr) {
    const AggregateFunction* function = AggregateRegistry::Get().Find(expr.name.parts[0].text);
    if (function != nullptr) return BindAggregateCall(expr, *function);
  }
  if (IsGroupingCall(expr)) return BindGrouping(expr);
  for (const ast::Expr* window : aggregates_->windows) {
    if (window != &expr) continue;
    return MakeColumn(static_cast<int32_t>(aggregates_->RowNumberColumn()),
                      Type::BigInt().NotNull(), TextOf(expr));
  }
  for (size_t i = 0; i < aggregates_->subqueries.size(); ++i) {
    const auto& [subquery, node] = aggregates_->subqueries[i];
    if (subquery != &expr) continue;
    return MakeColumn(static_cast<int32_t>(aggregates_->NumKeys() + i),
                      node->columns[0].type.Nullable(), TextOf(expr));
  }
  if (!ContainsAggregate(expr) && !ContainsSubquery(expr)) {
    const size_t mark = script_.diagnostics.size();
    ExprBinder plain(script_, scope_, session_);
    const ExprPtr bound = plain.Bind(expr);
    std::vector<int32_t> columns;
    if (bound == nullptr) return nullptr;
    script_.diagnostics.resize(mark);
    for (size_t i = 0; i < aggregates_->keys.size(); ++i) {
      if (SameExpr(*aggregates_->keys[i], *bound)) {
        return MakeColumn(static_cast<int32_t>(i), aggregates_->KeyType(i), bound->text);
      }
    }
    CollectColumns(*bound, &columns);
    if (columns.empty()) return bound;
    if (expr.kind == ast::ExprKind::kColumn) {
      script_.Error(
          ErrorCode::kNotGrouped, expr.span,
          StrCat("`", TextOf(expr), "` is neither in GROUP BY nor inside an aggregate function"),
          "add it to GROUP BY, or wrap it, for instance in MAX()");
      return nullptr;
    }
  }
  *done = false;
  return nullptr;
}

ExprPtr ExprBinder::BindAggregateCall(const ast::Expr& expr, const AggregateFunction& function) {
  AggregateScope::Call call{&function, {}, nullptr, expr.call->distinct, Type()};
  inside_aggregate_ = true;
  const bool ok = BindAggregateArgs(expr, function, &call);
  inside_aggregate_ = false;
  if (!ok) return nullptr;
  FunctionCall described{.name = function.name, .session = &session_};
  for (const ExprPtr& arg : call.args) {
    described.arg_types.push_back(arg->type);
    described.literals.push_back(arg->kind == ExprKind::kLiteral ? &arg->literal : nullptr);
  }
  const StatusOr<Signature> signature = function.infer(described);
  if (!signature.ok()) {
    script_.Error(ErrorCode::kArgumentType, expr.span, std::string(signature.status().message()));
    return nullptr;
  }
  for (size_t i = 0; i < call.args.size(); ++i)
    call.args[i] = MakeCast(call.args[i], signature->args[i]);
  // Calcite takes the only group of an aggregation without keys for one that may be empty, as that
  // of a FILTER.
  call.result = signature->result;
  const bool may_be_empty = aggregates_->keys.empty() || aggregates_->has_empty_groups;
  if (!function.never_null && (may_be_empty || call.filter != nullptr))
    call.result = call.result.Nullable();
  const auto same = [&](const AggregateScope::Call& other) {
    const auto same_expr = [](const ExprPtr& a, const ExprPtr& b) { return SameExpr(*a, *b); };
    return other.function == call.function && other.distinct == call.distinct &&
           (other.filter == nullptr) == (call.filter == nullptr) &&
           (call.filter == nullptr || SameExpr(*other.filter, *call.filter)) &&
           std::equal(other.args.begin(), other.args.end(), call.args.begin(), call.args.end(),
                      same_expr);
  };
  auto place = std::find_if(aggregates_->calls.begin(), aggregates_->calls.end(), same);
  const size_t index = place - aggregates_->calls.begin();
  if (place == aggregates_->calls.end()) aggregates_->calls.push_back(call);
  return MakeColumn(static_cast<int32_t>(aggregates_->FirstCall() + index), call.result,
                    TextOf(expr));
}

bool ExprBinder::BindAggregateArgs(const ast::Expr& expr, const AggregateFunction& function,
                                   AggregateScope::Call* call) {
  if (!BindArgs(expr, &call->args)) return false;
  if (expr.call->filter != nullptr) {
    call->filter = BindCondition(*expr.call->filter, "FILTER");
    if (call->filter == nullptr) return false;
  }
  const bool makes_json = function.name == "JSON_ARRAYAGG" || function.name == "JSON_OBJECTAGG";
  return !makes_json || call->args.empty() || WriteJsonValue(expr, function, call);
}

// The last argument as JSON text that is never NULL; see functions/aggregate/json_aggregates.cc.
bool ExprBinder::WriteJsonValue(const ast::Expr& expr, const AggregateFunction& function,
                                AggregateScope::Call* call) {
  ExprPtr& value = call->args.back();
  const bool is_json = value->kind == ExprKind::kCall && MakesJson(value->function->name);
  const ast::JsonNulls nulls = expr.call->json.nulls;
  const bool absent = nulls == ast::JsonNulls::kUnset ? function.name == "JSON_ARRAYAGG"
                                                      : nulls == ast::JsonNulls::kAbsentOnNull;
  if (absent && value->type.nullable()) call->filter = Call("IS NOT NULL", {value}, expr);
  if (!is_json) value = Call("JSON_STRING", {value}, expr);
  if (value == nullptr) return false;
  ExprPtr null = MakeLiteral(Value::OfText("null"), Type::String().NotNull());
  if (value->type.nullable()) value = Report(MakeCoalesce({value, std::move(null)}), expr);
  return value != nullptr;
}

// A bit for each argument, the last one lowest: 1 where the grouping set does not have it.
ExprPtr ExprBinder::BindGrouping(const ast::Expr& expr) {
  ExprBinder plain(script_, scope_, session_);
  std::vector<int64_t> values(std::max<size_t>(aggregates_->sets.size(), 1), 0);
  for (const ast::ExprPtr& arg : expr.args) {
    const ExprPtr bound = plain.Bind(*arg);
    if (bound == nullptr) return nullptr;
    const auto& keys = aggregates_->keys;
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const ExprPtr& other) { return SameExpr(*other, *bound); });
    if (key == keys.end()) {
      script_.Error(ErrorCode::kNotGrouped, arg->span,
                    StrCat("`", TextOf(*arg), "` is no expression of GROUP BY"));
      return nullptr;
    }
    const int32_t number = static_cast<int32_t>(key - keys.begin());
    for (size_t i = 0; i < values.size(); ++i) {
      const bool missing =
          !aggregates_->sets.empty() &&
          !std::binary_search(aggregates_->sets[i].begin(), aggregates_->sets[i].end(), number);
      values[i] = values[i] * 2 + (missing ? 1 : 0);
    }
  }
  const Type type = Type::BigInt().NotNull();
  const ExprPtr set =
      MakeColumn(static_cast<int32_t>(aggregates_->keys.size()), Type::Int().NotNull());
  std::vector<ExprPtr> branches;
  for (size_t i = 0; i + 1 < values.size(); ++i) {
    ExprPtr number = MakeLiteral(Value::OfInt(static_cast<int64_t>(i)), Type::Int().NotNull());
    branches.push_back(Call("=", {set, std::move(number)}, expr));
    branches.push_back(MakeLiteral(Value::OfInt(values[i]), type));
  }
  branches.push_back(MakeLiteral(Value::OfInt(values.back()), type));
  if (branches.size() == 1) return branches[0];
  return Report(MakeCase(std::move(branches), TextOf(expr)), expr);
}

ExprPtr ExprBinder::BindCondition(const ast::Expr& expr, std::string_view what) {
  ExprPtr bound = Bind(expr);
  if (bound == nullptr) return nullptr;
  if (bound->type.kind() == TypeKind::kNull) return MakeLiteral(Value::Null(), Type::Boolean());
  if (bound->type.kind() == TypeKind::kBoolean) return bound;
  script_.Error(ErrorCode::kArgumentType, expr.span,
                StrCat(what, " needs a BOOLEAN, this is ", bound->type.ToString()));
  return nullptr;
}

TimeAttribute ExprBinder::TimeOf(const ast::Expr& expr) {
  if (expr.kind == ast::ExprKind::kCall && expr.name.parts.size() == 1 &&
      EqualsIgnoreCase(expr.name.parts[0].text, "PROCTIME")) {
    return TimeAttribute::kProctime;
  }
  if (expr.kind != ast::ExprKind::kColumn) return TimeAttribute::kNone;
  size_t used = 0;
  const size_t mark = script_.diagnostics.size();
  const auto column = FindColumn(expr.name, &used);
  script_.diagnostics.resize(mark);
  if (!column.has_value() || used != expr.name.parts.size()) return TimeAttribute::kNone;
  return ColumnOf(*column).time;
}

ExprPtr ExprBinder::BindNode(const ast::Expr& expr) {
  using Kind = ast::ExprKind;
  switch (expr.kind) {
    case Kind::kLiteral: return BindLiteral(expr);
    case Kind::kInterval: return BindInterval(expr);
    case Kind::kColumn: return BindColumn(expr);
    case Kind::kUnary: return BindUnary(expr);
    case Kind::kBinary: return BindBinary(expr);
    case Kind::kAnd:
    case Kind::kOr: return BindLogic(expr);
    case Kind::kLike:
    case Kind::kSimilar: return BindLike(expr);
    case Kind::kBetween: return BindBetween(expr);
    case Kind::kIn: return BindIn(expr);
    case Kind::kIs: return BindIs(expr);
    case Kind::kCase: return BindCase(expr);
    case Kind::kCast: return BindCast(expr);
    case Kind::kField: return BindField(expr);
    case Kind::kCall: return BindCall(expr);
    case Kind::kKeyword:
      return MakeLiteral(Value::OfText(expr.text),
                         Type::Char(static_cast<int32_t>(expr.text.size())).NotNull());
    case Kind::kItem:
    case Kind::kArray:
    case Kind::kMap:
    case Kind::kRow: {
      std::vector<ExprPtr> args;
      if (!BindArgs(expr, &args)) return nullptr;
      const std::string_view name = expr.kind == Kind::kItem    ? "ITEM"
                                    : expr.kind == Kind::kArray ? "ARRAY"
                                    : expr.kind == Kind::kMap   ? "MAP"
                                                                : "ROW";
      return Call(name, std::move(args), expr);
    }
    case Kind::kStar:
      script_.Error(ErrorCode::kInvalidQuery, expr.span,
                    "* stands for all columns and cannot be part of an expression");
      return nullptr;
    case Kind::kSubquery:
    case Kind::kExists:
    case Kind::kQuantified: return BindSubquery(expr);
    default: return Unsupported(expr, "this construct");
  }
}

bool ExprBinder::BindArgs(const ast::Expr& expr, std::vector<ExprPtr>* args, size_t first) {
  bool ok = true;
  for (size_t i = first; i < expr.args.size(); ++i) {
    args->push_back(Bind(*expr.args[i]));
    ok = ok && args->back() != nullptr;
  }
  return ok;
}

ExprPtr ExprBinder::Call(std::string_view function, std::vector<ExprPtr> args,
                         const ast::Expr& expr, std::shared_ptr<const JsonClauses> json) {
  const ScalarFunction* found = FunctionRegistry::Get().Find(function);
  if (found == nullptr) return Unsupported(expr, StrCat("the operator ", function));
  return Report(MakeCall(*found, std::move(args), session_, TextOf(expr), std::move(json)), expr);
}

ExprPtr ExprBinder::Report(StatusOr<ExprPtr> result, const ast::Expr& expr) {
  if (result.ok()) return *std::move(result);
  script_.Error(ErrorCode::kArgumentType, expr.span, std::string(result.status().message()));
  return nullptr;
}

ExprPtr ExprBinder::Unsupported(const ast::Expr& expr, std::string_view what) {
  script_.Error(ErrorCode::kUnsupportedSyntax, expr.span, StrCat(what, " is not supported yet"));
  return nullptr;
}

std::optional<int32_t> ExprBinder::FindColumnIn(const Scope& scope, const ast::Name& name,
                                                size_t* used, bool* ambiguous) {
  const auto& parts = name.parts;
  // t.c: the longest qualified reading wins over a column c with fields.
  if (parts.size() > 1) {
    for (const Scope::Relation& relation : scope.relations) {
      if (relation.name.empty() || relation.name != parts[0].text) continue;
      for (int32_t i = relation.first; i < relation.first + relation.count; ++i) {
        if (scope.columns[i].name != parts[1].text) continue;
        *used = 2;
        return i;
      }
    }
  }
  *used = 1;
  return scope.Find(parts[0].text, ambiguous);
}

std::optional<int32_t> ExprBinder::FindColumn(const ast::Name& name, size_t* used) {
  bool ambiguous = false;
  std::optional<int32_t> found = FindColumnIn(scope_, name, used, &ambiguous);
  if (!found.has_value() && !ambiguous && scope_.outer != nullptr) {
    found = FindColumnIn(*scope_.outer, name, used, &ambiguous);
    if (found.has_value()) *found += static_cast<int32_t>(scope_.columns.size());
  }
  if (ambiguous) {
    script_.Error(ErrorCode::kAmbiguousColumn, name.span,
                  StrCat("several tables have a column `", name.parts[0].text, "`"),
                  "write the table in front of it");
  } else if (!found.has_value()) {
    ReportUnknownColumn(name);
  }
  return found;
}

const PlanColumn& ExprBinder::ColumnOf(int32_t column) const {
  const size_t inner = scope_.columns.size();
  return static_cast<size_t>(column) < inner ? scope_.columns[column]
                                             : scope_.outer->columns[column - inner];
}

void ExprBinder::ReportUnknownColumn(const ast::Name& name) {
  const auto& parts = name.parts;
  std::vector<std::string> names;
  bool knows_table = parts.size() == 1;
  for (const Scope::Relation& relation : scope_.relations) {
    if (parts.size() > 1 && relation.name != parts[0].text) continue;
    knows_table = true;
    for (int32_t i = relation.first; i < relation.first + relation.count; ++i)
      names.push_back(scope_.columns[i].name);
  }
  const std::string& missing = parts[knows_table && parts.size() > 1 ? 1 : 0].text;
  if (!knows_table) {
    for (const Scope::Relation& relation : scope_.relations) names.push_back(relation.name);
    for (const PlanColumn& column : scope_.columns) names.push_back(column.name);
  }
  const std::string nearest = NearestName(missing, std::span<const std::string>(names));
  std::string remedy = nearest.empty() ? "" : StrCat("did you mean `", nearest, "`?");
  if (remedy.empty() && scope_.columns.empty()) remedy = "text stands between single quotes";
  script_.Error(
      ErrorCode::kUnknownColumn, name.span,
      StrCat("there is no ", knows_table ? "column" : "table or column", " `", missing, "`",
             knows_table && parts.size() > 1 ? StrCat(" in `", parts[0].text, "`") : ""),
      std::move(remedy));
}

ExprPtr ExprBinder::BindColumn(const ast::Expr& expr) {
  size_t used = 0;
  const auto column = FindColumn(expr.name, &used);
  if (!column.has_value()) return nullptr;
  ExprPtr base = MakeColumn(*column, ColumnOf(*column).type, TextOf(expr));
  return BindFields(std::move(base), expr.name, used);
}

// The query binder has joined what a subquery gives before the expression around it is bound.
ExprPtr ExprBinder::BindSubquery(const ast::Expr& expr) {
  for (const SubqueryValue& known : scope_.subqueries) {
    if (known.expr == &expr) return known.value;
  }
  const std::string_view what = expr.kind == ast::ExprKind::kExists     ? "EXISTS"
                                : expr.kind == ast::ExprKind::kIn       ? "IN (subquery)"
                                : expr.kind == ast::ExprKind::kSubquery ? "a subquery"
                                                                        : "ANY or ALL";
  script_.Error(ErrorCode::kUnsupportedSyntax, expr.span, StrCat(what, " is not supported here"),
                expr.kind == ast::ExprKind::kSubquery
                    ? "join it in FROM"
                    : "it may be a condition of WHERE, joined by AND; EXISTS may stand anywhere");
  return nullptr;
}

ExprPtr ExprBinder::BindFields(ExprPtr base, const ast::Name& name, size_t first) {
  for (size_t i = first; i < name.parts.size(); ++i) {
    const std::string& part = name.parts[i].text;
    const auto& fields = base->type.fields();
    const bool is_row = base->type.kind() == TypeKind::kRow;
    const auto field = is_row ? std::find_if(fields.begin(), fields.end(),
                                             [&](const Field& f) { return f.name == part; })
                              : fields.end();
    if (field == fields.end()) {
      std::vector<std::string> names;
      for (const Field& each : fields) names.push_back(each.name);
      const std::string nearest =
          is_row ? NearestName(part, std::span<const std::string>(names)) : "";
      script_.Error(ErrorCode::kUnknownColumn, name.parts[i].span,
                    is_row ? StrCat("the row has no field `", part, "`")
                           : StrCat("`", name.parts[i - 1].text, "` is ", base->type.ToString(),
                                    ", not a ROW"),
                    nearest.empty() ? "" : StrCat("did you mean `", nearest, "`?"));
      return nullptr;
    }
    base = MakeField(std::move(base), static_cast<int32_t>(field - fields.begin()));
  }
  return base;
}

ExprPtr ExprBinder::BindField(const ast::Expr& expr) {
  ExprPtr base = Bind(*expr.args[0]);
  if (base == nullptr) return nullptr;
  return BindFields(std::move(base), expr.name, 0);
}

ExprPtr ExprBinder::BindUnary(const ast::Expr& expr) {
  ExprPtr arg = Bind(*expr.args[0]);
  if (arg == nullptr) return nullptr;
  switch (expr.unary_op) {
    case ast::UnaryOp::kPlus: return arg;
    case ast::UnaryOp::kMinus: return Call("-", {std::move(arg)}, expr);
    case ast::UnaryOp::kNot: return Call("NOT", {std::move(arg)}, expr);
  }
  return nullptr;
}

ExprPtr ExprBinder::BindBinary(const ast::Expr& expr) {
  if (expr.binary_op == ast::BinaryOp::kOverlaps) return BindOverlaps(expr);
  if (expr.binary_op == ast::BinaryOp::kEqual) return BindEqual(*expr.args[0], *expr.args[1], expr);
  std::vector<ExprPtr> args;
  if (!BindArgs(expr, &args)) return nullptr;
  const bool constant = std::all_of(
      args.begin(), args.end(), [](const ExprPtr& arg) { return arg->kind == ExprKind::kLiteral; });
  ExprPtr result = Call(ast::BinaryOpText(expr.binary_op), std::move(args), expr);
  if (result == nullptr || !constant || expr.binary_op != ast::BinaryOp::kDivide) return result;
  const auto value = EvaluateConstant(result, session_);
  if (value.ok()) return result;
  script_.Error(ErrorCode::kInvalidArgument, expr.span, std::string(value.status().message()));
  return nullptr;
}

// (a, b) OVERLAPS (c, d): neither period ends before the other one starts. The second value of each
// may be its length, and the two ends may stand in any order.
ExprPtr ExprBinder::BindOverlaps(const ast::Expr& expr) {
  ExprPtr starts[2], ends[2];
  for (const int side : {0, 1}) {
    const ast::Expr& period = *expr.args[side];
    if (period.kind != ast::ExprKind::kRow || period.args.size() != 2) {
      script_.Error(ErrorCode::kArgumentType, period.span, "OVERLAPS needs a period on each side",
                    "write (start, end) OVERLAPS (start, INTERVAL '3' DAY)");
      return nullptr;
    }
    ExprPtr from = Bind(*period.args[0]), to = Bind(*period.args[1]);
    if (from == nullptr || to == nullptr) return nullptr;
    const bool is_length = to->type.kind() == TypeKind::kIntervalDayTime ||
                           to->type.kind() == TypeKind::kIntervalYearMonth;
    if (is_length) to = Call("+", {from, to}, expr);
    if (to == nullptr) return nullptr;
    starts[side] = Call("LEAST", {from, to}, expr);
    ends[side] = Call("GREATEST", {from, to}, expr);
    if (starts[side] == nullptr || ends[side] == nullptr) return nullptr;
  }
  ExprPtr first = Call(">=", {ends[0], starts[1]}, expr);
  ExprPtr second = Call(">=", {ends[1], starts[0]}, expr);
  if (first == nullptr || second == nullptr) return nullptr;
  return MakeAnd({std::move(first), std::move(second)});
}

// (a, b) = (c, d) is a = c AND b = d: unknown, and not false, where a NULL leaves it open.
ExprPtr ExprBinder::BindEqual(const ast::Expr& left, const ast::Expr& right,
                              const ast::Expr& expr) {
  const bool rows =
      left.kind == ast::ExprKind::kRow && right.kind == ast::ExprKind::kRow && left.args.size() > 1;
  if (!rows || left.args.size() != right.args.size()) {
    ExprPtr a = Bind(left), b = Bind(right);
    if (a == nullptr || b == nullptr) return nullptr;
    return Call("=", {std::move(a), std::move(b)}, expr);
  }
  std::vector<ExprPtr> tests;
  bool ok = true;
  for (size_t i = 0; i < left.args.size(); ++i) {
    tests.push_back(BindEqual(*left.args[i], *right.args[i], expr));
    ok = ok && tests.back() != nullptr;
  }
  return ok ? MakeAnd(std::move(tests)) : nullptr;
}

ExprPtr ExprBinder::BindLogic(const ast::Expr& expr) {
  std::vector<ExprPtr> args;
  const bool is_and = expr.kind == ast::ExprKind::kAnd;
  bool ok = true;
  for (const ast::ExprPtr& arg : expr.args) {
    args.push_back(BindCondition(*arg, is_and ? "AND" : "OR"));
    ok = ok && args.back() != nullptr;
  }
  if (!ok) return nullptr;
  return is_and ? MakeAnd(std::move(args)) : MakeOr(std::move(args));
}

ExprPtr ExprBinder::BindLike(const ast::Expr& expr) {
  std::vector<ExprPtr> args;
  if (!BindArgs(expr, &args)) return nullptr;
  ExprPtr like =
      Call(expr.kind == ast::ExprKind::kLike ? "LIKE" : "SIMILAR TO", std::move(args), expr);
  if (like == nullptr || !expr.negated) return like;
  return Call("NOT", {std::move(like)}, expr);
}

ExprPtr ExprBinder::BindBetween(const ast::Expr& expr) {
  std::vector<ExprPtr> args;
  if (!BindArgs(expr, &args)) return nullptr;
  const auto range = [&](const ExprPtr& low, const ExprPtr& high) -> ExprPtr {
    ExprPtr above = Call(">=", {args[0], low}, expr);
    ExprPtr below = Call("<=", {args[0], high}, expr);
    if (above == nullptr || below == nullptr) return nullptr;
    return MakeAnd({std::move(above), std::move(below)});
  };
  ExprPtr result = range(args[1], args[2]);
  if (expr.symmetric && result != nullptr) {
    ExprPtr other = range(args[2], args[1]);
    if (other == nullptr) return nullptr;
    result = MakeOr({std::move(result), std::move(other)});
  }
  if (result == nullptr || !expr.negated) return result;
  return Call("NOT", {std::move(result)}, expr);
}

ExprPtr ExprBinder::BindIn(const ast::Expr& expr) {
  if (expr.query != nullptr) return BindSubquery(expr);
  if (expr.args[0]->kind == ast::ExprKind::kRow) {
    std::vector<ExprPtr> tests;
    bool ok = true;
    for (size_t i = 1; i < expr.args.size(); ++i) {
      tests.push_back(BindEqual(*expr.args[0], *expr.args[i], expr));
      ok = ok && tests.back() != nullptr;
    }
    if (!ok) return nullptr;
    ExprPtr any = MakeOr(std::move(tests));
    return expr.negated ? Call("NOT", {std::move(any)}, expr) : any;
  }
  std::vector<ExprPtr> args;
  if (!BindArgs(expr, &args)) return nullptr;
  const bool literals = std::all_of(args.begin() + 1, args.end(), [](const ExprPtr& arg) {
    return arg->kind == ExprKind::kLiteral;
  });
  ExprPtr result;
  if (literals && args.size() > 2) {
    result = Call("IN", std::move(args), expr);
  } else {
    std::vector<ExprPtr> tests;
    for (size_t i = 1; i < args.size(); ++i) {
      tests.push_back(Call("=", {args[0], args[i]}, expr));
      if (tests.back() == nullptr) return nullptr;
    }
    result = tests.size() == 1 ? tests[0] : MakeOr(std::move(tests));
  }
  if (result == nullptr || !expr.negated) return result;
  return Call("NOT", {std::move(result)}, expr);
}

ExprPtr ExprBinder::BindIs(const ast::Expr& expr) {
  static constexpr std::string_view kNames[] = {
      "NULL", "TRUE", "FALSE", "UNKNOWN", "JSON VALUE", "JSON OBJECT", "JSON ARRAY", "JSON SCALAR"};
  ExprPtr arg = Bind(*expr.args[0]);
  if (arg == nullptr) return nullptr;
  const std::string_view test = kNames[static_cast<size_t>(expr.is_test)];
  return Call(StrCat(expr.negated ? "IS NOT " : "IS ", test), {std::move(arg)}, expr);
}

ExprPtr ExprBinder::BindCase(const ast::Expr& expr) {
  std::vector<ExprPtr> args;
  const size_t first = expr.has_operand ? 1 : 0;
  ExprPtr operand;
  bool ok = true;
  if (expr.has_operand) {
    operand = Bind(*expr.args[0]);
    ok = operand != nullptr;
  }
  const size_t end = expr.args.size() - (expr.has_else ? 1 : 0);
  for (size_t i = first; i < end; i += 2) {
    ExprPtr when =
        expr.has_operand ? BindWhen(*expr.args[i], operand) : BindCondition(*expr.args[i], "WHEN");
    ExprPtr then = Bind(*expr.args[i + 1]);
    ok = ok && when != nullptr && then != nullptr;
    args.push_back(std::move(when));
    args.push_back(std::move(then));
  }
  if (expr.has_else) {
    args.push_back(Bind(*expr.args.back()));
    ok = ok && args.back() != nullptr;
  }
  if (!ok) return nullptr;
  auto result = MakeCase(std::move(args), TextOf(expr));
  if (result.ok()) return *std::move(result);
  script_.Error(ErrorCode::kNoCommonType, expr.span, std::string(result.status().message()));
  return nullptr;
}

// operand = when; for a list, any of them. Null, with the error reported, when there is no operand.
ExprPtr ExprBinder::BindWhen(const ast::Expr& when, const ExprPtr& operand) {
  std::vector<ExprPtr> tests;
  bool ok = operand != nullptr;
  const auto add = [&](const ast::Expr& value) {
    ExprPtr bound = Bind(value);
    if (bound != nullptr && operand != nullptr) bound = Call("=", {operand, bound}, value);
    ok = ok && bound != nullptr;
    tests.push_back(std::move(bound));
  };
  if (when.kind != ast::ExprKind::kWhenList) {
    add(when);
  } else {
    for (const ast::ExprPtr& value : when.args) add(*value);
  }
  if (!ok) return nullptr;
  return tests.size() == 1 ? tests[0] : MakeOr(std::move(tests));
}

ExprPtr ExprBinder::BindCast(const ast::Expr& expr) {
  ExprPtr arg = Bind(*expr.args[0]);
  const auto type = BindType(*expr.type, script_);
  if (arg == nullptr || !type.has_value()) return nullptr;
  if (!IsCastable(arg->type, *type)) {
    script_.Error(ErrorCode::kInvalidCast, expr.span,
                  StrCat("there is no cast from ", arg->type.Nullable().ToString(), " to ",
                         type->Nullable().ToString()));
    return nullptr;
  }
  const Type target = type->WithNullable(arg->type.nullable() || expr.try_cast);
  return MakeCast(std::move(arg), target, expr.try_cast, TextOf(expr));
}

}  // namespace sluice
