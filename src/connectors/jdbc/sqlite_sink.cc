// Writes rows into a SQLite table: upserts and deletes by primary key, plain inserts without one.
// The task only queues batches; the I/O pool takes what has gathered, as one transaction after the
// other, each of at least one batch and then up to max-rows rows. So rows wait exactly as long as
// the database is busy. Transactions go to the write-ahead log; Flush syncs it once.
#include <sqlite3.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/sqlite.h"
#include "connectors/jdbc/sqlite_database.h"
#include "connectors/jdbc/sqlite_values.h"
#include "types/hash.h"

namespace sluice {
namespace {

// Beyond this the task waits.
constexpr int64_t kMaxQueuedBytes = int64_t{8} << 20;
constexpr int64_t kBytesPerValue = 24;

std::string UpsertSql(const TableInfo& table, const UpsertRules& rules) {
  const std::string stored = QuoteIdentifier(SqliteTableName(table));
  const auto name = [&](int32_t column) { return QuoteIdentifier(table.columns[column].name); };
  const auto is_key = [&](int32_t column) {
    return std::find(table.primary_key.begin(), table.primary_key.end(), column) !=
           table.primary_key.end();
  };
  std::string sql = StrCat("INSERT INTO ", stored, " (");
  std::string values;
  for (const UpsertRules::Column& column : rules.columns) {
    StrAppend(&sql, values.empty() ? "" : ", ", name(column.column));
    StrAppend(&values, values.empty() ? "" : ", ", column.place < 0 ? "NULL" : "?");
  }
  StrAppend(&sql, ") VALUES (", values, ")");
  if (table.primary_key.empty()) return sql;

  StrAppend(&sql, " ON CONFLICT (", ColumnList(table, table.primary_key), ") DO ");
  // A row that names only some columns also fills in, when it is older, what nobody has written
  // yet.
  const bool fills = rules.version_column >= 0 && (rules.partial || rules.ignore_null);
  std::string newer;
  if (rules.version_column >= 0) {
    const std::string version = name(rules.version_column);
    newer = StrCat("(", stored, ".", version, " IS NULL OR excluded.", version, " >= ", stored, ".",
                   version, ")");
  }
  std::string changes;
  for (const UpsertRules::Column& column : rules.columns) {
    if (is_key(column.column)) continue;
    const std::string quoted = name(column.column);
    const std::string before = StrCat(stored, ".", quoted);
    std::string after = StrCat("excluded.", quoted);
    if (rules.ignore_null) after = StrCat("COALESCE(", after, ", ", before, ")");
    if (fills && column.column == rules.version_column) {
      after = StrCat("CASE WHEN ", newer, " THEN ", after, " ELSE ", before, " END");
    } else if (fills) {
      after = StrCat("CASE WHEN ", newer, " THEN ", after, " ELSE COALESCE(", before, ", excluded.",
                     quoted, ") END");
    }
    StrAppend(&changes, changes.empty() ? "" : ", ", quoted, " = ", after);
  }
  if (changes.empty()) return StrCat(sql, "NOTHING");
  StrAppend(&sql, "UPDATE SET ", changes);
  if (!newer.empty() && !fills) StrAppend(&sql, " WHERE ", newer);
  return sql;
}

std::string DeleteSql(const TableInfo& table, const UpsertRules& rules) {
  std::string sql = StrCat("DELETE FROM ", QuoteIdentifier(SqliteTableName(table)), " WHERE ");
  for (size_t k = 0; k < table.primary_key.size(); ++k) {
    StrAppend(&sql, k == 0 ? "" : " AND ",
              QuoteIdentifier(table.columns[table.primary_key[k]].name), " = ?");
  }
  if (rules.version_column >= 0) {
    const std::string version = QuoteIdentifier(table.columns[rules.version_column].name);
    StrAppend(&sql, " AND (", version, " IS NULL OR ", version, " <= ?)");
  }
  return sql;
}

// Writes transactions. Used by one thread at a time.
class TableWriter {
 public:
  TableWriter(TableInfo table, UpsertRules rules, const Session& session)
      : table_(std::move(table)),
        rules_(std::move(rules)),
        is_upsert_(!table_.primary_key.empty()),
        writer_(session),
        max_retries_(table_.options.GetInt(JdbcOptions(), "sink.max-retries")) {
    std::vector<int32_t> bound = table_.primary_key;
    if (is_upsert_ && rules_.version_column >= 0) bound.push_back(rules_.version_column);
    for (int32_t column : bound) delete_places_.push_back(PlaceOf(column));
  }

