// Operators: what tasks are made of. A task calls its operators from one thread; every call handles
// a batch or a control event, never a row, and never blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "types/batch.h"
#include "types/row_errors.h"

namespace sluice {

enum class ControlKind : uint8_t { kWatermark, kIdle, kActive, kBarrier, kEndOfInput };

inline constexpr int64_t kMaxWatermarkMs = INT64_MAX;

// Travels between the batches, in order with them.
struct Control {
  ControlKind kind = ControlKind::kWatermark;
  int64_t watermark_ms = 0;  // of kWatermark
  uint64_t epoch = 0;        // of kBarrier
};

// What happens to rows that cannot be processed: the policy of the job. Thread-safe.
class ErrorPolicy {
 public:
  virtual ~ErrorPolicy() = default;
  // `errors` are rows of `batch`, found by the operator `where`. OK: every such row is stored as a
  // dead letter and counted, and the caller drops it. Otherwise the job fails with this status
  // (message: where, expression, value, event id).
  virtual Status OnRowErrors(std::string_view where, const Batch& batch,
                             const RowErrors& errors) = 0;
  // The same for records that make no row.
  virtual Status OnRecordErrors(std::string_view where, const RawRecords& records,
                                const RowErrors& errors) = 0;
  // True if dead letters are stored: sources then keep RowOrigins in their batches.
  virtual bool KeepsOrigins() const = 0;
};

struct OperatorContext : TaskContext {
  ErrorPolicy* errors = nullptr;
  int32_t max_batch_rows = kMaxBatchRows;  // of the batches that a source emits
};

// Takes what one call makes: at most one batch, never an empty one.
class Output {
 public:
  virtual ~Output() = default;
  void Emit(Batch batch) { EmitTo(0, std::move(batch)); }
  // Into one of several outputs, as Flink's side outputs; 0 is the main one.
  virtual void EmitTo(int32_t output, Batch batch) = 0;
};

class Operator {
 public:
  virtual ~Operator() = default;
  virtual Status Open(OperatorContext& context) = 0;
  // REQUIRES: the last Advance answered kNeedsInput.
  virtual Status AddInput(int input, Batch batch) = 0;
  // kHasMore: call again; kNeedsInput: all that could be made of the input so far is out; kBlocked:
  // wait for wake.
  virtual StatusOr<Progress> Advance(Output& out) = 0;
  // A control event of one input, after all of that input's earlier batches. The task has merged
  // the inputs (watermarks: minimum; barriers: aligned; kEndOfInput: once per input). Afterwards it
  // calls Advance until kNeedsInput, then sends the event on.
  virtual Status OnControl(int input, const Control& control) = 0;
  // Called about when asked for through NextTimerMs (processing time).
  virtual Status OnTimer(int64_t now_ms) {
    (void)now_ms;
    return OkStatus();
  }
  virtual int64_t NextTimerMs() const { return INT64_MAX; }
  // False while the first row would have to wait for something that is being loaded; Advance, which
  // may be called without input, takes it in.
  virtual bool IsWarm() const { return true; }
};

// What the runtime asks of an operator without inputs, beyond Operator.
class SourceOperator : public Operator {
 public:
  virtual SourcePosition Position() const = 0;
  virtual Status OnDurable(const SourcePosition& position) = 0;
};

}  // namespace sluice
