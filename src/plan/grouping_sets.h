// GROUP BY as grouping sets: GROUPING SETS, CUBE and ROLLUP, multiplied with each other.
#pragma once

#include <functional>
#include <vector>

#include "plan/expr_binder.h"

namespace sluice {

// What can be said about a GROUP BY besides what it means.
enum class GroupingProblem : uint8_t { kNone, kReported, kTooManySets };

// Fills keys and, where GROUP BY has more than plain expressions, sets of `aggregates`. `bind`
// gives the key of an expression, or null when it has reported an error.
GroupingProblem BindGroupBy(const ast::Select& select,
                            const std::function<ExprPtr(const ast::Expr&)>& bind,
                            AggregateScope* aggregates);

}  // namespace sluice
