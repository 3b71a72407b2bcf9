#include "runtime/task.h"

#include <algorithm>

#include "base/check.h"

namespace sluice {
namespace {

// A task gives its worker back after this long, so that the others of the worker get their turn.
constexpr int64_t kQuantumUs = 5000;

class OneBatch : public Output {
 public:
  void EmitTo(int32_t output, Batch batch) override {
    SL_CHECK(!batch_.has_value());
    SL_CHECK(batch.num_rows > 0 && batch.num_rows <= kMaxBatchRows);
    output_ = output;
    batch_ = std::move(batch);
  }
  int32_t output() const { return output_; }
  std::optional<Batch>& batch() { return batch_; }

 private:
  int32_t output_ = 0;
  std::optional<Batch> batch_;
};

}  // namespace

Task::Node& Task::AddNodeOf(OperatorContext context, std::unique_ptr<Operator> op) {
  nodes_.push_back(std::make_unique<Node>());
  Node& node = *nodes_.back();
  node.context = std::move(context);
  node.op = std::move(op);
  node.context.wake = [this, &node] {
    node.woken.store(true, std::memory_order_release);
    Wake();
  };
  node.context.wake_at = [&node](int64_t monotonic_us) {
    node.wake_at_us = std::min(node.wake_at_us, monotonic_us);
  };
  return node;
}

int32_t Task::AddNode(OperatorContext context, std::unique_ptr<Operator> op) {
  AddNodeOf(std::move(context), std::move(op));
  return static_cast<int32_t>(nodes_.size()) - 1;
}

int32_t Task::AddSource(OperatorContext context, std::string id,
                        std::unique_ptr<SourceOperator> source) {
  SourceOperator* raw = source.get();
  Node& node = AddNodeOf(std::move(context), std::move(source));
  node.source = raw;
  node.source_id = std::move(id);
  node.progress = Progress::kHasMore;
  has_source_ = true;
  return static_cast<int32_t>(nodes_.size()) - 1;
}

void Task::Connect(int32_t from, int32_t output, int32_t to, int32_t input) {
  SL_CHECK(from < to);
  nodes_[from]->consumers.push_back({output, to, nodes_[to]->merge.AddChannel(input)});
  nodes_[to]->channels.push_back({});
}

void Task::AddQueueInput(int32_t node, int32_t input, BatchQueue* queue, Task* producer) {
  nodes_[node]->merge.AddChannel(input);
  nodes_[node]->channels.push_back({queue, producer});
}

void Task::AddExchange(int32_t node, int32_t output, std::unique_ptr<ExchangeOutput> exchange) {
  nodes_[node]->exchanges.push_back({output, std::move(exchange)});
}

Status Task::Open() {
  for (auto& node : nodes_) {
    if (node->consumers.empty() && node->exchanges.empty()) {
      node->terminal = job_->coordinator->AddTerminal();
    }
    SL_TRY(Within(node->context.operator_name, node->op->Open(node->context)));
  }
  UpdateTimer();
  return OkStatus();
}

bool Task::Run() {
  if (done_ || job_->cancelled.load(std::memory_order_relaxed)) return false;
  const int64_t start_us = job_->env->MonotonicUs();
  bool again = true;
  for (auto& node : nodes_) {
    for (auto& outgoing : node->exchanges) outgoing.exchange->FlushDue(start_us);
    Status status = FireTimers(*node);
    if (status.ok() && node->source != nullptr) status = CommitDurable(*node);
    if (!status.ok()) {
      job_->on_failure(Within(node->context.operator_name, status));
      return false;
    }
  }
  while (again) {
    again = false;
    // Consumers first: what is under way goes on before anything new is taken in.
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      StatusOr<bool> did = RunNode(**node);
      if (!did.ok()) {
        job_->on_failure(Within((*node)->context.operator_name, did.status()));
        return false;
      }
      again |= *did;
    }
    if (job_->cancelled.load(std::memory_order_relaxed)) return false;
    if (again && job_->env->MonotonicUs() - start_us > kQuantumUs) break;
  }
  UpdateTimer();
  if (!again && IsDone()) {
    done_ = true;
    next_timer_us_ = INT64_MAX;
    job_->on_task_done();
  }
  return again;
}

bool Task::IsDone() const {
  for (const auto& node : nodes_) {
    if (!node->ended || !node->in_flight.empty()) return false;
  }
  return true;
}

