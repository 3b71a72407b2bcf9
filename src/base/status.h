// How operations fail. A failed operation returns absl::Status or absl::StatusOr; a bad *row* never
// does (types/row_errors.h).
//
// The status code says who must act: InvalidArgument, NotFound, FailedPrecondition, Unimplemented =
// the user (exit code 2); Unavailable, DeadlineExceeded, ResourceExhausted = something outside,
// retryable; DataLoss = corrupt bytes; Internal = our bug.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluice {

using absl::OkStatus;
using absl::Status;
using absl::StatusOr;

// Prefixes the message with `where`, once per layer, so that a message reads as a path to the
// failure. Keeps code and payloads. An OK status passes through.
Status Within(std::string_view where, const Status& status);

// The process exit code for a failed command: 2 when the user must act, 1 otherwise, 0 for OK.
int ExitCodeFor(const Status& status);

// True when trying the same operation again later can help.
bool IsRetryable(const Status& status);

}  // namespace sluice

#define SL_CONCAT_INNER(a, b) a##b
#define SL_CONCAT(a, b) SL_CONCAT_INNER(a, b)

// Returns from the enclosing function when `expr` is a failed Status.
#define SL_TRY(expr)                   \
  do {                                 \
    ::absl::Status sl_status = (expr); \
    if (!sl_status.ok()) [[unlikely]]  \
      return sl_status;                \
  } while (false)

// SL_ASSIGN(auto x, MakeX()): declares or assigns x from a StatusOr, or returns its status.
#define SL_ASSIGN(lhs, ...) SL_ASSIGN_INNER(SL_CONCAT(sl_result_, __LINE__), lhs, __VA_ARGS__)
#define SL_ASSIGN_INNER(result, lhs, ...) \
  auto result = (__VA_ARGS__);            \
  if (!result.ok()) [[unlikely]]          \
    return std::move(result).status();    \
  lhs = *std::move(result)