  Status Open() {
    SL_ASSIGN(const std::string path, SqlitePath(table_));
    SL_ASSIGN(database_, SqliteDatabase::Open(path, /*writable=*/true));
    SqliteNeeds needs{.written = true, .upsert = is_upsert_};
    for (const UpsertRules::Column& column : rules_.columns) needs.columns.push_back(column.column);
    SL_TRY(CheckSqliteTable(*database_, table_, needs));
    SL_TRY(database_->PrepareForWriting());
    SL_ASSIGN(begin_, database_->Prepare("BEGIN IMMEDIATE"));
    SL_ASSIGN(commit_, database_->Prepare("COMMIT"));
    SL_ASSIGN(insert_, database_->Prepare(UpsertSql(table_, rules_)));
    if (!is_upsert_) return OkStatus();
    SL_ASSIGN(delete_, database_->Prepare(DeleteSql(table_, rules_)));
    return OkStatus();
  }

  Status Write(const std::vector<Batch>& batches) {
    Status status;
    for (int64_t attempt = 0; attempt <= max_retries_; ++attempt) {
      // Between two tries SQLite has already waited for the other writer.
      status = TryWrite(batches);
      if (status.ok() || !IsRetryable(status)) break;
    }
    return Within(StrCat(ErrorCodeName(ErrorCode::kSinkFailed), " table ", table_.name), status);
  }

  Status Sync() {
    return Within(StrCat(ErrorCodeName(ErrorCode::kSinkFailed), " table ", table_.name),
                  database_->Sync());
  }

 private:
  struct SameKey {
    const std::vector<std::vector<Vector>>* keys;
    using Row = std::pair<int32_t, int32_t>;  // batch, row
    bool operator()(const Row& a, const Row& b) const {
      return RowsEqual((*keys)[a.first], a.second, (*keys)[b.first], b.second);
    }
  };
  struct KeyHash {
    const std::vector<std::vector<uint64_t>>* hashes;
    size_t operator()(const SameKey::Row& row) const { return (*hashes)[row.first][row.second]; }
  };

  int32_t PlaceOf(int32_t column) const {
    for (const UpsertRules::Column& c : rules_.columns) {
      if (c.column == column) return c.place;
    }
    return -1;
  }

  Status TryWrite(const std::vector<Batch>& batches) {
    SL_TRY(begin_.Run());
    Status status = WriteRows(batches);
    if (status.ok()) status = commit_.Run();
    // SQLite may have rolled back by itself already.
    if (!status.ok()) static_cast<void>(database_->Run("ROLLBACK"));
    return status;
  }

  Status WriteRows(const std::vector<Batch>& batches) {
    const std::vector<std::vector<bool>> last = LastOfKey(batches);
    for (size_t b = 0; b < batches.size(); ++b) {
      for (int32_t row = 0; row < batches[b].num_rows; ++row) {
        if (!last.empty() && !last[b][row]) continue;
        SL_TRY(WriteRow(batches[b], row));
      }
    }
    return OkStatus();
  }

  // Which rows are the last with their key; empty when every row counts.
  std::vector<std::vector<bool>> LastOfKey(const std::vector<Batch>& batches) const {
    std::vector<std::vector<bool>> last;
    if (!is_upsert_ || !rules_.MayFold()) return last;
    std::vector<std::vector<Vector>> keys(batches.size());
    std::vector<std::vector<uint64_t>> hashes(batches.size());
    size_t num_rows = 0;
    for (size_t b = 0; b < batches.size(); ++b) {
      for (size_t k = 0; k < table_.primary_key.size(); ++k) {
        keys[b].push_back(batches[b].columns[delete_places_[k]]);
      }
      hashes[b].resize(batches[b].num_rows);
      HashRows(keys[b], batches[b].num_rows, hashes[b].data());
      last.emplace_back(batches[b].num_rows, false);
      num_rows += batches[b].num_rows;
    }
    std::unordered_set<SameKey::Row, KeyHash, SameKey> seen(num_rows * 2, KeyHash{&hashes},
                                                            SameKey{&keys});
    for (auto b = static_cast<int32_t>(batches.size()) - 1; b >= 0; --b) {
      for (int32_t row = batches[b].num_rows - 1; row >= 0; --row) {
        last[b][row] = seen.insert({b, row}).second;
      }
    }
    return last;
  }

  Status WriteRow(const Batch& batch, int32_t row) {
    const RowKind kind = batch.kind(row);
    if (kind == RowKind::kUpdateBefore) return OkStatus();
    int parameter = 0;
    if (kind == RowKind::kDelete) {
      for (int32_t place : delete_places_) {
        SL_TRY(writer_.Bind(delete_, ++parameter, batch.columns[place], row));
      }
      return delete_.Run();
    }
    for (const UpsertRules::Column& column : rules_.columns) {
      if (column.place < 0) continue;
      SL_TRY(writer_.Bind(insert_, ++parameter, batch.columns[column.place], row));
    }
    return insert_.Run();
  }

