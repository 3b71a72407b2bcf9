#include "formats/csv_encoder.h"

#include <algorithm>
#include <charconv>

#include "formats/java_text.h"
#include "json/json_number.h"
#include "types/decimal.h"
#include "types/text.h"

namespace sluice {
namespace {

void AppendInteger(int64_t value, std::string* out) {
  char buffer[24];
  out->append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

}  // namespace

CsvEncoder::CsvEncoder(const Schema& schema, const CsvSettings& settings)
    : settings_(settings), num_columns_(schema.size()) {}

Status CsvEncoder::Encode(const Batch& batch, int32_t begin, int32_t end,
                          std::string_view delimiter, std::string* out,
                          std::vector<size_t>* row_ends) {
  for (int32_t row = begin; row < end; ++row) {
    for (size_t i = 0; i < num_columns_; ++i) {
      if (i != 0) out->push_back(settings_.field_delimiter);
      WriteField(batch.columns[i], row, out);
    }
    out->append(delimiter);
    if (row_ends != nullptr) row_ends->push_back(out->size());
  }
  return OkStatus();
}

void CsvEncoder::WriteField(const Vector& vector, int32_t row, std::string* out) {
  if (vector.IsNull(row)) {
    out->append(settings_.null_literal);
    return;
  }
  text_.clear();
  if (AppendValue(vector, row, &text_)) {
    out->append(text_);
  } else {
    AppendQuoted(text_, out);
  }
}

bool CsvEncoder::AppendValue(const Vector& vector, int32_t row, std::string* out) {
  switch (vector.type().kind()) {
    case TypeKind::kNull: return true;
    case TypeKind::kBoolean:
      out->append(vector.View<int8_t>()[row] != 0 ? "true" : "false");
      return true;
    case TypeKind::kTinyInt: AppendInteger(vector.View<int8_t>()[row], out); return true;
    case TypeKind::kSmallInt: AppendInteger(vector.View<int16_t>()[row], out); return true;
    case TypeKind::kInt:
    case TypeKind::kIntervalYearMonth: AppendInteger(vector.View<int32_t>()[row], out); return true;
    case TypeKind::kBigInt:
    case TypeKind::kIntervalDayTime: AppendInteger(vector.View<int64_t>()[row], out); return true;
    case TypeKind::kFloat: AppendJavaFloat(vector.View<float>()[row], out); return true;
    case TypeKind::kDouble: AppendJavaDouble(vector.View<double>()[row], out); return true;
    case TypeKind::kDecimal: AppendDecimal(vector, row, out); return !settings_.quote_decimals;
    case TypeKind::kChar:
    case TypeKind::kVarChar: out->append(vector.View<Text>()[row].view()); return false;
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: AppendBase64(vector.View<Text>()[row].view(), out); return false;
    case TypeKind::kDate: AppendIsoDate(vector.View<int32_t>()[row], out); return false;
    case TypeKind::kTime: AppendIsoTime(vector.View<int32_t>()[row], out); return false;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
      AppendFormatTimestamp(vector.View<Timestamp>()[row], TimestampStandard::kSql,
                            vector.type().kind() == TypeKind::kTimestampLtz, out);
      return false;
    case TypeKind::kArray: {
      const ListEntry entry = vector.View<ListEntry>()[row];
      for (int32_t i = 0; i < entry.length; ++i) {
        if (i != 0) out->append(settings_.element_delimiter);
        AppendElement(vector.child(0), entry.offset + i, out);
      }
      return false;
    }
    case TypeKind::kRow:
      for (size_t i = 0; i < vector.type().fields().size(); ++i) {
        if (i != 0) out->append(settings_.element_delimiter);
        AppendElement(vector.child(static_cast<int>(i)), vector.Rows().RowAt(row), out);
      }
      return false;
    case TypeKind::kMap:
    case TypeKind::kMultiset: return true;
  }
  return true;
}

void CsvEncoder::AppendElement(const Vector& vector, int32_t row, std::string* out) {
  if (vector.IsNull(row)) {
    out->append(settings_.null_literal);
  } else {
    AppendValue(vector, row, out);
  }
}

void CsvEncoder::AppendDecimal(const Vector& vector, int32_t row, std::string* out) {
  Int128 unscaled = vector.type().layout() == Layout::kInt128 ? vector.View<Int128>()[row]
                                                              : vector.View<int64_t>()[row];
  int64_t scale = vector.type().scale();
  // Jackson drops trailing zeros.
  if (unscaled == 0) scale = 0;
  for (; unscaled != 0 && unscaled % 10 == 0; unscaled /= 10) --scale;
  const bool negative = unscaled < 0;
  char buffer[kMaxDecimalText];
  const std::string_view digits(buffer, FormatDecimal(negative ? -unscaled : unscaled, 0, buffer));
  AppendBigDecimal(negative, digits, scale, out);
}

// Jackson's loose check: a long text, or one with any character up to the largest of those with a
// meaning, is quoted.
bool CsvEncoder::NeedsQuotes(std::string_view text) const {
  constexpr size_t kMaxCheckedChars = 24;  // in UTF-16 units
  const auto last_unsafe =
      std::max({static_cast<unsigned char>(settings_.field_delimiter),
                static_cast<unsigned char>(settings_.quote), static_cast<unsigned char>('\n')});
  size_t num_units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= last_unsafe || (settings_.has_escape && c == settings_.escape)) return true;
    num_units += byte < 0x80 || byte >= 0xc0;
    num_units += byte >= 0xf0;
  }
  return num_units > kMaxCheckedChars;
}

void CsvEncoder::AppendQuoted(std::string_view text, std::string* out) const {
  if (!settings_.has_quote || !NeedsQuotes(text)) {
    out->append(text);
    return;
  }
  out->push_back(settings_.quote);
  for (const char c : text) {
    // A quote is doubled even where there is an escape character.
    if (c == settings_.quote || (settings_.has_escape && c == settings_.escape)) out->push_back(c);
    out->push_back(c);
  }
  out->push_back(settings_.quote);
}

}  // namespace sluice
