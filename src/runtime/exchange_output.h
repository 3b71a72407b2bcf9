// ExchangeOutput: the producer's end of an exchange: decides which instance of the consumer gets a
// row, gathers small batches until they are worth a queue slot or `delay_us` old, and compacts
// those that pin much more than they use. Owned by the producing task.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "runtime/batch_queue.h"
#include "runtime/job_graph.h"

namespace sluice {

class ExchangeOutput {
 public:
  // REQUIRES: exchange is not kForward.
  ExchangeOutput(Exchange exchange, std::vector<int32_t> hash_columns, int32_t first_target,
                 int64_t delay_us);

  // `wake` tells the consumer that the queue is not empty.
  void AddTarget(BatchQueue* queue, std::function<void()> wake);

  // True if Emit may be called. After `false` the task is woken once there is room.
  bool HasRoom();
  void Emit(const Batch& batch, int64_t now_us);
  // Sends a control event to all targets, after everything emitted before.
  void EmitControl(const Control& control);

  // Sends what has waited long enough.
  void FlushDue(int64_t now_us);
  int64_t NextDueUs() const;

 private:
  struct Target {
    BatchQueue* queue;
    std::function<void()> wake;
    std::vector<Batch> gathered;
    int32_t gathered_rows = 0;
    int64_t due_us = INT64_MAX;
    std::optional<int64_t> held_watermark_ms;  // waits for a slot; later ones replace it
  };

  void EmitByHash(const Batch& batch, int64_t now_us);
  void EmitTo(Target& target, Batch batch, int64_t now_us);
  void Flush(Target& target);
  void SendHeldWatermark(Target& target);
  static void Push(Target& target, Batch batch);

  const Exchange exchange_;
  const std::vector<int32_t> hash_columns_;
  const int64_t delay_us_;
  std::vector<Target> targets_;
  size_t next_target_;  // kRebalance
  std::vector<uint64_t> hashes_;
  std::vector<int32_t> owners_;
};

}  // namespace sluice
