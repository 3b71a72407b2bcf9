#include "types/batch.h"

#include <algorithm>

namespace sluice {

std::string_view RowKindName(RowKind kind) {
  switch (kind) {
    case RowKind::kInsert: return "+I";
    case RowKind::kUpdateBefore: return "-U";
    case RowKind::kUpdateAfter: return "+U";
    case RowKind::kDelete: return "-D";
  }
  return "";
}

Batch Batch::Select(const Selection& selection, int32_t num_rows) const {
  Batch result;
  result.num_rows = num_rows;
  result.oldest_row_us = oldest_row_us;
  result.pinned_bytes = pinned_bytes;
  result.columns.reserve(columns.size());
  for (const Vector& column : columns) result.columns.push_back(column.Select(selection, num_rows));
  if (row_kinds != nullptr) {
    std::shared_ptr<RowKind[]> kinds(new RowKind[num_rows]);
    for (int32_t i = 0; i < num_rows; ++i) kinds[i] = row_kinds[selection[i]];
    result.row_kinds = std::move(kinds);
  }
  if (origins.records != nullptr) {
    result.origins = {origins.records, origins.indexes.Select(selection, num_rows)};
  }
  for (const WatermarkMark& mark : marks) {
    const int32_t* begin = selection.get();
    const auto kept = std::upper_bound(begin, begin + num_rows, mark.row) - begin;
    result.marks.push_back({static_cast<int32_t>(kept) - 1, mark.watermark_ms});
  }
  return result;
}

}  // namespace sluice
