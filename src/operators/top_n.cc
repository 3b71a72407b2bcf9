// TopN: the live rows of a partition in three ordered sets, by rank: those that OFFSET skips, the
// top, the rest. A row that enters or leaves one of them pushes at most one other row into each of
// the next, so a change costs O(log n) whatever the limit; ranks that move are emitted once each.
// What became different in the top is emitted once per batch.
//
// Of append-only input nothing behind the top can come back, so it is not kept.
//
// Owned and called by one task.
#include "operators/top_n.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "absl/container/btree_set.h"
#include "base/check.h"
#include "operators/row_kinds.h"
#include "operators/sort_key.h"
#include "state/equal_rows.h"
#include "state/row_format.h"
#include "state/row_table.h"
#include "types/hash.h"

namespace sluice {

namespace {

enum Level : uint8_t { kSkipped, kTop, kRest, kGone };
constexpr int kNumLevels = 3;

struct Partition;

// One live row; followed by its sort key.
struct RankedRow {
  RankedRow* next_equal;  // see EqualRows
  StateRow* row;
  Partition* partition;
  uint64_t arrival;  // smaller: better
  uint32_t key_bytes;
  Level level;
  bool published;  // downstream has it
  bool touched;    // listed in TopN::touched_

  std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), key_bytes}; }
};

bool IsBefore(std::string_view key, uint64_t arrival, const RankedRow& other) {
  const int compared = key.compare(other.key());
  return compared != 0 ? compared < 0 : arrival < other.arrival;
}

struct InOrder {
  bool operator()(const RankedRow* a, const RankedRow* b) const {
    return IsBefore(a->key(), a->arrival, *b);
  }
};

using RankedSet = absl::btree_set<RankedRow*, InOrder>;

struct Partition {
  std::array<RankedSet, kNumLevels> levels;
  std::vector<RankedRow*> ranks;  // with_rank: what downstream has, by rank
  StateRow* row = nullptr;        // of the table of partitions
  int32_t place = -1;             // among the partitions of the current batch

  bool IsEmpty() const {
    return std::all_of(levels.begin(), levels.end(),
                       [](const RankedSet& level) { return level.empty(); });
  }
};

// Payload of the table of rows.
struct LiveRows {
  EqualRows<RankedRow> equal;
  int64_t num_references;  // RankedRows that point to the row
};

std::vector<Type> Pick(const std::vector<Type>& types, const std::vector<int32_t>& columns) {
  std::vector<Type> picked;
  for (const int32_t column : columns) picked.push_back(types[column]);
  return picked;
}

class TopN : public Operator {
 public:
  explicit TopN(TopNSpec spec)
      : spec_(std::move(spec)),
        format_(spec_.input_types),
        partition_format_(Pick(spec_.input_types, spec_.partition)),
        rows_(sizeof(LiveRows)),
        partitions_(sizeof(Partition*)) {
    capacity_ = {spec_.offset, spec_.limit, spec_.input_is_append_only ? 0 : INT64_MAX};
  }

  ~TopN() override {
    size_t cursor = 0;
    while (StateRow* row = partitions_.Next(&cursor)) delete row->payload<Partition*>();
  }

  Status Open(OperatorContext&) override { return OkStatus(); }

  Status AddInput(int, Batch batch) override {
    if (spec_.limit <= 0) return OkStatus();
    oldest_row_us_ = batch.oldest_row_us;
    EncodeSortKeys(batch.columns, spec_.order, batch.num_rows, sort_keys_);
    format_.Encode(batch.columns, batch.num_rows, encoded_);
    hashes_.resize(batch.num_rows);
    HashRows(batch.columns, batch.num_rows, hashes_.data());
    FindPartitions(batch);
    for (int32_t i = 0; i < batch.num_rows; ++i) {
      if (IsAccumulate(batch.kind(i))) {
        Add(i);
      } else {
        Retract(i);
      }
    }
    ComposeChanges();
    return OkStatus();
  }

