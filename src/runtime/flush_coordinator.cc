#include "runtime/flush_coordinator.h"

#include <algorithm>

namespace sluice {

FlushCoordinator::FlushCoordinator(int64_t interval_us, std::function<void()> on_requested,
                                   std::function<void(uint64_t)> on_complete)
    : interval_us_(interval_us),
      on_requested_(std::move(on_requested)),
      on_complete_(std::move(on_complete)),
      next_tick_us_(interval_us > 0 ? 0 : INT64_MAX) {}

int32_t FlushCoordinator::AddTerminal() {
  acknowledged_.push_back(0);
  return static_cast<int32_t>(acknowledged_.size()) - 1;
}

void FlushCoordinator::Tick(int64_t now_us) {
  const int64_t due_us = NextTickUs();
  if (now_us < due_us) return;
  if (due_us == 0) {  // the first call starts the first interval
    next_tick_us_.store(now_us + interval_us_, std::memory_order_relaxed);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    const uint64_t latest = requested_epoch();
    next_tick_us_.store(now_us + interval_us_, std::memory_order_relaxed);
    if (durable_epoch() < latest) return;  // still under way: skip this one
    requested_epoch_.store(latest + 1, std::memory_order_release);
  }
  on_requested_();
}

void FlushCoordinator::Acknowledge(int32_t terminal, uint64_t epoch) {
  uint64_t completed = 0;
  {
    std::lock_guard lock(mutex_);
    acknowledged_[terminal] = epoch;
    completed = *std::min_element(acknowledged_.begin(), acknowledged_.end());
    if (completed <= completed_epoch_) return;
    completed_epoch_ = completed;
  }
  on_complete_(completed);
}

void FlushCoordinator::Publish(uint64_t epoch) {
  uint64_t durable = durable_epoch();
  while (durable < epoch &&
         !durable_epoch_.compare_exchange_weak(durable, epoch, std::memory_order_acq_rel)) {
  }
}

}  // namespace sluice
