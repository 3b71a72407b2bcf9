// Unnest nodes: UNNEST in FROM, and the rows of INTERSECT ALL and EXCEPT ALL.
#pragma once

#include <optional>

#include "plan/logical_plan.h"

namespace sluice {

// The columns of an element; none if the type has no elements.
std::optional<PlanColumns> ElementColumns(const Type& collection);

// The columns of the input, then `elements`. `collection` is over the input; a BIGINT repeats the
// row and has no elements.
NodePtr MakeUnnestNode(NodePtr input, const ExprPtr& collection, bool left_outer,
                       bool with_ordinality, const PlanColumns& elements);

}  // namespace sluice
