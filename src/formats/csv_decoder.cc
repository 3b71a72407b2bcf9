#include "formats/csv_decoder.h"

#include <algorithm>
#include <limits>

#include "formats/java_text.h"
#include "formats/json_utf8.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {
namespace {

size_t PlaceOf(const Schema& table, std::string_view name) {
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].name == name) return i;
  }
  return table.size();
}

template <typename T>
bool ConvertInteger(std::string_view text, VectorBuilder& out, int32_t row) {
  int64_t value = 0;
  if (!ParseJavaInteger(JavaTrim(text), std::numeric_limits<T>::min(),
                        std::numeric_limits<T>::max(), &value))
    return false;
  out.values<T>()[row] = static_cast<T>(value);
  return true;
}

// LocalTime.parse: HH:mm[:ss[.f]], cut to the precision of the type.
bool ConvertTime(std::string_view text, VectorBuilder& out, int32_t row) {
  int32_t millis = 0;
  const std::string with_seconds = text.size() == 5 ? std::string(text) + ":00" : std::string(text);
  if (text.starts_with("24") || !ParseSqlTime(with_seconds, /*keep_millis=*/true, &millis))
    return false;
  const int32_t unit = out.type().precision() == 0   ? 1000
                       : out.type().precision() == 1 ? 100
                       : out.type().precision() == 2 ? 10
                                                     : 1;
  out.values<int32_t>()[row] = millis - millis % unit;
  return true;
}

// java.sql.Date.valueOf: yyyy-M-d; a day that the month lacks counts on into the next one.
bool ConvertDate(std::string_view text, VectorBuilder& out, int32_t row) {
  int64_t parts[3] = {0, 0, 0};
  size_t begin = 0;
  for (int i = 0; i < 3; ++i) {
    const size_t end = i == 2 ? text.size() : text.find('-', begin);
    const size_t max_digits = i == 0 ? 4 : 2;
    if (end == std::string_view::npos || end == begin || end - begin > max_digits ||
        (i == 0 && end != 4))
      return false;
    if (!ParseJavaInteger(text.substr(begin, end - begin), 0, 9999, &parts[i])) return false;
    begin = end + 1;
  }
  if (parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31) return false;
  out.values<int32_t>()[row] =
      static_cast<int32_t>(DaysFromCivil(parts[0], static_cast<int32_t>(parts[1]), parts[2]));
  return true;
}

// java.sql.Timestamp.valueOf, in the forms that are written in practice; TIMESTAMP_LTZ ends with a
// Z.
bool ConvertTimestamp(std::string_view text, VectorBuilder& out, int32_t row) {
  const bool with_zone = out.type().kind() == TypeKind::kTimestampLtz;
  return ParseFormatTimestamp(with_zone ? text : JavaTrim(text), TimestampStandard::kSql, with_zone,
                              &out.values<Timestamp>()[row]);
}

bool ConvertDecimal(std::string_view text, VectorBuilder& out, int32_t row, bool* is_null) {
  Int128 unscaled = 0;
  const DecimalParse parse =
      ParseDecimal(text, out.type().precision(), out.type().scale(), &unscaled);
  if (parse == DecimalParse::kNotANumber) return false;
  *is_null = parse == DecimalParse::kOverflow;
  if (out.type().layout() == Layout::kInt128) {
    out.values<Int128>()[row] = unscaled;
  } else {
    out.values<int64_t>()[row] = static_cast<int64_t>(unscaled);
  }
  return true;
}

bool ConvertBytes(std::string_view text, VectorBuilder& out, int32_t row) {
  std::string bytes;
  if (!DecodeBase64(text, &bytes)) return false;
  out.values<Text>()[row] =
      Text(bytes.size() > Text::kInlineBytes ? out.arena().Copy(bytes) : std::string_view(bytes));
  return true;
}

}  // namespace

CsvDecoder::CsvDecoder(const DecodeSpec& spec, const CsvSettings& settings)
    : settings_(settings), num_fields_(spec.table.size()) {
  for (const DecodedColumn& column : spec.columns) {
    columns_.push_back({PlaceOf(spec.table, column.path[0]), column.type});
    names_.push_back(column.path[0]);
  }
}

