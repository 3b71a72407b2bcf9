// How the values of Flink's types lie in SQLite:
//   BOOLEAN 0/1 · integers INTEGER · FLOAT, DOUBLE REAL · CHAR, VARCHAR TEXT · BINARY, VARBINARY
//   BLOB · DECIMAL, DATE, TIME, TIMESTAMP as TEXT that CAST gives; TIMESTAMP_LTZ as local time of
//   the session's zone
// Statements are prepared once and bound row by row; a query over several keys is one statement.
// Transactions go to the write-ahead log; Sync syncs it once.
#include "connectors/jdbc/sqlite_connection.h"

#include <sqlite3.h>

#include <map>
#include <utility>

#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/jdbc_options.h"
#include "connectors/jdbc/row_reader.h"
#include "connectors/jdbc/sqlite_database.h"
#include "connectors/jdbc/value_text.h"
#include "types/text.h"

namespace sluice {
namespace {

std::string_view TextOf(sqlite3_stmt* statement, int result) {
  // The text first: it may convert the value, which changes its length.
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, result));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, result));
  return text == nullptr ? std::string_view() : std::string_view(text, size);
}

Cell CellOf(sqlite3_stmt* statement, int result, bool as_bytes) {
  using enum Cell::Kind;
  switch (sqlite3_column_type(statement, result)) {
    case SQLITE_NULL: return {};
    case SQLITE_INTEGER:
      if (as_bytes) break;
      return {.kind = kInteger, .integer = sqlite3_column_int64(statement, result)};
    case SQLITE_FLOAT:
      if (as_bytes) break;
      return {.kind = kNumber, .number = sqlite3_column_double(statement, result)};
    default: break;
  }
  return {.kind = kText, .text = TextOf(statement, result)};
}

class SqliteConnection : public Connection {
 public:
  SqliteConnection(std::unique_ptr<SqliteDatabase> database, std::string table_name,
                   const Session& session)
      : database_(std::move(database)), table_name_(std::move(table_name)), text_(session) {}

  StatusOr<StoredTable> Describe() override {
    StoredTable stored;
    stored.quoted_name = SqliteDialect().Quote(table_name_);
    SL_ASSIGN(SqliteStatement columns,
              database_->Prepare("SELECT name, type, \"notnull\" AND dflt_value IS NULL "
                                 "FROM pragma_table_info(?1)"));
    BindText(columns, 1, table_name_);
    while (true) {
      SL_ASSIGN(const bool has_row, columns.Step());
      if (!has_row) break;
      StoredColumn& column = stored.columns.emplace_back();
      column.name = TextOf(columns.get(), 0);
      column.type = TextOf(columns.get(), 1);
      column.needs_value = sqlite3_column_int(columns.get(), 2) != 0;
    }
    SL_ASSIGN(std::vector<std::string> primary,
              Names("SELECT name FROM pragma_table_info(?1) WHERE pk > 0", table_name_));
    stored.unique_keys.push_back(std::move(primary));
    SL_ASSIGN(const std::vector<std::string> indexes,
              Names("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" AND NOT partial",
                    table_name_));
    for (const std::string& index : indexes) {
      SL_ASSIGN(std::vector<std::string> key,
                Names("SELECT name FROM pragma_index_info(?1)", index));
      stored.unique_keys.push_back(std::move(key));
    }
    return stored;
  }

  Status PrepareForWriting() override { return database_->PrepareForWriting(); }

  Status Write(std::span<const Batch> batches, std::span<const WriteStep> steps) override {
    SL_ASSIGN(SqliteStatement * begin, Prepared("BEGIN IMMEDIATE"));
    SL_TRY(begin->Run());
    Status status = WriteSteps(batches, steps);
    if (status.ok()) {
      SL_ASSIGN(SqliteStatement * commit, Prepared("COMMIT"));
      status = commit->Run();
    }
    // SQLite may have rolled back by itself already.
    if (!status.ok()) static_cast<void>(database_->Run("ROLLBACK"));
    return status;
  }

  Status Sync() override { return database_->Sync(); }

  Status Query(const ValuesSql& sql, const ValueRows& rows) override {
    const bool is_scan = rows.rows.empty();
    SL_ASSIGN(query_, Prepared(is_scan ? sql.before : TextFor(sql, rows.rows.size())));
    int parameter = 0;
    for (const RowRef& ref : rows.rows) {
      SL_TRY(BindRow(*query_, sql, rows.batches[ref.batch], ref.row, &parameter));
    }
    return OkStatus();
  }

  StatusOr<bool> Fetch(RowReader& reader, int32_t max_rows) override {
    sqlite3_stmt* const handle = query_->get();
    while (reader.num_rows() < max_rows) {
      SL_ASSIGN(const bool has_row, query_->Step());
      if (!has_row) return false;
      for (int32_t result = 0; result < reader.num_results(); ++result) {
        SL_TRY(reader.Add(result, CellOf(handle, result, reader.WantsBytes(result))));
      }
      reader.EndRow();
    }
    return true;
  }

