// Puts rows of vectors together into a new one, for operators whose output mixes rows of two
// origins or pads with NULL. Text is shared with its origin, not copied.
#pragma once

#include <cstdint>
#include <span>

#include "types/vector.h"

namespace sluice {

inline constexpr int32_t kNullRow = INT32_MIN;

// Row i of the result is a[rows[i]] if rows[i] >= 0, NULL for kNullRow, and b[~rows[i]] otherwise.
// All have the layout of `type`. A vector that no row names need not be set.
Vector Gather(const Type& type, const Vector& a, const Vector& b, std::span<const int32_t> rows);

struct RowOfVector {
  int32_t vector = 0;
  int32_t row = 0;
};
// Row i of the result is row rows[i].row of vectors[rows[i].vector].
Vector GatherFrom(const Type& type, std::span<const Vector> vectors,
                  std::span<const RowOfVector> rows);

}  // namespace sluice
