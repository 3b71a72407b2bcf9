#include "types/hash.h"

#include <cstring>

#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {
namespace {

constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;
constexpr uint64_t kNullHash = 0x2545f4914f6cdd1d;
constexpr uint64_t kMultiplier = 0xd6e8feb86659fd93;

// Folds the 128-bit product: every input bit reaches every output bit.
uint64_t Fold(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Murmur's finaliser.
uint64_t Mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccd;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53;
  return x ^ (x >> 33);
}

// Order matters: (a, b) and (b, a) differ.
uint64_t Combine(uint64_t hash, uint64_t value) { return Mix(hash * 31 + value + kSeed); }

uint64_t Load64(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

uint64_t HashFixed(const void* value, size_t size) {
  uint64_t words[2] = {0, 0};
  std::memcpy(words, value, size);
  return size > 8 ? Fold(words[0] ^ kSeed, words[1] ^ kMultiplier) : Mix(words[0] + kSeed);
}

uint64_t HashValue(const Vector& vector, int32_t row);

uint64_t HashNested(const Vector& vector, int32_t row) {
  uint64_t hash = kSeed;
  if (vector.type().layout() == Layout::kRow) {
    const int32_t child_row = vector.Rows().RowAt(row);
    for (const Vector& child : vector.body().children) {
      hash = Combine(hash, HashValue(child, child_row));
    }
    return hash;
  }
  const ListEntry entry = vector.View<ListEntry>()[row];
  for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    for (const Vector& child : vector.body().children) hash = Combine(hash, HashValue(child, i));
  }
  return Combine(hash, static_cast<uint64_t>(entry.length));
}

uint64_t HashValue(const Vector& vector, int32_t row) {
  if (vector.IsNull(row)) return kNullHash;
  const Layout layout = vector.type().layout();
  switch (layout) {
    case Layout::kNone: return kNullHash;
    case Layout::kText: return HashBytes(vector.View<Text>()[row].view());
    case Layout::kList:
    case Layout::kRow: return HashNested(vector, row);
    default: break;
  }
  const size_t size = ValueBytes(layout);
  return HashFixed(vector.View<char>().values + size * vector.Rows().RowAt(row), size);
}

// One column into the running hashes of the rows.
template <typename T, typename Hash>
void HashColumn(const Vector& vector, int32_t num_rows, uint64_t* hashes, Hash hash) {
  const VectorView<T> view = vector.View<T>();
  if (!vector.MayHaveNulls()) {
    for (int32_t i = 0; i < num_rows; ++i) hashes[i] = Combine(hashes[i], hash(view[i]));
    return;
  }
  for (int32_t i = 0; i < num_rows; ++i) {
    hashes[i] = Combine(hashes[i], view.IsNull(i) ? kNullHash : hash(view[i]));
  }
}

template <typename T>
void HashFixedColumn(const Vector& vector, int32_t num_rows, uint64_t* hashes) {
  HashColumn<T>(vector, num_rows, hashes,
                [](const T& value) { return HashFixed(&value, sizeof(T)); });
}

bool NestedEqual(const Vector& a, int32_t row_a, const Vector& b, int32_t row_b) {
  if (a.type().layout() == Layout::kRow) {
    return RowsEqual(a.body().children, a.Rows().RowAt(row_a), b.body().children,
                     b.Rows().RowAt(row_b));
  }
  const ListEntry entry_a = a.View<ListEntry>()[row_a];
  const ListEntry entry_b = b.View<ListEntry>()[row_b];
  if (entry_a.length != entry_b.length) return false;
  for (int32_t i = 0; i < entry_a.length; ++i) {
    if (!RowsEqual(a.body().children, entry_a.offset + i, b.body().children, entry_b.offset + i)) {
      return false;
    }
  }
  return true;
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  const char* data = bytes.data();
  size_t size = bytes.size();
  uint64_t hash = kSeed ^ (size * kMultiplier);
  for (; size >= 16; data += 16, size -= 16) {
    hash = Fold(Load64(data) ^ hash, Load64(data + 8) ^ kMultiplier);
  }
  uint64_t tail[2] = {0, 0};
  if (size != 0) std::memcpy(tail, data, size);
  return Mix(Fold(tail[0] ^ hash, tail[1] ^ kMultiplier));
}

void HashRows(std::span<const Vector> columns, int32_t num_rows, uint64_t* hashes) {
  for (int32_t i = 0; i < num_rows; ++i) hashes[i] = kSeed;
  for (const Vector& column : columns) {
    switch (column.type().layout()) {
      case Layout::kInt8: HashFixedColumn<int8_t>(column, num_rows, hashes); break;
      case Layout::kInt16: HashFixedColumn<int16_t>(column, num_rows, hashes); break;
      case Layout::kInt32:
      case Layout::kFloat: HashFixedColumn<int32_t>(column, num_rows, hashes); break;
      case Layout::kInt64:
      case Layout::kDouble: HashFixedColumn<int64_t>(column, num_rows, hashes); break;
      case Layout::kInt128: HashFixedColumn<__int128>(column, num_rows, hashes); break;
      case Layout::kTimestamp: HashFixedColumn<Timestamp>(column, num_rows, hashes); break;
      case Layout::kText:
        HashColumn<Text>(column, num_rows, hashes,
                         [](const Text& text) { return HashBytes(text.view()); });
        break;
      case Layout::kNone:
      case Layout::kList:
      case Layout::kRow:
        for (int32_t i = 0; i < num_rows; ++i) {
          hashes[i] = Combine(hashes[i], HashValue(column, i));
        }
        break;
    }
  }
}

bool ValuesEqual(const Vector& a, int32_t row_a, const Vector& b, int32_t row_b) {
  const bool null_a = a.IsNull(row_a);
  if (null_a != b.IsNull(row_b)) return false;
  const Layout layout = a.type().layout();
  if (null_a || layout == Layout::kNone) return true;
  switch (layout) {
    case Layout::kText: return a.View<Text>()[row_a] == b.View<Text>()[row_b];
    case Layout::kList:
    case Layout::kRow: return NestedEqual(a, row_a, b, row_b);
    default: break;
  }
  const size_t size = ValueBytes(layout);
  return std::memcmp(a.View<char>().values + size * a.Rows().RowAt(row_a),
                     b.View<char>().values + size * b.Rows().RowAt(row_b), size) == 0;
}

bool RowsEqual(std::span<const Vector> a, int32_t row_a, std::span<const Vector> b, int32_t row_b) {
  for (size_t c = 0; c < a.size(); ++c) {
    if (!ValuesEqual(a[c], row_a, b[c], row_b)) return false;
  }
  return true;
}

}  // namespace sluice
