#include "state/row_format.h"

#include <cstring>

#include "base/check.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {

namespace {

struct TextSlot {
  uint32_t offset;
  uint32_t length;
};

bool IsNested(Layout layout) { return layout == Layout::kList || layout == Layout::kRow; }
bool IsInBytes(Layout layout) { return layout == Layout::kText || IsNested(layout); }

int32_t SlotBytes(Layout layout) {
  return IsInBytes(layout) ? static_cast<int32_t>(sizeof(TextSlot)) : ValueBytes(layout);
}

template <typename T>
void Append(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T Take(const char*& bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  bytes += sizeof(value);
  return value;
}

void AppendNested(const Vector& vector, int32_t row, std::string& out);

void AppendElement(const Vector& vector, int32_t row, std::string& out) {
  const bool is_null = vector.IsNull(row);
  out.push_back(is_null ? 1 : 0);
  if (is_null) return;
  const Layout layout = vector.type().layout();
  if (layout == Layout::kText) {
    const Text& text = vector.View<Text>()[row];
    Append(text.size(), out);
    out.append(text.view());
  } else if (IsNested(layout)) {
    AppendNested(vector, row, out);
  } else {
    const int32_t size = ValueBytes(layout);
    const VectorView<char> view = vector.Rows();
    out.append(view.values + int64_t{size} * view.RowAt(row), size);
  }
}

void AppendNested(const Vector& vector, int32_t row, std::string& out) {
  const std::vector<Vector>& children = vector.body().children;
  if (vector.type().layout() == Layout::kRow) {
    const int32_t child_row = vector.Rows().RowAt(row);
    for (const Vector& child : children) AppendElement(child, child_row, out);
    return;
  }
  const ListEntry entry = vector.View<ListEntry>()[row];
  Append(static_cast<uint32_t>(entry.length), out);
  for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    for (const Vector& child : children) AppendElement(child, i, out);
  }
}

void TakeNested(const char*& bytes, VectorBuilder& out, int32_t row);

// NULL, with content that is safe to copy.
void WriteNull(VectorBuilder& out, int32_t row) {
  const Layout layout = out.type().layout();
  out.SetNull(row);
  if (const int32_t size = ValueBytes(layout); size != 0) {
    std::memset(out.values<char>() + int64_t{size} * row, 0, size);
  }
}

void WriteText(VectorBuilder& out, int32_t row, std::string_view text) {
  out.values<Text>()[row] = Text(text.size() <= Text::kInlineBytes ? text : out.arena().Copy(text));
}

void TakeElement(const char*& bytes, VectorBuilder& out, int32_t row) {
  if (Take<char>(bytes) != 0) return WriteNull(out, row);
  const Layout layout = out.type().layout();
  if (layout == Layout::kText) {
    const uint32_t length = Take<uint32_t>(bytes);
    WriteText(out, row, {bytes, length});
    bytes += length;
  } else if (IsNested(layout)) {
    TakeNested(bytes, out, row);
  } else {
    const int32_t size = ValueBytes(layout);
    std::memcpy(out.values<char>() + int64_t{size} * row, bytes, size);
    bytes += size;
  }
}

void TakeNested(const char*& bytes, VectorBuilder& out, int32_t row) {
  if (out.type().layout() == Layout::kRow) {
    const int num_fields = static_cast<int>(out.type().fields().size());
    for (int c = 0; c < num_fields; ++c) TakeElement(bytes, out.child(c), row);
    return;
  }
  const int num_children = out.type().kind() == TypeKind::kArray ? 1 : 2;
  const int32_t length = static_cast<int32_t>(Take<uint32_t>(bytes));
  const int32_t offset = out.child(0).num_rows();
  for (int c = 0; c < num_children; ++c) out.child(c).Resize(offset + length);
  for (int32_t i = offset; i < offset + length; ++i) {
    for (int c = 0; c < num_children; ++c) TakeElement(bytes, out.child(c), i);
  }
  out.values<ListEntry>()[row] = {offset, length};
}

template <typename T>
void DecodeFixed(std::span<const char* const> rows, int32_t slot, VectorBuilder& out) {
  T* values = out.values<T>();
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == nullptr) {
      values[i] = T();
    } else {
      std::memcpy(&values[i], rows[i] + slot, sizeof(T));
    }
  }
}

}  // namespace

