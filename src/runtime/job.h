// Job: a running job graph. Owns its workers; worker i runs instance i of every task (parallelism >
// workers: modulo).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/env.h"
#include "base/metrics.h"
#include "base/status.h"
#include "functions/session.h"
#include "runtime/job_graph.h"
#include "types/vector.h"

namespace sluice {

struct JobOptions {
  int32_t num_workers = 1;
  int64_t flush_interval_ms = 5000;        // barrier interval; execution.checkpointing.interval
  int64_t batch_delay_ms = 5;              // how long a row may wait for its batch to fill
  int32_t max_batch_rows = kMaxBatchRows;  // of the batches that tables are read in
  std::string dead_letter_path;            // empty: a bad row fails the job
  std::string state_dir;                   // where positions are stored; empty: nowhere
  bool fresh = false;                      // forgets the positions that an earlier run stored
  std::string job_name;
};

class Job {
 public:
  // Opens all operators and starts the workers. `metrics` and `env` outlive the job.
  static StatusOr<std::unique_ptr<Job>> Start(JobGraph graph,
                                              std::shared_ptr<const Session> session,
                                              JobOptions options, Env* env, Metrics* metrics);
  ~Job();  // cancels

  // Sources stop reading; what is under way is finished and flushed; then the job ends.
  // Thread-safe, returns at once.
  void Stop();
  // Ends as fast as possible, dropping what is under way; Wait then answers Cancelled. Thread-safe,
  // returns at once.
  void Cancel();
  // Blocks until the job has ended: OK, or the first failure.
  Status Wait();
  // Waits at most `timeout_ms`; true if the job has ended.
  bool WaitFor(int64_t timeout_ms);

 private:
  struct Rep;
  explicit Job(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace sluice
