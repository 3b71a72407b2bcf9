// Writes rows into a table. The task only queues batches; the I/O pool takes what has gathered, as
// one transaction after the other, each of at least one batch and then up to max-rows rows. So rows
// wait exactly as long as the database is busy. A transaction that fails for the moment stays in
// front of the queue and is tried again when the task says that it is time; nobody waits meanwhile.
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/log.h"
#include "base/strings.h"
#include "connectors/jdbc/jdbc.h"
#include "connectors/jdbc/jdbc_options.h"
#include "connectors/jdbc/table_writer.h"
#include "connectors/jdbc/upsert_rules.h"
#include "connectors/retries.h"

namespace sluice {
namespace {

// Beyond this the task waits.
constexpr int64_t kMaxQueuedBytes = int64_t{8} << 20;
constexpr int64_t kBytesPerValue = 24;

// What the task and the I/O thread share.
struct Queue {
  Queue(const TableInfo& table, UpsertRules rules, const Session& session)
      : table_name(table.name),
        writer(table, std::move(rules), session),
        retries(table.options.GetInt(JdbcOptions(), "sink.max-retries"), RetryWindowMs(table)) {
    const int64_t rows = table.options.GetInt(JdbcOptions(), "sink.buffer-flush.max-rows");
    if (rows > 0) max_rows = rows;
  }

  const std::string table_name;
  int64_t max_rows = INT64_MAX;
  Env* env = nullptr;
  std::function<void()> wake;
  // Of the I/O thread while `running`.
  TableWriter writer;
  Retries retries;
  Counter* retrying = nullptr;
  std::vector<Batch> transaction;  // under way, or failed and to be tried again
  std::mutex mutex;
  // Guarded by mutex.
  std::deque<std::pair<Batch, int64_t>> batches;  // with their bytes
  int64_t bytes = 0;
  std::vector<RejectedRows> rejected;
  bool running = false;
  int64_t retry_at_us = -1;  // not running, but something waits for its next try
  bool unsynced = false;
  bool wants_sync = false;
  bool wants_wake = false;
  Status status;
};

void WakeTask(Queue& queue) {
  if (std::exchange(queue.wants_wake, false)) queue.wake();
}

void TakeTransaction(Queue& queue) {
  int64_t num_rows = 0;
  while (!queue.batches.empty()) {
    const int64_t rows = queue.batches.front().first.num_rows;
    if (!queue.transaction.empty() && num_rows + rows > queue.max_rows) break;
    num_rows += rows;
    queue.bytes -= queue.batches.front().second;
    queue.transaction.push_back(std::move(queue.batches.front().first));
    queue.batches.pop_front();
  }
}

// Plans the next try; false when there is none.
bool PlanRetry(Queue& queue, const Status& failure) {
  const int64_t now_us = queue.env->MonotonicUs();
  const int64_t pause_ms = queue.retries.PauseMs(failure, now_us / 1000);
  if (pause_ms < 0) return false;
  LogWarning(StrCat("table ", queue.table_name, ": ", failure.message(), "; next try in ", pause_ms,
                    " ms"));
  queue.retry_at_us = now_us + pause_ms * 1000;
  queue.retrying->Set(1);
  return true;
}

// Runs on the I/O pool until nothing is left to do.
void Drain(const std::shared_ptr<Queue>& queue) {
  std::unique_lock lock(queue->mutex);
  while (queue->status.ok()) {
    Status status;
    if (queue->transaction.empty()) TakeTransaction(*queue);
    if (!queue->transaction.empty()) {
      queue->unsynced = true;
      lock.unlock();
      std::vector<RejectedRows> rejected;
      status = queue->writer.Write(queue->transaction, &rejected);
      if (status.ok()) queue->transaction.clear();
      lock.lock();
      for (RejectedRows& rows : rejected) queue->rejected.push_back(std::move(rows));
      if (queue->bytes < kMaxQueuedBytes / 2 && !queue->wants_sync) WakeTask(*queue);
    } else if (queue->wants_sync && queue->unsynced) {
      lock.unlock();
      status = queue->writer.Sync();
      lock.lock();
      queue->unsynced = !status.ok();
    } else {
      break;
    }
    if (status.ok()) {
      queue->retries.Succeeded();
      queue->retrying->Set(0);
      continue;
    }
    if (PlanRetry(*queue, status)) break;
    queue->status =
        Within(StrCat(ErrorCodeName(ErrorCode::kSinkFailed), " table ", queue->table_name), status);
  }
  queue->running = false;
  // A failure, a refused row or a pause is the task's to deal with, now.
  queue->wants_wake |= !queue->status.ok() || !queue->rejected.empty() || queue->retry_at_us >= 0;
  WakeTask(*queue);
}

class JdbcSink : public Sink {
 public:
  explicit JdbcSink(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}

  Status Open(TaskContext& context) override {
    context_ = &context;
    queue_->env = context.env;
    queue_->wake = context.wake;
    queue_->retrying = context.metrics->Register(context.operator_name, metric::kRetrying);
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
    if (!queue_->running && queue_->retry_at_us < 0 && queue_->batches.empty() &&
        !queue_->unsynced) {
      queue_->wants_sync = false;
      return Progress::kNeedsInput;
    }
    queue_->wants_sync = queue_->wants_wake = true;
    Start();
    return Progress::kBlocked;
  }

  StatusOr<Progress> Resume() override {
    std::lock_guard lock(queue_->mutex);
    SL_TRY(queue_->status);
    if (queue_->retry_at_us >= 0) Start();
    if (queue_->bytes < kMaxQueuedBytes) return Progress::kNeedsInput;
    queue_->wants_wake = true;
    return Progress::kBlocked;
  }

  std::vector<RejectedRows> TakeRejected() override {
    std::lock_guard lock(queue_->mutex);
    return std::exchange(queue_->rejected, {});
  }

 private:
  void Start() {  // mutex held
    if (queue_->running) return;
    if (queue_->retry_at_us > context_->env->MonotonicUs()) {
      context_->wake_at(queue_->retry_at_us);
      return;
    }
    queue_->retry_at_us = -1;
    queue_->running = true;
    context_->io_pool->Run([queue = queue_] { Drain(queue); });
  }

  const std::shared_ptr<Queue> queue_;
  TaskContext* context_ = nullptr;
};

}  // namespace

StatusOr<std::unique_ptr<Sink>> MakeJdbcSink(const TableInfo& table, const SinkSpec& spec,
                                             const Session& session) {
  SL_ASSIGN(UpsertRules rules, MakeUpsertRules(table, spec));
  return std::make_unique<JdbcSink>(std::make_shared<Queue>(table, std::move(rules), session));
}

}  // namespace sluice
