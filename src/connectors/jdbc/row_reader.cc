#include "connectors/jdbc/row_reader.h"

#include <cstring>
#include <limits>

#include "base/strings.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {
namespace {

using enum Cell::Kind;

constexpr int32_t kFirstCapacity = 64;
constexpr size_t kShownBytes = 100;
constexpr size_t kMaxTimeBytes = 64;

int64_t MaxOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean: return 1;
    case TypeKind::kTinyInt: return std::numeric_limits<int8_t>::max();
    case TypeKind::kSmallInt: return std::numeric_limits<int16_t>::max();
    case TypeKind::kInt: return std::numeric_limits<int32_t>::max();
    default: return std::numeric_limits<int64_t>::max();
  }
}

void StoreInteger(VectorBuilder& builder, int32_t row, int64_t value) {
  switch (builder.type().layout()) {
    case Layout::kInt8: builder.values<int8_t>()[row] = static_cast<int8_t>(value); break;
    case Layout::kInt16: builder.values<int16_t>()[row] = static_cast<int16_t>(value); break;
    case Layout::kInt32: builder.values<int32_t>()[row] = static_cast<int32_t>(value); break;
    default: builder.values<int64_t>()[row] = value; break;
  }
}

bool ReadBoolean(std::string_view text, int64_t* value) {
  *value = text == "t" || text == "1" || EqualsIgnoreCase(text, "true");
  return *value != 0 || text == "f" || text == "0" || EqualsIgnoreCase(text, "false");
}

bool ReadInteger(const Cell& cell, const Type& type, int64_t* value) {
  const int64_t max = MaxOf(type);
  const int64_t min = type.kind() == TypeKind::kBoolean ? 0 : -max - 1;
  switch (cell.kind) {
    case kInteger: *value = cell.integer; break;
    case kNumber:
      if (!(cell.number >= -9.2e18 && cell.number <= 9.2e18)) return false;
      *value = static_cast<int64_t>(cell.number);
      if (static_cast<double>(*value) != cell.number) return false;
      break;
    case kText:
      if (type.kind() == TypeKind::kBoolean) return ReadBoolean(cell.text, value);
      return ParseInteger(cell.text, min, max, value);
    default: return false;
  }
  return *value >= min && *value <= max;
}

bool ReadDouble(const Cell& cell, double* value) {
  switch (cell.kind) {
    case kInteger: *value = static_cast<double>(cell.integer); return true;
    case kNumber: *value = cell.number; return true;
    case kText: return ParseDouble(cell.text, value);
    default: return false;
  }
}

bool ReadFloat(const Cell& cell, float* value) {
  if (cell.kind == kText) return ParseFloat(cell.text, value);
  double number = 0;
  if (!ReadDouble(cell, &number)) return false;
  *value = static_cast<float>(number);
  return true;
}

// What a column of numbers shows as text.
std::string TextOf(const Cell& cell) {
  char buffer[kMaxNumberText];
  switch (cell.kind) {
    case kInteger: return std::string(buffer, FormatInteger(cell.integer, buffer));
    case kNumber: return std::string(buffer, FormatDouble(cell.number, buffer));
    default: return std::string(cell.text);
  }
}

bool ReadDecimal(const Cell& cell, const Type& type, Int128* value) {
  if (cell.kind == kNumber) {
    return DecimalFromDouble(cell.number, type.precision(), type.scale(), value) ==
           DecimalParse::kOk;
  }
  char buffer[kMaxNumberText];
  const std::string_view text = cell.kind == kInteger
                                    ? std::string_view(buffer, FormatInteger(cell.integer, buffer))
                                    : cell.text;
  return ParseDecimal(text, type.precision(), type.scale(), value) == DecimalParse::kOk;
}

}  // namespace

RowReader::RowReader(const TableInfo& table, const StoredTable& stored,
                     const std::vector<int32_t>& columns, bool has_place, const Session& session)
    : table_name_(table.name), has_place_(has_place), zone_(session.zone) {
  for (int32_t column : columns) {
    const TableColumn& declared = table.columns[column];
    const StoredColumn* found = stored.Find(declared.name);
    columns_.push_back({declared.name, declared.type, found != nullptr && found->is_instant});
  }
  Start();
}

void RowReader::Start() {
  capacity_ = kFirstCapacity;
  num_rows_ = 0;
  places_.clear();
  builders_.clear();
  for (const Column& column : columns_) builders_.emplace_back(column.type, capacity_);
}

