#include "types/vector.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {

namespace {

// Shared by all constant vectors: every row reads body row 0.
Selection ZeroSelection() {
  static const Selection* const kZeros = new Selection(new int32_t[kMaxBatchRows]());
  return *kZeros;
}

int32_t NumChildren(const Type& type) {
  switch (type.layout()) {
    case Layout::kList: return type.kind() == TypeKind::kArray ? 1 : 2;
    case Layout::kRow: return static_cast<int32_t>(type.fields().size());
    default: return 0;
  }
}

template <typename T>
void CopyFixed(VectorBuilder& to, int32_t row, const Vector& source, int32_t from) {
  to.values<T>()[row] = source.View<T>()[from];
}

}  // namespace

int32_t ValueBytes(Layout layout) {
  switch (layout) {
    case Layout::kNone:
    case Layout::kRow: return 0;
    case Layout::kInt8: return 1;
    case Layout::kInt16: return 2;
    case Layout::kInt32:
    case Layout::kFloat: return 4;
    case Layout::kInt64:
    case Layout::kDouble: return 8;
    case Layout::kList: return sizeof(ListEntry);
    case Layout::kInt128:
    case Layout::kText:
    case Layout::kTimestamp: return 16;
  }
  return 0;
}

Vector Vector::Select(const Selection& selection, int32_t num_rows) const {
  Vector result = *this;
  result.num_rows_ = num_rows;
  if (encoding_ == Encoding::kConstant) return result;
  result.encoding_ = Encoding::kDictionary;
  if (encoding_ == Encoding::kFlat) {
    result.selection_ = selection;
    return result;
  }
  std::shared_ptr<int32_t[]> composed(new int32_t[num_rows]);
  for (int32_t i = 0; i < num_rows; ++i) composed[i] = selection_[selection[i]];
  result.selection_ = std::move(composed);
  return result;
}

Vector Vector::Repeat(int32_t row, int32_t num_rows) const {
  SL_CHECK(num_rows <= kMaxBatchRows);
  Vector result = *this;
  result.num_rows_ = num_rows;
  if (encoding_ == Encoding::kConstant) return result;
  if (Rows().RowAt(row) == 0) {
    result.encoding_ = Encoding::kConstant;
    result.selection_ = ZeroSelection();
    return result;
  }
  std::shared_ptr<int32_t[]> rows(new int32_t[num_rows]);
  std::fill_n(rows.get(), num_rows, Rows().RowAt(row));
  result.encoding_ = Encoding::kDictionary;
  result.selection_ = std::move(rows);
  return result;
}

Vector Vector::WithType(Type type) const {
  SL_CHECK(type.layout() == body_->type.layout());
  if (type == body_->type) return *this;
  auto body = std::make_shared<VectorBody>(*body_);
  body->type = std::move(type);
  Vector result = *this;
  result.body_ = std::move(body);
  return result;
}

VectorBuilder::VectorBuilder(Type type, int32_t num_rows) : body_(std::make_shared<VectorBody>()) {
  body_->type = std::move(type);
  const int32_t num_children = NumChildren(body_->type);
  children_.reserve(num_children);
  const bool is_row = body_->type.layout() == Layout::kRow;
  for (int32_t i = 0; i < num_children; ++i) {
    children_.emplace_back(body_->type.fields()[i].type, is_row ? num_rows : 0);
  }
  Resize(num_rows);
}

