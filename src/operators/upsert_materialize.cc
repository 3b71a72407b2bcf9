// UpsertMaterialize: as Flink's SinkUpsertMaterializer, but with one change per key and batch, and
// with a retraction that finds its row through a hash table, however many rows share a sink key.
//
// Owned and called by one task.
#include "operators/upsert_materialize.h"

#include <algorithm>
#include <new>

#include "operators/row_kinds.h"
#include "state/equal_rows.h"
#include "state/row_format.h"
#include "state/row_table.h"
#include "types/hash.h"

namespace sluice {

namespace {

// One live row of a sink key, in a list in order of arrival.
struct LiveRow {
  LiveRow* next_equal;  // see EqualRows
  LiveRow* previous;
  LiveRow* next;
  StateRow* row;
};

// Payload of the table of sink keys.
struct SinkKey {
  LiveRow* first;
  LiveRow* last;
  bool touched;  // listed in UpsertMaterialize::touched_
};

// Payload of the table of rows.
struct LiveRows {
  EqualRows<LiveRow> equal;
  bool emptied;  // listed in UpsertMaterialize::emptied_
};

struct TouchedKey {
  StateRow* key;
  const StateRow* before;  // the row that downstream has; null: none
};

class UpsertMaterialize : public Operator {
 public:
  explicit UpsertMaterialize(UpsertMaterializeSpec spec)
      : spec_(std::move(spec)),
        key_format_(KeyTypes(spec_)),
        row_format_(spec_.input_types),
        keys_(sizeof(SinkKey)),
        rows_(sizeof(LiveRows)) {}

  Status Open(OperatorContext&) override { return OkStatus(); }

  Status AddInput(int, Batch batch) override {
    oldest_row_us_ = batch.oldest_row_us;
    Encode(batch);
    for (int32_t i = 0; i < batch.num_rows; ++i) {
      SinkKey& key = Touch(batch_keys_[i]);
      if (IsAccumulate(batch.kind(i))) {
        Add(key, i);
      } else {
        Retract(key, i);
      }
    }
    ComposeChanges();
    return OkStatus();
  }

  StatusOr<Progress> Advance(Output& out) override {
    if (next_change_ < kinds_.size()) {
      const size_t count = std::min(kinds_.size() - next_change_, size_t{kMaxBatchRows});
      out.Emit(MakeOutput(next_change_, count));
      next_change_ += count;
    }
    if (next_change_ < kinds_.size()) return Progress::kHasMore;
    ForgetEmptied();
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  static std::vector<Type> KeyTypes(const UpsertMaterializeSpec& spec) {
    std::vector<Type> types;
    for (const int32_t key : spec.key) types.push_back(spec.input_types[key]);
    return types;
  }

  void Encode(const Batch& batch) {
    std::vector<Vector> keys;
    for (const int32_t key : spec_.key) keys.push_back(batch.columns[key]);
    hashes_.resize(batch.num_rows);
    batch_keys_.resize(batch.num_rows);
    batch_rows_.resize(batch.num_rows);
    key_format_.Encode(keys, batch.num_rows, encoded_);
    HashRows(keys, batch.num_rows, hashes_.data());
    keys_.FindOrAddAll(encoded_, hashes_, batch_keys_.data());
    row_format_.Encode(batch.columns, batch.num_rows, encoded_);
    HashRows(batch.columns, batch.num_rows, hashes_.data());
    rows_.FindOrAddAll(encoded_, hashes_, batch_rows_.data());
  }

  SinkKey& Touch(StateRow* row) {
    SinkKey& key = row->payload<SinkKey>();
    if (!key.touched) {
      key.touched = true;
      touched_.push_back({row, key.last == nullptr ? nullptr : key.last->row});
    }
    return key;
  }

  void Add(SinkKey& key, int32_t i) {
    LiveRow* live =
        new (pool_.Allocate(sizeof(LiveRow))) LiveRow{nullptr, key.last, nullptr, batch_rows_[i]};
    (key.last == nullptr ? key.first : key.last->next) = live;
    key.last = live;
    live->row->payload<LiveRows>().equal.Push(live);
  }

  // A row that is not there cannot be retracted; Flink ignores it too.
  void Retract(SinkKey& key, int32_t i) {
    LiveRows& rows = batch_rows_[i]->payload<LiveRows>();
    LiveRow* live = rows.equal.Pop();
    if (live != nullptr) {
      (live->previous == nullptr ? key.first : live->previous->next) = live->next;
      (live->next == nullptr ? key.last : live->next->previous) = live->previous;
      pool_.Free(reinterpret_cast<char*>(live), sizeof(LiveRow));
    }
    if (rows.equal.oldest == nullptr && !rows.emptied) {
      rows.emptied = true;
      emptied_.push_back(batch_rows_[i]);
    }
  }

  void ComposeChanges() {
    for (const TouchedKey& touched : touched_) {
      SinkKey& key = touched.key->payload<SinkKey>();
      key.touched = false;
      const StateRow* after = key.last == nullptr ? nullptr : key.last->row;
      if (after == nullptr) keys_.Erase(touched.key);
      if (after == touched.before) continue;
      if (after == nullptr) {
        kinds_.push_back(RowKind::kDelete);
      } else {
        kinds_.push_back(touched.before == nullptr ? RowKind::kInsert : RowKind::kUpdateAfter);
      }
      changed_rows_.push_back((after == nullptr ? touched.before : after)->data());
    }
    touched_.clear();
  }

  Batch MakeOutput(size_t begin, size_t count) const {
    Batch out;
    out.num_rows = static_cast<int32_t>(count);
    out.oldest_row_us = oldest_row_us_;
    for (int32_t c = 0; c < static_cast<int32_t>(spec_.input_types.size()); ++c) {
      out.columns.push_back(row_format_.DecodeColumn(c, {changed_rows_.data() + begin, count}));
    }
    out.row_kinds = PackRowKinds({kinds_.data() + begin, count});
    return out;
  }

  // After the changes are out: some are made from these rows.
  void ForgetEmptied() {
    kinds_.clear();
    changed_rows_.clear();
    next_change_ = 0;
    for (StateRow* row : emptied_) {
      LiveRows& rows = row->payload<LiveRows>();
      rows.emptied = false;
      if (rows.equal.oldest == nullptr) rows_.Erase(row);
    }
    emptied_.clear();
  }

  const UpsertMaterializeSpec spec_;
  const RowFormat key_format_;
  const RowFormat row_format_;
  RowTable keys_;
  RowTable rows_;   // whole rows, the sink key among their columns
  BlockPool pool_;  // of the LiveRows

  // Of the current batch.
  EncodedRows encoded_;
  std::vector<uint64_t> hashes_;
  std::vector<StateRow*> batch_keys_;
  std::vector<StateRow*> batch_rows_;
  std::vector<TouchedKey> touched_;
  std::vector<StateRow*> emptied_;
  std::vector<RowKind> kinds_;
  std::vector<const char*> changed_rows_;
  size_t next_change_ = 0;
  int64_t oldest_row_us_ = 0;
};

}  // namespace

std::unique_ptr<Operator> MakeUpsertMaterialize(UpsertMaterializeSpec spec) {
  return std::make_unique<UpsertMaterialize>(std::move(spec));
}

}  // namespace sluice
