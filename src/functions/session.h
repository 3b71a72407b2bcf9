// The settings of a job that its results depend on. Immutable while the job runs; shared by all its
// threads.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "base/flink_version.h"

namespace sluice {

struct Session {
  FlinkVersion flink_version = FlinkVersion::k1_20;
  // table.local-time-zone: the zone of TIMESTAMP_LTZ when it meets local time.
  absl::TimeZone zone = absl::UTCTimeZone();
  std::string zone_name = "UTC";
  // table.exec.legacy-cast-behaviour = ENABLED: a failing CAST gives NULL.
  bool legacy_casts = false;

  bool Is2x() const { return flink_version == FlinkVersion::k2_3; }
};

}  // namespace sluice
