// Retries: whether and when a failed operation is tried again. A lost connection is tried for as
// long as 'connection.max-retry-timeout' says, everything else as often as the option for it says.
// The pauses grow, and vary, so that many jobs do not come back at once. One thread.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace sluice {

class Retries {
 public:
  static constexpr int64_t kFirstPauseMs = 100;
  static constexpr int64_t kLongestPauseMs = 5000;

  Retries(int64_t max_retries, int64_t window_ms)
      : max_retries_(max_retries), window_ms_(window_ms) {}

  // The pause before the next try of what has just failed, or -1: there is none.
  int64_t PauseMs(const Status& failure, int64_t now_ms);
  void Succeeded() { num_failures_ = 0; }
  int64_t num_failures() const { return num_failures_; }

 private:
  const int64_t max_retries_;
  const int64_t window_ms_;
  int64_t num_failures_ = 0;
  int64_t first_failure_ms_ = 0;
};

}  // namespace sluice
