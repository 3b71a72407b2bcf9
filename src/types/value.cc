#include "types/value.h"

#include "base/check.h"
#include "types/text.h"

namespace sluice {

namespace {

Value GetList(const Vector& vector, int32_t row) {
  const ListEntry entry = vector.View<ListEntry>()[row];
  const int32_t end = entry.offset + entry.length;
  if (vector.type().kind() == TypeKind::kArray) {
    Value::List list;
    for (int32_t i = entry.offset; i < end; ++i) list.push_back(GetValue(vector.child(0), i));
    return Value::OfList(std::move(list));
  }
  Value::Entries entries;
  for (int32_t i = entry.offset; i < end; ++i) {
    entries.emplace_back(GetValue(vector.child(0), i), GetValue(vector.child(1), i));
  }
  return Value::OfEntries(std::move(entries));
}

Value GetRow(const Vector& vector, int32_t row) {
  Value::List list;
  const int32_t child_row = vector.Rows().RowAt(row);
  for (size_t c = 0; c < vector.type().fields().size(); ++c) {
    list.push_back(GetValue(vector.child(static_cast<int>(c)), child_row));
  }
  return Value::OfList(std::move(list));
}

void SetList(VectorBuilder& builder, int32_t row, const Value& value) {
  const int32_t offset = builder.child(0).num_rows();
  if (builder.type().kind() == TypeKind::kArray) {
    const Value::List& list = value.as_list();
    const int32_t length = static_cast<int32_t>(list.size());
    builder.child(0).Resize(offset + length);
    for (int32_t i = 0; i < length; ++i) SetValue(builder.child(0), offset + i, list[i]);
    builder.values<ListEntry>()[row] = {offset, length};
    return;
  }
  const Value::Entries& entries = value.as_entries();
  const int32_t length = static_cast<int32_t>(entries.size());
  builder.child(0).Resize(offset + length);
  builder.child(1).Resize(offset + length);
  for (int32_t i = 0; i < length; ++i) {
    SetValue(builder.child(0), offset + i, entries[i].first);
    SetValue(builder.child(1), offset + i, entries[i].second);
  }
  builder.values<ListEntry>()[row] = {offset, length};
}

}  // namespace

Value GetValue(const Vector& vector, int32_t row) {
  if (vector.IsNull(row)) return Value::Null();
  switch (vector.type().layout()) {
    case Layout::kNone: return Value::Null();
    case Layout::kInt8: return Value::OfInt(vector.View<int8_t>()[row]);
    case Layout::kInt16: return Value::OfInt(vector.View<int16_t>()[row]);
    case Layout::kInt32: return Value::OfInt(vector.View<int32_t>()[row]);
    case Layout::kInt64: return Value::OfInt(vector.View<int64_t>()[row]);
    case Layout::kInt128: return Value::OfInt128(vector.View<Int128>()[row]);
    case Layout::kFloat: return Value::OfDouble(vector.View<float>()[row]);
    case Layout::kDouble: return Value::OfDouble(vector.View<double>()[row]);
    case Layout::kText: return Value::OfText(std::string(vector.View<Text>()[row].view()));
    case Layout::kTimestamp: return Value::OfTimestamp(vector.View<Timestamp>()[row]);
    case Layout::kList: return GetList(vector, row);
    case Layout::kRow: return GetRow(vector, row);
  }
  return Value::Null();
}

void SetValue(VectorBuilder& builder, int32_t row, const Value& value) {
  if (value.is_null()) {
    builder.SetNull(row);
    if (builder.type().layout() == Layout::kText) builder.values<Text>()[row] = Text();
    if (builder.type().layout() == Layout::kList) builder.values<ListEntry>()[row] = ListEntry();
    return;
  }
  switch (builder.type().layout()) {
    case Layout::kNone: builder.SetNull(row); break;
    case Layout::kInt8: builder.values<int8_t>()[row] = static_cast<int8_t>(value.as_int()); break;
    case Layout::kInt16:
      builder.values<int16_t>()[row] = static_cast<int16_t>(value.as_int());
      break;
    case Layout::kInt32:
      builder.values<int32_t>()[row] = static_cast<int32_t>(value.as_int());
      break;
    case Layout::kInt64: builder.values<int64_t>()[row] = value.as_int(); break;
    case Layout::kInt128: builder.values<Int128>()[row] = value.as_int128(); break;
    case Layout::kFloat:
      builder.values<float>()[row] = static_cast<float>(value.as_double());
      break;
    case Layout::kDouble: builder.values<double>()[row] = value.as_double(); break;
    case Layout::kText:
      builder.values<Text>()[row] = Text(builder.arena().Copy(value.as_text()));
      break;
    case Layout::kTimestamp: builder.values<Timestamp>()[row] = value.as_timestamp(); break;
    case Layout::kList: SetList(builder, row, value); break;
    case Layout::kRow:
      for (size_t c = 0; c < value.as_list().size(); ++c) {
        SetValue(builder.child(static_cast<int>(c)), row, value.as_list()[c]);
      }
      break;
  }
}

Vector MakeConstant(const Type& type, const Value& value, int32_t num_rows) {
  SL_CHECK(num_rows <= kMaxBatchRows);
  VectorBuilder builder(type, 1);
  SetValue(builder, 0, value);
  return builder.Finish().Repeat(0, num_rows);
}

}  // namespace sluice
