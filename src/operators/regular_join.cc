// RegularJoin: both inputs are kept in JoinSides; a batch of one input is joined with what the
// other side holds. Candidates, pairs with equal keys, are collected a block at a time, the
// condition is evaluated over the whole block, and then the block is applied row by row, so that a
// row with millions of matches needs no more memory than one with a few.
//
// An outer side counts, per row, its matches on the other side: a row is padded with NULLs while
// the count is zero. Semi and anti joins let left rows through by the same counts. While one
// input's batch is worked off, rows and keys of the other side stay where they are; only counts
// change.
//
// Changes of an inner join carry the kind of the input row, as in Flink (StreamingJoinOperator);
// those of all others are +I and -D, so that a sink that drops -U misses nothing. A NULL key
// equals nothing unless the key is null-safe, so rows with one are not kept.
//
// Owned and called by one task.
#include "operators/regular_join.h"

#include <algorithm>
#include <array>
#include <optional>

#include "expr/program.h"
#include "operators/gather.h"
#include "operators/join_side.h"
#include "operators/operator.h"
#include "operators/row_kinds.h"

namespace sluice {

namespace {

// Candidates that are worked off together.
constexpr size_t kBlockPairs = 2048;
static_assert(kBlockPairs <= kMaxBatchRows);

constexpr int kLeft = 0;
constexpr int kRight = 1;

struct Pair {
  int32_t input_row;
  StateRow* other;
};

// Output rows: the input row beside the other side's row; -1 or null for what is padded.
struct Change {
  RowKind kind;
  int32_t input_row;
  const StateRow* other;
  int64_t copies;
};

bool PadsLeft(JoinType type) { return type == JoinType::kRight || type == JoinType::kFull; }
bool PadsRight(JoinType type) { return type == JoinType::kLeft || type == JoinType::kFull; }
bool IsSemiOrAnti(JoinType type) { return type == JoinType::kSemi || type == JoinType::kAnti; }

std::vector<Type> OutputTypes(std::vector<Type> types, bool padded) {
  if (!padded) return types;
  for (Type& type : types) type = type.Nullable();
  return types;
}

class RegularJoin : public Operator {
 public:
  explicit RegularJoin(RegularJoinSpec spec)
      : spec_(std::move(spec)),
        sides_{JoinSide(OutputTypes(spec_.left_types, PadsLeft(spec_.type)), spec_.left_keys,
                        spec_.null_safe),
               JoinSide(OutputTypes(spec_.right_types, PadsRight(spec_.type)), spec_.right_keys,
                        spec_.null_safe)} {}

  Status Open(OperatorContext& context) override {
    context_ = &context;
    if (spec_.condition == nullptr) return OkStatus();
    // Only the columns that the condition reads are taken out of state for it.
    CollectColumns(*spec_.condition, &condition_columns_);
    std::vector<ExprPtr> places(spec_.left_types.size() + spec_.right_types.size());
    for (size_t i = 0; i < condition_columns_.size(); ++i) {
      const int32_t column = condition_columns_[i];
      const int32_t num_left = static_cast<int32_t>(spec_.left_types.size());
      const Type& type =
          column < num_left ? spec_.left_types[column] : spec_.right_types[column - num_left];
      places[column] = MakeColumn(static_cast<int32_t>(i), type);
    }
    evaluator_.emplace(Program::Compile(ReplaceColumns(spec_.condition, places), {}),
                       *context.session);
    return OkStatus();
  }

  Status AddInput(int input, Batch batch) override {
    side_ = input;
    input_ = std::move(batch);
    Own().Load(input_);
    found_keys_.resize(input_.num_rows);
    Other().FindKeys(Own(), found_keys_.data());
    own_rows_.assign(input_.num_rows, nullptr);
    is_ignored_.assign(input_.num_rows, false);
    next_row_ = 0;
    row_begun_ = false;
    num_matches_ = 0;
    return OkStatus();
  }

