// Findings about SQL text (errors, lint warnings, notes) and how people see them:
//
//   job.sql:3:8: error SL1014: `timestamp` is a reserved word
//    3 | SELECT timestamp FROM t
//      |        ^~~~~~~~~
//      = write `timestamp` with backticks
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/status.h"
#include "sql/source_span.h"

namespace sluice {

enum class Severity : uint8_t { kError, kWarning, kNote };

struct Diagnostic {
  Severity severity = Severity::kError;
  ErrorCode code = ErrorCode::kSyntax;
  SourceSpan span;
  std::string message;
  std::string remedy;  // what to write instead; may be empty
};

bool HasErrors(std::span<const Diagnostic> diagnostics);

// Line and column of a byte, both from 1; the column counts code points.
struct TextPosition {
  int32_t line = 1;
  int32_t column = 1;
};
TextPosition LocateSource(std::string_view text, int32_t offset);

// One block a finding as above, in the order given, each ending with a newline. Carets stand under
// the place on a terminal with double-width Chinese characters; control characters and broken UTF-8
// are shown as '?' or U+FFFD.
std::string RenderDiagnostics(std::string_view text, std::string_view file_name,
                              std::span<const Diagnostic> diagnostics);

// InvalidArgument with the rendered errors; OK if there are none.
Status DiagnosticsStatus(std::string_view text, std::string_view file_name,
                         std::span<const Diagnostic> diagnostics);

// The candidate most like `name` (case does not count), or "" when none is close enough to be
// meant.
std::string NearestName(std::string_view name, std::span<const std::string> candidates);
std::string NearestName(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace sluice