RowFormat::RowFormat(std::vector<Type> types) : types_(std::move(types)) {
  null_bytes_ = static_cast<int32_t>(types_.size() + 7) / 8;
  fixed_bytes_ = null_bytes_;
  for (const Type& type : types_) {
    slots_.push_back(fixed_bytes_);
    fixed_bytes_ += SlotBytes(type.layout());
    if (IsInBytes(type.layout())) fixed_size_ = false;
  }
}

void RowFormat::SizeRows(std::span<const Vector> columns, int32_t num_rows,
                         EncodedRows& out) const {
  out.cursors_.assign(num_rows, 0);
  for (const Vector& column : columns) {
    const Layout layout = column.type().layout();
    if (layout == Layout::kText) {
      const VectorView<Text> view = column.View<Text>();
      for (int32_t i = 0; i < num_rows; ++i) {
        if (!view.IsNull(i)) out.cursors_[i] += view[i].size();
      }
    } else if (IsNested(layout)) {
      for (int32_t i = 0; i < num_rows; ++i) {
        const size_t before = out.nested_.size();
        if (!column.IsNull(i)) AppendNested(column, i, out.nested_);
        out.nested_sizes_.push_back(static_cast<uint32_t>(out.nested_.size() - before));
        out.cursors_[i] += out.nested_sizes_.back();
      }
    }
  }
}

void RowFormat::Encode(std::span<const Vector> columns, int32_t num_rows, EncodedRows& out) const {
  SL_DCHECK(columns.size() == types_.size());
  out.ends_.resize(num_rows);
  out.nested_.clear();
  out.nested_sizes_.clear();
  if (!fixed_size_) SizeRows(columns, num_rows, out);
  size_t end = 0;
  for (int32_t i = 0; i < num_rows; ++i) {
    end += fixed_bytes_ + (fixed_size_ ? 0 : out.cursors_[i]);
    out.ends_[i] = end;
  }
  out.bytes_.assign(end, '\0');
  if (!fixed_size_) out.cursors_.assign(num_rows, fixed_bytes_);
  const char* nested = out.nested_.data();
  const uint32_t* nested_sizes = out.nested_sizes_.data();
  for (int32_t c = 0; c < static_cast<int32_t>(types_.size()); ++c) {
    const Vector& column = columns[c];
    const Layout layout = column.type().layout();
    SL_CHECK(layout == types_[c].layout() || layout == Layout::kNone);
    if (column.MayHaveNulls()) {
      for (int32_t i = 0; i < num_rows; ++i) {
        const size_t begin = i == 0 ? 0 : out.ends_[i - 1];
        if (column.IsNull(i)) out.bytes_[begin + (c >> 3)] |= static_cast<char>(1 << (c & 7));
      }
    }
    if (layout == Layout::kText) {
      EncodeText(column, c, num_rows, out);
    } else if (IsNested(layout)) {
      EncodeNested(column, c, num_rows, nested, nested_sizes, out);
      for (int32_t i = 0; i < num_rows; ++i) nested += nested_sizes[i];
      nested_sizes += num_rows;
    } else if (layout != Layout::kNone) {
      const int32_t size = ValueBytes(layout);
      const VectorView<char> view = column.Rows();
      size_t begin = 0;
      for (int32_t i = 0; i < num_rows; begin = out.ends_[i++]) {
        if (view.IsNull(i)) continue;
        std::memcpy(&out.bytes_[begin + slots_[c]], view.values + int64_t{size} * view.RowAt(i),
                    size);
      }
    }
  }
}