  StatusOr<Progress> Advance(Output& out) override {
    if (next_change_ < changes_.size()) {
      const size_t count = std::min(changes_.size() - next_change_, size_t{kMaxBatchRows});
      out.Emit(MakeOutput(next_change_, count));
      next_change_ += count;
    }
    if (next_change_ < changes_.size()) return Progress::kHasMore;
    ForgetGone();
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  struct Change {
    RowKind kind;
    const RankedRow* row;
    int64_t rank;  // with_rank
  };

  // Lists the partitions of the batch; new ones are made.
  void FindPartitions(const Batch& batch) {
    std::vector<Vector> keys;
    for (const int32_t column : spec_.partition) keys.push_back(batch.columns[column]);
    partition_format_.Encode(keys, batch.num_rows, encoded_partitions_);
    partition_hashes_.resize(batch.num_rows);
    HashRows(keys, batch.num_rows, partition_hashes_.data());
    partition_rows_.resize(batch.num_rows);
    partitions_.FindOrAddAll(encoded_partitions_, partition_hashes_, partition_rows_.data());
    for (StateRow* row : partition_rows_) {
      Partition*& partition = row->payload<Partition*>();
      if (partition == nullptr) {
        partition = new Partition();
        partition->row = row;
      }
      if (partition->place >= 0) continue;
      partition->place = static_cast<int32_t>(batch_partitions_.size());
      batch_partitions_.push_back(partition);
    }
  }

  // True for a row of append-only input that is behind a full top: most rows of a long stream.
  bool IsHopeless(const Partition& partition, std::string_view key, uint64_t arrival) const {
    if (!spec_.input_is_append_only) return false;
    const RankedSet& top = partition.levels[kTop];
    return static_cast<int64_t>(top.size()) >= spec_.limit &&
           !IsBefore(key, arrival, **top.rbegin());
  }

  void Add(int32_t i) {
    const std::string_view key = sort_keys_.row(i);
    Partition& partition = *partition_rows_[i]->payload<Partition*>();
    ++last_arrival_;
    const uint64_t arrival = spec_.latest_first ? ~last_arrival_ : last_arrival_;
    if (IsHopeless(partition, key, arrival)) return;
    StateRow* row = rows_.FindOrAdd(encoded_.row(i), hashes_[i]);
    RankedRow* ranked = new (pool_.Allocate(sizeof(RankedRow) + key.size())) RankedRow{
        nullptr, row, &partition, arrival, static_cast<uint32_t>(key.size()), kGone, false, false};
    if (!key.empty()) std::memcpy(ranked + 1, key.data(), key.size());
    LiveRows& live = row->payload<LiveRows>();
    ++live.num_references;
    if (!spec_.input_is_append_only) live.equal.Push(ranked);
    Insert(ranked);
  }

  // A row that is not there cannot be retracted; Flink ignores it too.
  void Retract(int32_t i) {
    SL_DCHECK(!spec_.input_is_append_only);
    StateRow* row = rows_.Find(encoded_.row(i), hashes_[i]);
    if (row == nullptr) return;
    if (RankedRow* ranked = row->payload<LiveRows>().equal.Pop(); ranked != nullptr) Remove(ranked);
  }

  void MoveTo(Level level, RankedRow* row) {
    if (level != kGone) row->partition->levels[level].insert(row);
    row->level = level;
    if (row->touched) return;
    row->touched = true;
    touched_.push_back(row);
  }

  // A full level passes its last row on to the next one.
  void Insert(RankedRow* row) {
    for (int l = 0; l < kNumLevels; ++l) {
      RankedSet& level = row->partition->levels[l];
      if (static_cast<int64_t>(level.size()) < capacity_[l]) {
        return MoveTo(static_cast<Level>(l), row);
      }
      if (level.empty() || !InOrder()(row, *level.rbegin())) continue;
      const auto last = std::prev(level.end());
      RankedRow* pushed = *last;
      level.erase(last);
      MoveTo(static_cast<Level>(l), row);
      row = pushed;
    }
    MoveTo(kGone, row);
  }

  // Each level behind gives its first row to the one before.
  void Remove(RankedRow* row) {
    auto& levels = row->partition->levels;
    const int level = row->level;
    levels[level].erase(row);
    MoveTo(kGone, row);
    for (int l = level; l + 1 < kNumLevels && !levels[l + 1].empty(); ++l) {
      const auto first = levels[l + 1].begin();
      RankedRow* pulled = *first;
      levels[l + 1].erase(first);
      MoveTo(static_cast<Level>(l), pulled);
    }
  }

  void ComposeChanges() {
    changes_.clear();
    next_change_ = 0;
    if (spec_.with_rank) {
      for (Partition* partition : batch_partitions_) CompareRanks(*partition);
    } else {
      CompareMembers();
    }
    for (RankedRow* row : touched_) {
      row->touched = false;
      row->published = row->level == kTop;
      if (row->level == kGone) gone_.push_back(row);
    }
    touched_.clear();
  }

  // Partition by partition, rows that left come before rows that entered, each in order of rank.
  void CompareMembers() {
    for (RankedRow* row : touched_) {
      const bool is_top = row->level == kTop;
      if (is_top == row->published) continue;
      changes_.push_back({is_top ? RowKind::kInsert : RowKind::kDelete, row, 0});
    }
    std::sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
      const int32_t place = a.row->partition->place;
      if (place != b.row->partition->place) return place < b.row->partition->place;
      if (a.kind != b.kind) return a.kind == RowKind::kDelete;
      return InOrder()(a.row, b.row);
    });
    if (spec_.limit != 1) return;
    for (size_t i = 1; i < changes_.size(); ++i) {
      if (changes_[i - 1].row->partition != changes_[i].row->partition) continue;
      changes_[i - 1].kind = RowKind::kUpdateBefore;
      changes_[i].kind = RowKind::kUpdateAfter;
    }
  }

  void CompareRanks(Partition& partition) {
    const RankedSet& top = partition.levels[kTop];
    std::vector<RankedRow*>& before = partition.ranks;
    int64_t rank = spec_.offset;
    size_t i = 0;
    for (RankedRow* row : top) {
      ++rank;
      if (i == before.size()) {
        changes_.push_back({RowKind::kInsert, row, rank});
        before.push_back(row);
      } else if (before[i] != row) {
        // Equal rows are the same to downstream.
        if (before[i]->row != row->row) {
          changes_.push_back({RowKind::kUpdateBefore, before[i], rank});
          changes_.push_back({RowKind::kUpdateAfter, row, rank});
        }
        before[i] = row;
      }
      ++i;
    }
    for (size_t j = i; j < before.size(); ++j)
      changes_.push_back({RowKind::kDelete, before[j], ++rank});
    before.resize(i);
  }

  Batch MakeOutput(size_t begin, size_t count) const {
    std::vector<const char*> rows;
    std::vector<RowKind> kinds;
    for (size_t i = begin; i < begin + count; ++i) {
      rows.push_back(changes_[i].row->row->data());
      kinds.push_back(changes_[i].kind);
    }
    Batch out;
    out.num_rows = static_cast<int32_t>(count);
    out.oldest_row_us = oldest_row_us_;
    for (int32_t c = 0; c < static_cast<int32_t>(spec_.input_types.size()); ++c) {
      out.columns.push_back(format_.DecodeColumn(c, rows));
    }
    if (spec_.with_rank) {
      VectorBuilder ranks(Type::BigInt().NotNull(), out.num_rows);
      for (size_t i = 0; i < count; ++i) ranks.values<int64_t>()[i] = changes_[begin + i].rank;
      out.columns.push_back(ranks.Finish());
    }
    out.row_kinds = PackRowKinds(kinds);
    return out;
  }

  // After the changes are out: they are made from these rows.
  void ForgetGone() {
    changes_.clear();
    for (RankedRow* row : gone_) {
      if (--row->row->payload<LiveRows>().num_references == 0) rows_.Erase(row->row);
      pool_.Free(reinterpret_cast<char*>(row), sizeof(RankedRow) + row->key_bytes);
    }
    gone_.clear();
    for (Partition* partition : batch_partitions_) {
      partition->place = -1;
      if (!partition->IsEmpty()) continue;
      partitions_.Erase(partition->row);
      delete partition;
    }
    batch_partitions_.clear();
  }

  const TopNSpec spec_;
  const RowFormat format_;
  const RowFormat partition_format_;
  RowTable rows_;
  RowTable partitions_;  // payload: Partition*
  BlockPool pool_;       // of the RankedRows
  std::array<int64_t, kNumLevels> capacity_;
  uint64_t last_arrival_ = 0;

  // Of the current batch.
  EncodedRows sort_keys_;
  EncodedRows encoded_;
  EncodedRows encoded_partitions_;
  std::vector<uint64_t> hashes_;
  std::vector<uint64_t> partition_hashes_;
  std::vector<StateRow*> partition_rows_;  // per row
  std::vector<Partition*> batch_partitions_;
  std::vector<RankedRow*> touched_;  // changed their level
  std::vector<RankedRow*> gone_;
  std::vector<Change> changes_;
  size_t next_change_ = 0;
  int64_t oldest_row_us_ = 0;
};

}  // namespace

std::unique_ptr<Operator> MakeTopN(TopNSpec spec) {
  return std::make_unique<TopN>(std::move(spec));
}

}  // namespace sluice
