// RowTable: a hash table from rows (state/row_format.h) to a fixed-size payload, the shape of all
// keyed state in memory. Rows own their bytes and never move, so operators keep pointers to them.
//
// Open addressing with linear probing over 8-byte slots: 16 bits of the hash beside a 48-bit
// pointer, so that a probe touches a row only when it most likely is the right one. Batches are
// probed with both steps prefetched a few rows ahead. Single-threaded.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "state/block_pool.h"
#include "state/row_format.h"

namespace sluice {

// Followed by its payload, then its bytes.
struct StateRow {
  uint64_t hash;
  uint32_t size;
  uint32_t payload_bytes;

  template <typename T>
  T& payload() {
    return *reinterpret_cast<T*>(this + 1);
  }
  const char* data() const { return reinterpret_cast<const char*>(this + 1) + payload_bytes; }
  std::string_view bytes() const { return {data(), size}; }
};
static_assert(sizeof(StateRow) == 16);

class RowTable {
 public:
  // The payload is a multiple of 8 bytes, and zero when a row is new.
  explicit RowTable(int32_t payload_bytes);

  int64_t size() const { return num_rows_; }
  int64_t used_bytes() const;

  // Hashes are those of HashRows over the same columns.
  StateRow* Find(std::string_view bytes, uint64_t hash) const;
  StateRow* FindOrAdd(std::string_view bytes, uint64_t hash);
  // rows[i] = what Find or FindOrAdd give for row i.
  void FindAll(const EncodedRows& keys, std::span<const uint64_t> hashes, StateRow** rows) const;
  void FindOrAddAll(const EncodedRows& keys, std::span<const uint64_t> hashes, StateRow** rows);
  void Erase(StateRow* row);

  // To be called some rows ahead of Find: first for the slot, later for the row behind it.
  void PrefetchSlot(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  void PrefetchRow(uint64_t hash) const {
    const uint64_t slot = slots_[hash & mask_];
    if (slot != 0) __builtin_prefetch(RowOf(slot));
  }

  // Every row once: `cursor` starts at 0; null when there are no more. The table must not change
  // in between.
  StateRow* Next(size_t* cursor) const;

 private:
  static constexpr int kPointerBits = 48;

  static uint64_t SlotFor(StateRow* row, uint64_t hash) {
    return reinterpret_cast<uint64_t>(row) | (hash >> 32 << kPointerBits);
  }
  static StateRow* RowOf(uint64_t slot) {
    return reinterpret_cast<StateRow*>(slot & ((uint64_t{1} << kPointerBits) - 1));
  }
  // The slot of this row, or the empty one where it belongs.
  size_t Probe(std::string_view bytes, uint64_t hash) const;
  void Grow();
  size_t BlockBytes(size_t row_bytes) const {
    return sizeof(StateRow) + payload_bytes_ + row_bytes;
  }

  const int32_t payload_bytes_;
  size_t mask_;
  int64_t num_rows_ = 0;
  std::vector<uint64_t> slots_;  // 0: empty; at most half are taken
  BlockPool pool_;
};

}  // namespace sluice
