// Calls of functions, and the functions that are not calls: COALESCE, IF and their like decide
// which arguments are computed.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "expr/program.h"
#include "functions/cast.h"
#include "plan/expr_binder.h"
#include "plan/type_binder.h"

namespace sluice {

namespace {

std::optional<JsonOn> BindBehavior(ast::JsonBehavior behavior) {
  using Ast = ast::JsonBehavior;
  switch (behavior) {
    case Ast::kUnset: return std::nullopt;
    case Ast::kNull: return JsonOn::kNull;
    case Ast::kError: return JsonOn::kError;
    case Ast::kDefault: return JsonOn::kDefault;
    case Ast::kEmptyArray: return JsonOn::kEmptyArray;
    case Ast::kEmptyObject: return JsonOn::kEmptyObject;
    case Ast::kTrue: return JsonOn::kTrue;
    case Ast::kFalse: return JsonOn::kFalse;
    case Ast::kUnknown: return JsonOn::kUnknown;
  }
  return std::nullopt;
}

JsonWrapper BindWrapper(ast::JsonWrapper wrapper) {
  switch (wrapper) {
    case ast::JsonWrapper::kConditional: return JsonWrapper::kConditional;
    case ast::JsonWrapper::kUnconditional: return JsonWrapper::kUnconditional;
    default: return JsonWrapper::kWithout;
  }
}

bool HasJsonClauses(const ast::JsonClauses& json) {
  return json.returning.has_value() || json.wrapper != ast::JsonWrapper::kUnset ||
         json.on_empty != ast::JsonBehavior::kUnset || json.on_error != ast::JsonBehavior::kUnset ||
         json.nulls != ast::JsonNulls::kUnset;
}

// What users of other databases write, and what Flink calls it.
struct ForeignFunction {
  std::string_view name;
  std::string_view remedy;
};
constexpr ForeignFunction kForeign[] = {
    {"DATE", "write CAST(x AS DATE)"},
    {"GET_JSON_OBJECT", "write JSON_VALUE(x, '$.path')"},
    {"IIF", "write IF(condition, a, b)"},
    {"ISNULL", "write x IS NULL, or IFNULL(x, y)"},
    {"JSON_EXTRACT",
     "write JSON_VALUE(x, '$.path') for a scalar, JSON_QUERY(x, '$.path') for an object or array"},
    {"LENGTH", "write CHAR_LENGTH(x)"},
    {"NVL", "write COALESCE(x, y)"},
    {"STR_TO_DATE", "write TO_TIMESTAMP(x, 'yyyy-MM-dd HH:mm:ss') or TO_DATE(x)"},
};

// What Flink has, but Sluice does not yet.
constexpr std::string_view kLater[] = {"TRANSLATE"};

}  // namespace

ExprPtr ExprBinder::BindCall(const ast::Expr& expr) {
  if (expr.name.parts.size() != 1) return Unsupported(expr, "a function in a catalog");
  if (expr.call->over != nullptr) {
    for (const SubqueryValue& known : scope_.subqueries) {
      if (known.expr == &expr) return known.value;
    }
    return Unsupported(expr, "an OVER window here");
  }
  const std::string name = absl::AsciiStrToUpper(expr.name.parts[0].text);
  if (AggregateRegistry::Get().Find(name) != nullptr) {
    script_.Error(
        ErrorCode::kMisplacedAggregate, expr.span,
        StrCat(name, inside_aggregate_ ? " inside another aggregate function"
                                       : " is an aggregate function and cannot stand here"),
        "compute it in a sub-select, or use HAVING");
    return nullptr;
  }
  bool done = false;
  ExprPtr special = BindSpecialForm(name, expr, &done);
  if (done) return special;
  if (expr.call->distinct || expr.call->filter != nullptr) {
    script_.Error(
        ErrorCode::kInvalidQuery, expr.span,
        StrCat("DISTINCT and FILTER belong to aggregate functions, and ", name, " is none"));
    return nullptr;
  }
  const ScalarFunction* function = FunctionRegistry::Get().Find(name);
  if (function == nullptr) {
    ReportUnknownFunction(name, expr);
    return nullptr;
  }
  std::vector<ExprPtr> args;
  bool ok = BindArgs(expr, &args);
  const auto json = BindJson(expr, &ok);
  if (!ok) return nullptr;
  return Report(MakeCall(*function, std::move(args), session_, TextOf(expr), json), expr);
}

ExprPtr ExprBinder::BindSpecialForm(const std::string& name, const ast::Expr& expr, bool* done) {
  const size_t count = expr.args.size();
  const bool coalesce = (name == "COALESCE" && count > 0) || (name == "IFNULL" && count == 2);
  const bool null_if = name == "NULLIF" && count == 2;
  const bool if_form = name == "IF" && count == 3;
  if (!coalesce && !null_if && !if_form) return nullptr;
  *done = true;
  std::vector<ExprPtr> args;
  bool ok = true;
  if (if_form) {
    args.push_back(BindCondition(*expr.args[0], "IF"));
    ok = args[0] != nullptr;
  }
  ok = BindArgs(expr, &args, if_form ? 1 : 0) && ok;
  if (!ok) return nullptr;
  if (coalesce) return Report(MakeCoalesce(std::move(args), TextOf(expr)), expr);
  if (if_form) {
    // Unlike CASE, IF is nullable when its condition is.
    const bool nullable = args[0]->type.nullable();
    ExprPtr result = Report(MakeCase(std::move(args), TextOf(expr)), expr);
    if (result == nullptr || !nullable || result->type.nullable()) return result;
    auto nullable_result = std::make_shared<Expr>(*result);
    nullable_result->type = result->type.Nullable();
    return nullable_result;
  }
  ExprPtr equal = Call("=", {args[0], args[1]}, expr);
  if (equal == nullptr) return nullptr;
  ExprPtr null = MakeLiteral(Value::Null(), args[0]->type.Nullable());
  return Report(MakeCase({std::move(equal), std::move(null), args[0]}, TextOf(expr)), expr);
}

bool ExprBinder::BindJsonDefault(const ast::ExprPtr& value, const Type& type, Value* out) {
  if (value == nullptr) return true;
  ExprPtr bound = Bind(*value);
  if (bound == nullptr) return false;
  const auto constant = IsCastable(bound->type, type)
                            ? EvaluateConstant(MakeCast(bound, type.Nullable()), session_)
                            : absl::InvalidArgumentError("it cannot be cast");
  if (!constant.ok()) {
    script_.Error(ErrorCode::kInvalidArgument, value->span,
                  StrCat("DEFAULT must be a constant of type ", type.ToString(), ": ",
                         constant.status().message()));
    return false;
  }
  *out = *constant;
  return true;
}

std::shared_ptr<const JsonClauses> ExprBinder::BindJson(const ast::Expr& expr, bool* ok) {
  const ast::JsonClauses& given = expr.call->json;
  if (!HasJsonClauses(given)) return nullptr;
  auto json = std::make_shared<JsonClauses>();
  if (given.returning.has_value()) {
    json->returning = BindType(*given.returning, script_);
    *ok = *ok && json->returning.has_value();
  }
  json->on_empty = BindBehavior(given.on_empty);
  json->on_error = BindBehavior(given.on_error);
  json->wrapper = BindWrapper(given.wrapper);
  if (given.nulls != ast::JsonNulls::kUnset)
    json->absent_on_null = given.nulls == ast::JsonNulls::kAbsentOnNull;
  const Type returned = json->returning.value_or(Type::String());
  *ok = BindJsonDefault(given.default_on_empty, returned, &json->default_on_empty) && *ok;
  *ok = BindJsonDefault(given.default_on_error, returned, &json->default_on_error) && *ok;
  return json;
}

void ExprBinder::ReportUnknownFunction(const std::string& name, const ast::Expr& expr) {
  if (std::find(std::begin(kLater), std::end(kLater), name) != std::end(kLater)) {
    Unsupported(expr, StrCat("the function ", name));
    return;
  }
  for (const ForeignFunction& foreign : kForeign) {
    if (foreign.name != name) continue;
    script_.Error(ErrorCode::kUnknownFunction, expr.name.span,
                  StrCat("Flink has no function ", name), std::string(foreign.remedy));
    return;
  }
  std::vector<std::string_view> names;
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    if (absl::ascii_isalpha(function->name[0])) names.push_back(function->name);
  }
  for (const AggregateFunction* function : AggregateRegistry::Get().All())
    names.push_back(function->name);
  for (const std::string_view form : {"COALESCE", "IF", "IFNULL", "NULLIF"}) names.push_back(form);
  const std::string nearest = NearestName(name, std::span<const std::string_view>(names));
  script_.Error(ErrorCode::kUnknownFunction, expr.name.span, StrCat("there is no function ", name),
                nearest.empty() ? "" : StrCat("did you mean ", nearest, "?"));
}

