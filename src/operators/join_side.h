// JoinSide: the rows of one input of a RegularJoin, found by join key. Equal rows are kept once,
// with how often they occur and how many rows of the other side match them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "state/row_format.h"
#include "state/row_table.h"
#include "types/batch.h"

namespace sluice {

// Payload of a join key: its rows, in order of arrival.
struct JoinKey {
  StateRow* first;
  StateRow* last;
};

// Payload of a row.
struct JoinRow {
  StateRow* previous;
  StateRow* next;
  StateRow* key;
  int64_t copies;
  int64_t matches;  // rows of the other side, copies counted; kept where the type of join needs it
  bool emptied;     // listed in JoinSide::emptied_
};

class JoinSide {
 public:
  // `null_safe`: as in RegularJoinSpec.
  JoinSide(std::vector<Type> types, std::vector<int32_t> keys, const std::vector<bool>& null_safe);

  const RowFormat& format() const { return row_format_; }

  // The batch whose rows Add, Remove and FindKeys name by number.
  void Load(const Batch& batch);
  // True if the key of the row has a NULL where that equals nothing.
  bool KeyEqualsNothing(int32_t i) const {
    const char* key = key_bytes_.row(i).data();
    if (!key_format_.HasNulls(key)) return false;
    return std::any_of(strict_keys_.begin(), strict_keys_.end(),
                       [&](int32_t k) { return key_format_.IsNull(key, k); });
  }

  StateRow* Add(int32_t i);
  // Null if there is no such row. A row without copies stays until ForgetEmptied.
  StateRow* Remove(int32_t i);
  // At the end of each batch.
  void ForgetEmptied();

  // keys[i] = the key here that equals the key of row i of `other`; null if there is none.
  void FindKeys(const JoinSide& other, StateRow** keys) const;
  // All keys here that equal the key of row i of `other` or would if a NULL were another value.
  // `equal` is what FindKeys gave.
  void PerhapsEqualKeys(const JoinSide& other, int32_t i, StateRow* equal,
                        std::vector<StateRow*>* keys) const;

 private:
  void Prefetch(int32_t i) const;
  void Forget(StateRow* row);

  const std::vector<int32_t> key_columns_;
  std::vector<int32_t> strict_keys_;  // places in key_columns_ where NULL equals nothing
  const RowFormat row_format_;
  const RowFormat key_format_;
  RowTable rows_;
  RowTable keys_;
  std::vector<StateRow*> null_keys_;  // the keys with a NULL in them
  std::vector<StateRow*> emptied_;

  // Of the current batch.
  int32_t num_rows_ = 0;
  EncodedRows row_bytes_;
  EncodedRows key_bytes_;
  std::vector<uint64_t> row_hashes_;
  std::vector<uint64_t> key_hashes_;
};

}  // namespace sluice
