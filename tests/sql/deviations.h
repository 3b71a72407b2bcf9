// The table of tests/deviations.md: where Sluice differs from Flink on purpose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/status.h"

namespace sluice::golden {

enum class Deviation : uint8_t {
  kNone,
  kAsFlink23,  // the expectation of Flink 2.3.0 counts
  kRuns,       // Flink refuses or fails, Sluice gives rows
  kRefuses,    // Flink runs it, or fails only while it runs; Sluice refuses it before
  kOtherRows,  // both give rows, and they differ
  kRowsVary,   // both give rows, which may differ from run to run
  kLater,      // Sluice refuses it as not supported yet
};

// By case: "casts/from_text.test some_name", or "… some_name @mode" where it is about one mode.
// DataLoss for a row that is not understood.
StatusOr<std::map<std::string, Deviation>> ReadDeviations(const std::filesystem::path& path);

}  // namespace sluice::golden
