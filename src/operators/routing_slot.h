// RoutingSlot: the only way in which the routes of a running job change. The control side stages a
// program for every Router of the job; each takes the newest one between two batches and says so.
// Processors that both programs have go on running, with their caches and connections; new ones are
// opened and warmed before they are staged, beside the tasks. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "operators/processor.h"
#include "routing/routing_table.h"

namespace sluice {

// A validated routing snapshot as Routers run it. Immutable.
struct RoutingProgram {
  uint64_t version = 0;
  std::shared_ptr<const RoutingTable> table;
  std::vector<std::shared_ptr<const ProcessorPlan>> processors;  // by the table's numbers
};

class RoutingSlot {
 public:
  // What a Router takes: the program, and a processor for each plan that it does not run yet.
  struct Staged {
    std::shared_ptr<const RoutingProgram> program;
    std::vector<std::unique_ptr<Processor>> fresh;
  };
  // Makes durable that a version applies from an offset of an origin on; blocks.
  using ActivationLog =
      std::function<Status(uint64_t version, const std::string& origin, int64_t offset)>;

  RoutingSlot(std::shared_ptr<const RoutingProgram> first, ActivationLog log);

  // ---- Routers ----
  // Once per instance, while the job is being opened. `context` and `errors` live as long as the
  // job.
  StatusOr<Staged> Attach(const OperatorContext& context, ErrorPolicy* errors);
  // Of the program that is staged, or was last.
  uint64_t newest_version() const { return newest_version_.load(std::memory_order_acquire); }
  // The newest program since the last call; program is null if there is none.
  Staged Take(int32_t subtask);
  void Acknowledge(int32_t subtask, uint64_t version);
  const ActivationLog& log() const { return log_; }

  // ---- The control side: one thread ----
  // Opens and warms what is new, then stages the program; the failure of that leaves everything as
  // it was. `keep_on` is asked while it takes time: false gives up with Cancelled.
  Status Stage(std::shared_ptr<const RoutingProgram> program, const std::function<bool()>& keep_on);
  // Waits until every Router runs the version, at most `timeout_ms`; true if so.
  bool WaitActive(uint64_t version, int64_t timeout_ms);
  // Forgets what no Router has taken; before the job ends, whose metrics it counts in.
  void DropStaged();
  // The version that each Router runs.
  std::vector<uint64_t> ActiveVersions() const;

 private:
  struct Instance {
    const OperatorContext* context = nullptr;
    ErrorPolicy* errors = nullptr;
    Staged staged;
    uint64_t active_version = 0;
  };

  const ActivationLog log_;
  std::atomic<uint64_t> newest_version_;
  mutable std::mutex mutex_;
  std::condition_variable acknowledged_;
  // Guarded by mutex_.
  std::shared_ptr<const RoutingProgram> newest_;
  std::vector<Instance> instances_;  // by subtask
};

}  // namespace sluice
