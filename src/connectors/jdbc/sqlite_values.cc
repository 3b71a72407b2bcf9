#include "connectors/jdbc/sqlite_values.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>

#include "base/error_code.h"
#include "base/options.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {
namespace {

int64_t IntegerAt(const Vector& column, int32_t row) {
  switch (column.type().layout()) {
    case Layout::kInt8: return column.View<int8_t>()[row];
    case Layout::kInt16: return column.View<int16_t>()[row];
    case Layout::kInt32: return column.View<int32_t>()[row];
    default: return column.View<int64_t>()[row];
  }
}

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

std::string_view TextOf(sqlite3_stmt* statement, int result) {
  // The text first: it may convert the value, which changes its length.
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, result));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, result));
  return text == nullptr ? std::string_view() : std::string_view(text, size);
}

bool ReadInteger(sqlite3_stmt* statement, int result, const Type& type, int64_t* value) {
  const int64_t max = MaxOf(type);
  const int64_t min = type.kind() == TypeKind::kBoolean ? 0 : -max - 1;
  switch (sqlite3_column_type(statement, result)) {
    case SQLITE_INTEGER: *value = sqlite3_column_int64(statement, result); break;
    case SQLITE_FLOAT: {
      const double number = sqlite3_column_double(statement, result);
      if (!(number >= -9.2e18 && number <= 9.2e18)) return false;
      *value = static_cast<int64_t>(number);
      if (static_cast<double>(*value) != number) return false;
      break;
    }
    case SQLITE_TEXT: {
      const std::string_view text = TextOf(statement, result);
      if (type.kind() == TypeKind::kBoolean) {
        *value = EqualsIgnoreCase(text, "true") || text == "1";
        return *value != 0 || EqualsIgnoreCase(text, "false") || text == "0";
      }
      return ParseInteger(text, min, max, value);
    }
    default: return false;
  }
  return *value >= min && *value <= max;
}

bool ReadDouble(sqlite3_stmt* statement, int result, double* value) {
  switch (sqlite3_column_type(statement, result)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT: *value = sqlite3_column_double(statement, result); return true;
    case SQLITE_TEXT: return ParseDouble(TextOf(statement, result), value);
    default: return false;
  }
}

bool ReadDecimal(sqlite3_stmt* statement, int result, const Type& type, Int128* value) {
  switch (sqlite3_column_type(statement, result)) {
    case SQLITE_FLOAT:
      return DecimalFromDouble(sqlite3_column_double(statement, result), type.precision(),
                               type.scale(), value) == DecimalParse::kOk;
    case SQLITE_INTEGER:
    case SQLITE_TEXT:
      return ParseDecimal(TextOf(statement, result), type.precision(), type.scale(), value) ==
             DecimalParse::kOk;
    default: return false;
  }
}

// What SQLite makes of values stored in a column that is declared like this.
enum class Affinity : uint8_t { kInteger, kText, kBlob, kReal, kNumeric };

bool HasPart(std::string_view text, std::string_view part) {
  for (size_t i = 0; i + part.size() <= text.size(); ++i) {
    if (EqualsIgnoreCase(text.substr(i, part.size()), part)) return true;
  }
  return false;
}

// The rules of https://www.sqlite.org/datatype3.html, section 3.1.
Affinity AffinityOf(std::string_view declared) {
  if (HasPart(declared, "INT")) return Affinity::kInteger;
  for (std::string_view part : {"CHAR", "CLOB", "TEXT"}) {
    if (HasPart(declared, part)) return Affinity::kText;
  }
  if (HasPart(declared, "BLOB")) return Affinity::kBlob;
  for (std::string_view part : {"REAL", "FLOA", "DOUB"}) {
    if (HasPart(declared, part)) return Affinity::kReal;
  }
  return Affinity::kNumeric;
}

bool Fits(const Type& type, std::string_view declared, bool written) {
  if (declared.empty()) return true;
  const Affinity affinity = AffinityOf(declared);
  if (type.IsBinary()) return affinity == Affinity::kBlob;
  if (affinity == Affinity::kBlob) return false;
  if (type.IsCharacter()) return affinity == Affinity::kText || affinity == Affinity::kNumeric;
  if (type.kind() == TypeKind::kDecimal) {
    // SQLite keeps 15 digits of a number that is not whole.
    return affinity == Affinity::kText || !written || type.precision() <= 15;
  }
  if (type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime || type.IsTimestamp()) {
    return affinity != Affinity::kReal && (affinity != Affinity::kInteger || !written);
  }
  return affinity != Affinity::kText;
}

