#include "formats/json_encoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "json/json_text.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {
namespace {

class ValueWriter {
 public:
  ValueWriter(const JsonEncodeSettings& settings, std::string* out)
      : settings_(settings), out_(*out) {}

  const Status& status() const { return status_; }

  void Write(const Vector& vector, int32_t row) {
    if (vector.IsNull(row)) {
      out_.append("null");
      return;
    }
    const Type& type = vector.type();
    switch (type.kind()) {
      case TypeKind::kNull: out_.append("null"); return;
      case TypeKind::kBoolean: out_.append(At<int8_t>(vector, row) != 0 ? "true" : "false"); return;
      case TypeKind::kTinyInt: return Integer(At<int8_t>(vector, row));
      case TypeKind::kSmallInt: return Integer(At<int16_t>(vector, row));
      case TypeKind::kInt:
      case TypeKind::kIntervalYearMonth: return Integer(At<int32_t>(vector, row));
      case TypeKind::kBigInt:
      case TypeKind::kIntervalDayTime: return Integer(At<int64_t>(vector, row));
      case TypeKind::kFloat: return Floating(At<float>(vector, row));
      case TypeKind::kDouble: return Floating(At<double>(vector, row));
      case TypeKind::kDecimal: return Decimal(vector, row);
      case TypeKind::kChar:
      case TypeKind::kVarChar: return String(vector.View<Text>()[row].view());
      case TypeKind::kBinary:
      case TypeKind::kVarBinary:
        return Quoted([&] { AppendBase64(vector.View<Text>()[row].view(), &out_); });
      case TypeKind::kDate: return Quoted([&] { AppendIsoDate(At<int32_t>(vector, row), &out_); });
      case TypeKind::kTime: return Quoted([&] { AppendSqlTime(At<int32_t>(vector, row), &out_); });
      case TypeKind::kTimestamp:
      case TypeKind::kTimestampLtz:
        return Quoted([&] {
          AppendFormatTimestamp(vector.View<Timestamp>()[row], settings_.timestamps,
                                type.kind() == TypeKind::kTimestampLtz, &out_);
        });
      case TypeKind::kArray: return Array(vector, row);
      case TypeKind::kMap:
      case TypeKind::kMultiset: return Map(vector, row);
      case TypeKind::kRow: return Row(vector, row);
    }
  }

