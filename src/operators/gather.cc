#include "operators/gather.h"

#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {

namespace {

template <typename T>
void GatherValues(const Vector& a, const Vector& b, std::span<const int32_t> rows,
                  VectorBuilder& out) {
  const VectorView<T> views[2] = {a.is_set() ? a.View<T>() : VectorView<T>{},
                                  b.is_set() ? b.View<T>() : VectorView<T>{}};
  T* values = out.values<T>();
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool second = rows[i] < 0;
    const int32_t row = second ? ~rows[i] : rows[i];
    if (rows[i] == kNullRow || views[second].IsNull(row)) {
      out.SetNull(static_cast<int32_t>(i));
      values[i] = T();
    } else {
      values[i] = views[second][row];
    }
  }
}

void GatherRows(const Vector& a, const Vector& b, std::span<const int32_t> rows,
                VectorBuilder& out) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const int32_t to = static_cast<int32_t>(i);
    if (rows[i] == kNullRow) {
      out.SetNull(to);
      if (out.type().layout() == Layout::kList) out.values<ListEntry>()[to] = ListEntry();
    } else {
      out.CopyRow(to, rows[i] >= 0 ? a : b, rows[i] >= 0 ? rows[i] : ~rows[i]);
    }
  }
}

template <typename T>
void GatherValuesFrom(std::span<const Vector> vectors, std::span<const RowOfVector> rows,
                      VectorBuilder& out) {
  std::vector<VectorView<T>> views;
  for (const Vector& vector : vectors) views.push_back(vector.View<T>());
  T* values = out.values<T>();
  for (size_t i = 0; i < rows.size(); ++i) {
    const VectorView<T>& view = views[rows[i].vector];
    if (view.IsNull(rows[i].row)) {
      out.SetNull(static_cast<int32_t>(i));
      values[i] = T();
    } else {
      values[i] = view[rows[i].row];
    }
  }
}

}  // namespace

Vector Gather(const Type& type, const Vector& a, const Vector& b, std::span<const int32_t> rows) {
  VectorBuilder out(type, static_cast<int32_t>(rows.size()));
  switch (type.layout()) {
    case Layout::kNone: break;
    case Layout::kInt8: GatherValues<int8_t>(a, b, rows, out); break;
    case Layout::kInt16: GatherValues<int16_t>(a, b, rows, out); break;
    case Layout::kInt32: GatherValues<int32_t>(a, b, rows, out); break;
    case Layout::kInt64: GatherValues<int64_t>(a, b, rows, out); break;
    case Layout::kInt128: GatherValues<__int128>(a, b, rows, out); break;
    case Layout::kFloat: GatherValues<float>(a, b, rows, out); break;
    case Layout::kDouble: GatherValues<double>(a, b, rows, out); break;
    case Layout::kTimestamp: GatherValues<Timestamp>(a, b, rows, out); break;
    case Layout::kText:
      GatherValues<Text>(a, b, rows, out);
      if (a.is_set()) out.AddPinsOf(a);
      if (b.is_set()) out.AddPinsOf(b);
      break;
    case Layout::kList:
    case Layout::kRow: GatherRows(a, b, rows, out); break;
  }
  return out.Finish();
}

Vector GatherFrom(const Type& type, std::span<const Vector> vectors,
                  std::span<const RowOfVector> rows) {
  VectorBuilder out(type, static_cast<int32_t>(rows.size()));
  switch (type.layout()) {
    case Layout::kNone: break;
    case Layout::kInt8: GatherValuesFrom<int8_t>(vectors, rows, out); break;
    case Layout::kInt16: GatherValuesFrom<int16_t>(vectors, rows, out); break;
    case Layout::kInt32: GatherValuesFrom<int32_t>(vectors, rows, out); break;
    case Layout::kInt64: GatherValuesFrom<int64_t>(vectors, rows, out); break;
    case Layout::kInt128: GatherValuesFrom<__int128>(vectors, rows, out); break;
    case Layout::kFloat: GatherValuesFrom<float>(vectors, rows, out); break;
    case Layout::kDouble: GatherValuesFrom<double>(vectors, rows, out); break;
    case Layout::kTimestamp: GatherValuesFrom<Timestamp>(vectors, rows, out); break;
    case Layout::kText:
      GatherValuesFrom<Text>(vectors, rows, out);
      for (const Vector& vector : vectors) out.AddPinsOf(vector);
      break;
    case Layout::kList:
    case Layout::kRow:
      for (size_t i = 0; i < rows.size(); ++i) {
        out.CopyRow(static_cast<int32_t>(i), vectors[rows[i].vector], rows[i].row);
      }
      break;
  }
  return out.Finish();
}

}  // namespace sluice
