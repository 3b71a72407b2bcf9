// SqliteDatabase, SqliteStatement: SQLite with its handles owned and its errors as Status. One
// thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice {

class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  sqlite3_stmt* get() const { return statement_.get(); }
  bool is_set() const { return statement_ != nullptr; }
  // True if there is a row. After false or an error the statement is reset.
  StatusOr<bool> Step();
  // Runs it to its end, for statements without rows.
  Status Run();
  void Reset();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class SqliteDatabase {
 public:
  // NotFound when there is no such file: databases are never created.
  static StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, bool writable);

  StatusOr<SqliteStatement> Prepare(std::string_view sql);
  Status Run(std::string_view sql);
  // The first column of the first row, as text.
  StatusOr<std::string> QueryText(std::string_view sql);

  // For transactions that are to be durable: the write-ahead log, and no sync per transaction but
  // one by Sync. Where the log cannot be used, every transaction is synced.
  Status PrepareForWriting();
  // Everything committed so far survives a power failure.
  Status Sync();

  // Most parameters a statement may have.
  int32_t max_parameters() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  bool has_log_ = false;
};

}  // namespace sluice
