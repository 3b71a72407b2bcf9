// Program: a filter and a list of projections, compiled to be evaluated together over batches.
// Equal sub-expressions are computed once per batch, also between filter and projections; lazy
// parts (CASE branches, AND, OR, COALESCE) only for the rows that need them. Immutable after
// Compile; each thread evaluates with an Evaluator of its own.
#pragma once

#include <memory>
#include <vector>

#include "expr/expr.h"
#include "types/batch.h"

namespace sluice {

class Program {
 public:
  // `filter` may be null. The expressions read columns of the batches given to Evaluator::Run.
  static std::shared_ptr<const Program> Compile(ExprPtr filter, std::vector<ExprPtr> projections);

  struct Rep;
  const Rep& rep() const { return *rep_; }
  ~Program();

 private:
  Program();
  std::unique_ptr<Rep> rep_;
};

struct EvalResult {
  // The rows of the input that pass the filter, ascending; null when all do.
  Selection selection;
  int32_t num_rows = 0;
  std::vector<Vector> columns;  // the projections, num_rows long
  // Row numbers of the *input*. A row with an error is in `selection` (unless the filter itself
  // failed), its values do not matter.
  RowErrors errors;
};

class Evaluator {
 public:
  Evaluator(std::shared_ptr<const Program> program, const Session& session);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;

  // The columns are each num_rows long. `now_ms` is what PROCTIME() and CURRENT_TIMESTAMP give.
  void Run(const std::vector<Vector>& columns, int32_t num_rows, int64_t now_ms,
           EvalResult& result);

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// The value of an expression without columns; an error in it as Status.
StatusOr<Value> EvaluateConstant(const ExprPtr& expr, const Session& session);

}  // namespace sluice
