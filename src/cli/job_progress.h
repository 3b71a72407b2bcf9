// How a running job is doing: a line on a terminal that is written over and over, or lines of a
// log, or JSON; and the totals at the end.
#pragma once

#include <cstdint>
#include <string>

#include "base/metrics.h"
#include "cli/foreground_job.h"

namespace sluice {

enum class ProgressStyle : uint8_t {
  kSilent,
  kTerminalLine,  // on standard error
  kLogLines,      // on standard error, every ten seconds
  kJsonLines,     // on standard output, every second
};

class JobProgress {
 public:
  // `metrics` outlives this object.
  JobProgress(const Metrics* metrics, ProgressStyle style) : metrics_(metrics), style_(style) {}

  // To be called often; says something when it is time to.
  void Tick(double elapsed_s);
  // Takes the line off the terminal.
  void Clear();

  // "  4.2 s  in 1,000 (500/s)  out 900 (450/s)  filtered 100  lag 20  dead 0". The lag, of sources
  // that know it, stands there from when there first is one.
  std::string Line(double elapsed_s) const;

 private:
  const Metrics* const metrics_;
  const ProgressStyle style_;
  double shown_at_s_ = 0;  // the first interval begins with the job
  int64_t shown_records_in_ = 0;
  int64_t shown_records_out_ = 0;
  double in_per_s_ = 0;
  double out_per_s_ = 0;
  bool has_lagged_ = false;
};

// For people: rows in, filtered, skipped, dead, out; rates, CPU, memory.
std::string TotalsText(const Metrics& metrics, const JobEnd& end);

// One line of JSON: {"state":"finished","elapsed_s":…,"numRecordsIn":…, …}. States are running,
// finished, stopped, failed.
std::string TotalsJson(const Metrics& metrics, const JobEnd& end);

}  // namespace sluice