bool CsvDecoder::ReadQuoted(std::string_view line, size_t* at, std::string* error) {
  if (num_unquoted_ == unquoted_.size()) unquoted_.emplace_back();
  std::string& text = unquoted_[num_unquoted_];
  text.clear();
  size_t pos = *at + 1;
  for (;; ++pos) {
    if (pos >= line.size()) {
      *error = "a quoted field is not closed";
      return false;
    }
    if (settings_.has_escape && line[pos] == settings_.escape && pos + 1 < line.size()) {
      text.push_back(line[++pos]);
    } else if (line[pos] != settings_.quote) {
      text.push_back(line[pos]);
    } else if (pos + 1 < line.size() && line[pos + 1] == settings_.quote) {
      text.push_back(line[++pos]);
    } else {
      break;
    }
  }
  ++pos;
  // Blanks may follow the quote.
  while (pos < line.size() && line[pos] == ' ') ++pos;
  if (pos < line.size() && line[pos] != settings_.field_delimiter) {
    *error = "text follows a quoted field";
    return false;
  }
  *at = pos;
  ++num_unquoted_;
  return true;
}

bool CsvDecoder::Split(std::string_view line, std::string* error) {
  fields_.clear();
  num_unquoted_ = 0;
  // Views of unquoted_ are taken at the end: the strings move while it grows.
  std::vector<std::pair<size_t, size_t>> quoted;  // field, its text
  for (size_t at = 0;; ++at) {
    size_t begin = at;
    while (settings_.has_quote && begin < line.size() && line[begin] == ' ' &&
           settings_.field_delimiter != ' ')
      ++begin;
    const bool is_quoted =
        settings_.has_quote && begin < line.size() && line[begin] == settings_.quote;
    if (is_quoted) {
      at = begin;
      quoted.emplace_back(fields_.size(), num_unquoted_);
      if (!ReadQuoted(line, &at, error)) return false;
      fields_.emplace_back();
    } else {
      const size_t end = std::min(line.find(settings_.field_delimiter, at), line.size());
      const std::string_view text = line.substr(at, end - at);
      if (settings_.has_escape && text.find(settings_.escape) != std::string_view::npos) {
        if (num_unquoted_ == unquoted_.size()) unquoted_.emplace_back();
        std::string& plain = unquoted_[num_unquoted_];
        plain.clear();
        for (; at < line.size() && line[at] != settings_.field_delimiter; ++at) {
          if (line[at] == settings_.escape && at + 1 < line.size()) ++at;
          plain.push_back(line[at]);
        }
        quoted.emplace_back(fields_.size(), num_unquoted_++);
        fields_.emplace_back();
      } else {
        fields_.push_back(text);
        at = end;
      }
    }
    if (at >= line.size()) break;
  }
  for (const auto& [field, text] : quoted) fields_[field] = unquoted_[text];
  return true;
}

CsvDecoder::Conversion CsvDecoder::ConvertList(std::string_view text, VectorBuilder& out,
                                               int32_t row) {
  bool failed = false;
  size_t index = 0;
  const bool is_array = out.type().kind() == TypeKind::kArray;
  if (text.empty() && !is_array) return Conversion::kNull;
  ListEntry entry;
  if (is_array) {
    entry.offset = out.child(0).num_rows();
  } else {
    for (size_t i = 0; i < out.type().fields().size(); ++i) {
      VectorBuilder& child = out.child(static_cast<int>(i));
      if (child.num_rows() <= row) child.Resize(row + 1);
      child.SetNull(row);
      if (child.type().layout() == Layout::kText) child.values<Text>()[row] = Text();
    }
  }
  for (size_t begin = 0; begin <= text.size() && !text.empty(); ++index) {
    const size_t end = std::min(text.find(settings_.element_delimiter, begin), text.size());
    const std::string_view element = text.substr(begin, end - begin);
    if (is_array) {
      ++entry.length;
      out.child(0).Resize(entry.offset + entry.length);
      WriteOrNull(element, out.child(0), entry.offset + entry.length - 1, &failed);
    } else if (index < out.type().fields().size()) {
      WriteOrNull(element, out.child(static_cast<int>(index)), row, &failed);
    }
    begin = end + settings_.element_delimiter.size();
  }
  if (is_array) out.values<ListEntry>()[row] = entry;
  return failed ? Conversion::kFailed : Conversion::kValue;
}

void CsvDecoder::WriteOrNull(std::string_view text, VectorBuilder& out, int32_t row, bool* failed) {
  const Conversion result = settings_.has_null_literal && text == settings_.null_literal
                                ? Conversion::kNull
                                : Convert(text, out, row);
  if (result == Conversion::kValue) {
    out.SetValid(row);
    return;
  }
  out.SetNull(row);
  if (out.type().layout() == Layout::kText) out.values<Text>()[row] = Text();
  if (out.type().layout() == Layout::kList) out.values<ListEntry>()[row] = ListEntry();
  *failed |= result == Conversion::kFailed && !settings_.ignore_parse_errors;
}