void VectorBuilder::Resize(int32_t num_rows) {
  if (num_rows > capacity_) {
    const int32_t capacity = std::max(num_rows, capacity_ == 0 ? num_rows : capacity_ * 2);
    const size_t value_bytes = ValueBytes(body_->type.layout());
    std::shared_ptr<char[]> values(new char[std::max<size_t>(value_bytes * capacity, 1)]);
    if (capacity_ != 0 && value_bytes != 0) {
      std::memcpy(values.get(), body_->values.get(), value_bytes * body_->num_rows);
    }
    body_->values = std::move(values);
    if (body_->validity != nullptr) {
      std::shared_ptr<uint64_t[]> validity(new uint64_t[BitmapWords(capacity)]);
      const int32_t old_words = BitmapWords(capacity_);
      std::copy_n(body_->validity.get(), old_words, validity.get());
      std::fill_n(validity.get() + old_words, BitmapWords(capacity) - old_words, ~uint64_t{0});
      body_->validity = std::move(validity);
    }
    capacity_ = capacity;
  }
  const int32_t old_rows = body_->num_rows;
  body_->num_rows = num_rows;
  if (body_->type.layout() == Layout::kRow) {
    for (VectorBuilder& child : children_) child.Resize(num_rows);
  }
  for (int32_t row = old_rows; row < num_rows && body_->validity != nullptr; ++row) SetValid(row);
}

void VectorBuilder::AllocateValidity() {
  const int32_t words = std::max(BitmapWords(capacity_), 1);
  body_->validity.reset(new uint64_t[words]);
  std::fill_n(body_->validity.get(), words, ~uint64_t{0});
}

Arena& VectorBuilder::arena() {
  if (arena_ == nullptr) {
    arena_ = std::make_shared<Arena>();
    body_->pins.push_back(arena_);
  }
  return *arena_;
}

void VectorBuilder::AddPin(Pin pin) {
  // Rows of one source mostly arrive together: looking at the latest pin keeps the list short.
  if (body_->pins.empty() || body_->pins.back() != pin) body_->pins.push_back(std::move(pin));
}

void VectorBuilder::AddPinsOf(const Vector& vector) {
  for (const Pin& pin : vector.body().pins) {
    if (std::find(body_->pins.begin(), body_->pins.end(), pin) == body_->pins.end()) {
      body_->pins.push_back(pin);
    }
  }
}

void VectorBuilder::CopyRow(int32_t to, const Vector& source, int32_t from) {
  if (source.IsNull(from)) {
    SetNull(to);
    if (type().layout() == Layout::kText) values<Text>()[to] = Text();
    if (type().layout() == Layout::kList) values<ListEntry>()[to] = ListEntry();
    return;
  }
  SetValid(to);
  switch (type().layout()) {
    case Layout::kNone: break;
    case Layout::kInt8: CopyFixed<int8_t>(*this, to, source, from); break;
    case Layout::kInt16: CopyFixed<int16_t>(*this, to, source, from); break;
    case Layout::kInt32: CopyFixed<int32_t>(*this, to, source, from); break;
    case Layout::kFloat: CopyFixed<float>(*this, to, source, from); break;
    case Layout::kInt64: CopyFixed<int64_t>(*this, to, source, from); break;
    case Layout::kDouble: CopyFixed<double>(*this, to, source, from); break;
    case Layout::kInt128: CopyFixed<__int128>(*this, to, source, from); break;
    case Layout::kTimestamp: CopyFixed<Timestamp>(*this, to, source, from); break;
    case Layout::kText: {
      const Text& text = source.View<Text>()[from];
      values<Text>()[to] = text.is_inline() ? text : Text(arena().Copy(text.view()));
      break;
    }
    case Layout::kList: {
      const ListEntry entry = source.View<ListEntry>()[from];
      const int32_t offset = children_[0].num_rows();
      for (size_t c = 0; c < children_.size(); ++c) {
        children_[c].Resize(offset + entry.length);
        for (int32_t i = 0; i < entry.length; ++i) {
          children_[c].CopyRow(offset + i, source.child(c), entry.offset + i);
        }
      }
      values<ListEntry>()[to] = {offset, entry.length};
      break;
    }
    case Layout::kRow: {
      const int32_t row = source.Rows().RowAt(from);
      for (size_t c = 0; c < children_.size(); ++c) children_[c].CopyRow(to, source.child(c), row);
      break;
    }
  }
}

Vector VectorBuilder::Finish() {
  body_->children.reserve(children_.size());
  for (VectorBuilder& child : children_) body_->children.push_back(child.Finish());
  return Vector(std::shared_ptr<const VectorBody>(std::move(body_)));
}

}  // namespace sluice
