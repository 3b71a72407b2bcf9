// In which order the rows of a SELECT are to be shown.
#pragma once

#include <vector>

#include "plan/physical_plan.h"

namespace sluice {

// The order of the ORDER BY … LIMIT whose rows the SELECT hands out, as columns of its result; none
// if there is no such order, or a column that it needs is not among the result.
std::vector<SortColumn> ResultOrder(const PhysicalPlan& plan);

// True if the rows of the SELECT are only ever added to.
bool ResultIsAppendOnly(const PhysicalPlan& plan);

}  // namespace sluice
