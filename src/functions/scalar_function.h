// Scalar functions and operators: how one is described, found and called. Adding one is a file in
// functions/scalar/, a line in functions/function_list.inc and a golden test. Operators are
// functions with the operator as name: "+", "=", "IS NULL", "NOT". (AND, OR, CASE, COALESCE and
// CAST are not functions: they decide which rows their arguments see; expr/ knows them.)
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "functions/json_clauses.h"
#include "functions/session.h"
#include "types/row_errors.h"
#include "types/timestamp.h"
#include "types/value.h"
#include "types/vector.h"

namespace sluice {

// What a call is known to be at plan time.
struct FunctionCall {
  std::string_view name;  // as registered
  std::vector<Type> arg_types;
  std::vector<const Value*> literals;  // per argument: its value if it is a literal, else null
  std::vector<std::string_view>
      arg_functions;  // per argument: the function that it was written as a call of, else ""
  const JsonClauses* json = nullptr;  // of the JSON functions
  const Session* session = nullptr;   // never null
};

// The types of a call: each argument is cast implicitly to args[i] before the kernel sees it.
struct Signature {
  std::vector<Type> args;
  Type result;
};

// What a function makes once per call from its literal arguments: a compiled pattern, a parsed
// path. Immutable after Prepare, shared by the threads of the job.
class FunctionState {
 public:
  virtual ~FunctionState() = default;
};

struct EvalContext {
  const Session& session;
  const FunctionState* state;  // what Prepare made, or null
  int32_t num_rows;
  int64_t now_ms;  // processing time of the batch
};

// Computes num_rows rows. Rows that are already NULL in `out` are to be left alone (see
// null_in_null_out); every other row must be written or set to NULL. A failing row is added to
// `errors` and its value does not matter. Text results that are not inline point into out.arena()
// or into an argument's memory (then out.AddPinsOf(argument) was called).
using ScalarKernel = void (*)(EvalContext&, std::span<const Vector> args, VectorBuilder& out,
                              RowErrors& errors);

struct ScalarFunction {
  std::string_view name;  // in upper case
  // Alternatives separated by "; ": "(STRING, INT) -> STRING; (STRING) -> STRING". [x] is optional,
  // x... repeats (zero or more). Type words: a SQL type, NUMERIC, INTEGER_NUMERIC, ANY, COMPARABLE,
  // or T for "the common type of all T". A literal NULL fits everything. Implicit widening as in
  // Flink. For documentation, and for Infer when `infer` is null. The result is nullable if an
  // argument is, unless it says NOT NULL or NULLABLE.
  std::string_view signature;
  ScalarKernel kernel = nullptr;
  std::string_view help;         // one sentence
  std::string_view example;      // "REPEAT('ab', 2) = 'abab'": docs show it and a test runs it
  bool deterministic = true;     // may be folded at plan time
  bool null_in_null_out = true;  // a NULL argument makes the row NULL: the evaluator sees to it
  bool can_fail = false;         // may add row errors: never computed for rows that do not need it
  // InvalidArgument with a message for the user when the call is not possible.
  StatusOr<Signature> (*infer)(const FunctionCall&) = nullptr;
  StatusOr<std::unique_ptr<FunctionState>> (*prepare)(const FunctionCall&) = nullptr;
};

class FunctionRegistry {
 public:
  // All functions of functions/function_list.inc. Built on first use; immutable.
  static const FunctionRegistry& Get();

  void Add(ScalarFunction function);
  // `name` in any case; null if there is none. Aliases are entries of their own.
  const ScalarFunction* Find(std::string_view name) const;
  std::vector<const ScalarFunction*> All() const;  // by name

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<ScalarFunction>> functions_;
};

// The signature of a call: by function.infer, else by function.signature.
StatusOr<Signature> InferSignature(const ScalarFunction& function, const FunctionCall& call);

// The type that all fit into without loss by Flink's rules (CASE branches, set operations,
// comparisons); NotFound if none. Types of NULL literals fit everything. The result is nullable if
// one is.
StatusOr<Type> CommonType(std::span<const Type> types);

// True if `from` may stand where `to` is expected without an explicit CAST (arguments; not sinks).
bool IsImplicitlyCastable(const Type& from, const Type& to);

}  // namespace sluice
