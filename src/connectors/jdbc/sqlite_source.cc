// Scan of a SQLite table: the I/O pool reads the next batch while the task works on the one before.
// A partitioned scan gives every task its share of the partitions; otherwise the first task reads
// everything.
#include <sqlite3.h>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/sqlite.h"
#include "connectors/jdbc/sqlite_database.h"
#include "connectors/jdbc/sqlite_values.h"

namespace sluice {
namespace {

// The reading itself. Used by one thread at a time: the I/O thread that fills `fetch`.
class Scan {
 public:
  Scan(const TableInfo& table, const ScanSpec& spec, const Session& session)
      : table_(table), spec_(spec), session_(session) {}

  Status Open(int32_t subtask, int32_t parallelism) {
    SL_ASSIGN(const std::string path, SqlitePath(table_));
    SL_ASSIGN(database_, SqliteDatabase::Open(path, /*writable=*/false));
    SL_TRY(CheckSqliteTable(*database_, table_, {.columns = spec_.columns}));
    std::string sql = StrCat(
        "SELECT ", spec_.columns.empty() ? std::string("1") : ColumnList(table_, spec_.columns),
        " FROM ", QuoteIdentifier(SqliteTableName(table_)));
    const std::vector<ScanPartition> all = ScanPartitions(table_);
    if (all.empty()) {
      partitioned_ = false;
      if (subtask == 0) partitions_.emplace_back();
    } else {
      StrAppend(&sql, " WHERE ",
                QuoteIdentifier(table_.options.GetString(JdbcOptions(), "scan.partition.column")),
                " BETWEEN ? AND ?");
      for (size_t i = subtask; i < all.size(); i += parallelism) partitions_.push_back(all[i]);
    }
    SL_ASSIGN(statement_, database_->Prepare(sql));
    return OkStatus();
  }

  // The next rows; `at_end` when there are no more.
  Status Read(std::optional<Batch>* out, bool* at_end) {
    SqliteReader reader(table_, spec_.columns, 0, session_);
    while (reader.num_rows() < kMaxBatchRows && next_partition_ < partitions_.size()) {
      if (!started_ && partitioned_) {
        sqlite3_bind_int64(statement_.get(), 1, partitions_[next_partition_].lower);
        sqlite3_bind_int64(statement_.get(), 2, partitions_[next_partition_].upper);
      }
      started_ = true;
      SL_ASSIGN(const bool has_row, statement_.Step());
      if (has_row) {
        SL_TRY(reader.AddRow(statement_));
      } else {
        started_ = false;
        ++next_partition_;
      }
    }
    *at_end = next_partition_ == partitions_.size();
    Batch batch;
    batch.num_rows = reader.num_rows();
    batch.columns = reader.Finish();
    if (batch.num_rows > 0) *out = std::move(batch);
    return OkStatus();
  }

 private:
  const TableInfo table_;
  const ScanSpec spec_;
  const Session session_;
  std::unique_ptr<SqliteDatabase> database_;
  SqliteStatement statement_;
  bool partitioned_ = true;
  std::vector<ScanPartition> partitions_;
  size_t next_partition_ = 0;
  bool started_ = false;
};

struct Fetch {
  std::atomic<bool> done{false};
  // Once done:
  Status status;
  std::optional<Batch> batch;
  bool at_end = false;
};

class SqliteSource : public Source {
 public:
  SqliteSource(const TableInfo& table, const ScanSpec& spec, const Session& session)
      : name_(table.name), scan_(std::make_shared<Scan>(table, spec, session)) {}

  Status Open(const SourcePosition&, TaskContext& context) override {
    context_ = &context;
    SL_TRY(scan_->Open(context.subtask, context.parallelism));
    StartFetch();
    return OkStatus();
  }

  StatusOr<Progress> Poll(SourceOutput& out) override {
    if (fetch_ == nullptr) return Progress::kFinished;
    if (!fetch_->done.load(std::memory_order_acquire)) return Progress::kBlocked;
    const std::shared_ptr<Fetch> fetch = std::exchange(fetch_, nullptr);
    if (!fetch->status.ok()) {
      return Within(StrCat(ErrorCodeName(ErrorCode::kSourceFailed), " table ", name_),
                    fetch->status);
    }
    out.batch = std::move(fetch->batch);
    if (fetch->at_end) return Progress::kFinished;
    StartFetch();
    return Progress::kHasMore;
  }

  // A scan that is not finished starts over.
  SourcePosition Position() const override { return {}; }

 private:
  void StartFetch() {
    fetch_ = std::make_shared<Fetch>();
    context_->io_pool->Run([scan = scan_, fetch = fetch_, wake = context_->wake] {
      fetch->status = scan->Read(&fetch->batch, &fetch->at_end);
      fetch->done.store(true, std::memory_order_release);
      wake();
    });
  }

  const std::string name_;
  TaskContext* context_ = nullptr;
  const std::shared_ptr<Scan> scan_;
  std::shared_ptr<Fetch> fetch_;
};

}  // namespace

StatusOr<std::unique_ptr<Source>> MakeSqliteSource(const TableInfo& table, const ScanSpec& spec,
                                                   const Session& session) {
  return std::make_unique<SqliteSource>(table, spec, session);
}

}  // namespace sluice
