// SerialWork: what a sink does in the background: steps that run on the I/O pool one after the
// other, in the order in which they were added. Bounded by the bytes that wait. All methods are
// called by the sink's task.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/status.h"
#include "connectors/connector.h"

namespace sluice {

class SerialWork {
 public:
  static constexpr int64_t kMaxWaitingBytes = int64_t{2} << 20;

  explicit SerialWork(TaskContext& context);

  // After a failed step no further step runs. A step owns or shares all that it touches: it may
  // outlive the sink.
  void Add(int64_t bytes, std::function<Status()> step);
  // kBlocked while too much waits (wake will be called), else kNeedsInput; or the failure of a
  // step.
  StatusOr<Progress> Ready();
  // kBlocked until all steps are done (wake will be called).
  StatusOr<Progress> Drained();

 private:
  struct Shared;
  static void RunSteps(const std::shared_ptr<Shared>& shared);

  IoPool* const io_pool_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace sluice
