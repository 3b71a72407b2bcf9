#include "runtime/compact.h"

#include <algorithm>

#include "base/check.h"
#include "types/text.h"

namespace sluice {
namespace {

int64_t UsedBytesOf(const Vector& vector) {
  const int64_t rows = vector.num_rows();
  int64_t bytes = rows * ValueBytes(vector.type().layout());
  if (vector.type().layout() == Layout::kText) {
    const VectorView<Text> view = vector.View<Text>();
    for (int32_t i = 0; i < rows; ++i) {
      if (!view.IsNull(i) && !view[i].is_inline()) bytes += view[i].size();
    }
  }
  for (const Vector& child : vector.body().children) bytes += UsedBytesOf(child);
  return bytes;
}

int64_t BodyBytesOf(const Vector& vector) {
  int64_t bytes = int64_t{vector.body().num_rows} * ValueBytes(vector.type().layout());
  for (const Vector& child : vector.body().children) bytes += BodyBytesOf(child);
  return bytes;
}

}  // namespace

int64_t UsedBytes(const Batch& batch) {
  int64_t bytes = 0;
  for (const Vector& column : batch.columns) bytes += UsedBytesOf(column);
  return bytes;
}

int64_t PinnedBytes(const Batch& batch) {
  int64_t bytes = batch.pinned_bytes;
  for (const Vector& column : batch.columns) bytes += BodyBytesOf(column);
  return bytes;
}

Batch Concatenate(std::span<const Batch> batches) {
  SL_CHECK(!batches.empty());
  Batch result;
  bool has_kinds = false;
  result.oldest_row_us = batches.front().oldest_row_us;
  for (const Batch& batch : batches) {
    SL_CHECK(batch.origins.records == nullptr);
    for (const WatermarkMark& mark : batch.marks) {
      result.marks.push_back({mark.row + result.num_rows, mark.watermark_ms});
    }
    result.num_rows += batch.num_rows;
    result.oldest_row_us = std::min(result.oldest_row_us, batch.oldest_row_us);
    has_kinds |= batch.row_kinds != nullptr;
  }
  SL_CHECK(result.num_rows <= kMaxBatchRows);
  for (size_t c = 0; c < batches.front().columns.size(); ++c) {
    VectorBuilder builder(batches.front().columns[c].type(), result.num_rows);
    int32_t row = 0;
    for (const Batch& batch : batches) {
      for (int32_t i = 0; i < batch.num_rows; ++i) builder.CopyRow(row++, batch.columns[c], i);
    }
    result.columns.push_back(builder.Finish());
  }
  if (has_kinds) {
    std::shared_ptr<RowKind[]> kinds(new RowKind[result.num_rows]);
    int32_t row = 0;
    for (const Batch& batch : batches) {
      for (int32_t i = 0; i < batch.num_rows; ++i) kinds[row++] = batch.kind(i);
    }
    result.row_kinds = std::move(kinds);
  }
  return result;
}

}  // namespace sluice
