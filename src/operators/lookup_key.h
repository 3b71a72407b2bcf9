// LookupKeys: the keys of one batch in the form in which a lookup cache compares them: each key is
// one Text (16 bytes; up to 12 bytes of key lie in it), with a hash of 64 bits. A single text
// column is its own key, one number is its bytes, several columns are put one after the other.
// Computed column by column, once per batch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/arena.h"
#include "types/text.h"
#include "types/vector.h"

namespace sluice {

// True if columns of this type can be looked up by.
bool IsLookupKeyType(const Type& type);

uint64_t HashLookupKey(const Text& key);

class LookupKeys {
 public:
  // The columns are num_rows long and must outlive this object's next use: keys may point into
  // them.
  void Compute(std::span<const Vector> columns, int32_t num_rows);

  int32_t num_rows() const { return static_cast<int32_t>(keys_.size()); }
  const Text& key(int32_t row) const { return keys_[row]; }
  uint64_t hash(int32_t row) const { return hashes_[row]; }
  // A key with a NULL in it finds nothing.
  bool IsNull(int32_t row) const { return has_nulls_ && is_null_[row] != 0; }

 private:
  void Concatenate(std::span<const Vector> columns, int32_t num_rows);

  std::vector<Text> keys_;
  std::vector<uint64_t> hashes_;
  std::vector<uint8_t> is_null_;  // if has_nulls_
  bool has_nulls_ = false;
  std::unique_ptr<Arena> arena_;  // of concatenated keys
};

}  // namespace sluice