// The columns of one unique index, or of the primary key, are exactly these.
StatusOr<bool> HasUniqueIndex(SqliteDatabase& database, const std::string& table,
                              std::vector<std::string> wanted) {
  const auto lower = [](std::vector<std::string>& names) {
    for (std::string& name : names) {
      for (char& c : name) c = ToLowerAscii(c);
    }
    std::sort(names.begin(), names.end());
  };
  lower(wanted);
  SL_ASSIGN(SqliteStatement keys,
            database.Prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0"));
  SL_ASSIGN(
      SqliteStatement indexes,
      database.Prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" AND NOT partial"));
  SL_ASSIGN(SqliteStatement parts, database.Prepare("SELECT name FROM pragma_index_info(?1)"));
  const auto names = [](SqliteStatement& statement,
                        const std::string& argument) -> StatusOr<std::vector<std::string>> {
    std::vector<std::string> result;
    sqlite3_bind_text(statement.get(), 1, argument.data(), static_cast<int>(argument.size()),
                      SQLITE_STATIC);
    while (true) {
      SL_ASSIGN(const bool has_row, statement.Step());
      if (!has_row) return result;
      result.emplace_back(TextOf(statement.get(), 0));
    }
  };
  SL_ASSIGN(std::vector<std::string> columns, names(keys, table));
  lower(columns);
  if (columns == wanted) return true;
  SL_ASSIGN(const std::vector<std::string> candidates, names(indexes, table));
  for (const std::string& index : candidates) {
    SL_ASSIGN(columns, names(parts, index));
    lower(columns);
    if (columns == wanted) return true;
  }
  return false;
}

struct StoredColumn {
  std::string name;
  std::string declared;
  bool needs_value;  // NOT NULL without a default
};

StatusOr<std::vector<StoredColumn>> StoredColumns(SqliteDatabase& database,
                                                  const std::string& table) {
  std::vector<StoredColumn> stored;
  SL_ASSIGN(SqliteStatement statement,
            database.Prepare("SELECT name, type, \"notnull\" AND dflt_value IS NULL "
                             "FROM pragma_table_info(?1)"));
  sqlite3_bind_text(statement.get(), 1, table.data(), static_cast<int>(table.size()),
                    SQLITE_STATIC);
  while (true) {
    SL_ASSIGN(const bool has_row, statement.Step());
    if (!has_row) return stored;
    stored.push_back({std::string(TextOf(statement.get(), 0)),
                      std::string(TextOf(statement.get(), 1)),
                      sqlite3_column_int(statement.get(), 2) != 0});
  }
}

}  // namespace

// ---- Writing ----

Status SqliteWriter::Bind(const SqliteStatement& statement, int parameter, const Vector& column,
                          int32_t row) {
  sqlite3_stmt* const handle = statement.get();
  if (column.IsNull(row)) {
    sqlite3_bind_null(handle, parameter);
    return OkStatus();
  }
  const Type& type = column.type();
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      sqlite3_bind_int64(handle, parameter, IntegerAt(column, row));
      return OkStatus();
    case TypeKind::kFloat:
    case TypeKind::kDouble: {
      const double value = type.kind() == TypeKind::kFloat ? double{column.View<float>()[row]}
                                                           : column.View<double>()[row];
      // SQLite takes NaN for NULL, which would pass silently.
      if (value != value) {
        sqlite3_bind_text(handle, parameter, "NaN", 3, SQLITE_STATIC);
      } else {
        sqlite3_bind_double(handle, parameter, value);
      }
      return OkStatus();
    }
    case TypeKind::kChar:
    case TypeKind::kVarChar:
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: {
      const VectorView<Text> view = column.View<Text>();
      const std::string_view text = view[row].view();
      if (type.IsCharacter()) {
        sqlite3_bind_text64(handle, parameter, text.data(), text.size(), SQLITE_STATIC,
                            SQLITE_UTF8);
      } else {
        sqlite3_bind_blob64(handle, parameter, text.data(), text.size(), SQLITE_STATIC);
      }
      return OkStatus();
    }
    default: break;
  }
  char buffer[kMaxDecimalText];
  static_assert(kMaxDecimalText >= kMaxTimestampText);
  const size_t size = WriteText(column, row, buffer);
  if (size == 0) return absl::InternalError("a type that no database column holds");
  sqlite3_bind_text(handle, parameter, buffer, static_cast<int>(size), SQLITE_TRANSIENT);
  return OkStatus();
}

