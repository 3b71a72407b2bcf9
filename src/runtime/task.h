// Task: one parallel instance of the operators that are connected by forward edges, run by one
// worker. Inside, batches go from operator to operator by plain calls; at its borders through
// queues. It pushes what it has as far down as it can before it reads more, so that at most one
// batch waits in front of each operator, and it never waits: when nothing can be done, Run returns,
// and whoever changes that (a queue, a finished I/O, a timer) wakes the task.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "operators/operator.h"
#include "operators/scan.h"
#include "runtime/batch_queue.h"
#include "runtime/exchange_output.h"
#include "runtime/flush_coordinator.h"
#include "runtime/input_merge.h"
#include "runtime/position_store.h"
#include "runtime/worker.h"

namespace sluice {

// The state of the job that its tasks look at. Outlives them.
struct JobSignals {
  explicit JobSignals(Env* job_env) : env(job_env) {}

  Env* const env;
  FlushCoordinator* coordinator = nullptr;
  PositionStore* positions = nullptr;       // null: where sources are is not stored
  std::atomic<bool> stop_requested{false};  // sources end
  std::atomic<bool> cancelled{false};       // everything ends
  std::function<void(Status)> on_failure;   // thread-safe
  std::function<void()> on_task_done;       // thread-safe; once per task
};

class Task : public Schedulable {
 public:
  explicit Task(JobSignals* job) : job_(job) {}

  // Assembly, in topological order. The returned numbers are those of this task's nodes and of a
  // node's channels.
  int32_t AddNode(OperatorContext context, std::unique_ptr<Operator> op);
  // `id` names the source to the store of positions.
  int32_t AddSource(OperatorContext context, std::string id,
                    std::unique_ptr<SourceOperator> source);
  // A forward edge; `output` is the one of `from` that it carries.
  void Connect(int32_t from, int32_t output, int32_t to, int32_t input);
  void AddQueueInput(int32_t node, int32_t input, BatchQueue* queue, Task* producer);
  void AddExchange(int32_t node, int32_t output, std::unique_ptr<ExchangeOutput> exchange);
  // Declares nodes without consumers to the coordinator, then opens all operators.
  Status Open();

  bool Run() override;
  int64_t NextTimerUs() const override { return next_timer_us_; }
  bool has_source() const { return has_source_; }

 private:
  struct Channel {                // parallel to the channels of Node::merge
    BatchQueue* queue = nullptr;  // null: a forward edge
    Task* producer = nullptr;
  };
  struct Consumer {
    int32_t output;  // of the producer
    int32_t node;
    int32_t channel;
  };
  struct OutgoingExchange {
    int32_t output;
    std::unique_ptr<ExchangeOutput> exchange;
  };
  struct OutgoingBatch {
    int32_t output;
    Batch batch;
  };
  struct Node {
    OperatorContext context;
    std::unique_ptr<Operator> op;
    SourceOperator* source = nullptr;  // op, if it is one
    std::vector<Consumer> consumers;
    std::vector<OutgoingExchange> exchanges;
    InputMerge merge;
    std::vector<Channel> channels;
    size_t next_channel = 0;             // round robin
    std::deque<MergedControl> controls;  // not sent on yet, in order
    bool control_given = false;          // the operator has seen controls.front()
    Progress progress = Progress::kNeedsInput;
    // A batch that some consumers have yet to take: consumers[next_consumer] and those behind it.
    std::optional<OutgoingBatch> outgoing;
    size_t next_consumer = 0;
    std::atomic<bool> woken{false};
    int64_t wake_at_us = INT64_MAX;
    bool ended = false;     // the end has been sent on
    int32_t terminal = -1;  // at the coordinator, of nodes without consumers
    std::string source_id;
    // Sources: epochs whose barrier has been sent but is not known to be durable.
    uint64_t sent_epoch = 0;
    std::deque<std::pair<uint64_t, SourcePosition>> in_flight;
  };

  Node& AddNodeOf(OperatorContext context, std::unique_ptr<Operator> op);
  StatusOr<bool> RunNode(Node& node);
  StatusOr<bool> PrepareSource(Node& node);
  void NotePosition(Node& node, uint64_t epoch);
  StatusOr<bool> AdvanceNode(Node& node);
  StatusOr<bool> HandleControl(Node& node);
  StatusOr<bool> TakeInput(Node& node);
  Status FireTimers(Node& node);
  Status CommitDurable(Node& node);
  bool CanSend(Node& node, bool needs_slot);
  bool CanTake(const Consumer& consumer) const;
  Status SendBatch(Node& node, OutgoingBatch batch);
  static size_t NextConsumer(const Node& node, size_t from, int32_t output);
  StatusOr<bool> HandOver(Node& node);
  void SendControl(Node& node, const Control& control);
  void UpdateTimer();
  bool IsDone() const;

  JobSignals* const job_;
  std::vector<std::unique_ptr<Node>> nodes_;  // each after its producers
  bool has_source_ = false;
  bool done_ = false;
  int64_t next_timer_us_ = INT64_MAX;
};

}  // namespace sluice
