// Loops over the rows of a result that are not NULL, and the ways in which a row ends without a
// value.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <utility>

#include "types/row_errors.h"
#include "types/text.h"
#include "types/vector.h"

namespace sluice {

// Calls f(row) for each row of [0, num_rows) that is not NULL in `out`; f may make its own row
// NULL.
template <typename F>
void ForEachValid(VectorBuilder& out, int32_t num_rows, F f) {
  if (!out.has_validity()) {
    for (int32_t row = 0; row < num_rows; ++row) f(row);
    return;
  }
  const uint64_t* validity = out.validity();
  for (int32_t base = 0; base < num_rows; base += 64) {
    uint64_t word = validity[base >> 6];
    if (num_rows - base < 64) word &= (uint64_t{1} << (num_rows - base)) - 1;
    if (word == ~uint64_t{0}) {
      for (int32_t row = base; row < base + 64; ++row) f(row);
      continue;
    }
    for (; word != 0; word &= word - 1) f(base + std::countr_zero(word));
  }
}

// Makes a row NULL with a harmless value under it.
inline void SetNullRow(VectorBuilder& out, int32_t row) {
  out.SetNull(row);
  if (out.type().layout() == Layout::kText) out.values<Text>()[row] = Text();
  if (out.type().layout() == Layout::kList) out.values<ListEntry>()[row] = ListEntry();
}

// Notes a failing row; its value becomes NULL so that what reads it stays safe.
inline void FailRow(VectorBuilder& out, int32_t row, std::string detail, RowErrors& errors) {
  SetNullRow(out, row);
  errors.Add(row, ErrorCode::kBadExpression, std::move(detail));
}

}  // namespace sluice
