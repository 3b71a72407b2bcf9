#include "runtime/worker.h"

#include <algorithm>
#include <chrono>

namespace sluice {

// kIdle -> kQueued puts the task into the worker's queue, once; a wake-up while it runs makes it
// run again.
void Schedulable::Wake() {
  uint8_t state = state_.load(std::memory_order_acquire);
  while (true) {
    if (state == kQueued || state == kRunningAndWoken) {
      // The run to come must see what the caller wrote: a write to the same atomic hands it over.
      if (state_.compare_exchange_weak(state, state, std::memory_order_acq_rel)) return;
    } else if (state == kIdle) {
      if (state_.compare_exchange_weak(state, kQueued, std::memory_order_acq_rel)) {
        worker_->Post(this);
        return;
      }
    } else if (state_.compare_exchange_weak(state, kRunningAndWoken, std::memory_order_acq_rel)) {
      return;
    }
  }
}

void Worker::AddTask(Schedulable* task) {
  task->Bind(this);
  tasks_.push_back(task);
}

void Worker::Post(Schedulable* task) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(task);
  }
  posted_.notify_one();
}

void Worker::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  posted_.notify_one();
}

void Worker::Loop() {
  while (true) {
    const int64_t now_us = env_->MonotonicUs();
    FireTimers(now_us);
    Schedulable* task = Next(now_us);
    if (task != nullptr) RunOne(task);
    std::lock_guard lock(mutex_);
    if (stopped_) return;
  }
}

void Worker::FireTimers(int64_t now_us) {
  if (ticker_ && now_us >= next_tick_us_) next_tick_us_ = ticker_(now_us);
  for (Schedulable* task : tasks_) {
    if (task->NextTimerUs() <= now_us) task->Wake();
  }
}

int64_t Worker::NextTimerUs() const {
  int64_t next_us = ticker_ ? next_tick_us_ : INT64_MAX;
  for (const Schedulable* task : tasks_) next_us = std::min(next_us, task->NextTimerUs());
  return next_us;
}

// The next task to run; null when a timer is due or the worker is stopped.
Schedulable* Worker::Next(int64_t now_us) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopped_ || !queue_.empty(); };
  if (!ready()) {
    const int64_t timer_us = NextTimerUs();
    if (timer_us == INT64_MAX) {
      posted_.wait(lock, ready);
    } else if (timer_us > now_us) {
      posted_.wait_for(lock, std::chrono::microseconds(timer_us - now_us), ready);
    }
  }
  if (stopped_ || queue_.empty()) return nullptr;
  Schedulable* task = queue_.front();
  queue_.pop_front();
  return task;
}

void Worker::RunOne(Schedulable* task) {
  task->state_.exchange(Schedulable::kRunning, std::memory_order_acq_rel);
  const bool more = task->Run();
  uint8_t running = Schedulable::kRunning;
  if (!more && task->state_.compare_exchange_strong(running, Schedulable::kIdle,
                                                    std::memory_order_acq_rel)) {
    return;
  }
  task->state_.exchange(Schedulable::kQueued, std::memory_order_acq_rel);
  Post(task);
}

}  // namespace sluice