void RowFormat::EncodeText(const Vector& vector, int32_t column, int32_t num_rows,
                           EncodedRows& out) const {
  const VectorView<Text> view = vector.View<Text>();
  size_t begin = 0;
  for (int32_t i = 0; i < num_rows; begin = out.ends_[i++]) {
    if (view.IsNull(i)) continue;
    const Text& text = view[i];
    const TextSlot slot = {out.cursors_[i], text.size()};
    std::memcpy(&out.bytes_[begin + slots_[column]], &slot, sizeof(slot));
    std::memcpy(out.bytes_.data() + begin + slot.offset, text.data(), text.size());
    out.cursors_[i] += slot.length;
  }
}

void RowFormat::EncodeNested(const Vector& vector, int32_t column, int32_t num_rows,
                             const char* nested, const uint32_t* sizes, EncodedRows& out) const {
  size_t begin = 0;
  for (int32_t i = 0; i < num_rows; begin = out.ends_[i++]) {
    if (vector.IsNull(i)) continue;
    const TextSlot slot = {out.cursors_[i], sizes[i]};
    std::memcpy(&out.bytes_[begin + slots_[column]], &slot, sizeof(slot));
    std::memcpy(out.bytes_.data() + begin + slot.offset, nested, sizes[i]);
    out.cursors_[i] += sizes[i];
    nested += sizes[i];
  }
}

std::string_view RowFormat::TextOf(const char* row, int32_t column) const {
  TextSlot slot;
  std::memcpy(&slot, row + slots_[column], sizeof(slot));
  return {row + slot.offset, slot.length};
}

Vector RowFormat::DecodeColumn(int32_t column, std::span<const char* const> rows) const {
  const int32_t num_rows = static_cast<int32_t>(rows.size());
  const int32_t slot = slots_[column];
  VectorBuilder out(types_[column], num_rows);
  switch (types_[column].layout()) {
    case Layout::kNone: return out.Finish();
    case Layout::kInt8: DecodeFixed<int8_t>(rows, slot, out); break;
    case Layout::kInt16: DecodeFixed<int16_t>(rows, slot, out); break;
    case Layout::kInt32: DecodeFixed<int32_t>(rows, slot, out); break;
    case Layout::kInt64: DecodeFixed<int64_t>(rows, slot, out); break;
    case Layout::kInt128: DecodeFixed<__int128>(rows, slot, out); break;
    case Layout::kFloat: DecodeFixed<float>(rows, slot, out); break;
    case Layout::kDouble: DecodeFixed<double>(rows, slot, out); break;
    case Layout::kTimestamp: DecodeFixed<Timestamp>(rows, slot, out); break;
    case Layout::kText:
      for (int32_t i = 0; i < num_rows; ++i) {
        WriteText(out, i, rows[i] == nullptr ? std::string_view() : TextOf(rows[i], column));
      }
      break;
    case Layout::kList:
    case Layout::kRow:
      for (int32_t i = 0; i < num_rows; ++i) {
        if (rows[i] == nullptr || IsNull(rows[i], column)) {
          WriteNull(out, i);
        } else {
          const char* bytes = TextOf(rows[i], column).data();
          TakeNested(bytes, out, i);
        }
      }
      break;
  }
  for (int32_t i = 0; i < num_rows; ++i) {
    if (rows[i] == nullptr || IsNull(rows[i], column)) out.SetNull(i);
  }
  return out.Finish();
}

bool RowFormat::HasNulls(const char* row) const {
  for (int32_t i = 0; i < null_bytes_; ++i) {
    if (row[i] != 0) return true;
  }
  return false;
}

bool RowFormat::EqualUnlessNull(const char* a, const char* b) const {
  for (int32_t c = 0; c < static_cast<int32_t>(types_.size()); ++c) {
    if (IsNull(a, c) || IsNull(b, c)) continue;
    const Layout layout = types_[c].layout();
    const bool equal = IsInBytes(layout)
                           ? TextOf(a, c) == TextOf(b, c)
                           : std::memcmp(a + slots_[c], b + slots_[c], ValueBytes(layout)) == 0;
    if (!equal) return false;
  }
  return true;
}

}  // namespace sluice
