// The system's clocks, randomness and threads: the only file that touches them, so that nothing
// else depends on them unseen.
#include <pthread.h>
#include <sys/random.h>
#include <time.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/env.h"
#include "base/thread.h"

namespace sluice {
namespace {

class PosixEnv : public Env {
 public:
  int64_t WallMs() const override {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
  }
  int64_t MonotonicUs() const override {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  }
};

}  // namespace

Env* Env::Posix() {
  static PosixEnv* const kEnv = new PosixEnv();
  return kEnv;
}

uint64_t RandomBits() {
  uint64_t bits;
  SL_CHECK(getrandom(&bits, sizeof(bits), 0) == sizeof(bits));
  return bits;
}

std::string RandomUuid() {
  uint64_t high = RandomBits();
  uint64_t low = RandomBits();
  high = (high & ~uint64_t{0xf000}) | 0x4000;                // version 4: random
  low = (low & ~(uint64_t{3} << 62)) | (uint64_t{1} << 63);  // the variant of RFC 4122
  const std::string text =
      absl::StrCat(absl::Hex(high, absl::kZeroPad16), absl::Hex(low, absl::kZeroPad16));
  return absl::StrCat(text.substr(0, 8), "-", text.substr(8, 4), "-", text.substr(12, 4), "-",
                      text.substr(16, 4), "-", text.substr(20));
}

struct Thread::Rep {
  std::thread thread;
};

Thread::Thread(std::string name, std::function<void()> body) : rep_(std::make_unique<Rep>()) {
  rep_->thread = std::thread([name = name.substr(0, 15), body = std::move(body)] {
    pthread_setname_np(pthread_self(), name.c_str());
    body();
  });
}

Thread::Thread() = default;
Thread::~Thread() { Join(); }
Thread::Thread(Thread&&) noexcept = default;

Thread& Thread::operator=(Thread&& other) noexcept {
  Join();
  rep_ = std::move(other.rep_);
  return *this;
}

void Thread::Join() {
  if (rep_ == nullptr) return;
  rep_->thread.join();
  rep_.reset();
}

}  // namespace sluice
