// Bound expressions: typed, all names resolved, all implicit casts explicit. Immutable trees,
// freely shared between plans and threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "functions/scalar_function.h"

namespace sluice {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

enum class ExprKind : uint8_t {
  kColumn,   // column: an index into the input's columns
  kLiteral,  // literal
  kCall,     // function, args, state
  kCast,     // args[0]; try_cast
  kAnd,
  kOr,  // args: two or more; the next is computed only where the ones before leave the result open
  kCase,      // args: when1, then1, when2, then2 … [else]; each computed only where it is needed
  kCoalesce,  // args: the next is computed only where the ones before are NULL
  kField,     // args[0]: a ROW; column: the index of the field
};

struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  Type type;
  int32_t column = -1;
  Value literal;
  const ScalarFunction* function = nullptr;
  std::shared_ptr<const FunctionState> state;
  std::shared_ptr<const JsonClauses> json;
  bool try_cast = false;
  std::vector<ExprPtr> args;
  // As the user wrote it (shortened), for error messages: "CAST(JSON_VALUE(payload, '$.id') AS
  // BIGINT)". Not part of equality.
  std::string text;
};

ExprPtr MakeColumn(int32_t column, Type type, std::string text = "");
ExprPtr MakeLiteral(Value value, Type type);
// Casts unless the type is already the same but for nullability and layout-compatible; keeps `text`
// of the argument if none is given.
ExprPtr MakeCast(ExprPtr arg, Type type, bool try_cast = false, std::string text = "");
// Infers the signature, casts the arguments implicitly, prepares the state. InvalidArgument when
// the call is not possible.
StatusOr<ExprPtr> MakeCall(const ScalarFunction& function, std::vector<ExprPtr> args,
                           const Session& session, std::string text = "",
                           std::shared_ptr<const JsonClauses> json = nullptr);
ExprPtr MakeAnd(std::vector<ExprPtr> args);
ExprPtr MakeOr(std::vector<ExprPtr> args);
// The type is the common type of the branches; branches are cast to it.
StatusOr<ExprPtr> MakeCase(std::vector<ExprPtr> args, std::string text = "");
StatusOr<ExprPtr> MakeCoalesce(std::vector<ExprPtr> args, std::string text = "");
// The functions that decide which of their arguments are computed: COALESCE, IFNULL, IF, NULLIF
// (`name` in upper case). Null when `name` is none of them.
StatusOr<ExprPtr> MakeConditional(std::string_view name, std::vector<ExprPtr> args,
                                  const Session& session, std::string text = "");
ExprPtr MakeField(ExprPtr row, int32_t field);

// Structural equality: same value for the same row. Non-deterministic calls are never equal, not
// even to themselves.
bool SameExpr(const Expr& a, const Expr& b);
uint64_t HashExpr(const Expr& expr);

bool IsDeterministic(const Expr& expr);
// True if computing it can add row errors.
bool CanFail(const Expr& expr);
// Adds the columns that it reads to `columns` (sorted, without duplicates).
void CollectColumns(const Expr& expr, std::vector<int32_t>* columns);
// The same expression with column i replaced by columns[i].
ExprPtr ReplaceColumns(const ExprPtr& expr, const std::vector<ExprPtr>& columns);
// The parts of a conjunction: x for x, {a, b} for a AND b.
std::vector<ExprPtr> SplitConjunction(const ExprPtr& condition);
// Literal sub-trees computed; a part that fails is left for the run. Simplifies AND/OR/CASE with
// literal conditions.
ExprPtr FoldConstants(const ExprPtr& expr, const Session& session);
// For EXPLAIN: "CAST(JSON_VALUE($4, '$.id') AS BIGINT)", with column names where given.
std::string ExprToString(const Expr& expr, const Schema& columns);

}  // namespace sluice