bool IsGroupingCall(const ast::Expr& expr) {
  if (expr.kind != ast::ExprKind::kCall || expr.name.parts.size() != 1) return false;
  const std::string name = absl::AsciiStrToUpper(expr.name.parts[0].text);
  return name == "GROUPING" || name == "GROUPING_ID" || name == "GROUP_ID";
}

bool ContainsAggregate(const ast::Expr& expr) {
  const bool is_aggregate = expr.kind == ast::ExprKind::kCall && expr.name.parts.size() == 1 &&
                            expr.call->over == nullptr &&
                            AggregateRegistry::Get().Find(expr.name.parts[0].text) != nullptr;
  if (is_aggregate || IsGroupingCall(expr)) return true;
  return std::any_of(expr.args.begin(), expr.args.end(), [](const ast::ExprPtr& arg) {
    return arg != nullptr && ContainsAggregate(*arg);
  });
}

bool ContainsSubquery(const ast::Expr& expr) {
  const auto any = [](const ast::ExprPtr& part) {
    return part != nullptr && ContainsSubquery(*part);
  };
  return expr.query != nullptr || std::any_of(expr.args.begin(), expr.args.end(), any) ||
         (expr.call != nullptr && any(expr.call->filter));
}

std::string OutputName(const ast::SelectItem& item, size_t position) {
  if (item.alias.has_value()) return item.alias->text;
  if (item.expr->kind == ast::ExprKind::kColumn || item.expr->kind == ast::ExprKind::kField) {
    return item.expr->name.parts.back().text;
  }
  return StrCat("EXPR$", position);
}

}  // namespace sluice
