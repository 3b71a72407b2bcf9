// Making, comparing and rewriting bound expressions.

#include "expr/expr.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "expr/program.h"
#include "functions/cast.h"

namespace sluice {

namespace {

std::shared_ptr<Expr> NewExpr(ExprKind kind, Type type, std::vector<ExprPtr> args,
                              std::string text) {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  expr->type = std::move(type);
  expr->args = std::move(args);
  expr->text = std::move(text);
  return expr;
}

bool AnyNullable(const std::vector<ExprPtr>& args) {
  return std::any_of(args.begin(), args.end(),
                     [](const ExprPtr& arg) { return arg->type.nullable(); });
}

// AND or OR; nested ones of the same kind become one.
ExprPtr MakeLogic(ExprKind kind, std::vector<ExprPtr> args) {
  SL_CHECK(!args.empty());
  std::vector<ExprPtr> flat;
  for (ExprPtr& arg : args) {
    if (arg->kind == kind) {
      flat.insert(flat.end(), arg->args.begin(), arg->args.end());
    } else {
      // An untyped NULL is a BOOLEAN here.
      flat.push_back(arg->type.kind() == TypeKind::kNull ? MakeCast(arg, Type::Boolean()) : arg);
    }
  }
  if (flat.size() == 1) return flat[0];
  Type type = Type::Boolean().WithNullable(AnyNullable(flat));
  return NewExpr(kind, std::move(type), std::move(flat), "");
}

FunctionCall DescribeCall(const ScalarFunction& function, const std::vector<ExprPtr>& args,
                          std::span<const std::string_view> arg_functions, const Session& session,
                          const JsonClauses* json) {
  FunctionCall call;
  call.name = function.name;
  call.arg_functions.assign(arg_functions.begin(), arg_functions.end());
  call.json = json;
  call.session = &session;
  for (const ExprPtr& arg : args) {
    call.arg_types.push_back(arg->type);
    call.literals.push_back(arg->kind == ExprKind::kLiteral ? &arg->literal : nullptr);
  }
  return call;
}

bool HasColumns(const Expr& expr) {
  return expr.kind == ExprKind::kColumn ||
         std::any_of(expr.args.begin(), expr.args.end(),
                     [](const ExprPtr& arg) { return HasColumns(*arg); });
}

// Constant arguments are computed at once, so that the function sees their values when its call is
// prepared.
ExprPtr ComputeIfConstant(const ExprPtr& arg, const Session& session) {
  if (HasColumns(*arg)) return arg;
  ExprPtr folded = FoldConstants(arg, session);
  if (!arg->type.nullable() || folded->type.nullable()) return folded;
  // Flink types the call as it was written.
  auto literal = std::make_shared<Expr>(*folded);
  literal->type = literal->type.Nullable();
  return literal;
}

uint64_t HashValue(const Value& value) {
  return std::visit(
      []<typename T>(const T& content) -> uint64_t {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return 1;
        } else if constexpr (std::is_same_v<T, Int128>) {
          return absl::HashOf(static_cast<uint64_t>(content), static_cast<uint64_t>(content >> 64));
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          return absl::HashOf(content.millis, content.nanos_of_milli);
        } else if constexpr (std::is_same_v<T, Value::List> || std::is_same_v<T, Value::Entries>) {
          return content.size();
        } else {
          return absl::HashOf(content);
        }
      },
      value.variant());
}

bool SameLiteral(const Value& a, const Value& b) {
  // 0.0 and -0.0 are equal but not the same, NaN is the same but not equal.
  const auto* x = std::get_if<double>(&a.variant());
  const auto* y = std::get_if<double>(&b.variant());
  if (x != nullptr && y != nullptr) return std::memcmp(x, y, sizeof(double)) == 0;
  return a == b;
}

bool SameJson(const JsonClauses* a, const JsonClauses* b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

}  // namespace

ExprPtr MakeColumn(int32_t column, Type type, std::string text) {
  auto expr = NewExpr(ExprKind::kColumn, std::move(type), {}, std::move(text));
  expr->column = column;
  return expr;
}

ExprPtr MakeLiteral(Value value, Type type) {
  auto expr = NewExpr(ExprKind::kLiteral, type.WithNullable(value.is_null()), {}, "");
  expr->literal = std::move(value);
  return expr;
}

ExprPtr MakeCast(ExprPtr arg, Type type, bool try_cast, std::string text) {
  if (arg->type.EqualsIgnoringNull(type)) return arg;
  if (arg->kind == ExprKind::kLiteral && arg->literal.is_null()) {
    return MakeLiteral(Value::Null(), std::move(type));
  }
  if (text.empty()) text = arg->text;
  type = type.WithNullable(arg->type.nullable() || try_cast);
  auto expr = NewExpr(ExprKind::kCast, std::move(type), {std::move(arg)}, std::move(text));
  expr->try_cast = try_cast;
  return expr;
}

StatusOr<ExprPtr> MakeCall(const ScalarFunction& function, std::vector<ExprPtr> args,
                           const Session& session, std::string text,
                           std::shared_ptr<const JsonClauses> json) {
  std::vector<std::string_view> arg_functions;
  for (ExprPtr& arg : args) {
    arg_functions.push_back(arg->kind == ExprKind::kCall ? arg->function->name
                                                         : std::string_view());
    arg = ComputeIfConstant(arg, session);
  }
  SL_ASSIGN(
      Signature signature,
      InferSignature(function, DescribeCall(function, args, arg_functions, session, json.get())));
  SL_CHECK(signature.args.size() == args.size());
  for (size_t i = 0; i < args.size(); ++i) {
    args[i] = ComputeIfConstant(MakeCast(args[i], signature.args[i]), session);
  }
  auto expr =
      NewExpr(ExprKind::kCall, std::move(signature.result), std::move(args), std::move(text));
  expr->function = &function;
  expr->json = std::move(json);
  if (function.prepare != nullptr) {
    SL_ASSIGN(expr->state, function.prepare(DescribeCall(function, expr->args, arg_functions,
                                                         session, expr->json.get())));
  }
  return expr;
}

ExprPtr MakeAnd(std::vector<ExprPtr> args) { return MakeLogic(ExprKind::kAnd, std::move(args)); }
ExprPtr MakeOr(std::vector<ExprPtr> args) { return MakeLogic(ExprKind::kOr, std::move(args)); }

StatusOr<ExprPtr> MakeCase(std::vector<ExprPtr> args, std::string text) {
  SL_CHECK(args.size() >= 2);
  const bool has_else = args.size() % 2 == 1;
  std::vector<Type> types;
  for (size_t i = 1; i < args.size(); i += 2) types.push_back(args[i]->type);
  // A missing ELSE is an ELSE NULL.
  types.push_back(has_else ? args.back()->type : Type::Null());
  SL_ASSIGN(Type type, CommonType(types));
  for (size_t i = 0; i + 1 < args.size(); i += 2) {
    args[i] = MakeCast(args[i], Type::Boolean());
    args[i + 1] = MakeCast(args[i + 1], type);
  }
  if (has_else) args.back() = MakeCast(args.back(), type);
  return NewExpr(ExprKind::kCase, std::move(type), std::move(args), std::move(text));
}

StatusOr<ExprPtr> MakeCoalesce(std::vector<ExprPtr> args, std::string text) {
  SL_CHECK(!args.empty());
  std::vector<Type> types;
  bool nullable = true;
  for (const ExprPtr& arg : args) {
    types.push_back(arg->type);
    nullable &= arg->type.nullable();
  }
  SL_ASSIGN(Type type, CommonType(types));
  for (ExprPtr& arg : args) arg = MakeCast(arg, type);
  return NewExpr(ExprKind::kCoalesce, type.WithNullable(nullable), std::move(args),
                 std::move(text));
}

StatusOr<ExprPtr> MakeConditional(std::string_view name, std::vector<ExprPtr> args,
                                  const Session& session, std::string text) {
  const auto takes = [&](size_t count) -> Status {
    if (args.size() == count) return OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(name), " takes ", count, " arguments"));
  };
  if (name == "COALESCE") {
    if (args.empty()) return absl::InvalidArgumentError("COALESCE takes at least one argument");
    return MakeCoalesce(std::move(args), std::move(text));
  }
  if (name == "IFNULL") {
    SL_TRY(takes(2));
    return MakeCoalesce(std::move(args), std::move(text));
  }
  if (name == "IF") {
    SL_TRY(takes(3));
    const bool nullable = AnyNullable(args);
    SL_ASSIGN(ExprPtr chosen, MakeCase(std::move(args), std::move(text)));
    // Flink lets the condition decide about the nullability, too.
    auto result = std::make_shared<Expr>(*chosen);
    result->type = result->type.WithNullable(nullable);
    return ExprPtr(std::move(result));
  }
  if (name != "NULLIF") return ExprPtr();
  SL_TRY(takes(2));
  const ExprPtr value = args[0];
  SL_ASSIGN(ExprPtr same, MakeCall(*FunctionRegistry::Get().Find("="), std::move(args), session));
  return MakeCase({std::move(same), MakeLiteral(Value::Null(), value->type), value},
                  std::move(text));
}