// One step of one operator; true if anything was done.
StatusOr<bool> Task::RunNode(Node& node) {
  if (node.ended) return false;
  if (node.woken.exchange(false, std::memory_order_acq_rel) &&
      node.progress != Progress::kFinished) {
    node.progress = Progress::kHasMore;
  }
  if (node.outgoing.has_value()) return HandOver(node);
  if (node.source != nullptr) {
    SL_ASSIGN(const bool did, PrepareSource(node));
    if (did || !node.controls.empty()) return did;
  }
  if (node.progress == Progress::kHasMore) return AdvanceNode(node);
  if (node.progress != Progress::kNeedsInput) return false;
  if (!node.controls.empty()) return HandleControl(node);
  return TakeInput(node);
}

// What a source has to say besides its rows: barriers and the end.
StatusOr<bool> Task::PrepareSource(Node& node) {
  const bool stopping = job_->stop_requested.load(std::memory_order_acquire);
  if (node.controls.empty()) {
    const uint64_t epoch = job_->coordinator->requested_epoch();
    if (node.progress == Progress::kFinished || stopping) {
      // At the end of bounded input all time has passed; a stopped job may be continued, so there
      // it has not.
      if (node.progress == Progress::kFinished) {
        node.controls.push_back({0, {.watermark_ms = kMaxWatermarkMs}});
      }
      node.controls.push_back({0, {.kind = ControlKind::kEndOfInput}});
      NotePosition(node, FlushCoordinator::kFinalEpoch);
    } else if (epoch > node.sent_epoch) {
      node.sent_epoch = epoch;
      NotePosition(node, epoch);
      node.controls.push_back({0, {.kind = ControlKind::kBarrier, .epoch = epoch}});
    }
  }
  if (node.controls.empty()) return false;
  const Control control = node.controls.front().control;
  if (!CanSend(node, false)) return false;
  node.controls.pop_front();
  SendControl(node, control);
  return true;
}

// The barrier of `epoch` will follow what the source has handed out so far.
void Task::NotePosition(Node& node, uint64_t epoch) {
  SourcePosition position = node.source->Position();
  if (job_->positions != nullptr)
    job_->positions->Add(node.source_id, node.context.subtask, epoch, position);
  node.in_flight.emplace_back(epoch, std::move(position));
}

StatusOr<bool> Task::AdvanceNode(Node& node) {
  if (!CanSend(node, true)) return false;
  OneBatch out;
  SL_ASSIGN(node.progress, node.op->Advance(out));
  if (node.source == nullptr && node.progress == Progress::kFinished) {
    node.progress = Progress::kNeedsInput;
  }
  if (node.source != nullptr && node.progress == Progress::kNeedsInput) {
    node.progress = Progress::kBlocked;  // a source has no input: it waits to be woken
  }
  if (out.batch().has_value()) SL_TRY(SendBatch(node, {out.output(), *std::move(out.batch())}));
  return true;
}

// First to the operator, which may then emit what it held back; after that to the consumers.
StatusOr<bool> Task::HandleControl(Node& node) {
  const MergedControl& merged = node.controls.front();
  if (!node.control_given) {
    node.control_given = true;
    SL_TRY(node.op->OnControl(merged.input, merged.control));
    node.progress = Progress::kHasMore;
    return true;
  }
  if (merged.forward) {
    const bool time_status =
        merged.control.kind == ControlKind::kIdle || merged.control.kind == ControlKind::kActive;
    if (!CanSend(node, time_status)) return false;
    SendControl(node, merged.control);
  }
  node.controls.pop_front();
  node.control_given = false;
  return true;
}

StatusOr<bool> Task::TakeInput(Node& node) {
  for (size_t i = 0; i < node.channels.size(); ++i) {
    const size_t c = (node.next_channel + i) % node.channels.size();
    const auto channel_index = static_cast<int32_t>(c);
    Channel& channel = node.channels[c];
    if (channel.queue == nullptr || node.merge.IsBlocked(channel_index)) continue;
    QueueItem* item = channel.queue->Front();
    if (item == nullptr) continue;
    if (item->is_batch) {
      SL_TRY(node.op->AddInput(node.merge.input(channel_index), std::move(item->batch)));
      node.progress = Progress::kHasMore;
    } else {
      node.merge.OnControl(channel_index, item->control, node.controls);
    }
    if (channel.queue->PopWantsWake()) channel.producer->Wake();
    node.next_channel = c + 1;
    return true;
  }
  return false;
}

