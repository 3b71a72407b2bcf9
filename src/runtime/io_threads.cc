#include "runtime/io_threads.h"

#include <string>

namespace sluice {

void IoThreads::Run(std::function<void()> work) {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  work_.push_back(std::move(work));
  const auto num_threads = static_cast<int32_t>(threads_.size());
  if (static_cast<int32_t>(work_.size()) > num_free_ && num_threads < max_threads_) {
    threads_.emplace_back("sluice-io-" + std::to_string(num_threads), [this] { Loop(); });
  }
  work_arrived_.notify_one();
}

void IoThreads::Stop() {
  std::vector<Thread> threads;
  std::deque<std::function<void()>> dropped;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(work_);
    threads.swap(threads_);
  }
  work_arrived_.notify_all();
  for (Thread& thread : threads) thread.Join();
}

void IoThreads::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++num_free_;
    work_arrived_.wait(lock, [this] { return stopped_ || !work_.empty(); });
    --num_free_;
    if (stopped_) return;
    std::function<void()> work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace sluice
