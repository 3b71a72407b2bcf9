#include "operators/dimension_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "types/value.h"

namespace sluice {
namespace {

constexpr uint32_t kMinSlots = 64;
// How many probes ahead the slots are fetched.
constexpr int32_t kAhead = 12;

// Text's own comparison looks at the first half alone first; here that costs more mispredictions
// than it saves loads, as nearly every slot that is looked at is the right one.
inline bool SameKey(const Text& a, const Text& b) {
  uint64_t words_a[2], words_b[2];
  std::memcpy(words_a, &a, sizeof(words_a));
  std::memcpy(words_b, &b, sizeof(words_b));
  if (((words_a[0] ^ words_b[0]) | (words_a[1] ^ words_b[1])) == 0) return true;
  return !a.is_inline() && a == b;
}

}  // namespace

DimensionCache::DimensionCache(std::vector<Type> column_types, bool outer, CacheLimits limits)
    : column_types_(std::move(column_types)), outer_(outer), limits_(limits) {
  Clear();
}

void DimensionCache::Clear() {
  if (slots_.size() < kMinSlots) slots_.resize(kMinSlots);
  std::fill(slots_.begin(), slots_.end(), Slot());
  mask_ = static_cast<uint32_t>(slots_.size()) - 1;
  if (limits_.expire_after_access_ms >= 0) accessed_ms_.assign(slots_.size(), 0);
  key_arena_ = std::make_unique<Arena>();
  blocks_.clear();
  num_keys_ = num_rows_ = dead_rows_ = num_dead_keys_ = copied_values_ = 0;
  if (outer_) AppendNullRow();
}

void DimensionCache::Prepare(int64_t now_ms) {
  if (limits_.max_keys >= 0 && num_keys_ > limits_.max_keys) Evict();
  const auto num_columns = static_cast<int64_t>(column_types_.size());
  // A merge costs as much as the copies which its absence has already cost.
  const bool copies_pay = blocks_.size() > 1 && copied_values_ >= num_rows_ * num_columns;
  const bool mostly_dead =
      dead_rows_ > num_rows_ / 2 + kMaxBatchRows || num_dead_keys_ > num_keys_ + kMaxBatchRows;
  if (copies_pay || mostly_dead) Merge(now_ms);
}

// ---- The table ----

// The slot with the key, or the empty one where it belongs.
uint32_t DimensionCache::FindSlot(const Text& key, uint64_t hash) const {
  uint32_t slot = static_cast<uint32_t>(hash) & mask_;
  while (slots_[slot].state != kEmpty && !(slots_[slot].key == key)) slot = (slot + 1) & mask_;
  return slot;
}

bool DimensionCache::IsExpired(uint32_t slot, int64_t now_ms) const {
  if (limits_.expire_after_write_ms >= 0 &&
      now_ms - slots_[slot].written_ms >= limits_.expire_after_write_ms) {
    return true;
  }
  return limits_.expire_after_access_ms >= 0 &&
         now_ms - accessed_ms_[slot] >= limits_.expire_after_access_ms;
}

// Mostly there is nothing to write, which keeps the cache line clean.
void DimensionCache::Touch(uint32_t slot, int64_t now_ms) {
  if (slots_[slot].state != kHot) slots_[slot].state = kHot;
  if (limits_.expire_after_access_ms >= 0) accessed_ms_[slot] = now_ms;
}

const std::vector<int32_t>& DimensionCache::Find(const LookupKeys& keys, int64_t now_ms,
                                                 LookupMatch* matches) {
  asked_rows_.clear();
  waiting_rows_.clear();
  const int32_t num_rows = keys.num_rows();
  for (int32_t row = 0; row < num_rows;) row = FindKnown(keys, row, now_ms, matches);
  return asked_rows_;
}

// As far as the keys are here, and one row further. The table does not change meanwhile, so that
// its place stays in registers.
int32_t DimensionCache::FindKnown(const LookupKeys& keys, int32_t row, int64_t now_ms,
                                  LookupMatch* matches) {
  Slot* const slots = slots_.data();
  const uint32_t mask = mask_;
  const int32_t num_rows = keys.num_rows();
  const bool expires = limits_.expire_after_write_ms >= 0 || limits_.expire_after_access_ms >= 0;
  for (; row < num_rows; ++row) {
    const int32_t ahead = std::min(row + kAhead, num_rows - 1);
    __builtin_prefetch(&slots[static_cast<uint32_t>(keys.hash(ahead)) & mask]);
    matches[row] = {};
    if (keys.IsNull(row)) continue;
    const Text& key = keys.key(row);
    uint32_t slot = static_cast<uint32_t>(keys.hash(row)) & mask;
    while (slots[slot].state != kEmpty && !SameKey(key, slots[slot].key)) slot = (slot + 1) & mask;
    const Slot& found = slots[slot];
    if (found.state >= kCold && !(expires && IsExpired(slot, now_ms))) [[likely]] {
      matches[row] = {found.first, static_cast<int32_t>(found.count)};
      Touch(slot, now_ms);
    } else if (!complete_) {
      Ask(keys, row, slot, now_ms);
      return row + 1;
    }
  }
  return row;
}

void DimensionCache::Ask(const LookupKeys& keys, int32_t row, uint32_t slot, int64_t now_ms) {
  waiting_rows_.push_back(row);
  if (slots_[slot].state == kAsked) return;
  asked_rows_.push_back(row);
  if (slots_[slot].state == kEmpty) slot = Insert(keys.key(row), keys.hash(row), now_ms);
  dead_rows_ += slots_[slot].count;
  slots_[slot].count = 0;
  slots_[slot].state = kAsked;
}

uint32_t DimensionCache::Insert(const Text& key, uint64_t hash, int64_t now_ms) {
  if ((num_keys_ + 1) * 2 > static_cast<int64_t>(slots_.size())) Grow(now_ms);
  const uint32_t slot = FindSlot(key, hash);
  slots_[slot] = {.key = key.is_inline() ? key : Text(key_arena_->Copy(key.view()))};
  slots_[slot].state = kAsked;
  ++num_keys_;
  return slot;
}

// Makes room: by letting expired keys go if they are many, else by doubling.
void DimensionCache::Grow(int64_t now_ms) {
  std::vector<bool> gone(slots_.size());
  int64_t num_gone = 0;
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state < kCold || !IsExpired(slot, now_ms)) continue;
    gone[slot] = true;
    dead_rows_ += slots_[slot].count;
    ++num_gone;
  }
  const std::vector<Slot> old_slots = std::move(slots_);
  const std::vector<int64_t> old_accessed = std::move(accessed_ms_);
  num_keys_ -= num_gone;
  num_dead_keys_ += num_gone;
  const bool doubles = num_keys_ * 3 > static_cast<int64_t>(old_slots.size());
  const size_t num_slots = old_slots.size() * (doubles ? 2 : 1);
  slots_.assign(num_slots, Slot());
  accessed_ms_.assign(old_accessed.empty() ? 0 : num_slots, 0);
  mask_ = static_cast<uint32_t>(num_slots) - 1;
  hand_ = 0;
  for (uint32_t old = 0; old < old_slots.size(); ++old) {
    if (old_slots[old].state == kEmpty || gone[old]) continue;
    const Text& key = old_slots[old].key;
    const uint32_t slot = FindSlot(key, HashLookupKey(key));
    slots_[slot] = old_slots[old];
    if (!old_accessed.empty()) accessed_ms_[slot] = old_accessed[old];
  }
}

