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

}  // namespace sluice
