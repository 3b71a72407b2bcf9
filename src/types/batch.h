// Batch: a columnar block of at most kMaxBatchRows rows, on its way from operator to operator. A
// value; moving it is cheap.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "types/raw_records.h"
#include "types/vector.h"

namespace sluice {

// As in Flink: how a row changes the result that the rows before it made.
enum class RowKind : uint8_t { kInsert, kUpdateBefore, kUpdateAfter, kDelete };

// "+I", "-U", "+U", "-D".
std::string_view RowKindName(RowKind kind);

// What Flink's watermark assigner would have emitted right after this row.
struct WatermarkMark {
  int32_t row;
  int64_t watermark_ms;
};

// Which raw records the rows came from, for dead letters. Empty where nobody asked for it.
struct RowOrigins {
  std::shared_ptr<const RawRecords> records;
  Vector indexes;  // INT: row -> place in records->records
};

struct Batch {
  std::vector<Vector> columns;  // each num_rows long
  int32_t num_rows = 0;
  // One kind a row; null: all +I, as in append-only streams.
  std::shared_ptr<const RowKind[]> row_kinds;
  std::vector<WatermarkMark> marks;
  RowOrigins origins;
  // Monotonic microseconds at which the oldest row was read: bounds how long a batch may wait to
  // fill.
  int64_t oldest_row_us = 0;
  // Bytes of the source chunks that the columns keep alive, as far as known: what a queue counts,
  // and what says when to compact.
  int64_t pinned_bytes = 0;

  RowKind kind(int32_t row) const {
    return row_kinds == nullptr ? RowKind::kInsert : row_kinds[row];
  }
  // Keeps only the rows selection[0 … num_rows) of every column, kind and origin; a mark moves to
  // the last kept row before it.
  Batch Select(const Selection& selection, int32_t num_rows) const;
};

}  // namespace sluice
