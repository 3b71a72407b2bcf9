// IoThreads: the IoPool of a job. Threads start when work comes and no thread is free, up to a
// bound; a job without blocking work has none.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/thread.h"
#include "connectors/connector.h"

namespace sluice {

class IoThreads : public IoPool {
 public:
  explicit IoThreads(int32_t max_threads) : max_threads_(max_threads) {}
  ~IoThreads() override { Stop(); }

  void Run(std::function<void()> work) override;
  // Drops what has not begun, waits for what has. Later work is dropped.
  void Stop();

 private:
  void Loop();

  const int32_t max_threads_;
  // The standard mutex, here and in all of runtime/: ThreadSanitizer understands it, but not the
  // one in Debian's Abseil.
  std::mutex mutex_;
  std::condition_variable work_arrived_;
  // Guarded by mutex_.
  std::deque<std::function<void()>> work_;
  std::vector<Thread> threads_;
  int32_t num_free_ = 0;
  bool stopped_ = false;
};

}  // namespace sluice
