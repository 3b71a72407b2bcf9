#include "operators/sort_key.h"

#include <bit>
#include <cmath>
#include <string>

#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {

namespace {

// In front of each value. A NULL that sorts first is below, one that sorts last above the values.
constexpr char kNullFirst = 0;
constexpr char kPresent = 1;
constexpr char kNullLast = 2;

template <typename Unsigned>
void AppendBigEndian(Unsigned value, std::string& out) {
  for (int shift = 8 * (static_cast<int>(sizeof(value)) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

// With the sign bit turned over, two's complement sorts as unsigned.
template <typename Unsigned>
void AppendSigned(Unsigned value, std::string& out) {
  AppendBigEndian<Unsigned>(value ^ Unsigned{1} << (8 * sizeof(value) - 1), out);
}

// Negative numbers sort by their bits downwards, positive ones upwards.
template <typename Unsigned, typename Float>
void AppendFloat(Float value, std::string& out) {
  constexpr Unsigned kSign = Unsigned{1} << (8 * sizeof(Unsigned) - 1);
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  if (value == 0) value = 0;
  const Unsigned bits = std::bit_cast<Unsigned>(value);
  AppendBigEndian<Unsigned>((bits & kSign) != 0 ? ~bits : bits ^ kSign, out);
}

// Ends below every continuation: 0 bytes of the text become 0 ff, the end is 0 0.
void AppendText(std::string_view text, std::string& out) {
  for (size_t zero; (zero = text.find('\0')) != std::string_view::npos;) {
    out.append(text.substr(0, zero + 1));
    out.push_back('\xff');
    text.remove_prefix(zero + 1);
  }
  out.append(text);
  out.append(2, '\0');
}

void AppendValue(const Vector& vector, int32_t row, std::string& out);

void AppendElement(const Vector& vector, int32_t row, std::string& out) {
  if (vector.IsNull(row)) {
    out.push_back(kNullFirst);
  } else {
    out.push_back(kPresent);
    AppendValue(vector, row, out);
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
  for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    out.push_back(1);
    for (const Vector& child : children) AppendElement(child, i, out);
  }
  out.push_back(0);
}

void AppendValue(const Vector& vector, int32_t row, std::string& out) {
  switch (vector.type().layout()) {
    case Layout::kNone: break;
    case Layout::kInt8: AppendSigned<uint8_t>(vector.View<uint8_t>()[row], out); break;
    case Layout::kInt16: AppendSigned<uint16_t>(vector.View<uint16_t>()[row], out); break;
    case Layout::kInt32: AppendSigned<uint32_t>(vector.View<uint32_t>()[row], out); break;
    case Layout::kInt64: AppendSigned<uint64_t>(vector.View<uint64_t>()[row], out); break;
    case Layout::kInt128:
      AppendSigned<unsigned __int128>(vector.View<unsigned __int128>()[row], out);
      break;
    case Layout::kFloat: AppendFloat<uint32_t>(vector.View<float>()[row], out); break;
    case Layout::kDouble: AppendFloat<uint64_t>(vector.View<double>()[row], out); break;
    case Layout::kText: AppendText(vector.View<Text>()[row].view(), out); break;
    case Layout::kTimestamp: {
      const Timestamp& time = vector.View<Timestamp>()[row];
      AppendSigned(static_cast<uint64_t>(time.millis), out);
      AppendSigned(static_cast<uint32_t>(time.nanos_of_milli), out);
      break;
    }
    case Layout::kList:
    case Layout::kRow: AppendNested(vector, row, out); break;
  }
}

}  // namespace

void EncodeSortKeys(std::span<const Vector> columns, std::span<const SortColumn> order,
                    int32_t num_rows, EncodedRows& out) {
  out.Clear();
  std::string& bytes = out.bytes();
  for (int32_t i = 0; i < num_rows; ++i) {
    for (const SortColumn& by : order) {
      const Vector& column = columns[by.column];
      if (column.IsNull(i)) {
        bytes.push_back(by.nulls_last ? kNullLast : kNullFirst);
        continue;
      }
      bytes.push_back(kPresent);
      const size_t begin = bytes.size();
      AppendValue(column, i, bytes);
      if (!by.descending) continue;
      for (size_t b = begin; b < bytes.size(); ++b) bytes[b] = static_cast<char>(~bytes[b]);
    }
    out.EndRow();
  }
}

}  // namespace sluice
