// JsonColumns: the columns of the batch that is being decoded, and the row that is being filled. A
// row is written in any order and any number of times; only CommitRow makes it part of the batch,
// so that a record which turns out bad or filtered leaves nothing behind.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/format.h"
#include "types/vector.h"

namespace sluice {

class JsonColumns {
 public:
  explicit JsonColumns(const std::vector<DecodedColumn>& columns);

  // Starts a batch with room for `capacity` rows whose text may point into `pin`.
  void Begin(int32_t capacity, const Pin& pin);

  // Starts (or restarts) the next row: all columns NULL.
  void StartRow() {
    for (uint64_t& word : present_) word = 0;
  }
  // The row to write to, and the column to write it in. Follow with Keep.
  int32_t row() const { return row_; }
  VectorBuilder& builder(int32_t column) { return builders_[column]; }
  void Keep(int32_t column) { present_[column >> 6] |= uint64_t{1} << (column & 63); }
  // Makes the column NULL again.
  void Drop(int32_t column) { present_[column >> 6] &= ~(uint64_t{1} << (column & 63)); }
  bool Has(int32_t column) const { return present_[column >> 6] >> (column & 63) & 1; }
  void CommitRow();

  // Memory for documents that were unescaped: all text columns keep it alive.
  Arena& document_arena() {
    if (document_arena_ == nullptr) AddDocumentArena();
    return *document_arena_;
  }

  bool IsFull() const { return row_ == kMaxBatchRows; }
  // Ends the batch.
  void Finish(DecodeOutput& out);

  // For loops that write many columns: the values of a column as they lie, stable until Begin or
  // CommitRow.
  void* values(int32_t column) { return values_[column]; }

 private:
  void Grow();
  void AddDocumentArena();

  std::vector<Type> types_;
  std::vector<VectorBuilder> builders_;
  std::vector<void*> values_;
  std::vector<uint64_t> present_;  // of the current row: columns that are not NULL
  std::vector<uint64_t> all_;
  std::shared_ptr<Arena> document_arena_;
  int32_t row_ = 0;
  int32_t capacity_ = 0;
};

}  // namespace sluice