// Closes the gap, so that no probe ends too early.
void DimensionCache::Erase(uint32_t slot) {
  dead_rows_ += slots_[slot].count;
  --num_keys_;
  ++num_dead_keys_;
  uint32_t gap = slot;
  for (uint32_t next = (gap + 1) & mask_; slots_[next].state != kEmpty; next = (next + 1) & mask_) {
    const uint32_t home = static_cast<uint32_t>(HashLookupKey(slots_[next].key)) & mask_;
    if (((next - home) & mask_) < ((next - gap) & mask_)) continue;
    slots_[gap] = slots_[next];
    if (!accessed_ms_.empty()) accessed_ms_[gap] = accessed_ms_[next];
    gap = next;
  }
  slots_[gap] = Slot();
}

// The clock algorithm: a key that was used since the hand last passed gets another round.
void DimensionCache::Evict() {
  while (num_keys_ > limits_.max_keys) {
    hand_ &= mask_;
    Slot& slot = slots_[hand_];
    if (slot.state == kCold) {
      Erase(hand_);  // the gap may have been filled: the hand stays
      continue;
    }
    if (slot.state == kHot) slot.state = kCold;
    ++hand_;
  }
}

void DimensionCache::Resolve(const LookupKeys& keys, LookupReply reply, int64_t now_ms,
                             LookupMatch* matches) {
  SL_CHECK(static_cast<int64_t>(reply.key_of_row.size()) == reply.num_rows);
  int32_t next = 0;
  for (size_t k = 0; k < asked_rows_.size(); ++k) {
    const uint32_t slot = FindSlot(keys.key(asked_rows_[k]), keys.hash(asked_rows_[k]));
    SL_CHECK(slots_[slot].state == kAsked);
    const int32_t begin = next;
    while (next < reply.num_rows && reply.key_of_row[next] == static_cast<int32_t>(k)) ++next;
    slots_[slot].first = static_cast<int32_t>(num_rows_) + begin;
    slots_[slot].count = static_cast<uint32_t>(next - begin);
    slots_[slot].state = kHot;
    slots_[slot].written_ms = now_ms;
    if (!accessed_ms_.empty()) accessed_ms_[slot] = now_ms;
  }
  SL_CHECK(next == reply.num_rows);
  for (int32_t row : waiting_rows_) {
    const Slot& slot = slots_[FindSlot(keys.key(row), keys.hash(row))];
    matches[row] = {slot.first, static_cast<int32_t>(slot.count)};
  }
  if (!limits_.keep_missing_keys) {
    for (int32_t row : asked_rows_) {
      const uint32_t slot = FindSlot(keys.key(row), keys.hash(row));
      if (slots_[slot].count == 0) Erase(slot);
    }
  }
  AppendBlock(std::move(reply.columns), reply.num_rows);
}