  const TableInfo table_;
  const UpsertRules rules_;
  const bool is_upsert_;
  SqliteWriter writer_;
  const int64_t max_retries_;
  std::vector<int32_t> delete_places_;  // of the primary key, then of the version
  std::unique_ptr<SqliteDatabase> database_;
  SqliteStatement begin_;
  SqliteStatement commit_;
  SqliteStatement insert_;
  SqliteStatement delete_;
};

// What the task and the I/O thread share.
struct Queue {
  Queue(TableWriter table_writer, int64_t max_transaction_rows)
      : writer(std::move(table_writer)), max_rows(max_transaction_rows) {}

  TableWriter writer;  // of the I/O thread while `running`
  const int64_t max_rows;
  std::function<void()> wake;
  std::mutex mutex;
  // Guarded by mutex.
  std::deque<std::pair<Batch, int64_t>> batches;  // with their bytes
  int64_t bytes = 0;
  bool running = false;
  bool unsynced = false;
  bool wants_sync = false;
  bool wants_wake = false;
  Status status;
};

void WakeTask(Queue& queue) {
  if (std::exchange(queue.wants_wake, false)) queue.wake();
}

std::vector<Batch> TakeTransaction(Queue& queue) {
  std::vector<Batch> taken;
  int64_t num_rows = 0;
  while (!queue.batches.empty()) {
    const int64_t rows = queue.batches.front().first.num_rows;
    if (!taken.empty() && num_rows + rows > queue.max_rows) break;
    num_rows += rows;
    queue.bytes -= queue.batches.front().second;
    taken.push_back(std::move(queue.batches.front().first));
    queue.batches.pop_front();
  }
  return taken;
}

// Runs on the I/O pool until nothing is left to do.
void Drain(const std::shared_ptr<Queue>& queue) {
  std::unique_lock lock(queue->mutex);
  while (queue->status.ok() &&
         (!queue->batches.empty() || (queue->wants_sync && queue->unsynced))) {
    Status status;
    if (!queue->batches.empty()) {
      std::vector<Batch> batches = TakeTransaction(*queue);
      queue->unsynced = true;
      lock.unlock();
      status = queue->writer.Write(batches);
      batches.clear();
      lock.lock();
      if (queue->bytes < kMaxQueuedBytes / 2 && !queue->wants_sync) WakeTask(*queue);
    } else {
      lock.unlock();
      status = queue->writer.Sync();
      lock.lock();
      queue->unsynced = !status.ok();
    }
    if (!status.ok()) queue->status = std::move(status);
  }
  queue->running = false;
  WakeTask(*queue);
}

class SqliteSink : public Sink {
 public:
  explicit SqliteSink(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}

  Status Open(TaskContext& context) override {
    io_pool_ = context.io_pool;
    queue_->wake = context.wake;
    return queue_->writer.Open();
  }

  StatusOr<Progress> Write(const Batch& batch) override {
    const int64_t bytes = batch.pinned_bytes + static_cast<int64_t>(batch.columns.size()) *
                                                   batch.num_rows * kBytesPerValue;
    std::lock_guard lock(queue_->mutex);
    SL_TRY(queue_->status);
    queue_->batches.emplace_back(batch, bytes);
    queue_->bytes += bytes;
    Start();
    if (queue_->bytes < kMaxQueuedBytes) return Progress::kNeedsInput;
    queue_->wants_wake = true;
    return Progress::kBlocked;
  }

  StatusOr<Progress> Flush() override {
    std::lock_guard lock(queue_->mutex);
    SL_TRY(queue_->status);
    if (!queue_->running && queue_->batches.empty() && !queue_->unsynced) {
      queue_->wants_sync = false;
      return Progress::kNeedsInput;
    }
    queue_->wants_sync = queue_->wants_wake = true;
    Start();
    return Progress::kBlocked;
  }

 private:
  void Start() {  // mutex held
    if (std::exchange(queue_->running, true)) return;
    io_pool_->Run([queue = queue_] { Drain(queue); });
  }

  const std::shared_ptr<Queue> queue_;
  IoPool* io_pool_ = nullptr;
};

}  // namespace

StatusOr<std::unique_ptr<Sink>> MakeSqliteSink(const TableInfo& table, const SinkSpec& spec,
                                               const Session& session) {
  SL_ASSIGN(UpsertRules rules, MakeUpsertRules(table, spec));
  const int64_t max_rows = table.options.GetInt(JdbcOptions(), "sink.buffer-flush.max-rows");
  return std::make_unique<SqliteSink>(std::make_shared<Queue>(
      TableWriter(table, std::move(rules), session), max_rows > 0 ? max_rows : INT64_MAX));
}

}  // namespace sluice