CsvDecoder::Conversion CsvDecoder::Convert(std::string_view text, VectorBuilder& out, int32_t row) {
  bool ok = true;
  bool is_null = false;
  switch (out.type().kind()) {
    case TypeKind::kNull: return Conversion::kNull;
    case TypeKind::kBoolean: out.values<int8_t>()[row] = ParseJavaBoolean(JavaTrim(text)); break;
    case TypeKind::kTinyInt: ok = ConvertInteger<int8_t>(text, out, row); break;
    case TypeKind::kSmallInt: ok = ConvertInteger<int16_t>(text, out, row); break;
    case TypeKind::kInt:
    case TypeKind::kIntervalYearMonth: ok = ConvertInteger<int32_t>(text, out, row); break;
    case TypeKind::kBigInt:
    case TypeKind::kIntervalDayTime: ok = ConvertInteger<int64_t>(text, out, row); break;
    case TypeKind::kFloat: ok = ParseFloat(JavaTrim(text), &out.values<float>()[row]); break;
    case TypeKind::kDouble: ok = ParseDouble(JavaTrim(text), &out.values<double>()[row]); break;
    case TypeKind::kDecimal: ok = ConvertDecimal(text, out, row, &is_null); break;
    case TypeKind::kChar:
    case TypeKind::kVarChar:
      // The line itself stays; what was unquoted does not.
      out.values<Text>()[row] =
          Text(text.size() > Text::kInlineBytes ? out.arena().Copy(text) : text);
      break;
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: ok = ConvertBytes(text, out, row); break;
    case TypeKind::kDate: ok = ConvertDate(text, out, row); break;
    case TypeKind::kTime: ok = ConvertTime(text, out, row); break;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: ok = ConvertTimestamp(text, out, row); break;
    case TypeKind::kArray:
    case TypeKind::kRow: return ConvertList(text, out, row);
    case TypeKind::kMap:
    case TypeKind::kMultiset: ok = false; break;
  }
  return !ok ? Conversion::kFailed : is_null ? Conversion::kNull : Conversion::kValue;
}

bool CsvDecoder::ReadRow(std::string_view line, std::vector<VectorBuilder>& builders, int32_t row,
                         std::string* error) {
  if (!Split(line, error)) return false;
  if (fields_.size() != num_fields_ && !settings_.ignore_parse_errors) {
    *error = "Row length mismatch. " + std::to_string(num_fields_) + " fields expected but was " +
             std::to_string(fields_.size()) + ".";
    return false;
  }
  // Jackson knows only as many columns as the table has.
  if (fields_.size() > num_fields_) {
    *error = "Too many entries";
    return false;
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    bool failed = false;
    if (columns_[i].field >= fields_.size()) {
      builders[i].SetNull(row);
      if (columns_[i].type.layout() == Layout::kText) builders[i].values<Text>()[row] = Text();
      if (columns_[i].type.layout() == Layout::kList)
        builders[i].values<ListEntry>()[row] = ListEntry();
      continue;
    }
    const std::string_view text = fields_[columns_[i].field];
    WriteOrNull(text, builders[i], row, &failed);
    if (failed) {
      *error = "field '" + names_[i] + "': '" + std::string(text.substr(0, 60)) + "' is no " +
               columns_[i].type.ToString();
      return false;
    }
  }
  return true;
}

StatusOr<size_t> CsvDecoder::Decode(const RawRecords& records, size_t first, DecodeOutput& out) {
  out = DecodeOutput();
  const size_t end = std::min(records.records.size(), first + kMaxBatchRows);
  std::vector<VectorBuilder> builders;
  for (const Column& column : columns_)
    builders.emplace_back(column.type, static_cast<int32_t>(end - first));
  int32_t row = 0;
  for (size_t i = first; i < end; ++i) {
    std::string_view line = records.records[i];
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    std::string error;
    if (settings_.allow_comments && !line.empty() && line[0] == '#') {
      ++out.num_skipped;
    } else if (IsValidUtf8(line) && ReadRow(line, builders, row, &error)) {
      out.record_of_row.push_back(static_cast<int32_t>(i));
      ++row;
    } else if (settings_.ignore_parse_errors) {
      ++out.num_skipped;
    } else {
      out.errors.Add(static_cast<int32_t>(i), ErrorCode::kBadRecord,
                     error.empty() ? "the record is not valid UTF-8" : error);
    }
  }
  for (VectorBuilder& builder : builders) {
    builder.Resize(row);
    out.columns.push_back(builder.Finish());
  }
  out.num_rows = row;
  if (static_cast<size_t>(row) == records.records.size() && first == 0) out.record_of_row.clear();
  return end;
}

}  // namespace sluice
