// Deep equality, by recursion over the type.

#include "functions/scalar/vector_equality.h"

#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {

namespace {

template <typename T>
bool EqualValues(const Vector& a, int32_t row_a, const Vector& b, int32_t row_b) {
  return a.View<T>()[row_a] == b.View<T>()[row_b];
}

bool EqualArrays(const Vector& a, const ListEntry& x, const Vector& b, const ListEntry& y) {
  if (x.length != y.length) return false;
  for (int32_t i = 0; i < x.length; ++i) {
    if (!EqualRows(a.child(0), x.offset + i, b.child(0), y.offset + i)) return false;
  }
  return true;
}

// Maps are equal when each entry of one is in the other, in any order.
bool EqualMaps(const Vector& a, const ListEntry& x, const Vector& b, const ListEntry& y) {
  if (x.length != y.length) return false;
  for (int32_t i = x.offset; i < x.offset + x.length; ++i) {
    bool found = false;
    for (int32_t j = y.offset; j < y.offset + y.length && !found; ++j) {
      found = EqualRows(a.child(0), i, b.child(0), j) && EqualRows(a.child(1), i, b.child(1), j);
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool EqualRows(const Vector& a, int32_t row_a, const Vector& b, int32_t row_b) {
  const bool null_a = a.IsNull(row_a);
  if (null_a || b.IsNull(row_b)) return null_a == b.IsNull(row_b);
  switch (a.type().layout()) {
    case Layout::kNone: return true;
    case Layout::kInt8: return EqualValues<int8_t>(a, row_a, b, row_b);
    case Layout::kInt16: return EqualValues<int16_t>(a, row_a, b, row_b);
    case Layout::kInt32: return EqualValues<int32_t>(a, row_a, b, row_b);
    case Layout::kInt64: return EqualValues<int64_t>(a, row_a, b, row_b);
    case Layout::kInt128: return EqualValues<__int128>(a, row_a, b, row_b);
    case Layout::kFloat: return EqualValues<float>(a, row_a, b, row_b);
    case Layout::kDouble: return EqualValues<double>(a, row_a, b, row_b);
    case Layout::kText: return EqualValues<Text>(a, row_a, b, row_b);
    case Layout::kTimestamp: return EqualValues<Timestamp>(a, row_a, b, row_b);
    case Layout::kList: {
      const ListEntry x = a.View<ListEntry>()[row_a];
      const ListEntry y = b.View<ListEntry>()[row_b];
      const bool is_array = a.type().kind() == TypeKind::kArray;
      return is_array ? EqualArrays(a, x, b, y) : EqualMaps(a, x, b, y);
    }
    case Layout::kRow: {
      const int32_t x = a.Rows().RowAt(row_a);
      const int32_t y = b.Rows().RowAt(row_b);
      for (size_t i = 0; i < a.type().fields().size(); ++i) {
        const int field = static_cast<int>(i);
        if (!EqualRows(a.child(field), x, b.child(field), y)) return false;
      }
      return true;
    }
  }
  return false;
}

}  // namespace sluice
