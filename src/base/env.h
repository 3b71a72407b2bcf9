// Env: time and waiting, behind an interface so that tests can run a job under a clock of their
// own. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace sluice {

class Env {
 public:
  virtual ~Env() = default;
  // Milliseconds since 1970, for processing time.
  virtual int64_t WallMs() const = 0;
  // Microseconds of a clock that never goes back, for intervals.
  virtual int64_t MonotonicUs() const = 0;

  // The system's clocks.
  static Env* Posix();
};

// From the system's generator: for names that must not clash, and seeds.
uint64_t RandomBits();
std::string RandomUuid();

}  // namespace sluice