ExprPtr MakeField(ExprPtr row, int32_t field) {
  const Field& described = row->type.fields().at(field);
  std::string text = row->text.empty() ? "" : absl::StrCat(row->text, ".", described.name);
  Type type = described.type.WithNullable(described.type.nullable() || row->type.nullable());
  auto expr = NewExpr(ExprKind::kField, std::move(type), {std::move(row)}, std::move(text));
  expr->column = field;
  return expr;
}

bool SameExpr(const Expr& a, const Expr& b) {
  if (a.kind != b.kind || a.column != b.column || a.function != b.function ||
      a.try_cast != b.try_cast || a.args.size() != b.args.size() || !(a.type == b.type)) {
    return false;
  }
  if (a.kind == ExprKind::kLiteral && !SameLiteral(a.literal, b.literal)) return false;
  if (a.kind == ExprKind::kCall &&
      (!a.function->deterministic || !SameJson(a.json.get(), b.json.get()))) {
    return false;
  }
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (a.args[i] == b.args[i] ? !IsDeterministic(*a.args[i]) : !SameExpr(*a.args[i], *b.args[i])) {
      return false;
    }
  }
  return true;
}

uint64_t HashExpr(const Expr& expr) {
  uint64_t hash = absl::HashOf(static_cast<int>(expr.kind), expr.column, expr.function,
                               static_cast<int>(expr.type.kind()));
  if (expr.kind == ExprKind::kLiteral) hash = absl::HashOf(hash, HashValue(expr.literal));
  for (const ExprPtr& arg : expr.args) hash = absl::HashOf(hash, HashExpr(*arg));
  return hash;
}

