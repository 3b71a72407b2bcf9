#include "operators/io_attempts.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/check.h"

namespace sluice {

struct IoAttempts::Try {
  std::atomic<bool> done{false};
  Status status;  // once done
};

void IoAttempts::Start(std::function<Status()> attempt) {
  SL_CHECK(!running());
  attempt_ = std::move(attempt);
  num_tries_ = 0;
  started_us_ = context_->env->MonotonicUs();
  Run();
}

void IoAttempts::Run() {
  ++num_tries_;
  try_ = std::make_shared<Try>();
  context_->io_pool->Run([attempt = attempt_, result = try_, wake = context_->wake] {
    result->status = attempt();
    result->done.store(true, std::memory_order_release);
    wake();
  });
}

bool IoAttempts::MayRetry(const Status& failure) const {
  if (failure.ok() || !IsRetryable(failure)) return false;
  if (num_tries_ <= max_retries_) return true;
  return absl::IsUnavailable(failure) &&
         context_->env->MonotonicUs() - started_us_ < window_ms_ * 1000;
}

StatusOr<Progress> IoAttempts::Poll() {
  if (!running()) return Progress::kNeedsInput;
  if (try_ == nullptr) {
    if (context_->env->MonotonicUs() < retry_at_us_) {
      context_->wake_at(retry_at_us_);
      return Progress::kBlocked;
    }
    Run();
  }
  if (!try_->done.load(std::memory_order_acquire)) return Progress::kBlocked;
  const Status status = std::exchange(try_, nullptr)->status;
  if (MayRetry(status)) {
    const int64_t pause_us =
        std::min(kFirstPauseMs << std::min(num_tries_ - 1, 10), kLongestPauseMs) * 1000;
    const auto varied_us = static_cast<int64_t>(RandomBits() % static_cast<uint64_t>(pause_us / 2));
    retry_at_us_ = context_->env->MonotonicUs() + pause_us / 2 + varied_us;
    retrying_->Set(1);
    context_->wake_at(retry_at_us_);
    return Progress::kBlocked;
  }
  retrying_->Set(0);
  attempt_ = nullptr;
  SL_TRY(status);
  return Progress::kNeedsInput;
}

}  // namespace sluice