// DECIMAL and times; 0 for other types.
size_t SqliteWriter::WriteText(const Vector& column, int32_t row, char* buffer) {
  const Type& type = column.type();
  switch (type.kind()) {
    case TypeKind::kDecimal: {
      const Int128 value = type.layout() == Layout::kInt128 ? column.View<Int128>()[row]
                                                            : Int128{column.View<int64_t>()[row]};
      return FormatDecimal(value, type.scale(), buffer);
    }
    case TypeKind::kDate:
      return static_cast<size_t>(WriteDate(column.View<int32_t>()[row], buffer) - buffer);
    case TypeKind::kTime:
      return static_cast<size_t>(WriteTime(column.View<int32_t>()[row], type.precision(), buffer) -
                                 buffer);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: {
      Timestamp time = column.View<Timestamp>()[row];
      if (type.kind() == TypeKind::kTimestampLtz) time = zone_.ToLocal(time);
      time = TruncateTimestamp(time, type.precision());
      return static_cast<size_t>(WriteTimestamp(time, type.precision(), buffer) - buffer);
    }
    default: return 0;
  }
}

// ---- Reading ----

SqliteReader::SqliteReader(const TableInfo& table, std::vector<int32_t> columns, int first_result,
                           const Session& session)
    : table_name_(table.name), first_result_(first_result), zone_(session.zone) {
  for (int32_t column : columns) columns_.push_back(table.columns[column]);
  Start();
}

void SqliteReader::Start() {
  capacity_ = 64;
  num_rows_ = 0;
  builders_.clear();
  for (const TableColumn& column : columns_) builders_.emplace_back(column.type, capacity_);
}

Status SqliteReader::AddRow(const SqliteStatement& statement) {
  if (num_rows_ == capacity_) {
    capacity_ *= 2;
    for (VectorBuilder& builder : builders_) builder.Resize(capacity_);
  }
  for (size_t c = 0; c < columns_.size(); ++c) {
    const int result = first_result_ + static_cast<int>(c);
    VectorBuilder& builder = builders_[c];
    if (sqlite3_column_type(statement.get(), result) == SQLITE_NULL) {
      builder.SetNull(num_rows_);
      if (builder.type().layout() == Layout::kText) builder.values<Text>()[num_rows_] = Text();
      continue;
    }
    if (ReadValue(statement, result, builder)) continue;
    return absl::InvalidArgumentError(
        StrCat("column '", columns_[c].name, "' of table ", table_name_, " holds '",
               TextOf(statement.get(), result).substr(0, 100), "', which is no ",
               columns_[c].type.Nullable().ToString()));
  }
  ++num_rows_;
  return OkStatus();
}

bool SqliteReader::ReadValue(const SqliteStatement& statement, int result, VectorBuilder& builder) {
  sqlite3_stmt* const handle = statement.get();
  const Type& type = builder.type();
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt: {
      int64_t value = 0;
      if (!ReadInteger(handle, result, type, &value)) return false;
      StoreInteger(builder, num_rows_, value);
      return true;
    }
    case TypeKind::kFloat:
    case TypeKind::kDouble: {
      double value = 0;
      if (!ReadDouble(handle, result, &value)) return false;
      if (type.kind() == TypeKind::kFloat) {
        builder.values<float>()[num_rows_] = static_cast<float>(value);
      } else {
        builder.values<double>()[num_rows_] = value;
      }
      return true;
    }
    case TypeKind::kDecimal: {
      Int128 value = 0;
      if (!ReadDecimal(handle, result, type, &value)) return false;
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
      const std::string_view text = TextOf(handle, result);
      builder.values<Text>()[num_rows_] =
          Text(text.size() <= Text::kInlineBytes ? text : builder.arena().Copy(text));
      return true;
    }
    default: return ReadTime(statement, result, builder);
  }
}

bool SqliteReader::ReadTime(const SqliteStatement& statement, int result, VectorBuilder& builder) {
  const Type& type = builder.type();
  const bool is_number = sqlite3_column_type(statement.get(), result) == SQLITE_INTEGER;
  Timestamp instant{.millis = is_number ? sqlite3_column_int64(statement.get(), result) : 0};
  if (is_number && (instant.millis < kMinEpochMillis || instant.millis > kMaxEpochMillis)) {
    return false;
  }
  std::string text(is_number ? std::string_view() : TextOf(statement.get(), result));
  if (type.kind() == TypeKind::kTime) {
    const auto time = ParseTime(text);
    if (time.has_value()) builder.values<int32_t>()[num_rows_] = *time;
    return time.has_value();
  }
  if (type.kind() == TypeKind::kDate) {
    const auto date =
        is_number
            ? static_cast<int32_t>(FloorDiv(zone_.ToLocalMillis(instant.millis), kMillisPerDay))
            : ParseDate(text);
    if (date.has_value()) builder.values<int32_t>()[num_rows_] = *date;
    return date.has_value();
  }
  const bool is_ltz = type.kind() == TypeKind::kTimestampLtz;
  if (!is_number) {
    if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
    const auto local = ParseTimestamp(text, type.precision());
    if (!local.has_value()) return false;
    builder.values<Timestamp>()[num_rows_] = is_ltz ? zone_.ToInstant(*local) : *local;
  } else {
    builder.values<Timestamp>()[num_rows_] = is_ltz ? instant : zone_.ToLocal(instant);
  }
  return true;
}