Status Task::FireTimers(Node& node) {
  if (node.ended) return OkStatus();
  if (node.wake_at_us <= job_->env->MonotonicUs()) {
    node.wake_at_us = INT64_MAX;
    node.progress = node.progress == Progress::kFinished ? node.progress : Progress::kHasMore;
  }
  if (node.op->NextTimerMs() == INT64_MAX) return OkStatus();
  const int64_t now_ms = job_->env->WallMs();
  if (node.op->NextTimerMs() > now_ms) return OkStatus();
  node.progress = Progress::kHasMore;
  return node.op->OnTimer(now_ms);
}

Status Task::CommitDurable(Node& node) {
  const uint64_t durable = job_->coordinator->durable_epoch();
  while (!node.in_flight.empty() && node.in_flight.front().first <= durable) {
    SL_TRY(node.source->OnDurable(node.in_flight.front().second));
    node.in_flight.pop_front();
  }
  return OkStatus();
}

bool Task::CanTake(const Consumer& consumer) const {
  const Node& node = *nodes_[consumer.node];
  return node.progress == Progress::kNeedsInput && node.controls.empty() &&
         !node.merge.IsBlocked(consumer.channel);
}

// Whether everything behind `node` takes one more event. Only what may come in any number
// (`needs_slot`: batches, idleness) waits for a free slot of a queue; barriers, watermarks and the
// end always have one.
bool Task::CanSend(Node& node, bool needs_slot) {
  if (node.outgoing.has_value()) return false;
  for (const Consumer& consumer : node.consumers) {
    if (!CanTake(consumer)) return false;
  }
  if (!needs_slot) return true;
  for (auto& outgoing : node.exchanges) {
    if (!outgoing.exchange->HasRoom()) return false;
  }
  return true;
}

Status Task::SendBatch(Node& node, OutgoingBatch batch) {
  for (auto& outgoing : node.exchanges) {
    if (outgoing.output == batch.output) {
      outgoing.exchange->Emit(batch.batch, job_->env->MonotonicUs());
    }
  }
  node.next_consumer = NextConsumer(node, 0, batch.output);
  if (node.next_consumer == node.consumers.size()) return OkStatus();
  node.outgoing = std::move(batch);
  return HandOver(node).status();
}

// The first consumer at or behind `from` that reads this output; the number of all if none does.
size_t Task::NextConsumer(const Node& node, size_t from, int32_t output) {
  while (from < node.consumers.size() && node.consumers[from].output != output) ++from;
  return from;
}

// Gives the outgoing batch to the consumers in turn. A consumer that reads it on two of its inputs
// has to digest it in between.
StatusOr<bool> Task::HandOver(Node& node) {
  bool did = false;
  while (node.outgoing.has_value()) {
    const Consumer& consumer = node.consumers[node.next_consumer];
    if (!CanTake(consumer)) break;
    did = true;
    Node& next = *nodes_[consumer.node];
    node.next_consumer = NextConsumer(node, node.next_consumer + 1, node.outgoing->output);
    const bool last = node.next_consumer == node.consumers.size();
    Batch batch = last ? std::move(node.outgoing->batch) : node.outgoing->batch;
    if (last) node.outgoing.reset();
    next.progress = Progress::kHasMore;
    SL_TRY(Within(next.context.operator_name,
                  next.op->AddInput(next.merge.input(consumer.channel), std::move(batch))));
  }
  return did;
}

void Task::SendControl(Node& node, const Control& control) {
  for (auto& outgoing : node.exchanges) outgoing.exchange->EmitControl(control);
  for (const Consumer& consumer : node.consumers) {
    Node& next = *nodes_[consumer.node];
    next.merge.OnControl(consumer.channel, control, next.controls);
  }
  const bool is_end = control.kind == ControlKind::kEndOfInput;
  node.ended |= is_end;
  if (node.terminal < 0) return;
  if (control.kind == ControlKind::kBarrier) {
    job_->coordinator->Acknowledge(node.terminal, control.epoch);
  } else if (is_end) {
    job_->coordinator->Acknowledge(node.terminal, FlushCoordinator::kFinalEpoch);
  }
}

void Task::UpdateTimer() {
  int64_t next_us = INT64_MAX;
  for (const auto& node : nodes_) {
    for (const auto& outgoing : node->exchanges)
      next_us = std::min(next_us, outgoing.exchange->NextDueUs());
    if (node->ended) continue;
    next_us = std::min(next_us, node->wake_at_us);
    const int64_t timer_ms = node->op->NextTimerMs();
    if (timer_ms == INT64_MAX) continue;
    const int64_t in_ms = std::max<int64_t>(timer_ms - job_->env->WallMs(), 0);
    next_us = std::min(next_us, job_->env->MonotonicUs() + in_ms * 1000);
  }
  next_timer_us_ = next_us;
}

}  // namespace sluice
