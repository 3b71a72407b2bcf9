#include "connectors/serial_work.h"

#include <deque>
#include <mutex>
#include <utility>

namespace sluice {

struct SerialWork::Shared {
  struct Step {
    int64_t bytes;
    std::function<Status()> run;
  };
  std::function<void()> wake;
  std::mutex mutex;
  // Guarded by mutex.
  std::deque<Step> steps;  // the front one is running if `running`
  int64_t waiting_bytes = 0;
  bool running = false;
  bool wants_wake = false;
  Status status;
};

SerialWork::SerialWork(TaskContext& context)
    : io_pool_(context.io_pool), shared_(std::make_shared<Shared>()) {
  shared_->wake = context.wake;
}

void SerialWork::Add(int64_t bytes, std::function<Status()> step) {
  {
    std::lock_guard lock(shared_->mutex);
    shared_->steps.push_back({bytes, std::move(step)});
    shared_->waiting_bytes += bytes;
    if (shared_->running) return;
    shared_->running = true;
  }
  io_pool_->Run([shared = shared_] { RunSteps(shared); });
}

void SerialWork::RunSteps(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (!shared->steps.empty() && shared->status.ok()) {
    Shared::Step step = std::move(shared->steps.front());
    shared->steps.pop_front();
    lock.unlock();
    Status status = step.run();
    step.run = nullptr;
    lock.lock();
    shared->waiting_bytes -= step.bytes;
    if (!status.ok()) shared->status = std::move(status);
    const bool room = shared->waiting_bytes < kMaxWaitingBytes / 2;
    if (shared->wants_wake && room && !shared->steps.empty()) {
      shared->wants_wake = false;
      shared->wake();
    }
  }
  shared->steps.clear();
  shared->waiting_bytes = 0;
  shared->running = false;
  if (std::exchange(shared->wants_wake, false)) shared->wake();
}

StatusOr<Progress> SerialWork::Ready() {
  std::lock_guard lock(shared_->mutex);
  if (!shared_->status.ok()) return shared_->status;
  if (shared_->waiting_bytes < kMaxWaitingBytes) return Progress::kNeedsInput;
  shared_->wants_wake = true;
  return Progress::kBlocked;
}

StatusOr<Progress> SerialWork::Drained() {
  std::lock_guard lock(shared_->mutex);
  if (!shared_->status.ok()) return shared_->status;
  if (!shared_->running) return Progress::kNeedsInput;
  shared_->wants_wake = true;
  return Progress::kBlocked;
}

}  // namespace sluice
