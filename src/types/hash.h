// Hashes and equality of keys, as exchanges, aggregates, joins and lookup caches use them. Rows are
// equal as Flink's binary rows are: byte for byte, so NULL equals NULL, NaN equals NaN, and 0.0
// differs from -0.0. Hashes do not depend on the encoding of a vector, on the process or on the
// machine: state is split by them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "types/vector.h"

namespace sluice {

// As in Flink: keyed data is split into this many groups, whatever the parallelism.
inline constexpr int32_t kNumKeyGroups = 128;

uint64_t HashBytes(std::string_view bytes);

// hashes[i] = hash of row i over all columns, in this order. Columns are num_rows long.
void HashRows(std::span<const Vector> columns, int32_t num_rows, uint64_t* hashes);

bool ValuesEqual(const Vector& a, int32_t row_a, const Vector& b, int32_t row_b);

// True if the rows agree in all columns. REQUIRES: the same number of columns, with the same
// layouts.
bool RowsEqual(std::span<const Vector> a, int32_t row_a, std::span<const Vector> b, int32_t row_b);

inline int32_t KeyGroupOf(uint64_t hash) { return static_cast<int32_t>(hash >> 57); }
static_assert(kNumKeyGroups == 1 << (64 - 57));

// The instance that owns a key group; contiguous ranges, as in Flink.
inline int32_t OwnerOfKeyGroup(int32_t key_group, int32_t parallelism) {
  return key_group * parallelism / kNumKeyGroups;
}

}  // namespace sluice
