// Simplification at plan time: literal sub-trees are computed, and AND, OR, CASE, COALESCE and
// comparisons of an expression with itself are reduced as Flink's planner reduces them.

#include <algorithm>

#include "base/check.h"
#include "expr/expr.h"
#include "expr/program.h"
#include "types/number_text.h"

namespace sluice {

namespace {

bool IsLiteral(const ExprPtr& expr) { return expr->kind == ExprKind::kLiteral; }
bool IsNullLiteral(const ExprPtr& expr) { return IsLiteral(expr) && expr->literal.is_null(); }
bool IsBooleanLiteral(const ExprPtr& expr, bool value) {
  return IsLiteral(expr) && !expr->literal.is_null() && expr->type.kind() == TypeKind::kBoolean &&
         expr->literal.as_int() == static_cast<int64_t>(value);
}

ExprPtr BooleanLiteral(bool value) {
  return MakeLiteral(Value::OfInt(value ? 1 : 0), Type::Boolean());
}
ExprPtr UnknownLiteral() { return MakeLiteral(Value::Null(), Type::Boolean()); }

ExprPtr WithArgs(const ExprPtr& expr, std::vector<ExprPtr> args) {
  if (args == expr->args) return expr;
  auto copy = std::make_shared<Expr>(*expr);
  copy->args = std::move(args);
  return copy;
}

// x AND TRUE is x, x AND FALSE is FALSE; OR the other way round.
ExprPtr SimplifyLogic(const ExprPtr& expr, std::vector<ExprPtr> args) {
  const bool neutral = expr->kind == ExprKind::kAnd;
  std::vector<ExprPtr> kept;
  for (ExprPtr& arg : args) {
    if (IsBooleanLiteral(arg, !neutral)) return BooleanLiteral(!neutral);
    if (!IsBooleanLiteral(arg, neutral)) kept.push_back(std::move(arg));
  }
  if (kept.empty()) return BooleanLiteral(neutral);
  return neutral ? MakeAnd(std::move(kept)) : MakeOr(std::move(kept));
}

ExprPtr SimplifyCase(const ExprPtr& expr, std::vector<ExprPtr> args) {
  std::vector<ExprPtr> kept;
  size_t i = 0;
  for (; i + 1 < args.size(); i += 2) {
    if (IsBooleanLiteral(args[i], false) || IsNullLiteral(args[i])) continue;
    if (IsBooleanLiteral(args[i], true)) break;
    kept.push_back(std::move(args[i]));
    kept.push_back(std::move(args[i + 1]));
  }
  // The branch of a TRUE condition is the ELSE of those before it.
  ExprPtr otherwise;
  if (i + 1 < args.size()) {
    otherwise = std::move(args[i + 1]);
  } else if (args.size() % 2 == 1) {
    otherwise = std::move(args.back());
  }
  if (kept.empty()) {
    return otherwise != nullptr ? otherwise : MakeLiteral(Value::Null(), expr->type);
  }
  if (otherwise != nullptr) kept.push_back(std::move(otherwise));
  return WithArgs(expr, std::move(kept));
}

ExprPtr SimplifyCoalesce(const ExprPtr& expr, std::vector<ExprPtr> args) {
  std::vector<ExprPtr> kept;
  for (ExprPtr& arg : args) {
    if (IsNullLiteral(arg)) continue;
    const bool last = !arg->type.nullable();
    kept.push_back(std::move(arg));
    if (last) break;
  }
  if (kept.empty()) return MakeLiteral(Value::Null(), expr->type);
  if (kept.size() == 1) return kept[0];
  return WithArgs(expr, std::move(kept));
}

// x = x is TRUE unless x is NULL, as Calcite's RexSimplify has it: a NaN is thus equal to itself.
ExprPtr SimplifySelfComparison(const ExprPtr& expr, const Session& session) {
  const std::string_view name = expr->function->name;
  const bool holds = name == "=" || name == "<=" || name == ">=";
  if (!holds && name != "<>" && name != "<" && name != ">") return nullptr;
  if (expr->args.size() != 2 || IsLiteral(expr->args[0])) return nullptr;
  if (!SameExpr(*expr->args[0], *expr->args[1])) return nullptr;
  if (!expr->args[0]->type.nullable()) return BooleanLiteral(holds);
  const ScalarFunction* test = FunctionRegistry::Get().Find(holds ? "IS NOT NULL" : "IS NULL");
  StatusOr<ExprPtr> is_null = MakeCall(*test, {expr->args[0]}, session);
  SL_CHECK(is_null.ok());
  std::vector<ExprPtr> args = {*std::move(is_null), UnknownLiteral()};
  return holds ? MakeOr(std::move(args)) : MakeAnd(std::move(args));
}

// Calcite holds a FLOAT literal as the number that its text shows, so that 0.1 becomes the DECIMAL
// 0.1 and not the nearest float.
ExprPtr FloatLiteralAsText(const ExprPtr& cast) {
  const ExprPtr& arg = cast->args[0];
  if (arg->type.kind() != TypeKind::kFloat || cast->type.kind() != TypeKind::kDecimal ||
      arg->literal.is_null()) {
    return cast;
  }
  char buffer[kMaxNumberText];
  const size_t size = FormatFloat(static_cast<float>(arg->literal.as_double()), buffer);
  return MakeCast(MakeLiteral(Value::OfText(std::string(buffer, size)), Type::String()),
                  cast->type);
}

ExprPtr ComputeLiteral(const ExprPtr& expr, const Session& session) {
  if (expr->kind == ExprKind::kCall && !expr->function->deterministic) return expr;
  if (!std::all_of(expr->args.begin(), expr->args.end(), IsLiteral)) return expr;
  if (expr->kind == ExprKind::kCast) {
    StatusOr<Value> value = EvaluateConstant(FloatLiteralAsText(expr), session);
    if (value.ok()) return MakeLiteral(*std::move(value), expr->type);
  }
  StatusOr<Value> value = EvaluateConstant(expr, session);
  return value.ok() ? MakeLiteral(*std::move(value), expr->type) : expr;
}

}  // namespace

ExprPtr FoldConstants(const ExprPtr& expr, const Session& session) {
  if (expr->kind == ExprKind::kColumn || expr->kind == ExprKind::kLiteral) return expr;
  std::vector<ExprPtr> args;
  args.reserve(expr->args.size());
  for (const ExprPtr& arg : expr->args) args.push_back(FoldConstants(arg, session));
  ExprPtr folded;
  switch (expr->kind) {
    case ExprKind::kAnd:
    case ExprKind::kOr: folded = SimplifyLogic(expr, std::move(args)); break;
    case ExprKind::kCase: folded = SimplifyCase(expr, std::move(args)); break;
    case ExprKind::kCoalesce: folded = SimplifyCoalesce(expr, std::move(args)); break;
    default: folded = WithArgs(expr, std::move(args)); break;
  }
  if (folded->kind == ExprKind::kColumn || folded->kind == ExprKind::kLiteral) return folded;
  if (folded->kind == ExprKind::kCall) {
    if (ExprPtr simple = SimplifySelfComparison(folded, session)) return simple;
  }
  return ComputeLiteral(folded, session);
}

}  // namespace sluice
