// GroupAggregate: one RowTable entry per group, whose payload holds the accumulators.
//
// A batch is worked off in four steps: find the groups of its rows; take the results of the groups
// that downstream knows; update; compare with the new results. A group that is retracted down to
// zero rows starts afresh with its next row, as in Flink, even within one batch: only the rows
// after its last zero then count. Counts of distinct values see all rows, so that they return to
// zero too.
//
// Owned and called by one task.
#include "operators/group_aggregate.h"

#include <algorithm>
#include <optional>

#include "operators/gather.h"
#include "operators/row_kinds.h"
#include "state/row_format.h"
#include "state/row_table.h"
#include "types/hash.h"

namespace sluice {

namespace {

// The head of a group's payload; the accumulators of the calls follow.
struct Group {
  int64_t id;        // > 0, never used again; names the group in tables of distinct values
  int64_t num_rows;  // accumulated minus retracted
  int32_t touched;   // 1 + its place among the groups of the current batch, 0 outside
  bool published;    // downstream has a row for it
};

struct TouchedGroup {
  StateRow* row;
  int32_t first_row;       // of the batch: where its key can be read
  int32_t num_resets = 0;  // how often it was retracted down to zero rows
  int32_t old_result = -1;
  int32_t new_result = -1;
};

// A row of the batch that changes its group.
struct CountedRow {
  int32_t row;
  int8_t sign;
  int32_t resets_before;  // TouchedGroup::num_resets when it came
  StateRow* group;
};

// Rows of the batch that go to one aggregate, as Aggregator::Update takes them.
struct Updates {
  std::vector<int32_t> rows;
  std::vector<int8_t> signs;
  std::vector<char*> accumulators;

  void Clear() {
    rows.clear();
    signs.clear();
    accumulators.clear();
  }
  void Add(int32_t row, int8_t sign, char* accumulator) {
    rows.push_back(row);
    signs.push_back(sign);
    accumulators.push_back(accumulator);
  }
};

std::vector<Type> Prepend(Type type, const std::vector<Type>& rest) {
  std::vector<Type> types = {std::move(type)};
  types.insert(types.end(), rest.begin(), rest.end());
  return types;
}

// How often each value of a DISTINCT call occurs in each group.
struct DistinctCounts {
  explicit DistinctCounts(const std::vector<Type>& arg_types)
      : format(Prepend(Type::BigInt().NotNull(), arg_types)), table(sizeof(int64_t)) {}

  RowFormat format;  // group id, arguments
  RowTable table;    // payload: the count
  EncodedRows encoded;
  std::vector<uint64_t> hashes;
  std::vector<StateRow*> entries;
  std::vector<StateRow*> vanished;
};

struct Call {
  AggregateCall spec;
  std::unique_ptr<Aggregator> aggregator;
  int32_t offset = 0;  // of its accumulator in the payload
  std::unique_ptr<DistinctCounts> distinct;
};

class GroupAggregate : public Operator {
 public:
  explicit GroupAggregate(GroupAggregateSpec spec)
      : spec_(std::move(spec)), key_format_(KeyTypes(spec_)) {}

  ~GroupAggregate() override {
    if (!groups_.has_value()) return;
    size_t cursor = 0;
    while (StateRow* row = groups_->Next(&cursor)) DestroyAccumulators(row);
  }

  Status Open(OperatorContext& context) override {
    context_ = &context;
    int32_t payload_bytes = sizeof(Group);
    for (const AggregateCall& call_spec : spec_.calls) {
      Call call{.spec = call_spec};
      const bool retractable = !spec_.input_is_append_only;
      call.aggregator = call_spec.function->make({.arg_types = call_spec.arg_types,
                                                  .result = call_spec.result,
                                                  .retractable = retractable,
                                                  .session = context.session});
      call.offset = payload_bytes;
      payload_bytes += call.aggregator->accumulator_bytes();
      if (call_spec.distinct) call.distinct = std::make_unique<DistinctCounts>(call_spec.arg_types);
      calls_.push_back(std::move(call));
    }
    groups_.emplace(payload_bytes);
    return OkStatus();
  }

