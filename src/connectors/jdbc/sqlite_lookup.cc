// Lookup in a SQLite table: all keys of a request in a few statements, or the whole table in
// blocks. Runs on the I/O pool.
#include "connectors/jdbc/sqlite.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "connectors/jdbc/sqlite_database.h"
#include "connectors/jdbc/sqlite_values.h"

namespace sluice {
namespace {

// Keys are asked for in groups of these sizes, so that four prepared statements serve all requests.
constexpr int32_t kGroupSizes[] = {512, 64, 8, 1};

class SqliteLookup : public LookupSource {
 public:
  SqliteLookup(TableInfo table, LookupSpec spec, const Session& session)
      : table_(std::move(table)), spec_(std::move(spec)), session_(session), writer_(session) {}

  Status Open(TaskContext&) override {
    SL_ASSIGN(const std::string path, SqlitePath(table_));
    SL_ASSIGN(database_, SqliteDatabase::Open(path, /*writable=*/false));
    SqliteNeeds needs{.columns = spec_.columns};
    for (int32_t key : spec_.key_columns) {
      if (std::find(needs.columns.begin(), needs.columns.end(), key) == needs.columns.end()) {
        needs.columns.push_back(key);
      }
    }
    return CheckSqliteTable(*database_, table_, needs);
  }

  Status Lookup(const std::vector<Vector>& keys, int32_t num_keys, LookupReply& out) override {
    SqliteReader reader(table_, spec_.columns, 1, session_);
    out.key_of_row.clear();
    for (int32_t first = 0; first < num_keys;) {
      const int32_t size = GroupSize(num_keys - first);
      SL_ASSIGN(SqliteStatement * statement, StatementFor(size));
      int parameter = 0;
      for (int32_t k = first; k < first + size; ++k) {
        for (const Vector& column : keys) {
          SL_TRY(writer_.Bind(*statement, ++parameter, column, k));
        }
      }
      while (true) {
        SL_ASSIGN(const bool has_row, statement->Step());
        if (!has_row) break;
        if (const Status status = reader.AddRow(*statement); !status.ok()) {
          statement->Reset();
          return status;
        }
        out.key_of_row.push_back(first + sqlite3_column_int(statement->get(), 0));
      }
      first += size;
    }
    out.num_rows = reader.num_rows();
    out.columns = reader.Finish();
    return OkStatus();
  }

  Status ScanAll(LookupReply& out, bool& done) override {
    if (!scan_.is_set()) {
      const std::string columns =
          spec_.columns.empty() ? std::string("1") : ColumnList(table_, spec_.columns);
      SL_ASSIGN(scan_, database_->Prepare(StrCat("SELECT ", columns, " FROM ",
                                                 QuoteIdentifier(SqliteTableName(table_)))));
    }
    SqliteReader reader(table_, spec_.columns, 0, session_);
    done = false;
    Status status;
    while (status.ok() && !done && reader.num_rows() < kMaxBatchRows) {
      const StatusOr<bool> has_row = scan_.Step();
      status = has_row.ok() && *has_row ? reader.AddRow(scan_) : has_row.status();
      done = has_row.ok() && !*has_row;
    }
    // The next scan starts over, and no read transaction stays open.
    if (done || !status.ok()) scan_ = SqliteStatement();
    SL_TRY(status);
    out = LookupReply();
    out.num_rows = reader.num_rows();
    out.columns = reader.Finish();
    return OkStatus();
  }

 private:
  int32_t GroupSize(int32_t num_keys) const {
    const auto num_columns = static_cast<int32_t>(spec_.key_columns.size());
    for (int32_t size : kGroupSizes) {
      if (size <= num_keys && size * num_columns <= database_->max_parameters()) return size;
    }
    return 1;
  }

  // The keys as a table of values, each with its place, drive a loop over the index of the table.
  StatusOr<SqliteStatement*> StatementFor(int32_t num_keys) {
    SqliteStatement& statement = statements_[num_keys];
    if (statement.is_set()) return &statement;
    const size_t num_columns = spec_.key_columns.size();
    std::string sql = "WITH asked(place";
    for (size_t c = 0; c < num_columns; ++c) StrAppend(&sql, ", k", c);
    StrAppend(&sql, ") AS (VALUES ");
    for (int32_t k = 0; k < num_keys; ++k) {
      StrAppend(&sql, k == 0 ? "(" : ", (", k);
      for (size_t c = 0; c < num_columns; ++c) StrAppend(&sql, ", ?");
      StrAppend(&sql, ")");
    }
    StrAppend(&sql, ") SELECT asked.place");
    for (int32_t column : spec_.columns) {
      StrAppend(&sql, ", t.", QuoteIdentifier(table_.columns[column].name));
    }
    // CROSS JOIN keeps SQLite from looping over the table instead.
    StrAppend(&sql, " FROM asked CROSS JOIN ", QuoteIdentifier(SqliteTableName(table_)),
              " AS t ON ");
    for (size_t c = 0; c < num_columns; ++c) {
      StrAppend(&sql, c == 0 ? "t." : " AND t.",
                QuoteIdentifier(table_.columns[spec_.key_columns[c]].name), " = asked.k", c);
    }
    StrAppend(&sql, " ORDER BY asked.place");
    SL_ASSIGN(statement, database_->Prepare(sql));
    return &statement;
  }

  const TableInfo table_;
  const LookupSpec spec_;
  const Session session_;
  SqliteWriter writer_;
  std::unique_ptr<SqliteDatabase> database_;
  std::map<int32_t, SqliteStatement> statements_;  // by number of keys
  SqliteStatement scan_;
};

}  // namespace

StatusOr<std::unique_ptr<LookupSource>> MakeSqliteLookup(const TableInfo& table,
                                                         const LookupSpec& spec,
                                                         const Session& session) {
  return std::make_unique<SqliteLookup>(table, spec, session);
}

}  // namespace sluice
