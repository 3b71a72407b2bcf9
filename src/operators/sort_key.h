// Sort keys: the values of ORDER BY columns as bytes that compare, unsigned and byte by byte, as
// the rows sort. One memcmp then orders rows of any types and directions.
#pragma once

#include <span>

#include "operators/top_n.h"
#include "state/row_format.h"

namespace sluice {

// Writes the key of every row. Text sorts by unsigned bytes, NaN above all other numbers, -0.0 with
// 0.0, FALSE before TRUE. No key is the beginning of another.
void EncodeSortKeys(std::span<const Vector> columns, std::span<const SortColumn> order,
                    int32_t num_rows, EncodedRows& out);

}  // namespace sluice