  Status AddInput(int, Batch batch) override {
    input_ = std::move(batch);
    FindGroups();
    CountRows();
    old_results_ =
        TakeResults(&TouchedGroup::old_result, [](const Group& group) { return group.published; });
    RestartEmptiedGroups();
    RowErrors errors;
    for (Call& call : calls_) Update(call, errors);
    new_results_ = TakeResults(&TouchedGroup::new_result,
                               [](const Group& group) { return group.num_rows > 0; });
    ComposeChanges();
    ForgetEmptyGroups();
    if (errors.empty()) return OkStatus();
    return context_->errors->OnRowErrors(context_->operator_name, input_, errors);
  }

  StatusOr<Progress> Advance(Output& out) override {
    if (next_change_ < kinds_.size()) {
      const size_t count = std::min(kinds_.size() - next_change_, size_t{kMaxBatchRows});
      out.Emit(MakeOutput(next_change_, count));
      next_change_ += count;
    }
    if (next_change_ < kinds_.size()) return Progress::kHasMore;
    input_ = Batch();
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  static std::vector<Type> KeyTypes(const GroupAggregateSpec& spec) {
    std::vector<Type> types;
    for (const int32_t key : spec.keys) types.push_back(spec.input_types[key]);
    return types;
  }

  char* Accumulator(StateRow* row, const Call& call) const {
    return reinterpret_cast<char*>(row + 1) + call.offset;
  }
  void InitAccumulators(StateRow* row) {
    for (Call& call : calls_) call.aggregator->Init(Accumulator(row, call));
  }
  void DestroyAccumulators(StateRow* row) {
    for (Call& call : calls_) call.aggregator->Destroy(Accumulator(row, call));
  }

  void FindGroups() {
    std::vector<Vector> keys;
    for (const int32_t key : spec_.keys) keys.push_back(input_.columns[key]);
    key_format_.Encode(keys, input_.num_rows, encoded_);
    hashes_.resize(input_.num_rows);
    HashRows(keys, input_.num_rows, hashes_.data());
    row_groups_.resize(input_.num_rows);
    groups_->FindOrAddAll(encoded_, hashes_, row_groups_.data());
  }

  // Lists the groups of the batch and the rows that count. A retraction from a group without rows
  // is dropped, as Flink drops it: there is nothing to retract it from.
  void CountRows() {
    touched_.clear();
    counted_rows_.clear();
    for (int32_t i = 0; i < input_.num_rows; ++i) {
      StateRow* row = row_groups_[i];
      Group& group = row->payload<Group>();
      if (group.touched == 0) {
        touched_.push_back({.row = row, .first_row = i});
        group.touched = static_cast<int32_t>(touched_.size());
        if (group.id == 0) {
          group.id = ++last_group_id_;
          InitAccumulators(row);
        }
      }
      TouchedGroup& touched = touched_[group.touched - 1];
      const int8_t sign = IsAccumulate(input_.kind(i)) ? 1 : -1;
      if (sign < 0 && group.num_rows == 0) continue;
      counted_rows_.push_back({i, sign, touched.num_resets, row});
      group.num_rows += sign;
      if (group.num_rows == 0) ++touched.num_resets;
    }
  }

  // True if the group was not emptied after this row.
  bool IsLive(const CountedRow& counted) const {
    if (!any_reset_) return true;
    const int32_t touched = counted.group->payload<Group>().touched;
    return counted.resets_before == touched_[touched - 1].num_resets;
  }

  void RestartEmptiedGroups() {
    any_reset_ = false;
    for (const TouchedGroup& touched : touched_) {
      if (touched.num_resets == 0) continue;
      any_reset_ = true;
      DestroyAccumulators(touched.row);
      InitAccumulators(touched.row);
    }
  }

  // The results of the touched groups for which `wanted` holds, one column a call.
  template <typename Wanted>
  std::vector<Vector> TakeResults(int32_t TouchedGroup::*index, Wanted wanted) {
    wanted_rows_.clear();
    for (TouchedGroup& touched : touched_) {
      if (!wanted(touched.row->payload<Group>())) continue;
      touched.*index = static_cast<int32_t>(wanted_rows_.size());
      wanted_rows_.push_back(touched.row);
    }
    std::vector<Vector> results;
    for (Call& call : calls_) {
      accumulators_.clear();
      for (StateRow* row : wanted_rows_) accumulators_.push_back(Accumulator(row, call));
      VectorBuilder out(call.spec.result, static_cast<int32_t>(accumulators_.size()));
      if (!accumulators_.empty()) call.aggregator->Result(accumulators_, out);
      results.push_back(out.Finish());
    }
    return results;
  }

  void Update(Call& call, RowErrors& errors) {
    updates_.Clear();
    if (call.distinct != nullptr) {
      SelectDistinct(call);
    } else {
      SelectRows(call);
    }
    if (updates_.rows.empty()) return;
    std::vector<Vector> args;
    for (const int32_t arg : call.spec.args) args.push_back(input_.columns[arg]);
    call.aggregator->Update(args, updates_.rows, updates_.accumulators, updates_.signs, errors);
  }

  // Rows whose FILTER is TRUE; all rows without one.
  bool PassesFilter(const Call& call, int32_t row) const {
    if (call.spec.filter < 0) return true;
    const VectorView<int8_t> filter = input_.columns[call.spec.filter].View<int8_t>();
    return !filter.IsNull(row) && filter[row] != 0;
  }

  void SelectRows(const Call& call) {
    for (const CountedRow& counted : counted_rows_) {
      if (!IsLive(counted) || !PassesFilter(call, counted.row)) continue;
      updates_.Add(counted.row, counted.sign, Accumulator(counted.group, call));
    }
  }

  // The rows with which a value first appears in its group, or last vanishes from it.
  void SelectDistinct(const Call& call) {
    filtered_rows_.clear();
    for (const CountedRow& counted : counted_rows_) {
      if (PassesFilter(call, counted.row)) filtered_rows_.push_back(counted);
    }
    DistinctCounts& distinct = *call.distinct;
    FindDistinct(call);
    for (size_t i = 0; i < filtered_rows_.size(); ++i) {
      const CountedRow& counted = filtered_rows_[i];
      int64_t& count = distinct.entries[i]->payload<int64_t>();
      if (counted.sign < 0 && count == 0) continue;
      count += counted.sign;
      if (count != (counted.sign > 0 ? 1 : 0) || !IsLive(counted)) continue;
      updates_.Add(counted.row, counted.sign, Accumulator(counted.group, call));
    }
    EraseVanished(distinct);
  }

  void FindDistinct(const Call& call) {
    DistinctCounts& distinct = *call.distinct;
    const int32_t num_rows = static_cast<int32_t>(filtered_rows_.size());
    VectorBuilder ids(Type::BigInt().NotNull(), num_rows);
    std::shared_ptr<int32_t[]> rows(new int32_t[num_rows]);
    for (int32_t i = 0; i < num_rows; ++i) {
      ids.values<int64_t>()[i] = filtered_rows_[i].group->payload<Group>().id;
      rows[i] = filtered_rows_[i].row;
    }
    std::vector<Vector> columns = {ids.Finish()};
    for (const int32_t arg : call.spec.args) {
      columns.push_back(input_.columns[arg].Select(rows, num_rows));
    }
    distinct.format.Encode(columns, num_rows, distinct.encoded);
    distinct.hashes.resize(num_rows);
    HashRows(columns, num_rows, distinct.hashes.data());
    distinct.entries.resize(num_rows);
    distinct.table.FindOrAddAll(distinct.encoded, distinct.hashes, distinct.entries.data());
  }

  // An entry may occur several times in the batch, so it is marked while it waits to be erased.
  static void EraseVanished(DistinctCounts& distinct) {
    distinct.vanished.clear();
    for (StateRow* entry : distinct.entries) {
      if (entry->payload<int64_t>() != 0) continue;
      entry->payload<int64_t>() = -1;
      distinct.vanished.push_back(entry);
    }
    for (StateRow* entry : distinct.vanished) distinct.table.Erase(entry);
  }

  void AddChange(RowKind kind, int32_t key_row, int32_t result_row) {
    kinds_.push_back(kind);
    key_rows_.push_back(key_row);
    result_rows_.push_back(result_row);
  }

  void ComposeChanges() {
    kinds_.clear();
    key_rows_.clear();
    result_rows_.clear();
    next_change_ = 0;
    for (const TouchedGroup& touched : touched_) {
      const bool was = touched.old_result >= 0;
      const bool is = touched.new_result >= 0;
      if (!was && !is) continue;
      if (!was) {
        AddChange(RowKind::kInsert, touched.first_row, ~touched.new_result);
      } else if (!is) {
        AddChange(RowKind::kDelete, touched.first_row, touched.old_result);
      } else if (!RowsEqual(old_results_, touched.old_result, new_results_, touched.new_result)) {
        if (spec_.emit_update_before) {
          AddChange(RowKind::kUpdateBefore, touched.first_row, touched.old_result);
        }
        AddChange(RowKind::kUpdateAfter, touched.first_row, ~touched.new_result);
      }
    }
  }

  void ForgetEmptyGroups() {
    for (const TouchedGroup& touched : touched_) {
      Group& group = touched.row->payload<Group>();
      group.touched = 0;
      group.published = group.num_rows > 0;
      if (group.published) continue;
      DestroyAccumulators(touched.row);
      groups_->Erase(touched.row);
    }
  }

  Batch MakeOutput(size_t begin, size_t count) const {
    Batch out;
    out.num_rows = static_cast<int32_t>(count);
    out.oldest_row_us = input_.oldest_row_us;
    out.pinned_bytes = input_.pinned_bytes;
    std::shared_ptr<int32_t[]> key_rows(new int32_t[count]);
    std::copy_n(key_rows_.begin() + begin, count, key_rows.get());
    for (const int32_t key : spec_.keys) {
      out.columns.push_back(input_.columns[key].Select(key_rows, out.num_rows));
    }
    const std::span<const int32_t> result_rows(result_rows_.data() + begin, count);
    for (size_t c = 0; c < calls_.size(); ++c) {
      out.columns.push_back(
          Gather(calls_[c].spec.result, old_results_[c], new_results_[c], result_rows));
    }
    out.row_kinds = PackRowKinds({kinds_.data() + begin, count});
    return out;
  }

  const GroupAggregateSpec spec_;
  const RowFormat key_format_;
  OperatorContext* context_ = nullptr;
  std::vector<Call> calls_;
  std::optional<RowTable> groups_;
  int64_t last_group_id_ = 0;

  // Of the current batch; kept only to reuse their memory.
  Batch input_;
  EncodedRows encoded_;
  std::vector<uint64_t> hashes_;
  std::vector<StateRow*> row_groups_;
  std::vector<TouchedGroup> touched_;
  std::vector<CountedRow> counted_rows_;
  std::vector<CountedRow> filtered_rows_;
  bool any_reset_ = false;
  Updates updates_;
  std::vector<StateRow*> wanted_rows_;
  std::vector<char*> accumulators_;
  std::vector<Vector> old_results_;
  std::vector<Vector> new_results_;

  // The changes to emit, in order: rows of the keys, and of the old (>= 0) or new (~) results.
  std::vector<RowKind> kinds_;
  std::vector<int32_t> key_rows_;
  std::vector<int32_t> result_rows_;
  size_t next_change_ = 0;
};

}  // namespace

std::unique_ptr<Operator> MakeGroupAggregate(GroupAggregateSpec spec) {
  return std::make_unique<GroupAggregate>(std::move(spec));
}

}  // namespace sluice
