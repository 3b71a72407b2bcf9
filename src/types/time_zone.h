// Time zones by the names Java takes, and the way between instants and local time by the rules of
// java.time.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "base/status.h"
#include "types/timestamp.h"

namespace sluice {

// As java.time.ZoneId.of: a region ("Asia/Shanghai"), "Z", an offset ("+08:00", "+8", "-0330"), or
// UTC, GMT, UT alone or with an offset. InvalidArgument for other names; FailedPrecondition when
// the machine has no time zone data.
StatusOr<absl::TimeZone> FindTimeZone(std::string_view name);

// As java.util.TimeZone.getTimeZone, which CONVERT_TZ uses: regions, "GMT+8", "GMT+08:00", the
// three-letter names of old; GMT for everything else.
absl::TimeZone FindLegacyTimeZone(std::string_view name);

// Converts between instants and local time of one zone. Remembers the stretch of constant offset
// around the latest instant, so that a row costs a comparison and an addition. One thread; cheap to
// make per batch.
class ZoneConverter {
 public:
  explicit ZoneConverter(absl::TimeZone zone) : zone_(zone) {}

  int64_t OffsetMillisAt(int64_t instant_ms) {
    if (instant_ms < begin_ms_ || instant_ms >= end_ms_) [[unlikely]]
      FindStretch(instant_ms);
    return offset_ms_;
  }

  int64_t ToLocalMillis(int64_t instant_ms) { return instant_ms + OffsetMillisAt(instant_ms); }
  Timestamp ToLocal(const Timestamp& instant) {
    return {.millis = ToLocalMillis(instant.millis), .nanos_of_milli = instant.nanos_of_milli};
  }

  // A local time that a gap skips moves forward by the length of the gap; of one that an overlap
  // repeats the first is meant.
  int64_t ToInstantMillis(int64_t local_ms) {
    const int64_t instant_ms = local_ms - offset_ms_;
    if (instant_ms >= safe_begin_ms_ && instant_ms < safe_end_ms_) [[likely]]
      return instant_ms;
    return FindInstant(local_ms, /*later=*/false);
  }
  Timestamp ToInstant(const Timestamp& local) {
    return {.millis = ToInstantMillis(local.millis), .nanos_of_milli = local.nanos_of_milli};
  }

  // As java.util.GregorianCalendar: of a repeated local time the second is meant.
  int64_t ToInstantMillisLegacy(int64_t local_ms) {
    const int64_t instant_ms = local_ms - offset_ms_;
    if (instant_ms >= safe_begin_ms_ && instant_ms < safe_end_ms_) [[likely]]
      return instant_ms;
    return FindInstant(local_ms, /*later=*/true);
  }

 private:
  void FindStretch(int64_t instant_ms);
  int64_t FindInstant(int64_t local_ms, bool later);

  absl::TimeZone zone_;
  // Instants of the stretch with offset_ms_; empty at first.
  int64_t begin_ms_ = 0;
  int64_t end_ms_ = 0;
  // The part of the stretch that is so far from its ends that no local time of it belongs to
  // another stretch.
  int64_t safe_begin_ms_ = 0;
  int64_t safe_end_ms_ = 0;
  int64_t offset_ms_ = 0;
};

}  // namespace sluice
