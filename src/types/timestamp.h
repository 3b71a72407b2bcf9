// A point on a time line: TIMESTAMP (local) and TIMESTAMP_LTZ (instant). Like Flink's TimestampData
// it always keeps nanoseconds, whatever the declared precision.
#pragma once

#include <compare>
#include <cstdint>

namespace sluice {

struct Timestamp {
  int64_t millis = 0;          // since 1970-01-01T00:00:00, floored
  int32_t nanos_of_milli = 0;  // 0 … 999,999
  int32_t reserved = 0;        // keeps the 16 bytes defined, so that they may be hashed

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};
static_assert(sizeof(Timestamp) == 16);

}  // namespace sluice
