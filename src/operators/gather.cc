#include "operators/gather.h"

#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {

namespace {

constexpr int32_t kNoVector = -1;  // RowOfVector::vector of a row that is NULL

// `locate(i)` tells where row i comes from.
template <typename T, typename Locate>
void GatherValues(std::span<const Vector> vectors, Locate locate, VectorBuilder& out) {
  std::vector<VectorView<T>> views;
  for (const Vector& vector : vectors)
    views.push_back(vector.is_set() ? vector.View<T>() : VectorView<T>{});
  T* values = out.values<T>();
  for (int32_t i = 0; i < out.num_rows(); ++i) {
    const RowOfVector from = locate(i);
    if (from.vector == kNoVector || views[from.vector].IsNull(from.row)) {
      out.SetNull(i);
      values[i] = T();
    } else {
      values[i] = views[from.vector][from.row];
    }
  }
}

template <typename Locate>
void GatherRows(std::span<const Vector> vectors, Locate locate, VectorBuilder& out) {
  for (int32_t i = 0; i < out.num_rows(); ++i) {
    const RowOfVector from = locate(i);
    if (from.vector == kNoVector) {
      out.SetNull(i);
      if (out.type().layout() == Layout::kList) out.values<ListEntry>()[i] = ListEntry();
    } else {
      out.CopyRow(i, vectors[from.vector], from.row);
    }
  }
}

template <typename Locate>
Vector GatherBy(const Type& type, std::span<const Vector> vectors, size_t num_rows, Locate locate) {
  VectorBuilder out(type, static_cast<int32_t>(num_rows));
  switch (type.layout()) {
    case Layout::kNone: break;
    case Layout::kInt8: GatherValues<int8_t>(vectors, locate, out); break;
    case Layout::kInt16: GatherValues<int16_t>(vectors, locate, out); break;
    case Layout::kInt32: GatherValues<int32_t>(vectors, locate, out); break;
    case Layout::kInt64: GatherValues<int64_t>(vectors, locate, out); break;
    case Layout::kInt128: GatherValues<__int128>(vectors, locate, out); break;
    case Layout::kFloat: GatherValues<float>(vectors, locate, out); break;
    case Layout::kDouble: GatherValues<double>(vectors, locate, out); break;
    case Layout::kTimestamp: GatherValues<Timestamp>(vectors, locate, out); break;
    case Layout::kText:
      GatherValues<Text>(vectors, locate, out);
      for (const Vector& vector : vectors) {
        if (vector.is_set()) out.AddPinsOf(vector);
      }
      break;
    case Layout::kList:
    case Layout::kRow: GatherRows(vectors, locate, out); break;
  }
  return out.Finish();
}

}  // namespace

Vector Gather(const Type& type, const Vector& a, const Vector& b, std::span<const int32_t> rows) {
  const Vector vectors[] = {a, b};
  return GatherBy(type, vectors, rows.size(), [rows](int32_t i) -> RowOfVector {
    if (rows[i] == kNullRow) return {kNoVector, 0};
    return rows[i] >= 0 ? RowOfVector{0, rows[i]} : RowOfVector{1, ~rows[i]};
  });
}

Vector GatherFrom(const Type& type, std::span<const Vector> vectors,
                  std::span<const RowOfVector> rows) {
  return GatherBy(type, vectors, rows.size(), [rows](int32_t i) { return rows[i]; });
}

}  // namespace sluice
