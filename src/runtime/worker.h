// Worker: a thread that runs tasks. Each task belongs to one worker; whoever has news for a task (a
// batch, room in a queue, a finished I/O) wakes it. A worker with nothing to do sleeps on a
// condition variable until a wake-up or the next timer of its tasks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/env.h"

namespace sluice {

class Worker;

// What a worker schedules.
class Schedulable {
 public:
  virtual ~Schedulable() = default;
  // Does what can be done, for a bounded time. True: there is more to do at once.
  virtual bool Run() = 0;
  // When to run again without a wake-up, in Env::MonotonicUs. Called by the worker between runs.
  virtual int64_t NextTimerUs() const = 0;

  // Thread-safe: Run will be called (again). Never lost: what the caller wrote before is seen by
  // that run.
  void Wake();
  void Bind(Worker* worker) { worker_ = worker; }

 private:
  friend class Worker;
  enum State : uint8_t { kIdle, kQueued, kRunning, kRunningAndWoken };
  Worker* worker_ = nullptr;
  std::atomic<uint8_t> state_{kIdle};
};

class Worker {
 public:
  explicit Worker(Env* env) : env_(env) {}

  void AddTask(Schedulable* task);  // before Loop
  // Called about once per scheduling round and at the time it asks for; returns when it wants to be
  // called next.
  void SetTicker(std::function<int64_t(int64_t now_us)> ticker) { ticker_ = std::move(ticker); }

  void Loop();                   // the body of the worker's thread
  void Stop();                   // thread-safe: Loop returns soon
  void Post(Schedulable* task);  // thread-safe; by Schedulable::Wake

 private:
  Schedulable* Next(int64_t now_us);
  void FireTimers(int64_t now_us);
  int64_t NextTimerUs() const;
  void RunOne(Schedulable* task);

  Env* const env_;
  std::vector<Schedulable*> tasks_;
  std::function<int64_t(int64_t)> ticker_;
  int64_t next_tick_us_ = 0;
  std::mutex mutex_;
  std::condition_variable posted_;
  // Guarded by mutex_.
  std::deque<Schedulable*> queue_;
  bool stopped_ = false;
};

}  // namespace sluice
