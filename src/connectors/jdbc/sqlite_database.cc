#include "connectors/jdbc/sqlite_database.h"

#include <sqlite3.h>

#include "base/error_code.h"
#include "base/strings.h"
#include "connectors/jdbc/connection.h"

namespace sluice {
namespace {

// How long SQLite itself waits for another writer before it reports that the database is busy.
constexpr int kBusyTimeoutMs = 5000;

Status StatusOf(sqlite3* database, int code) {
  const std::string message = StrCat(std::string_view(sqlite3_errmsg(database)), " (SQLite ",
                                     sqlite3_extended_errcode(database), ")");
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return absl::DeadlineExceededError(message);
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG: return BadRowError(message);
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL: return absl::UnavailableError(message);
    case SQLITE_FULL:
    case SQLITE_NOMEM: return absl::ResourceExhaustedError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return absl::DataLossError(message);
    default: return absl::FailedPreconditionError(message);
  }
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

StatusOr<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(get());
  if (code == SQLITE_ROW) return true;
  Status status;
  if (code != SQLITE_DONE) status = StatusOf(sqlite3_db_handle(get()), code);
  Reset();
  SL_TRY(status);
  return false;
}

Status SqliteStatement::Run() {
  while (true) {
    SL_ASSIGN(const bool has_row, Step());
    if (!has_row) return OkStatus();
  }
}

void SqliteStatement::Reset() { sqlite3_reset(get()); }

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                               bool writable) {
  auto result = std::make_unique<SqliteDatabase>();
  sqlite3* database = nullptr;
  // One thread at a time uses a connection, so that it needs no mutex of its own.
  const int flags = (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  result->database_.reset(database);
  if (code == SQLITE_CANTOPEN) {
    return absl::NotFoundError(
        StrCat(ErrorCodeName(ErrorCode::kFileMissing), " the database file '", path,
               "' cannot be opened: it does not exist, or its "
               "permissions do not allow it; it must exist, with its tables"));
  }
  if (code != SQLITE_OK) return Within(path, StatusOf(database, code));
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  // The file is only read now.
  SL_TRY(Within(path, result->QueryText("SELECT count(*) FROM sqlite_schema").status()));
  return result;
}

StatusOr<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return StatusOf(database_.get(), code);
  return SqliteStatement(statement);
}

Status SqliteDatabase::Run(std::string_view sql) {
  SL_ASSIGN(SqliteStatement statement, Prepare(sql));
  return statement.Run();
}

StatusOr<std::string> SqliteDatabase::QueryText(std::string_view sql) {
  SL_ASSIGN(SqliteStatement statement, Prepare(sql));
  SL_ASSIGN(const bool has_row, statement.Step());
  if (!has_row) return std::string();
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0));
  return std::string(text == nullptr ? "" : text);
}

Status SqliteDatabase::PrepareForWriting() {
  SL_ASSIGN(const std::string mode, QueryText("PRAGMA journal_mode = WAL"));
  has_log_ = EqualsIgnoreCase(mode, "wal");
  SL_TRY(Run(has_log_ ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL"));
  // Pages are written back to the table file in larger steps than SQLite's 1000.
  SL_TRY(Run("PRAGMA wal_autocheckpoint = 4000"));
  SL_TRY(Run("PRAGMA cache_size = -16384"));
  return Run("PRAGMA temp_store = MEMORY");
}

Status SqliteDatabase::Sync() {
  if (!has_log_) return OkStatus();
  sqlite3_file* log = nullptr;
  const int code =
      sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code != SQLITE_OK) return StatusOf(database_.get(), code);
  if (log == nullptr || log->pMethods == nullptr) return OkStatus();  // nothing was ever written
  if (log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) != SQLITE_OK) {
    return absl::UnavailableError("the write-ahead log of the database cannot be synced");
  }
  return OkStatus();
}

int32_t SqliteDatabase::max_parameters() const {
  return sqlite3_limit(database_.get(), SQLITE_LIMIT_VARIABLE_NUMBER, -1);
}

}  // namespace sluice
