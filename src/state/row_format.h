// RowFormat: rows as compact, self-contained byte strings, the form in which state keeps them.
//
//   row    := nulls slot* bytes*
//   nulls  := one bit a column, set = NULL; (columns + 7) / 8 bytes
//   slot   := the value as it lies in a vector, at its natural size, unaligned; zero when NULL
//           | (uint32 offset from the start of the row, uint32 length) of text and nested values
//   bytes  := text | nested value
//   nested := of a list: uint32 count, then per element one element of each child
//           | of a row: one element of each child
//   element := uint8 is_null, then, unless NULL: value | uint32 length, text | nested
//
// Equal rows (types/hash.h) have equal bytes. Immutable; any thread may use it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/vector.h"

namespace sluice {

// The rows of one batch, encoded. Reused from batch to batch so that nothing is allocated.
class EncodedRows {
 public:
  int32_t num_rows() const { return static_cast<int32_t>(ends_.size()); }
  std::string_view row(int32_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + begin, ends_[i] - begin};
  }

  // For whoever encodes row by row.
  void Clear() {
    bytes_.clear();
    ends_.clear();
  }
  std::string& bytes() { return bytes_; }
  void EndRow() { ends_.push_back(bytes_.size()); }

 private:
  friend class RowFormat;
  std::string bytes_;
  std::vector<size_t> ends_;
  std::vector<uint32_t> cursors_;  // per row: where its next text goes
  std::string nested_;
  std::vector<uint32_t> nested_sizes_;
};

class RowFormat {
 public:
  explicit RowFormat(std::vector<Type> types);

  const std::vector<Type>& types() const { return types_; }

  // Columns of these types, up to nullability and length, each num_rows long.
  void Encode(std::span<const Vector> columns, int32_t num_rows, EncodedRows& out) const;

  // Column `column` of the given rows as a flat vector that owns its text; a null row gives NULL.
  Vector DecodeColumn(int32_t column, std::span<const char* const> rows) const;

  bool IsNull(const char* row, int32_t column) const {
    return (static_cast<uint8_t>(row[column >> 3]) >> (column & 7)) & 1;
  }
  bool HasNulls(const char* row) const;
  // True if the rows agree in every column in which neither is NULL.
  bool EqualUnlessNull(const char* a, const char* b) const;

 private:
  std::string_view TextOf(const char* row, int32_t column) const;
  void SizeRows(std::span<const Vector> columns, int32_t num_rows, EncodedRows& out) const;
  void EncodeText(const Vector& vector, int32_t column, int32_t num_rows, EncodedRows& out) const;
  void EncodeNested(const Vector& vector, int32_t column, int32_t num_rows, const char* nested,
                    const uint32_t* sizes, EncodedRows& out) const;

  std::vector<Type> types_;
  std::vector<int32_t> slots_;  // offset of each column's slot
  int32_t null_bytes_ = 0;
  int32_t fixed_bytes_ = 0;
  bool fixed_size_ = true;
};

}  // namespace sluice
