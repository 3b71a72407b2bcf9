#include "connectors/retries.h"

#include <algorithm>

#include "base/env.h"

namespace sluice {

int64_t Retries::PauseMs(const Status& failure, int64_t now_ms) {
  if (!IsRetryable(failure)) return -1;
  if (num_failures_++ == 0) first_failure_ms_ = now_ms;
  const bool in_window = absl::IsUnavailable(failure) && now_ms - first_failure_ms_ < window_ms_;
  if (!in_window && num_failures_ > max_retries_) return -1;
  const int64_t pause =
      std::min(kFirstPauseMs << std::min<int64_t>(num_failures_ - 1, 10), kLongestPauseMs);
  return pause / 2 + static_cast<int64_t>(RandomBits() % static_cast<uint64_t>(pause));
}

}  // namespace sluice
