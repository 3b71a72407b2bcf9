// Unnest: the elements of a batch already lie one behind the other in the child vectors of the
// collection, so the output only points to them: pairs of an input row and an element row.
//
// Owned and called by one task.
#include "operators/unnest.h"

#include <algorithm>

#include "operators/gather.h"

namespace sluice {

namespace {

class Unnest : public Operator {
 public:
  explicit Unnest(UnnestSpec spec) : spec_(std::move(spec)) {}

  Status Open(OperatorContext&) override { return OkStatus(); }

  Status AddInput(int, Batch batch) override {
    input_ = std::move(batch);
    row_ = 0;
    StartRow();
    return OkStatus();
  }

  StatusOr<Progress> Advance(Output& out) override {
    Pair();
    if (!input_rows_.empty()) out.Emit(MakeOutput());
    if (row_ < input_.num_rows) return Progress::kHasMore;
    input_ = Batch();
    row_ = 0;
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  const Vector& collection() const { return input_.columns[spec_.column]; }
  TypeKind kind() const { return collection().type().kind(); }

  // Finds the elements of row_.
  void StartRow() {
    element_ = copy_ = 0;
    ordinal_ = 0;
    entry_ = {};
    if (row_ >= input_.num_rows || collection().IsNull(row_)) return;
    if (kind() == TypeKind::kBigInt) {
      entry_.length = 1;
    } else {
      entry_ = collection().View<ListEntry>()[row_];
    }
  }

  // How often the element comes.
  int64_t CopiesOf(int32_t element) const {
    switch (kind()) {
      case TypeKind::kBigInt: return collection().View<int64_t>()[row_];
      case TypeKind::kMultiset: return collection().child(1).View<int32_t>()[element];
      case TypeKind::kArray: {
        const Vector& elements = collection().child(0);
        return elements.type().kind() == TypeKind::kRow && elements.IsNull(element) ? 0 : 1;
      }
      default: return 1;
    }
  }

  void Pair() {
    input_rows_.clear();
    element_rows_.clear();
    ordinals_.clear();
    has_padding_ = false;
    for (; row_ < input_.num_rows; ++row_, StartRow()) {
      for (; element_ < entry_.length; ++element_, copy_ = 0) {
        const int32_t element = entry_.offset + element_;
        for (const int64_t copies = CopiesOf(element); copy_ < copies; ++copy_) {
          if (IsFull()) return;
          AddPair(element, ++ordinal_);
        }
      }
      if (ordinal_ > 0 || !spec_.left_outer) continue;
      if (IsFull()) return;
      AddPair(kNullRow, 0);
      has_padding_ = true;
    }
  }

  bool IsFull() const { return input_rows_.size() >= size_t{kMaxBatchRows}; }

  void AddPair(int32_t element, int32_t ordinal) {
    input_rows_.push_back(row_);
    element_rows_.push_back(element);
    if (spec_.with_ordinality) ordinals_.push_back(ordinal);
  }

  Batch MakeOutput() const {
    const int32_t num_rows = static_cast<int32_t>(input_rows_.size());
    std::shared_ptr<int32_t[]> rows(new int32_t[num_rows]);
    std::copy(input_rows_.begin(), input_rows_.end(), rows.get());
    Batch out = input_.Select(rows, num_rows);
    const int32_t num_values =
        static_cast<int32_t>(spec_.element_types.size()) - (spec_.with_ordinality ? 1 : 0);
    for (int32_t c = 0; c < num_values; ++c) out.columns.push_back(ElementColumn(c));
    if (spec_.with_ordinality) out.columns.push_back(OrdinalColumn());
    return out;
  }

  Vector ElementColumn(int32_t c) const {
    const Type& type = spec_.element_types[c];
    const int32_t num_rows = static_cast<int32_t>(element_rows_.size());
    const bool is_array = kind() != TypeKind::kMap;
    const Vector& elements = collection().child(is_array ? 0 : c);
    const bool fields = is_array && elements.type().kind() == TypeKind::kRow;
    const Vector& values = fields ? elements.child(c) : elements;
    std::shared_ptr<int32_t[]> rows(new int32_t[num_rows]);
    for (int32_t i = 0; i < num_rows; ++i) {
      const int32_t row = element_rows_[i];
      rows[i] = fields && row != kNullRow ? elements.Rows().RowAt(row) : row;
    }
    if (!has_padding_) return values.Select(rows, num_rows).WithType(type);
    return Gather(type, values, Vector(), {rows.get(), static_cast<size_t>(num_rows)});
  }

  Vector OrdinalColumn() const {
    const int32_t num_rows = static_cast<int32_t>(ordinals_.size());
    VectorBuilder ordinals(spec_.element_types.back(), num_rows);
    for (int32_t i = 0; i < num_rows; ++i) {
      ordinals.values<int32_t>()[i] = ordinals_[i];
      if (ordinals_[i] == 0) ordinals.SetNull(i);
    }
    return ordinals.Finish();
  }

  const UnnestSpec spec_;

  // The batch that is worked off, and how far.
  Batch input_;
  int32_t row_ = 0;
  ListEntry entry_;  // of the row; of a BIGINT one element
  int32_t element_ = 0;
  int64_t copy_ = 0;
  int32_t ordinal_ = 0;

  // The output that is being made.
  std::vector<int32_t> input_rows_;
  std::vector<int32_t> element_rows_;  // kNullRow: padding
  std::vector<int32_t> ordinals_;
  bool has_padding_ = false;
};

}  // namespace

std::unique_ptr<Operator> MakeUnnest(UnnestSpec spec) {
  return std::make_unique<Unnest>(std::move(spec));
}

}  // namespace sluice
