#include "base/status.h"

#include "absl/strings/str_cat.h"

namespace sluice {

Status Within(std::string_view where, const Status& status) {
  if (status.ok()) return status;
  Status result(status.code(), absl::StrCat(std::string(where), ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { result.SetPayload(url, payload); });
  return result;
}

int ExitCodeFor(const Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk: return 0;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnimplemented: return 2;
    default: return 1;
  }
}

bool IsRetryable(const Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace sluice
