#include "operators/processor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"

namespace sluice {
namespace {

class OneBatch : public Output {
 public:
  void EmitTo(int32_t, Batch emitted) override { batch = std::move(emitted); }
  std::optional<Batch> batch;
};

}  // namespace

// The wake-ups of the contexts hold what the contexts lie in.
Processor::~Processor() {
  if (shared_ == nullptr) return;
  for (OperatorContext& context : shared_->contexts) context.wake = nullptr;
}

Status Processor::Open(const OperatorContext& base, ErrorPolicy* errors) {
  errors_ = errors;
  env_ = base.env;
  shared_ = std::make_shared<Shared>(base.metrics);
  Metrics* const metrics = shared_->metrics.get();
  records_in_ = metrics->Register(plan_->name, metric::kEventsIn);
  filtered_ = metrics->Register(plan_->name, metric::kRecordsFiltered);
  SL_ASSIGN(decoder_, RecordDecoder::Make(plan_->events, *base.session));
  for (const ProcessorNode& planned : plan_->nodes) {
    Node& node = nodes_.emplace_back();
    node.context = &shared_->contexts.emplace_back(base);
    node.context->errors = errors;
    node.context->metrics = metrics;
    node.context->operator_name = plan_->name + "/" + planned.name;
    node.context->wake = [shared = shared_, wake = base.wake] {
      shared->woken.store(true, std::memory_order_release);
      wake();
    };
    node.op = planned.make();
    const auto index = static_cast<int32_t>(nodes_.size()) - 1;
    for (const int32_t input : planned.inputs) {
      (input == ProcessorNode::kEvents ? event_consumers_ : nodes_[input].consumers)
          .push_back(index);
    }
  }
  for (const ProcessorOutput& output : plan_->outputs) {
    (output.node == ProcessorNode::kEvents ? event_sinks_ : nodes_[output.node].sinks)
        .push_back(output.sink);
  }
  for (Node& node : nodes_) {
    SL_TRY(Within(node.context->operator_name, node.op->Open(*node.context)));
  }
  return OkStatus();
}

StatusOr<bool> Processor::IsWarm() {
  SL_CHECK(records_ == nullptr);
  bool warm = true;
  for (Node& node : nodes_) {
    OneBatch out;
    SL_TRY(Within(node.context->operator_name, node.op->Advance(out).status()));
    SL_CHECK(!out.batch.has_value());
    warm &= node.op->IsWarm();
  }
  return warm;
}

void Processor::Start(std::shared_ptr<const RawRecords> records) {
  SL_CHECK(records_ == nullptr && results_.empty());
  records_in_->Add(static_cast<int64_t>(records->records.size()));
  records_ = std::move(records);
  next_record_ = 0;
}

// Behind the last of them first: what is under way goes on before more is decoded.
StatusOr<Progress> Processor::Step() {
  if (shared_->woken.exchange(false, std::memory_order_acq_rel)) {
    for (Node& node : nodes_) {
      if (node.progress == Progress::kBlocked) node.progress = Progress::kHasMore;
    }
  }
  while (records_ != nullptr) {
    bool did = false;
    bool idle = true;
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      SL_ASSIGN(const bool stepped, StepNode(*node));
      did |= stepped;
      idle &= node->progress == Progress::kNeedsInput && node->waiting.empty();
    }
    if (did) continue;
    if (!idle) return Progress::kBlocked;
    if (next_record_ < records_->records.size()) {
      SL_TRY(DecodeNext());
    } else {
      records_.reset();
    }
  }
  return Progress::kNeedsInput;
}

StatusOr<bool> Processor::StepNode(Node& node) {
  if (node.progress == Progress::kNeedsInput) {
    if (node.waiting.empty()) return false;
    Batch batch = std::move(node.waiting.front());
    node.waiting.pop_front();
    SL_TRY(Within(node.context->operator_name, node.op->AddInput(0, std::move(batch))));
    node.progress = Progress::kHasMore;
  }
  if (node.progress != Progress::kHasMore) return false;
  OneBatch out;
  StatusOr<Progress> progress = node.op->Advance(out);
  if (!progress.ok()) return Within(node.context->operator_name, progress.status());
  node.progress = *progress;
  if (out.batch.has_value()) Pass(node.consumers, node.sinks, *std::move(out.batch));
  return true;
}

Status Processor::DecodeNext() {
  Batch batch;
  SL_ASSIGN(next_record_, decoder_->Decode(records_, next_record_, true, &batch));
  filtered_->Add(decoder_->num_filtered());
  if (!decoder_->errors().empty()) {
    SL_TRY(errors_->OnRecordErrors(plan_->name, *records_, decoder_->errors()));
  }
  batch.oldest_row_us = env_->MonotonicUs();
  if (batch.num_rows > 0) Pass(event_consumers_, event_sinks_, std::move(batch));
  return OkStatus();
}

void Processor::Pass(const std::vector<int32_t>& consumers, const std::vector<int32_t>& sinks,
                     Batch batch) {
  for (const int32_t consumer : consumers) nodes_[consumer].waiting.push_back(batch);
  for (const int32_t sink : sinks) results_.push_back({sink, batch});
}

Status Processor::OnTimer(int64_t now_ms) {
  for (Node& node : nodes_) {
    if (node.op->NextTimerMs() > now_ms) continue;
    SL_TRY(Within(node.context->operator_name, node.op->OnTimer(now_ms)));
    // What the timer began is taken in by the next call, unless a batch is under way.
    if (records_ != nullptr) continue;
    OneBatch out;
    SL_TRY(Within(node.context->operator_name, node.op->Advance(out).status()));
  }
  return OkStatus();
}

int64_t Processor::NextTimerMs() const {
  int64_t next_ms = INT64_MAX;
  for (const Node& node : nodes_) next_ms = std::min(next_ms, node.op->NextTimerMs());
  return next_ms;
}

}  // namespace sluice