// ---- The rows ----

void DimensionCache::AppendBlock(std::vector<Vector> columns, int32_t num_rows) {
  if (num_rows == 0) return;
  SL_CHECK(num_rows_ + num_rows <= INT32_MAX);
  blocks_.push_back({static_cast<int32_t>(num_rows_), std::move(columns)});
  num_rows_ += num_rows;
}

void DimensionCache::AppendNullRow() {
  std::vector<Vector> columns;
  for (const Type& type : column_types_) {
    VectorBuilder builder(type.Nullable(), 1);
    SetValue(builder, 0, Value());
    columns.push_back(builder.Finish());
  }
  AppendBlock(std::move(columns), 1);
}

const DimensionCache::Block& DimensionCache::BlockOf(int32_t row) const {
  auto after = std::upper_bound(blocks_.begin(), blocks_.end(), row,
                                [](int32_t r, const Block& block) { return r < block.first_row; });
  return *(after - 1);
}

void DimensionCache::Load(std::span<const LookupReply> blocks,
                          std::span<const int32_t> key_columns) {
  Clear();
  complete_ = true;
  const auto first_row = static_cast<int32_t>(num_rows_);  // of what is loaded
  std::vector<LookupKeys> keys(blocks.size());
  for (size_t b = 0; b < blocks.size(); ++b) {
    std::vector<Vector> columns;
    for (int32_t column : key_columns) columns.push_back(blocks[b].columns[column]);
    keys[b].Compute(columns, blocks[b].num_rows);
    for (int32_t row = 0; row < blocks[b].num_rows; ++row) {
      if (keys[b].IsNull(row)) continue;
      uint32_t slot = FindSlot(keys[b].key(row), keys[b].hash(row));
      if (slots_[slot].state == kEmpty) slot = Insert(keys[b].key(row), keys[b].hash(row), 0);
      slots_[slot].state = kHot;
      ++slots_[slot].count;
    }
  }
  // Where the rows of each key go, then the rows in that order.
  int32_t next = first_row;
  for (Slot& slot : slots_) {
    slot.first = next;
    next += static_cast<int32_t>(slot.count);
    slot.count = 0;
  }
  std::vector<int32_t> order(next);
  if (outer_) order[kNullRow] = kNullRow;
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (int32_t row = 0; row < blocks[b].num_rows; ++row) {
      if (keys[b].IsNull(row)) continue;
      Slot& slot = slots_[FindSlot(keys[b].key(row), keys[b].hash(row))];
      order[slot.first + static_cast<int32_t>(slot.count)] = static_cast<int32_t>(num_rows_) + row;
      ++slot.count;
    }
    AppendBlock(blocks[b].columns, blocks[b].num_rows);
  }
  std::vector<Vector> columns;
  for (size_t c = 0; c < column_types_.size(); ++c) {
    columns.push_back(CopyRows(static_cast<int32_t>(c), order));
  }
  blocks_.clear();
  num_rows_ = 0;
  AppendBlock(std::move(columns), next);
}