bool IsDeterministic(const Expr& expr) {
  if (expr.kind == ExprKind::kCall && !expr.function->deterministic) return false;
  return std::all_of(expr.args.begin(), expr.args.end(),
                     [](const ExprPtr& arg) { return IsDeterministic(*arg); });
}

bool CanFail(const Expr& expr) {
  if (expr.kind == ExprKind::kCall && expr.function->can_fail) return true;
  if (expr.kind == ExprKind::kCast && CastCanFail(expr.args[0]->type, expr.type)) {
    // NaN has no DECIMAL, whatever TRY_CAST says.
    if (!expr.try_cast || expr.args[0]->type.IsApproximate()) return true;
  }
  return std::any_of(expr.args.begin(), expr.args.end(),
                     [](const ExprPtr& arg) { return CanFail(*arg); });
}

void CollectColumns(const Expr& expr, std::vector<int32_t>* columns) {
  if (expr.kind == ExprKind::kColumn) {
    auto place = std::lower_bound(columns->begin(), columns->end(), expr.column);
    if (place == columns->end() || *place != expr.column) columns->insert(place, expr.column);
  }
  for (const ExprPtr& arg : expr.args) CollectColumns(*arg, columns);
}

ExprPtr ReplaceColumns(const ExprPtr& expr, const std::vector<ExprPtr>& columns) {
  if (expr->kind == ExprKind::kColumn) return columns.at(expr->column);
  bool changed = false;
  std::vector<ExprPtr> args;
  args.reserve(expr->args.size());
  for (const ExprPtr& arg : expr->args) {
    args.push_back(ReplaceColumns(arg, columns));
    changed |= args.back() != arg;
  }
  if (!changed) return expr;
  auto copy = std::make_shared<Expr>(*expr);
  copy->args = std::move(args);
  return copy;
}

std::vector<ExprPtr> SplitConjunction(const ExprPtr& condition) {
  if (condition->kind == ExprKind::kAnd) return condition->args;
  return {condition};
}

}  // namespace sluice
