#include "formats/json_columns.h"

#include <algorithm>
#include <bit>

#include "types/text.h"

namespace sluice {
namespace {

// Text anywhere in the vector may point into the records.
void AddPins(VectorBuilder& builder, const Pin& pin) {
  if (builder.type().layout() == Layout::kText) builder.AddPin(pin);
  const size_t num_children = builder.type().layout() == Layout::kRow
                                  ? builder.type().fields().size()
                              : builder.type().layout() != Layout::kList  ? 0
                              : builder.type().kind() == TypeKind::kArray ? 1
                                                                          : 2;
  for (size_t i = 0; i < num_children; ++i) AddPins(builder.child(static_cast<int>(i)), pin);
}

}  // namespace

JsonColumns::JsonColumns(const std::vector<DecodedColumn>& columns) {
  for (const DecodedColumn& column : columns) types_.push_back(column.type);
  present_.resize((types_.size() + 63) / 64);
  all_.assign(present_.size(), ~uint64_t{0});
  if (types_.size() % 64 != 0) all_.back() = (uint64_t{1} << (types_.size() % 64)) - 1;
  values_.resize(types_.size());
}

void JsonColumns::Begin(int32_t capacity, const Pin& pin) {
  builders_.clear();
  for (size_t i = 0; i < types_.size(); ++i) {
    VectorBuilder& builder = builders_.emplace_back(types_[i], capacity);
    if (pin != nullptr) AddPins(builder, pin);
    values_[i] = builder.values<char>();
  }
  document_arena_ = nullptr;
  row_ = 0;
  capacity_ = capacity;
}

void JsonColumns::AddDocumentArena() {
  document_arena_ = std::make_shared<Arena>();
  for (VectorBuilder& builder : builders_) {
    if (builder.type().layout() == Layout::kText) builder.AddPin(document_arena_);
  }
}

void JsonColumns::Grow() {
  capacity_ = std::min(kMaxBatchRows, std::max(capacity_ * 2, 16));
  for (size_t i = 0; i < builders_.size(); ++i) {
    builders_[i].Resize(capacity_);
    values_[i] = builders_[i].values<char>();
  }
}

void JsonColumns::CommitRow() {
  for (size_t word = 0; word < present_.size(); ++word) {
    for (uint64_t missing = all_[word] & ~present_[word]; missing != 0; missing &= missing - 1) {
      const auto column =
          static_cast<int32_t>(word * 64 + static_cast<size_t>(std::countr_zero(missing)));
      builders_[column].SetNull(row_);
      // What lies under a NULL must be safe to copy.
      if (types_[column].layout() == Layout::kText) builders_[column].values<Text>()[row_] = Text();
      if (types_[column].layout() == Layout::kList)
        builders_[column].values<ListEntry>()[row_] = ListEntry();
    }
  }
  ++row_;
  if (row_ == capacity_ && row_ < kMaxBatchRows) [[unlikely]]
    Grow();
}

void JsonColumns::Finish(DecodeOutput& out) {
  out.columns.clear();
  for (VectorBuilder& builder : builders_) {
    builder.Resize(row_);
    out.columns.push_back(builder.Finish());
  }
  out.num_rows = row_;
  builders_.clear();
}

}  // namespace sluice