  // No read transaction stays open.
  void EndQuery() override {
    if (query_ != nullptr) std::exchange(query_, nullptr)->Reset();
  }

  int32_t max_parameters() const override { return database_->max_parameters(); }

 private:
  StatusOr<SqliteStatement*> Prepared(const std::string& sql) {
    SqliteStatement& statement = statements_[sql];
    if (!statement.is_set()) {
      SL_ASSIGN(statement, database_->Prepare(sql));
    }
    return &statement;
  }

  static void BindText(const SqliteStatement& statement, int parameter, std::string_view text) {
    sqlite3_bind_text(statement.get(), parameter, text.data(), static_cast<int>(text.size()),
                      SQLITE_STATIC);
  }

  StatusOr<std::vector<std::string>> Names(std::string_view sql, const std::string& argument) {
    SL_ASSIGN(SqliteStatement statement, database_->Prepare(sql));
    BindText(statement, 1, argument);
    std::vector<std::string> names;
    while (true) {
      SL_ASSIGN(const bool has_row, statement.Step());
      if (!has_row) return names;
      names.emplace_back(TextOf(statement.get(), 0));
    }
  }

  // The statement over so many rows, with parameters in the places of values.
  static std::string TextFor(const ValuesSql& sql, size_t num_rows) {
    std::string text = sql.before;
    for (size_t row = 0; row < num_rows; ++row) {
      if (row > 0) text.append(sql.between);
      for (const ValuesSql::Slot& slot : sql.row) {
        text.append(slot.text);
        if (slot.place == ValuesSql::kRowNumber) {
          StrAppend(&text, row);
        } else {
          text.push_back('?');
        }
      }
      text.append(sql.row_end);
    }
    return text + sql.after;
  }

  Status WriteSteps(std::span<const Batch> batches, std::span<const WriteStep> steps) {
    for (const WriteStep& step : steps) {
      SL_ASSIGN(SqliteStatement * statement, Prepared(TextFor(*step.sql, 1)));
      for (const RowRef& ref : step.rows) {
        int parameter = 0;
        SL_TRY(BindRow(*statement, *step.sql, batches[ref.batch], ref.row, &parameter));
        SL_TRY(statement->Run());
      }
    }
    return OkStatus();
  }

  Status BindRow(const SqliteStatement& statement, const ValuesSql& sql, const Batch& batch,
                 int32_t row, int* parameter) {
    for (const ValuesSql::Slot& slot : sql.row) {
      if (slot.place == ValuesSql::kRowNumber) continue;
      SL_TRY(Bind(statement, ++*parameter, batch.columns[slot.place], row));
    }
    return OkStatus();
  }

  // Text is not copied: it must live until the statement is reset.
  Status Bind(const SqliteStatement& statement, int parameter, const Vector& column, int32_t row) {
    sqlite3_stmt* const handle = statement.get();
    if (column.IsNull(row)) {
      sqlite3_bind_null(handle, parameter);
      return OkStatus();
    }
    const Type& type = column.type();
    if (type.IsInteger() || type.kind() == TypeKind::kBoolean) {
      sqlite3_bind_int64(handle, parameter, IntegerAt(column, row));
      return OkStatus();
    }
    if (type.IsApproximate()) {
      const double value = NumberAt(column, row);
      // SQLite takes NaN for NULL, which would pass silently.
      if (value != value) {
        sqlite3_bind_text(handle, parameter, "NaN", 3, SQLITE_STATIC);
      } else {
        sqlite3_bind_double(handle, parameter, value);
      }
      return OkStatus();
    }
    if (type.layout() == Layout::kText) {
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
    char buffer[ValueText::kMaxBytes];
    const size_t size = text_.Write(column, row, /*is_instant=*/false, buffer);
    if (size == 0) return absl::InternalError("a type that no database column holds");
    sqlite3_bind_text(handle, parameter, buffer, static_cast<int>(size), SQLITE_TRANSIENT);
    return OkStatus();
  }

  const std::unique_ptr<SqliteDatabase> database_;
  const std::string table_name_;
  ValueText text_;
  std::map<std::string, SqliteStatement> statements_;  // by their text
  SqliteStatement* query_ = nullptr;
};

}  // namespace

StatusOr<std::unique_ptr<Connection>> ConnectSqlite(const TableInfo& table, bool writable,
                                                    const Session& session) {
  constexpr std::string_view kPrefix = "jdbc:sqlite:";
  std::string path = table.options.GetString(JdbcOptions(), "url").substr(kPrefix.size());
  if (path.starts_with("file:")) path = path.substr(5);
  SL_ASSIGN(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::Open(path, writable));
  return std::make_unique<SqliteConnection>(
      std::move(database), table.options.GetString(JdbcOptions(), "table-name"), session);
}

}  // namespace sluice
