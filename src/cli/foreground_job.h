// Runs a job in the foreground: until it ends, or a signal stops it.
#pragma once

#include <functional>

#include "engine/engine.h"

namespace sluice {

struct JobEnd {
  Status status;             // OK, or why the job failed
  bool was_stopped = false;  // by a signal
  double elapsed_s = 0;
  double cpu_s = 0;               // of all threads of the process meanwhile
  int64_t peak_memory_bytes = 0;  // of the process so far
};

// What accompanies a running job. Called from the thread of RunInForeground.
struct JobCompanion {
  virtual ~JobCompanion() = default;
  virtual void OnStarted() = 0;  // once, if the job could be started
  virtual void OnEnding() = 0;   // then once, while the job still exists
};

// Calls `on_tick` with the seconds since the start every few milliseconds, from this thread.
// `receiver` may be null. A first signal (cli/stop_signals.h) stops the job, a second cancels it.
JobEnd RunInForeground(const CompiledJob& compiled, RowReceiver* receiver, Metrics* metrics,
                       const std::function<void(double elapsed_s)>& on_tick,
                       JobCompanion* companion = nullptr);

}  // namespace sluice
