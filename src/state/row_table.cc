#include "state/row_table.h"

#include <algorithm>
#include <new>

#include "base/check.h"

namespace sluice {

namespace {

constexpr size_t kInitialSlots = 64;
// How many rows ahead of the probe its slot and its row are prefetched.
constexpr int32_t kSlotDistance = 16;
constexpr int32_t kRowDistance = 8;

}  // namespace

RowTable::RowTable(int32_t payload_bytes)
    : payload_bytes_(payload_bytes), mask_(kInitialSlots - 1), slots_(kInitialSlots, 0) {
  SL_CHECK(payload_bytes % 8 == 0);
}

int64_t RowTable::used_bytes() const {
  return pool_.used_bytes() + static_cast<int64_t>(slots_.size() * sizeof(uint64_t));
}

size_t RowTable::Probe(std::string_view bytes, uint64_t hash) const {
  const uint64_t tag = hash >> 32 << kPointerBits;
  for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
    const uint64_t slot = slots_[i];
    if (slot == 0) return i;
    if (((slot ^ tag) >> kPointerBits) != 0) continue;
    const StateRow* row = RowOf(slot);
    if (row->hash == hash && row->bytes() == bytes) return i;
  }
}

StateRow* RowTable::Find(std::string_view bytes, uint64_t hash) const {
  return RowOf(slots_[Probe(bytes, hash)]);
}

StateRow* RowTable::FindOrAdd(std::string_view bytes, uint64_t hash) {
  size_t i = Probe(bytes, hash);
  if (slots_[i] != 0) return RowOf(slots_[i]);
  if (static_cast<size_t>(num_rows_ + 1) * 2 > slots_.size()) {
    Grow();
    i = Probe(bytes, hash);
  }
  StateRow* row = new (pool_.Allocate(BlockBytes(bytes.size())))
      StateRow{hash, static_cast<uint32_t>(bytes.size()), static_cast<uint32_t>(payload_bytes_)};
  char* payload = reinterpret_cast<char*>(row + 1);
  std::memset(payload, 0, payload_bytes_);
  if (!bytes.empty()) std::memcpy(payload + payload_bytes_, bytes.data(), bytes.size());
  slots_[i] = SlotFor(row, hash);
  ++num_rows_;
  return row;
}

void RowTable::FindAll(const EncodedRows& keys, std::span<const uint64_t> hashes,
                       StateRow** rows) const {
  const int32_t num_rows = keys.num_rows();
  for (int32_t i = 0; i < num_rows; ++i) {
    if (i + kSlotDistance < num_rows) PrefetchSlot(hashes[i + kSlotDistance]);
    if (i + kRowDistance < num_rows) PrefetchRow(hashes[i + kRowDistance]);
    rows[i] = Find(keys.row(i), hashes[i]);
  }
}

void RowTable::FindOrAddAll(const EncodedRows& keys, std::span<const uint64_t> hashes,
                            StateRow** rows) {
  const int32_t num_rows = keys.num_rows();
  for (int32_t i = 0; i < num_rows; ++i) {
    if (i + kSlotDistance < num_rows) PrefetchSlot(hashes[i + kSlotDistance]);
    if (i + kRowDistance < num_rows) PrefetchRow(hashes[i + kRowDistance]);
    rows[i] = FindOrAdd(keys.row(i), hashes[i]);
  }
}

void RowTable::Erase(StateRow* row) {
  size_t hole = row->hash & mask_;
  while (RowOf(slots_[hole]) != row) hole = (hole + 1) & mask_;
  pool_.Free(reinterpret_cast<char*>(row), BlockBytes(row->size));
  --num_rows_;
  // Moves back what would no longer be reached across the hole, so that no tombstones are needed.
  for (size_t i = (hole + 1) & mask_; slots_[i] != 0; i = (i + 1) & mask_) {
    const size_t home = RowOf(slots_[i])->hash & mask_;
    if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = 0;
}

StateRow* RowTable::Next(size_t* cursor) const {
  while (*cursor < slots_.size()) {
    const uint64_t slot = slots_[(*cursor)++];
    if (slot != 0) return RowOf(slot);
  }
  return nullptr;
}

void RowTable::Grow() {
  std::vector<uint64_t> old(slots_.size() * 2, 0);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (size_t o = 0; o < old.size(); ++o) {
    if (o + kRowDistance < old.size()) __builtin_prefetch(RowOf(old[o + kRowDistance]));
    if (old[o] == 0) continue;
    size_t i = RowOf(old[o])->hash & mask_;
    while (slots_[i] != 0) i = (i + 1) & mask_;
    slots_[i] = old[o];
  }
}

}  // namespace sluice
