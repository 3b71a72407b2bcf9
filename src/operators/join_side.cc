#include "operators/join_side.h"

#include "types/hash.h"

namespace sluice {

namespace {

std::vector<Type> Pick(const std::vector<Type>& types, const std::vector<int32_t>& columns) {
  std::vector<Type> picked;
  for (const int32_t column : columns) picked.push_back(types[column]);
  return picked;
}

// See RowTable::PrefetchSlot.
constexpr int32_t kSlotDistance = 8;
constexpr int32_t kRowDistance = 4;

}  // namespace

JoinSide::JoinSide(std::vector<Type> types, std::vector<int32_t> keys,
                   const std::vector<bool>& null_safe)
    : key_columns_(std::move(keys)),
      row_format_(std::move(types)),
      key_format_(Pick(row_format_.types(), key_columns_)),
      rows_(sizeof(JoinRow)),
      keys_(sizeof(JoinKey)) {
  for (size_t k = 0; k < key_columns_.size(); ++k) {
    if (null_safe.empty() || !null_safe[k]) strict_keys_.push_back(static_cast<int32_t>(k));
  }
}

void JoinSide::Load(const Batch& batch) {
  num_rows_ = batch.num_rows;
  row_hashes_.resize(num_rows_);
  key_hashes_.resize(num_rows_);
  row_format_.Encode(batch.columns, num_rows_, row_bytes_);
  HashRows(batch.columns, num_rows_, row_hashes_.data());
  std::vector<Vector> keys;
  for (const int32_t column : key_columns_) keys.push_back(batch.columns[column]);
  key_format_.Encode(keys, num_rows_, key_bytes_);
  HashRows(keys, num_rows_, key_hashes_.data());
}

void JoinSide::Prefetch(int32_t i) const {
  if (i + kSlotDistance < num_rows_) rows_.PrefetchSlot(row_hashes_[i + kSlotDistance]);
  if (i + kRowDistance < num_rows_) rows_.PrefetchRow(row_hashes_[i + kRowDistance]);
}

StateRow* JoinSide::Add(int32_t i) {
  Prefetch(i);
  StateRow* row = rows_.FindOrAdd(row_bytes_.row(i), row_hashes_[i]);
  JoinRow& join_row = row->payload<JoinRow>();
  ++join_row.copies;
  if (join_row.key != nullptr) return row;
  StateRow* key_row = keys_.FindOrAdd(key_bytes_.row(i), key_hashes_[i]);
  JoinKey& key = key_row->payload<JoinKey>();
  if (key.last == nullptr && key_format_.HasNulls(key_row->data())) null_keys_.push_back(key_row);
  join_row.key = key_row;
  join_row.previous = key.last;
  (key.last == nullptr ? key.first : key.last->payload<JoinRow>().next) = row;
  key.last = row;
  return row;
}

StateRow* JoinSide::Remove(int32_t i) {
  Prefetch(i);
  StateRow* row = rows_.Find(row_bytes_.row(i), row_hashes_[i]);
  if (row == nullptr || row->payload<JoinRow>().copies == 0) return nullptr;
  JoinRow& join_row = row->payload<JoinRow>();
  if (--join_row.copies == 0 && !join_row.emptied) {
    join_row.emptied = true;
    emptied_.push_back(row);
  }
  return row;
}

void JoinSide::ForgetEmptied() {
  for (StateRow* row : emptied_) {
    JoinRow& join_row = row->payload<JoinRow>();
    join_row.emptied = false;
    if (join_row.copies == 0) Forget(row);
  }
  emptied_.clear();
}

void JoinSide::Forget(StateRow* row) {
  const JoinRow& join_row = row->payload<JoinRow>();
  JoinKey& key = join_row.key->payload<JoinKey>();
  (join_row.previous == nullptr ? key.first : join_row.previous->payload<JoinRow>().next) =
      join_row.next;
  (join_row.next == nullptr ? key.last : join_row.next->payload<JoinRow>().previous) =
      join_row.previous;
  if (key.first == nullptr) {
    std::erase(null_keys_, join_row.key);
    keys_.Erase(join_row.key);
  }
  rows_.Erase(row);
}

void JoinSide::FindKeys(const JoinSide& other, StateRow** keys) const {
  keys_.FindAll(other.key_bytes_, other.key_hashes_, keys);
}

void JoinSide::PerhapsEqualKeys(const JoinSide& other, int32_t i, StateRow* equal,
                                std::vector<StateRow*>* keys) const {
  const char* bytes = other.key_bytes_.row(i).data();
  if (key_format_.HasNulls(bytes)) {
    size_t cursor = 0;
    while (StateRow* key = keys_.Next(&cursor)) {
      if (key_format_.EqualUnlessNull(key->data(), bytes)) keys->push_back(key);
    }
    return;
  }
  if (equal != nullptr) keys->push_back(equal);
  for (StateRow* key : null_keys_) {
    if (key_format_.EqualUnlessNull(key->data(), bytes)) keys->push_back(key);
  }
}

}  // namespace sluice
