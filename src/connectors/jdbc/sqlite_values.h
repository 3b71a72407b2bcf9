// How the values of Flink's types lie in SQLite, both ways:
//   BOOLEAN 0/1 · integers INTEGER · FLOAT, DOUBLE REAL · CHAR, VARCHAR TEXT · BINARY, VARBINARY
//   BLOB DECIMAL, DATE, TIME, TIMESTAMP as TEXT that CAST gives; TIMESTAMP_LTZ as local time of the
//   session's zone
// Reading is lenient where nothing is lost: numbers and texts of numbers for each other, epoch
// milliseconds for times.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/jdbc/sqlite_database.h"
#include "functions/session.h"
#include "types/time_zone.h"
#include "types/vector.h"

namespace sluice {

class SqliteWriter {
 public:
  explicit SqliteWriter(const Session& session) : zone_(session.zone) {}

  // Binds the value to parameter `parameter` (from 1). Text is not copied: it must live until the
  // statement is reset.
  Status Bind(const SqliteStatement& statement, int parameter, const Vector& column, int32_t row);

 private:
  size_t WriteText(const Vector& column, int32_t row, char* buffer);

  ZoneConverter zone_;
};

// Turns the rows of a statement into columns.
class SqliteReader {
 public:
  // `columns` of `table`; they are the result columns of the statement from `first_result` on.
  SqliteReader(const TableInfo& table, std::vector<int32_t> columns, int first_result,
               const Session& session);

  int32_t num_rows() const { return num_rows_; }
  // Adds the row that the statement stands on.
  Status AddRow(const SqliteStatement& statement);
  // The rows so far; starts over.
  std::vector<Vector> Finish();

 private:
  void Start();
  bool ReadValue(const SqliteStatement& statement, int result, VectorBuilder& builder);
  bool ReadTime(const SqliteStatement& statement, int result, VectorBuilder& builder);

  const std::string table_name_;
  std::vector<TableColumn> columns_;
  const int first_result_;
  ZoneConverter zone_;
  std::vector<VectorBuilder> builders_;
  int32_t capacity_ = 0;
  int32_t num_rows_ = 0;
};

// What a table must fulfil; everything that does not fit is told in one error.
struct SqliteNeeds {
  std::vector<int32_t> columns;  // of TableInfo::columns
  bool written = false;          // rows are inserted with these columns
  bool upsert = false;           // a unique index on the primary key is needed
};
Status CheckSqliteTable(SqliteDatabase& database, const TableInfo& table, const SqliteNeeds& needs);

// The table's name and file, as the options say.
std::string SqliteTableName(const TableInfo& table);
StatusOr<std::string> SqlitePath(const TableInfo& table);
// "a", "b"
std::string ColumnList(const TableInfo& table, const std::vector<int32_t>& columns);

}  // namespace sluice
