// Scan of a table: the I/O pool reads the next batch while the task works on the one before. A
// partitioned scan gives every task its share of the partitions; otherwise the first task reads
// everything. What fails before a partition has given its first row is tried again.
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/log.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/jdbc.h"
#include "connectors/jdbc/jdbc_options.h"
#include "connectors/jdbc/row_reader.h"
#include "connectors/jdbc/sql_text.h"
#include "connectors/retries.h"

namespace sluice {
namespace {

// The reading itself. Used by one thread at a time: the I/O thread that fills `fetch`.
class Scan {
 public:
  Scan(const TableInfo& table, const ScanSpec& spec, const Session& session)
      : table_(table), dialect_(DialectOf(table)), spec_(spec), session_(session) {}

  Status Open(int32_t subtask, int32_t parallelism) {
    const std::vector<ScanPartition> all = ScanPartitions(table_);
    if (all.empty() && subtask == 0) partitions_.emplace_back();
    for (size_t i = subtask; i < all.size(); i += parallelism) partitions_.emplace_back(all[i]);
    SL_ASSIGN(session_with_table_, OpenTableAtStart(table_, NeedsOf(spec_), session_));
    return OkStatus();
  }

  // The next rows; `at_end` when there are no more.
  Status Read(std::optional<Batch>* out, bool* at_end) {
    const Status status = TryRead(out, at_end);
    if (!status.ok()) session_with_table_ = {};
    return status;
  }
  // True if a failed Read can be repeated: no row of the partition has been handed out.
  bool CanRepeat() const { return !started_; }

 private:
  Status TryRead(std::optional<Batch>* out, bool* at_end) {
    *at_end = next_partition_ == partitions_.size();
    if (*at_end) return OkStatus();
    if (session_with_table_.connection == nullptr) {
      SL_ASSIGN(session_with_table_, OpenTable(table_, NeedsOf(spec_), session_));
    }
    Connection& connection = *session_with_table_.connection;
    const StoredTable& stored = session_with_table_.stored;
    RowReader reader(table_, stored, spec_.columns, /*has_place=*/false, session_);
    bool running = started_;
    while (reader.num_rows() < kMaxBatchRows && next_partition_ < partitions_.size()) {
      if (!running) {
        const SqlText sql(dialect_, table_, stored);
        SL_TRY(connection.Query(sql.Select(spec_.columns, partitions_[next_partition_]), {}));
      }
      SL_ASSIGN(running, connection.Fetch(reader, kMaxBatchRows));
      if (!running) ++next_partition_;
      // Rows that a later partition would lose by its failure are handed out first.
      if (!running && reader.num_rows() > 0) break;
    }
    started_ = running;
    *at_end = next_partition_ == partitions_.size();
    Batch batch;
    batch.num_rows = reader.num_rows();
    batch.columns = reader.Finish();
    if (batch.num_rows > 0) *out = std::move(batch);
    return OkStatus();
  }

  const TableInfo table_;
  const Dialect& dialect_;
  const ScanSpec spec_;
  const Session session_;
  TableSession session_with_table_;
  std::vector<std::optional<ScanPartition>> partitions_;  // nullopt: the whole table
  size_t next_partition_ = 0;
  bool started_ = false;  // rows of the next partition have been handed out
};

struct Read {
  std::atomic<bool> done{false};
  // Once done:
  Status status;
  std::optional<Batch> batch;
  bool at_end = false;
};

class JdbcSource : public Source {
 public:
  JdbcSource(const TableInfo& table, const ScanSpec& spec, const Session& session)
      : name_(table.name),
        retries_(table.options.GetInt(JdbcOptions(), "lookup.max-retries"), RetryWindowMs(table)),
        scan_(std::make_shared<Scan>(table, spec, session)) {}

  Status Open(const SourcePosition&, TaskContext& context) override {
    context_ = &context;
    SL_TRY(scan_->Open(context.subtask, context.parallelism));
    StartRead();
    return OkStatus();
  }

  StatusOr<Progress> Poll(SourceOutput& out) override {
    if (retry_at_us_ >= 0) {
      if (context_->env->MonotonicUs() < retry_at_us_) {
        context_->wake_at(retry_at_us_);
        return Progress::kBlocked;
      }
      retry_at_us_ = -1;
      StartRead();
    }
    if (read_ == nullptr) return Progress::kFinished;
    if (!read_->done.load(std::memory_order_acquire)) return Progress::kBlocked;
    const std::shared_ptr<Read> read = std::exchange(read_, nullptr);
    if (!read->status.ok()) return Retry(read->status);
    retries_.Succeeded();
    out.batch = std::move(read->batch);
    if (read->at_end) return Progress::kFinished;
    StartRead();
    return Progress::kHasMore;
  }

  // A scan that is not finished starts over.
  SourcePosition Position() const override { return {}; }

 private:
  StatusOr<Progress> Retry(const Status& failure) {
    const int64_t now_us = context_->env->MonotonicUs();
    const int64_t pause_ms = scan_->CanRepeat() ? retries_.PauseMs(failure, now_us / 1000) : -1;
    if (pause_ms < 0) {
      return Within(StrCat(ErrorCodeName(ErrorCode::kSourceFailed), " table ", name_), failure);
    }
    LogWarning(StrCat("table ", name_, ": ", failure.message(), "; next try in ", pause_ms, " ms"));
    retry_at_us_ = now_us + pause_ms * 1000;
    context_->wake_at(retry_at_us_);
    return Progress::kBlocked;
  }

  void StartRead() {
    read_ = std::make_shared<Read>();
    context_->io_pool->Run([scan = scan_, read = read_, wake = context_->wake] {
      read->status = scan->Read(&read->batch, &read->at_end);
      read->done.store(true, std::memory_order_release);
      wake();
    });
  }

  const std::string name_;
  Retries retries_;
  TaskContext* context_ = nullptr;
  const std::shared_ptr<Scan> scan_;
  std::shared_ptr<Read> read_;
  int64_t retry_at_us_ = -1;  // a failed read waits until then
};

}  // namespace

StatusOr<std::unique_ptr<Source>> MakeJdbcSource(const TableInfo& table, const ScanSpec& spec,
                                                 const Session& session) {
  return std::make_unique<JdbcSource>(table, spec, session);
}

}  // namespace sluice