 private:
  // Jackson's generator of bytes escapes what UTF-16 writes as two units: 😀 is \uD83D\uDE00.
  void String(std::string_view text) {
    out_.push_back('"');
    const auto is_supplementary = [](char c) {
      return (static_cast<unsigned char>(c) & 0xF8) == 0xF0;
    };
    while (true) {
      const auto found = std::find_if(text.begin(), text.end(), is_supplementary);
      const size_t begin = found - text.begin();
      AppendJacksonEscaped(text.substr(0, begin), &out_);
      if (text.size() < begin + 4) break;
      const auto bits = [&](size_t i) { return static_cast<uint32_t>(text[begin + i]) & 0x3F; };
      const uint32_t point =
          (static_cast<uint32_t>(text[begin]) & 7) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
      AppendUnit(0xD800 + ((point - 0x10000) >> 10));
      AppendUnit(0xDC00 + ((point - 0x10000) & 0x3FF));
      text.remove_prefix(begin + 4);
    }
    out_.push_back('"');
  }
  void AppendUnit(uint32_t unit) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    out_.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) out_.push_back(kDigits[(unit >> shift) & 0xF]);
  }

  template <typename T>
  static T At(const Vector& vector, int32_t row) {
    return vector.View<T>()[row];
  }

  template <typename F>
  void Quoted(F write) {
    out_.push_back('"');
    write();
    out_.push_back('"');
  }

  void Integer(int64_t value) {
    char buffer[24];
    out_.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
  }

  // What is no JSON number is written as a string.
  template <typename T>
  void Floating(T value) {
    char buffer[kMaxNumberText];
    size_t size;
    if constexpr (std::is_same_v<T, float>) {
      size = FormatFloat(value, buffer);
    } else {
      size = FormatDouble(value, buffer);
    }
    if (std::isfinite(value)) {
      out_.append(buffer, size);
    } else {
      Quoted([&] { out_.append(buffer, size); });
    }
  }

  void Decimal(const Vector& vector, int32_t row) {
    Int128 unscaled = vector.type().layout() == Layout::kInt128 ? At<Int128>(vector, row)
                                                                : At<int64_t>(vector, row);
    int64_t scale = vector.type().scale();
    if (settings_.strip_decimals) {
      if (unscaled == 0) scale = 0;
      for (; unscaled != 0 && unscaled % 10 == 0; unscaled /= 10) --scale;
    }
    char buffer[kMaxDecimalText];
    const bool negative = unscaled < 0;
    const size_t size = FormatDecimal(negative ? -unscaled : unscaled, 0, buffer);
    const std::string_view digits(buffer, size);
    if (settings_.plain_decimals) {
      AppendPlainDecimal(negative, digits, scale, &out_);
    } else {
      AppendBigDecimal(negative, digits, scale, &out_);
    }
  }

  void Array(const Vector& vector, int32_t row) {
    const ListEntry entry = vector.View<ListEntry>()[row];
    out_.push_back('[');
    for (int32_t i = 0; i < entry.length; ++i) {
      if (i != 0) out_.push_back(',');
      Write(vector.child(0), entry.offset + i);
    }
    out_.push_back(']');
  }

  void Map(const Vector& vector, int32_t row) {
    const ListEntry entry = vector.View<ListEntry>()[row];
    out_.push_back('{');
    bool first = true;
    for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
      std::string_view key = settings_.map_null_literal;
      if (!vector.child(0).IsNull(i)) {
        key = vector.child(0).View<Text>()[i].view();
      } else if (settings_.map_null_keys == MapNullKeys::kDrop) {
        continue;
      } else if (settings_.map_null_keys == MapNullKeys::kFail) {
        status_ = absl::InvalidArgumentError(
            "JSON format doesn't support to serialize map data with null keys. You can drop null "
            "key entries or encode null in "
            "literals by specifying map-null-key.mode option.");
      }
      if (!first) out_.push_back(',');
      first = false;
      String(key);
      out_.push_back(':');
      if (vector.type().kind() == TypeKind::kMap || vector.child(1).is_set())
        Write(vector.child(1), i);
    }
    out_.push_back('}');
  }

  void Row(const Vector& vector, int32_t row) {
    out_.push_back('{');
    bool first = true;
    const std::vector<Field>& fields = vector.type().fields();
    for (size_t i = 0; i < fields.size(); ++i) {
      // The children of a selected row are seen through the row's own place.
      const Vector& child = vector.child(static_cast<int>(i));
      const int32_t at = vector.Rows().RowAt(row);
      if (settings_.ignore_null_fields && child.IsNull(at)) continue;
      if (!first) out_.push_back(',');
      first = false;
      AppendJacksonString(fields[i].name, &out_);
      out_.push_back(':');
      Write(child, at);
    }
    out_.push_back('}');
  }

  const JsonEncodeSettings& settings_;
  std::string& out_;
  Status status_;
};

}  // namespace

JsonEncoder::JsonEncoder(const Schema& schema, const JsonEncodeSettings& settings)
    : settings_(settings) {
  for (const Field& field : schema) {
    std::string& key = keys_.emplace_back();
    AppendJacksonString(field.name, &key);
    key.push_back(':');
  }
}

Status JsonEncoder::Encode(const Batch& batch, int32_t begin, int32_t end,
                           std::string_view delimiter, std::string* out,
                           std::vector<size_t>* row_ends) {
  ValueWriter writer(settings_, out);
  for (int32_t row = begin; row < end; ++row) {
    char separator = '{';
    for (size_t i = 0; i < keys_.size(); ++i) {
      const Vector& column = batch.columns[i];
      if (settings_.ignore_null_fields && column.IsNull(row)) continue;
      out->push_back(separator);
      separator = ',';
      out->append(keys_[i]);
      writer.Write(column, row);
    }
    if (separator == '{') out->push_back('{');
    out->push_back('}');
    out->append(delimiter);
    if (row_ends != nullptr) row_ends->push_back(out->size());
  }
  return writer.status();
}

}  // namespace sluice