std::vector<Vector> SqliteReader::Finish() {
  std::vector<Vector> columns;
  for (VectorBuilder& builder : builders_) {
    builder.Resize(num_rows_);
    columns.push_back(builder.Finish());
  }
  Start();
  return columns;
}

// ---- The table ----

std::string SqliteTableName(const TableInfo& table) {
  return table.options.GetString(JdbcOptions(), "table-name");
}

StatusOr<std::string> SqlitePath(const TableInfo& table) {
  constexpr std::string_view kPrefix = "jdbc:sqlite:";
  std::string path = table.options.GetString(JdbcOptions(), "url").substr(kPrefix.size());
  if (const size_t question = path.find('?'); question != std::string::npos) {
    return absl::InvalidArgumentError(
        StrCat(ErrorCodeName(ErrorCode::kInvalidOption), " table ", table.name,
               ": parameters behind '?' in the URL are not supported"));
  }
  if (path.rfind("file:", 0) == 0) path = path.substr(5);
  return path;
}

std::string ColumnList(const TableInfo& table, const std::vector<int32_t>& columns) {
  return StrJoin(columns, ", ", [&](std::string* out, int32_t column) {
    StrAppend(out, QuoteIdentifier(table.columns[column].name));
  });
}

Status CheckSqliteTable(SqliteDatabase& database, const TableInfo& table,
                        const SqliteNeeds& needs) {
  const std::string name = SqliteTableName(table);
  SL_ASSIGN(const std::vector<StoredColumn> stored, StoredColumns(database, name));
  if (stored.empty()) {
    return absl::NotFoundError(StrCat(ErrorCodeName(ErrorCode::kSchemaMismatch), " table ",
                                      table.name, ": the database has no table '", name, "'"));
  }
  std::vector<std::string_view> names;
  for (const StoredColumn& column : stored) names.push_back(column.name);
  std::vector<std::string> problems;
  for (int32_t index : needs.columns) {
    const TableColumn& column = table.columns[index];
    const auto found = std::find_if(stored.begin(), stored.end(), [&](const StoredColumn& s) {
      return EqualsIgnoreCase(s.name, column.name);
    });
    if (found == stored.end()) {
      const std::string nearest = NearestOf(column.name, names);
      problems.push_back(StrCat("it has no column '", column.name, "'",
                                nearest.empty() ? "" : StrCat(" (but '", nearest, "')")));
    } else if (!Fits(column.type, found->declared, needs.written)) {
      problems.push_back(StrCat("column '", column.name, "' is ", found->declared,
                                " there, which cannot hold ", column.type.ToString()));
    }
  }
  for (const StoredColumn& column : stored) {
    const bool given = std::any_of(needs.columns.begin(), needs.columns.end(), [&](int32_t index) {
      return EqualsIgnoreCase(table.columns[index].name, column.name);
    });
    if (needs.written && column.needs_value && !given) {
      problems.push_back(StrCat("column '", column.name, "' is NOT NULL there and gets no value"));
    }
  }
  if (needs.upsert && problems.empty()) {
    std::vector<std::string> keys;
    for (int32_t key : table.primary_key) keys.push_back(table.columns[key].name);
    SL_ASSIGN(const bool has_index, HasUniqueIndex(database, name, keys));
    if (!has_index) {
      problems.push_back(StrCat("it has no PRIMARY KEY or unique index on exactly (",
                                ColumnList(table, table.primary_key), ")"));
    }
  }
  if (problems.empty()) return OkStatus();
  return absl::FailedPreconditionError(StrCat(ErrorCodeName(ErrorCode::kSchemaMismatch), " table ",
                                              table.name, " does not fit '", name,
                                              "' in the database: ", StrJoin(problems, "; ")));
}

}  // namespace sluice
