// IoAttempts: one blocking piece of work at a time on the I/O pool, tried again with growing pauses
// while that can help; the pauses vary, so that many jobs do not come back at once. All methods are
// called by the task; it never waits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/status.h"
#include "connectors/connector.h"

namespace sluice {

class IoAttempts {
 public:
  static constexpr int64_t kFirstPauseMs = 100;
  static constexpr int64_t kLongestPauseMs = 5000;

  // Unavailable is tried again for `window_ms` at least, whatever `max_retries` says.
  IoAttempts(TaskContext& context, int32_t max_retries, int64_t window_ms = 0)
      : context_(&context),
        max_retries_(max_retries),
        window_ms_(window_ms),
        retrying_(context.metrics->Register(context.operator_name, metric::kRetrying)) {}

  // `attempt` owns or shares all that it touches: it may outlive this object. REQUIRES: !running().
  void Start(std::function<Status()> attempt);
  // kBlocked while it runs or waits for its next try (wake follows); kNeedsInput when it succeeded
  // or nothing was started; the last failure when there is no more try.
  StatusOr<Progress> Poll();
  bool running() const { return attempt_ != nullptr; }
  int32_t num_tries() const { return num_tries_; }

 private:
  struct Try;

  void Run();
  bool MayRetry(const Status& failure) const;

  TaskContext* const context_;
  const int32_t max_retries_;
  const int64_t window_ms_;
  Counter* const retrying_;
  std::function<Status()> attempt_;  // null: not running
  std::shared_ptr<Try> try_;         // null: waits for retry_at_us_
  int32_t num_tries_ = 0;
  int64_t started_us_ = 0;
  int64_t retry_at_us_ = 0;
};

}  // namespace sluice