  StatusOr<Progress> Advance(Output& out) override {
    if (next_change_ == changes_.size()) {
      changes_.clear();
      next_change_ = 0;
      if (next_row_ < input_.num_rows) SL_TRY(JoinBlock());
    }
    if (next_change_ < changes_.size()) out.Emit(TakeOutput());
    if (next_change_ < changes_.size() || next_row_ < input_.num_rows) return Progress::kHasMore;
    Own().ForgetEmptied();
    input_ = Batch();
    next_row_ = 0;
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  JoinSide& Own() { return sides_[side_]; }
  JoinSide& Other() { return sides_[1 - side_]; }
  bool OwnIsOuter() const { return side_ == kLeft ? PadsRight(spec_.type) : PadsLeft(spec_.type); }
  bool OtherIsOuter() const {
    return side_ == kLeft ? PadsLeft(spec_.type) : PadsRight(spec_.type);
  }

  // Collects a block of candidates, then applies those that pass the condition. A row whose
  // candidates do not fit goes on with the next block.
  Status JoinBlock() {
    const int32_t first_row = next_row_;
    pairs_.clear();
    while (next_row_ < input_.num_rows && pairs_.size() < kBlockPairs) {
      if (!row_begun_) BeginRow(next_row_);
      row_begun_ = true;
      for (; candidate_ != nullptr && pairs_.size() < kBlockPairs; NextCandidate()) {
        pairs_.push_back({next_row_, candidate_});
      }
      if (candidate_ != nullptr) break;
      row_begun_ = false;
      ++next_row_;
    }
    SL_TRY(EvaluateCondition());
    size_t p = 0;
    for (int32_t row = first_row; row < input_.num_rows && row <= next_row_; ++row) {
      const bool accumulate = IsAccumulate(input_.kind(row));
      for (; p < pairs_.size() && pairs_[p].input_row == row; ++p) {
        if (passes_[p]) ApplyPair(row, pairs_[p].other, accumulate);
      }
      if (row < next_row_) EndRow(row, accumulate);
    }
    return OkStatus();
  }

  // Brings the own side up to date and lists the keys whose rows are candidates.
  void BeginRow(int32_t row) {
    candidate_keys_.clear();
    if (spec_.null_aware || !Own().KeyEqualsNothing(row)) {
      own_rows_[row] = IsAccumulate(input_.kind(row)) ? Own().Add(row) : Own().Remove(row);
      if (own_rows_[row] == nullptr) {
        is_ignored_[row] = true;
      } else if (spec_.null_aware) {
        Other().PerhapsEqualKeys(Own(), row, found_keys_[row], &candidate_keys_);
      } else if (found_keys_[row] != nullptr) {
        candidate_keys_.push_back(found_keys_[row]);
      }
    }
    candidate_ = nullptr;
    NextKey();
  }

  void NextKey() {
    if (candidate_keys_.empty()) return;
    candidate_ = candidate_keys_.back()->payload<JoinKey>().first;
    candidate_keys_.pop_back();
  }
  void NextCandidate() {
    candidate_ = candidate_->payload<JoinRow>().next;
    if (candidate_ == nullptr) NextKey();
  }

  Status EvaluateCondition() {
    passes_.assign(pairs_.size(), !evaluator_.has_value());
    if (!evaluator_.has_value() || pairs_.empty()) return OkStatus();
    const int32_t num_pairs = static_cast<int32_t>(pairs_.size());
    evaluator_->Run(ConditionColumns(), num_pairs, context_->env->WallMs(), result_);
    for (int32_t i = 0; i < result_.num_rows; ++i) {
      passes_[result_.selection == nullptr ? i : result_.selection[i]] = true;
    }
    if (result_.errors.empty()) return OkStatus();
    // A pair that cannot be judged is no match; its input row becomes the dead letter.
    RowErrors errors;
    for (const RowError& error : result_.errors.errors()) {
      passes_[error.row] = false;
      errors.Add(pairs_[error.row].input_row, error.code, error.detail);
    }
    return context_->errors->OnRowErrors(context_->operator_name, input_, errors);
  }

  std::vector<Vector> ConditionColumns() {
    const int32_t num_pairs = static_cast<int32_t>(pairs_.size());
    const int32_t num_left = static_cast<int32_t>(spec_.left_types.size());
    std::shared_ptr<int32_t[]> input_rows(new int32_t[num_pairs]);
    other_rows_.clear();
    for (int32_t i = 0; i < num_pairs; ++i) {
      input_rows[i] = pairs_[i].input_row;
      other_rows_.push_back(pairs_[i].other->data());
    }
    std::vector<Vector> columns;
    for (const int32_t column : condition_columns_) {
      const int side = column < num_left ? kLeft : kRight;
      const int32_t place = side == kLeft ? column : column - num_left;
      columns.push_back(side == side_ ? input_.columns[place].Select(input_rows, num_pairs)
                                      : sides_[side].format().DecodeColumn(place, other_rows_));
    }
    return columns;
  }

  void AddChange(RowKind kind, int32_t input_row, const StateRow* other, int64_t copies) {
    changes_.push_back({kind, input_row, other, copies});
  }

  void ApplyPair(int32_t row, StateRow* other, bool accumulate) {
    JoinRow& match = other->payload<JoinRow>();
    num_matches_ += match.copies;
    if (IsSemiOrAnti(spec_.type)) {
      if (side_ == kRight) ApplyRightToLeft(other, accumulate);
      return;
    }
    if (OtherIsOuter() && accumulate && match.matches++ == 0) {
      AddChange(RowKind::kDelete, -1, other, match.copies);
    }
    RowKind kind = accumulate ? RowKind::kInsert : RowKind::kDelete;
    if (spec_.type == JoinType::kInner) kind = input_.kind(row);
    AddChange(kind, row, other, match.copies);
    if (OtherIsOuter() && !accumulate && --match.matches == 0) {
      AddChange(RowKind::kInsert, -1, other, match.copies);
    }
  }

  // Semi, anti: the first match of a left row, or the loss of its last one, decides about it anew.
  void ApplyRightToLeft(StateRow* left, bool accumulate) {
    JoinRow& match = left->payload<JoinRow>();
    match.matches += accumulate ? 1 : -1;
    if (match.matches != (accumulate ? 1 : 0)) return;
    const bool appears = accumulate == (spec_.type == JoinType::kSemi);
    AddChange(appears ? RowKind::kInsert : RowKind::kDelete, -1, left, match.copies);
  }

  // All matches of the row are known.
  void EndRow(int32_t row, bool accumulate) {
    const int64_t num_matches = num_matches_;
    num_matches_ = 0;
    if (is_ignored_[row]) return;
    if (own_rows_[row] != nullptr) own_rows_[row]->payload<JoinRow>().matches = num_matches;
    if (IsSemiOrAnti(spec_.type)) {
      const bool wants_match = spec_.type == JoinType::kSemi;
      if (side_ == kLeft && (num_matches > 0) == wants_match) {
        AddChange(input_.kind(row), row, nullptr, 1);
      }
    } else if (num_matches == 0 && OwnIsOuter()) {
      AddChange(accumulate ? RowKind::kInsert : RowKind::kDelete, row, nullptr, 1);
    }
  }

  // The next rows of the output, at most a batch.
  Batch TakeOutput() {
    input_rows_.clear();
    other_rows_.clear();
    kinds_.clear();
    while (next_change_ < changes_.size() && kinds_.size() < kMaxBatchRows) {
      Change& change = changes_[next_change_];
      const size_t room = static_cast<size_t>(kMaxBatchRows) - kinds_.size();
      const size_t count = std::min(room, static_cast<size_t>(change.copies));
      input_rows_.insert(input_rows_.end(), count,
                         change.input_row < 0 ? kNullRow : change.input_row);
      other_rows_.insert(other_rows_.end(), count,
                         change.other == nullptr ? nullptr : change.other->data());
      kinds_.insert(kinds_.end(), count, change.kind);
      change.copies -= static_cast<int64_t>(count);
      if (change.copies == 0) ++next_change_;
    }
    Batch out;
    out.num_rows = static_cast<int32_t>(kinds_.size());
    out.oldest_row_us = input_.oldest_row_us;
    out.pinned_bytes = input_.pinned_bytes;
    out.row_kinds = PackRowKinds(kinds_);
    AppendColumns(kLeft, &out.columns);
    if (!IsSemiOrAnti(spec_.type)) AppendColumns(kRight, &out.columns);
    return out;
  }

  void AppendColumns(int side, std::vector<Vector>* columns) const {
    const RowFormat& format = sides_[side].format();
    const int32_t num_columns = static_cast<int32_t>(format.types().size());
    if (side != side_) {
      for (int32_t c = 0; c < num_columns; ++c) {
        columns->push_back(format.DecodeColumn(c, other_rows_));
      }
      return;
    }
    const int32_t num_rows = static_cast<int32_t>(input_rows_.size());
    if (std::find(input_rows_.begin(), input_rows_.end(), kNullRow) != input_rows_.end()) {
      for (int32_t c = 0; c < num_columns; ++c) {
        columns->push_back(Gather(format.types()[c], input_.columns[c], Vector(), input_rows_));
      }
      return;
    }
    std::shared_ptr<int32_t[]> rows(new int32_t[num_rows]);
    std::copy(input_rows_.begin(), input_rows_.end(), rows.get());
    for (int32_t c = 0; c < num_columns; ++c) {
      columns->push_back(input_.columns[c].Select(rows, num_rows).WithType(format.types()[c]));
    }
  }

  const RegularJoinSpec spec_;
  std::array<JoinSide, 2> sides_;
  OperatorContext* context_ = nullptr;
  std::vector<int32_t> condition_columns_;  // of both sides, in the order the evaluator gets them
  std::optional<Evaluator> evaluator_;
  EvalResult result_;

  // The batch that is worked off, and how far.
  int side_ = kLeft;
  Batch input_;
  std::vector<StateRow*> found_keys_;  // of the other side, per input row
  std::vector<StateRow*> own_rows_;    // in state, per input row
  std::vector<bool> is_ignored_;       // per input row: it retracts what is not there
  int32_t next_row_ = 0;               // the candidates of all rows before it were collected
  bool row_begun_ = false;
  std::vector<StateRow*> candidate_keys_;
  StateRow* candidate_ = nullptr;
  int64_t num_matches_ = 0;  // of the row that is being applied

  // The current block.
  std::vector<Pair> pairs_;
  std::vector<char> passes_;  // per pair

  // What is to be emitted.
  std::vector<Change> changes_;
  size_t next_change_ = 0;
  std::vector<int32_t> input_rows_;
  std::vector<const char*> other_rows_;
  std::vector<RowKind> kinds_;
};

}  // namespace

std::unique_ptr<Operator> MakeRegularJoin(RegularJoinSpec spec) {
  return std::make_unique<RegularJoin>(std::move(spec));
}

}  // namespace sluice
