// DimensionCache: from a key to the rows of a dimension table that have it; owns keys and rows. An
// open-addressing table of 32-byte slots, probed for a whole batch with prefetch, leads to row
// numbers; rows lie in blocks of columns, numbered through. Once the blocks are merged into one, an
// emitted batch refers to its columns by a selection, and nothing is copied.
//
// Row numbers stay valid until the next Prepare. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/arena.h"
#include "connectors/connector.h"
#include "operators/lookup_key.h"
#include "types/text.h"
#include "types/vector.h"

namespace sluice {

// The rows of one key: [first, first + count).
struct LookupMatch {
  int32_t first = 0;
  int32_t count = 0;
};

struct CacheLimits {
  int64_t max_keys = -1;  // -1: no bound
  int64_t expire_after_write_ms = -1;
  int64_t expire_after_access_ms = -1;
  bool keep_missing_keys = true;
};

class DimensionCache {
 public:
  // The row that stands for "nothing found", NULL in every column; only in caches for outer joins.
  static constexpr int32_t kNullRow = 0;

  DimensionCache(std::vector<Type> column_types, bool outer, CacheLimits limits);

  // Before each batch: forgets what is due to go, merges blocks when that pays.
  void Prepare(int64_t now_ms);
  // Forgets everything.
  void Clear();

  // Finds the rows of every key; a NULL key has none. Returns the keys that the store must be asked
  // for, each by the first row of the batch that has it; Resolve has to follow if there are any. A
  // loaded cache asks for nothing.
  const std::vector<int32_t>& Find(const LookupKeys& keys, int64_t now_ms, LookupMatch* matches);
  // What the store answered for the keys that Find returned, by their place there. Completes
  // `matches` of that batch.
  void Resolve(const LookupKeys& keys, LookupReply reply, int64_t now_ms, LookupMatch* matches);
  // All rows of the table, in blocks: the only content from now on. Rows with a NULL key are left
  // out.
  void Load(std::span<const LookupReply> blocks, std::span<const int32_t> key_columns);

  // Rows `rows` of one column; the vector pins what it refers to.
  Vector Gather(int32_t column, const Selection& rows, int32_t num_rows);

  int64_t num_keys() const { return num_keys_; }
  int64_t num_rows() const { return num_rows_; }  // with kNullRow

 private:
  struct Slot {
    Text key;
    int32_t first = 0;
    uint32_t count : 30 = 0;
    uint32_t state : 2 = 0;
    int64_t written_ms = 0;
  };
  static_assert(sizeof(Slot) == 32);
  enum State : uint32_t { kEmpty, kAsked, kCold, kHot };  // kHot: used since the hand passed
  struct Block {
    int32_t first_row;
    std::vector<Vector> columns;
  };

  uint32_t FindSlot(const Text& key, uint64_t hash) const;
  uint32_t Insert(const Text& key, uint64_t hash, int64_t now_ms);
  bool IsExpired(uint32_t slot, int64_t now_ms) const;
  void Touch(uint32_t slot, int64_t now_ms);
  int32_t FindKnown(const LookupKeys& keys, int32_t row, int64_t now_ms, LookupMatch* matches);
  void Ask(const LookupKeys& keys, int32_t row, uint32_t slot, int64_t now_ms);
  void Grow(int64_t now_ms);
  void Erase(uint32_t slot);
  void Evict();
  void AppendBlock(std::vector<Vector> columns, int32_t num_rows);
  void AppendNullRow();
  void Merge(int64_t now_ms);
  const Block& BlockOf(int32_t row) const;
  Vector CopyRows(int32_t column, std::span<const int32_t> rows) const;
  Vector ViewRows(int32_t column, std::span<const int32_t> rows) const;

  const std::vector<Type> column_types_;
  const bool outer_;
  const CacheLimits limits_;
  bool complete_ = false;  // after Load
  std::vector<Slot> slots_;
  std::vector<int64_t> accessed_ms_;  // per slot, if expire_after_access
  uint32_t mask_ = 0;
  uint32_t hand_ = 0;  // of the clock that evicts
  int64_t num_keys_ = 0;
  std::unique_ptr<Arena> key_arena_;
  std::vector<Block> blocks_;
  int64_t num_rows_ = 0;
  int64_t dead_rows_ = 0;      // of keys that are gone
  int64_t num_dead_keys_ = 0;  // whose text may still lie in key_arena_
  int64_t copied_values_ = 0;  // since the last merge, because there was more than one block
  // Rows of the batch between Find and Resolve.
  std::vector<int32_t> asked_rows_;    // the first of each key that is asked for
  std::vector<int32_t> waiting_rows_;  // all with such a key
};

}  // namespace sluice
