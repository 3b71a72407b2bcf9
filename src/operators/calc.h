// Calc: filter and projection in one. Row kinds pass through.
#pragma once

#include <memory>
#include <vector>

#include "expr/program.h"
#include "operators/operator.h"

namespace sluice {

struct CalcSpec {
  ExprPtr filter;                    // BOOLEAN, or null
  std::vector<ExprPtr> projections;  // over the columns of the input
};

std::unique_ptr<Operator> MakeCalc(CalcSpec spec);

}  // namespace sluice
