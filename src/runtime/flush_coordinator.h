// FlushCoordinator: sends a flush barrier through the job every interval, one at a time, and learns
// from the terminal tasks when it has arrived everywhere. Then everything before it is durable, and
// the sources may commit their positions. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace sluice {

class FlushCoordinator {
 public:
  static constexpr uint64_t kFinalEpoch =
      UINT64_MAX;  // durable once all input has ended and all sinks are closed

  // interval_us 0: no barriers but the end. `on_requested` tells the source tasks to look at
  // requested_epoch; `on_complete` is called once per epoch when all terminals have it, and must
  // see to Publish(epoch).
  FlushCoordinator(int64_t interval_us, std::function<void()> on_requested,
                   std::function<void(uint64_t epoch)> on_complete);

  int32_t AddTerminal();  // before the job starts

  // Starts an epoch if it is time and none is under way.
  void Tick(int64_t now_us);
  // When Tick is next worth calling.
  int64_t NextTickUs() const { return next_tick_us_.load(std::memory_order_relaxed); }

  // Terminal tasks: everything before the barrier of `epoch` is durable; kFinalEpoch: the terminal
  // has ended.
  void Acknowledge(int32_t terminal, uint64_t epoch);
  // What came before the barrier of `epoch` may be committed by the sources.
  void Publish(uint64_t epoch);

  // Source tasks. Both only grow.
  uint64_t requested_epoch() const { return requested_epoch_.load(std::memory_order_acquire); }
  uint64_t durable_epoch() const { return durable_epoch_.load(std::memory_order_acquire); }

 private:
  const int64_t interval_us_;
  const std::function<void()> on_requested_;
  const std::function<void(uint64_t)> on_complete_;
  std::atomic<uint64_t> requested_epoch_{0};
  std::atomic<uint64_t> durable_epoch_{0};
  std::atomic<int64_t> next_tick_us_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<uint64_t> acknowledged_;
  uint64_t completed_epoch_ = 0;
};

}  // namespace sluice