// One block with the rows of the keys that are here, and an arena with just their text.
void DimensionCache::Merge(int64_t now_ms) {
  for (uint32_t slot = 0; slot < slots_.size();) {
    if (slots_[slot].state >= kCold && IsExpired(slot, now_ms)) {
      Erase(slot);  // the next key may have moved here
    } else {
      ++slot;
    }
  }
  std::vector<int32_t> order;
  order.reserve(num_rows_ - dead_rows_);
  if (outer_) order.push_back(kNullRow);
  auto key_arena = std::make_unique<Arena>();
  for (Slot& slot : slots_) {
    if (slot.state == kEmpty) continue;
    if (!slot.key.is_inline()) slot.key = Text(key_arena->Copy(slot.key.view()));
    const int32_t old_first = slot.first;
    slot.first = static_cast<int32_t>(order.size());
    for (uint32_t i = 0; i < slot.count; ++i) order.push_back(old_first + static_cast<int32_t>(i));
  }
  std::vector<Vector> columns;
  for (size_t c = 0; c < column_types_.size(); ++c) {
    columns.push_back(CopyRows(static_cast<int32_t>(c), order));
  }
  key_arena_ = std::move(key_arena);
  blocks_.clear();
  num_rows_ = dead_rows_ = num_dead_keys_ = copied_values_ = 0;
  AppendBlock(std::move(columns), static_cast<int32_t>(order.size()));
}

// Deeply: nothing of the blocks need live on.
Vector DimensionCache::CopyRows(int32_t column, std::span<const int32_t> rows) const {
  VectorBuilder builder(outer_ ? column_types_[column].Nullable() : column_types_[column],
                        static_cast<int32_t>(rows.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const Block& block = BlockOf(rows[i]);
    builder.CopyRow(static_cast<int32_t>(i), block.columns[column], rows[i] - block.first_row);
  }
  return builder.Finish();
}

// Without the text: the vector pins that of the blocks.
Vector DimensionCache::ViewRows(int32_t column, std::span<const int32_t> rows) const {
  if (column_types_[column].layout() != Layout::kText) return CopyRows(column, rows);
  VectorBuilder builder(outer_ ? column_types_[column].Nullable() : column_types_[column],
                        static_cast<int32_t>(rows.size()));
  const Block* pinned = nullptr;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Block& block = BlockOf(rows[i]);
    const Vector& source = block.columns[column];
    const VectorView<Text> view = source.View<Text>();
    const int32_t from = rows[i] - block.first_row;
    const auto to = static_cast<int32_t>(i);
    builder.values<Text>()[to] = Text();
    if (view.IsNull(from)) {
      builder.SetNull(to);
      continue;
    }
    builder.values<Text>()[to] = view[from];
    if (&block == pinned || view[from].is_inline()) continue;
    builder.AddPinsOf(source);
    pinned = &block;
  }
  return builder.Finish();
}

Vector DimensionCache::Gather(int32_t column, const Selection& rows, int32_t num_rows) {
  const std::span<const int32_t> span(rows.get(), num_rows);
  if (blocks_.size() > 1) {
    const int32_t last = *std::max_element(span.begin(), span.end());
    if (last >= blocks_[1].first_row) {
      copied_values_ += num_rows;
      return ViewRows(column, span);
    }
  }
  return blocks_[0].columns[column].Select(rows, num_rows);
}

}  // namespace sluice