Status RowReader::Add(int32_t result, const Cell& cell) {
  if (num_rows_ == capacity_) {
    capacity_ *= 2;
    for (VectorBuilder& builder : builders_) builder.Resize(capacity_);
  }
  if (has_place_ && result == 0) {
    int64_t place = 0;
    if (!ReadInteger(cell, Type::Int(), &place)) {
      return absl::InternalError("a lookup whose answer has no place");
    }
    places_.push_back(static_cast<int32_t>(place));
    return OkStatus();
  }
  const int32_t c = result - has_place_;
  VectorBuilder& builder = builders_[c];
  if (cell.kind == kNull) {
    builder.SetNull(num_rows_);
    if (builder.type().layout() == Layout::kText) builder.values<Text>()[num_rows_] = Text();
    return OkStatus();
  }
  if (Read(columns_[c], cell, builder)) return OkStatus();
  return absl::InvalidArgumentError(StrCat("column '", columns_[c].name, "' of table ", table_name_,
                                           " holds '", TextOf(cell).substr(0, kShownBytes),
                                           "', which is no ",
                                           columns_[c].type.Nullable().ToString()));
}

bool RowReader::Read(const Column& column, const Cell& cell, VectorBuilder& builder) {
  const Type& type = column.type;
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt: {
      int64_t value = 0;
      if (!ReadInteger(cell, type, &value)) return false;
      StoreInteger(builder, num_rows_, value);
      return true;
    }
    case TypeKind::kFloat: return ReadFloat(cell, &builder.values<float>()[num_rows_]);
    case TypeKind::kDouble: return ReadDouble(cell, &builder.values<double>()[num_rows_]);
    case TypeKind::kDecimal: {
      Int128 value = 0;
      if (!ReadDecimal(cell, type, &value)) return false;
      if (type.layout() == Layout::kInt128) {
        builder.values<Int128>()[num_rows_] = value;
      } else {
        builder.values<int64_t>()[num_rows_] = static_cast<int64_t>(value);
      }
      return true;
    }
    case TypeKind::kChar:
    case TypeKind::kVarChar:
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: {
      std::string made;
      std::string_view text = cell.text;
      if (cell.kind != kText) text = made = TextOf(cell);
      builder.values<Text>()[num_rows_] =
          Text(text.size() <= Text::kInlineBytes ? text : builder.arena().Copy(text));
      return true;
    }
    default: return ReadTime(column, cell, builder);
  }
}

// Texts, or epoch milliseconds.
bool RowReader::ReadTime(const Column& column, const Cell& cell, VectorBuilder& builder) {
  const Type& type = column.type;
  const bool is_number = cell.kind == kInteger;
  if (!is_number && cell.kind != kText) return false;
  Timestamp instant{.millis = cell.integer};
  if (is_number && (instant.millis < kMinEpochMillis || instant.millis > kMaxEpochMillis)) {
    return false;
  }
  if (type.kind() == TypeKind::kTime) {
    const auto time = is_number ? std::nullopt : ParseTime(cell.text);
    if (time.has_value()) builder.values<int32_t>()[num_rows_] = *time;
    return time.has_value();
  }
  if (type.kind() == TypeKind::kDate) {
    const auto date =
        is_number
            ? static_cast<int32_t>(FloorDiv(zone_.ToLocalMillis(instant.millis), kMillisPerDay))
            : ParseDate(cell.text);
    if (date.has_value()) builder.values<int32_t>()[num_rows_] = *date;
    return date.has_value();
  }
  const bool is_ltz = type.kind() == TypeKind::kTimestampLtz;
  if (is_number) {
    builder.values<Timestamp>()[num_rows_] = is_ltz ? instant : zone_.ToLocal(instant);
    return true;
  }
  char buffer[kMaxTimeBytes];
  if (cell.text.size() > sizeof(buffer)) return false;
  std::memcpy(buffer, cell.text.data(), cell.text.size());
  std::string_view text(buffer, cell.text.size());
  if (text.size() > 10 && text[10] == 'T') buffer[10] = ' ';
  if (column.is_instant && text.ends_with("+00")) text.remove_suffix(3);
  const auto shown = ParseTimestamp(text, type.precision());
  if (!shown.has_value()) return false;
  Timestamp value = *shown;
  if (column.is_instant && !is_ltz) value = zone_.ToLocal(value);
  if (!column.is_instant && is_ltz) value = zone_.ToInstant(value);
  builder.values<Timestamp>()[num_rows_] = value;
  return true;
}

std::vector<Vector> RowReader::Finish() {
  std::vector<Vector> columns;
  for (VectorBuilder& builder : builders_) {
    builder.Resize(num_rows_);
    columns.push_back(builder.Finish());
  }
  Start();
  return columns;
}

}  // namespace sluice
