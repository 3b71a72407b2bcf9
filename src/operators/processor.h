// Processor: a running instance of what a route sends its events to: a decoder of its own, which
// takes out of the records just what the processor wants, and the operators behind it. It works on
// one block of records at a time, so that whoever owns it knows when the block is done. It belongs
// to one task, but is opened beside it, before the task knows of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "operators/operator.h"
#include "operators/record_decoder.h"

namespace sluice {

struct ProcessorNode {
  static constexpr int32_t kEvents = -1;  // as an input: the decoded events

  std::string name;  // "LookupJoin: pattern"
  std::function<std::unique_ptr<Operator>()> make;
  std::vector<int32_t> inputs;  // nodes before this one, or kEvents; all feed input 0
};

struct ProcessorOutput {
  int32_t node = 0;  // or ProcessorNode::kEvents
  int32_t sink = 0;  // among the job's
};

// What a processor is made of, once its text is bound against the job's tables. Immutable.
struct ProcessorPlan {
  std::string name;  // "wrongbook_fix@1.2"
  TableScanSpec events;
  std::vector<ProcessorNode> nodes;      // each after its inputs; they keep no state across events
  std::vector<ProcessorOutput> outputs;  // each node's rows have all columns of the sink, in order
};

class Processor {
 public:
  struct Result {
    int32_t sink;
    Batch batch;
  };

  explicit Processor(std::shared_ptr<const ProcessorPlan> plan) : plan_(std::move(plan)) {}
  ~Processor();

  // Connects and begins to fill caches; may block. `base` is the context of the operator that will
  // own this; `errors` gets what goes wrong with rows. Both outlive the processor.
  Status Open(const OperatorContext& base, ErrorPolicy* errors);
  // Whether the first event would have to wait for a cache to be filled. Not during a block.
  StatusOr<bool> IsWarm();

  // Takes a block. REQUIRES: the block before is done.
  void Start(std::shared_ptr<const RawRecords> records);
  // kNeedsInput: the block is done; kBlocked: waits to be woken through `base`.
  StatusOr<Progress> Step();
  // What the block has made so far.
  std::vector<Result>& results() { return results_; }

  Status OnTimer(int64_t now_ms);
  int64_t NextTimerMs() const;

  const std::shared_ptr<const ProcessorPlan>& plan() const { return plan_; }

 private:
  // What I/O that is under way may still look at when the processor is gone.
  struct Shared {
    explicit Shared(Metrics* whole) : metrics(whole) {}
    MetricsPart metrics;
    std::deque<OperatorContext> contexts;  // of the nodes; never move
    std::atomic<bool> woken{false};
  };
  struct Node {
    OperatorContext* context;
    std::unique_ptr<Operator> op;
    Progress progress = Progress::kNeedsInput;
    std::deque<Batch> waiting;
    std::vector<int32_t> consumers;
    std::vector<int32_t> sinks;
  };

  void Pass(const std::vector<int32_t>& consumers, const std::vector<int32_t>& sinks, Batch batch);
  Status DecodeNext();
  StatusOr<bool> StepNode(Node& node);

  const std::shared_ptr<const ProcessorPlan> plan_;
  std::shared_ptr<Shared> shared_;
  ErrorPolicy* errors_ = nullptr;
  Env* env_ = nullptr;
  Counter* records_in_ = nullptr;
  Counter* filtered_ = nullptr;
  std::unique_ptr<RecordDecoder> decoder_;
  std::vector<Node> nodes_;
  std::vector<int32_t> event_consumers_;
  std::vector<int32_t> event_sinks_;
  // The block at hand.
  std::shared_ptr<const RawRecords> records_;
  size_t next_record_ = 0;
  std::vector<Result> results_;
};

}  // namespace sluice
