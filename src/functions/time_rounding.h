// FLOOR and CEIL of dates and times to a unit, for scalar/floor_ceil.cc.
#pragma once

#include <span>

#include "functions/scalar_function.h"
#include "functions/time_unit.h"

namespace sluice {

// True if times of this type can be rounded to the unit.
bool IsRoundable(const Type& type, TimeUnit unit);

// REQUIRES: IsRoundable(input.type(), unit); out has the type of the input.
void RoundTime(const EvalContext& context, TimeUnit unit, bool up, const Vector& input,
               VectorBuilder& out);

}  // namespace sluice
