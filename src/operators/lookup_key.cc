#include "operators/lookup_key.h"

#include <cstring>
#include <string>

#include "types/hash.h"

namespace sluice {
namespace {

constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;
constexpr uint64_t kMultiplier = 0xa0761d6478bd642f;

uint64_t Fold(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t Hash(const Text& key) {
  if (!key.is_inline()) [[unlikely]]
    return HashBytes(key.view());
  uint64_t words[2];
  std::memcpy(words, &key, sizeof(words));
  return Fold(words[0] ^ kSeed, words[1] ^ kMultiplier);
}

// Numbers of up to 12 bytes become the inline bytes of a Text.
template <typename T>
void KeysOfNumbers(const Vector& column, int32_t num_rows, Text* keys) {
  const VectorView<T> view = column.View<T>();
  for (int32_t i = 0; i < num_rows; ++i) {
    keys[i] = Text({reinterpret_cast<const char*>(&view[i]), sizeof(T)});
  }
}

bool KeysOfOneColumn(const Vector& column, int32_t num_rows, Text* keys) {
  switch (column.type().layout()) {
    case Layout::kInt8: KeysOfNumbers<int8_t>(column, num_rows, keys); return true;
    case Layout::kInt16: KeysOfNumbers<int16_t>(column, num_rows, keys); return true;
    case Layout::kInt32:
    case Layout::kFloat: KeysOfNumbers<int32_t>(column, num_rows, keys); return true;
    case Layout::kInt64:
    case Layout::kDouble: KeysOfNumbers<int64_t>(column, num_rows, keys); return true;
    case Layout::kText: {
      // What lies behind a NULL is undefined: it is not even copied.
      const VectorView<Text> view = column.View<Text>();
      if (view.validity == nullptr) {
        for (int32_t i = 0; i < num_rows; ++i) keys[i] = view[i];
      } else {
        for (int32_t i = 0; i < num_rows; ++i) keys[i] = view.IsNull(i) ? Text() : view[i];
      }
      return true;
    }
    default: return false;
  }
}

}  // namespace

bool IsLookupKeyType(const Type& type) {
  const Layout layout = type.layout();
  return layout != Layout::kNone && layout != Layout::kList && layout != Layout::kRow;
}

uint64_t HashLookupKey(const Text& key) { return Hash(key); }

void LookupKeys::Compute(std::span<const Vector> columns, int32_t num_rows) {
  keys_.resize(num_rows);
  hashes_.resize(num_rows);
  arena_.reset();
  has_nulls_ = false;
  for (const Vector& column : columns) {
    if (!column.MayHaveNulls()) continue;
    if (!has_nulls_) is_null_.assign(num_rows, 0);
    has_nulls_ = true;
    const VectorView<char> rows = column.Rows();
    for (int32_t i = 0; i < num_rows; ++i) is_null_[i] |= static_cast<uint8_t>(rows.IsNull(i));
  }
  if (columns.size() != 1 || !KeysOfOneColumn(columns[0], num_rows, keys_.data())) {
    Concatenate(columns, num_rows);
  }
  for (int32_t i = 0; i < num_rows; ++i) hashes_[i] = Hash(keys_[i]);
}

void LookupKeys::Concatenate(std::span<const Vector> columns, int32_t num_rows) {
  arena_ = std::make_unique<Arena>();
  std::string bytes;
  for (int32_t i = 0; i < num_rows; ++i) {
    if (IsNull(i)) {
      keys_[i] = Text();
      continue;
    }
    bytes.clear();
    for (const Vector& column : columns) {
      const Layout layout = column.type().layout();
      if (layout == Layout::kText) {
        // With its length in front, so that ("a", "bc") is not ("ab", "c").
        const Text& text = column.View<Text>()[i];
        const uint32_t size = text.size();
        bytes.append(reinterpret_cast<const char*>(&size), sizeof(size)).append(text.view());
      } else {
        const auto size = static_cast<size_t>(ValueBytes(layout));
        bytes.append(column.View<char>().values + size * column.Rows().RowAt(i), size);
      }
    }
    keys_[i] =
        Text(bytes.size() <= Text::kInlineBytes ? std::string_view(bytes) : arena_->Copy(bytes));
  }
}

}  // namespace sluice
