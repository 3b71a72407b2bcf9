// Runs golden cases in this process, through the engine's own door.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "base/flink_version.h"
#include "case_file.h"
#include "rows.h"
#include "types/vector.h"

namespace sluice::golden {

// Under what circumstances a case runs; its answer must not depend on them.
struct Mode {
  std::string name;
  int32_t parallelism = 1;
  int32_t max_batch_rows = kMaxBatchRows;
  FlinkVersion flink_version = FlinkVersion::k1_20;
};

// What Sluice answered to a case.
struct Answer {
  enum class Kind { kRows, kValidationError, kRuntimeError };
  Kind kind = Kind::kRows;
  std::string types;
  std::vector<Row> rows;
  KeysBySink keys;
  std::string message;           // of an error
  std::vector<ErrorCode> codes;  // of a validation error
};

// The inputs of one case file, in a folder of their own. Not thread-safe: a case that prints
// redirects standard output while it runs.
class CaseRunner {
 public:
  explicit CaseRunner(const CaseFile& file);
  ~CaseRunner();
  CaseRunner(const CaseRunner&) = delete;

  const Status& status() const { return status_; }
  // A failed status: the case file itself is broken, or the job does not end.
  StatusOr<Answer> Run(const Case& one_case, const Mode& mode);

 private:
  Status WriteInputs();
  std::string WithRealConnectors(std::string_view sql) const;
  std::string RealOptions(const std::string& connector, const std::string& table) const;

  const CaseFile& file_;
  std::filesystem::path folder_;
  Status status_;
};

}  // namespace sluice::golden
