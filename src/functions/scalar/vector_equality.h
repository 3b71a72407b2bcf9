// Equality of single rows of any type, deep: for what is compared rarely, such as nested values.
#pragma once

#include "types/vector.h"

namespace sluice {

// Two NULLs are equal. REQUIRES: same layout; DECIMALs of the same scale.
bool EqualRows(const Vector& a, int32_t row_a, const Vector& b, int32_t row_b);

}  // namespace sluice
