// A place in the SQL text: bytes [offset, offset + length). Lines and columns are computed only
// when a diagnostic is rendered (sql/diagnostic.h).
#pragma once

#include <cstdint>

namespace sluice {

struct SourceSpan {
  int32_t offset = 0;
  int32_t length = 0;

  int32_t end() const { return offset + length; }
  // The smallest span that covers both.
  SourceSpan To(SourceSpan last) const {
    int32_t stop = last.end() > end() ? last.end() : end();
    return {offset, stop - offset};
  }
  friend bool operator==(SourceSpan, SourceSpan) = default;
};

}  // namespace sluice
