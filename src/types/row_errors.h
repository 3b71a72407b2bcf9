// A bad row is data, not a failed operation: kernels and decoders note it here, and the policy of
// the job decides (fail, skip, dead letter). Nothing is allocated while all rows are good.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error_code.h"

namespace sluice {

struct RowError {
  int32_t row = 0;  // within the batch or block that is being worked on
  ErrorCode code{};
  std::string detail;  // for people; may quote a shortened value, never a secret
};

class RowErrors {
 public:
  bool empty() const { return errors_.empty(); }
  const std::vector<RowError>& errors() const { return errors_; }
  // Of several errors in one row the first counts.
  void Add(int32_t row, ErrorCode code, std::string detail);
  // The error of this row, or null.
  const RowError* Find(int32_t row) const;
  void Clear() { errors_.clear(); }

 private:
  std::vector<RowError> errors_;  // sorted by row
};

}  // namespace sluice
