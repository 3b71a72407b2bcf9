// The text of values that databases take as text: what CAST gives. Instants are written in UTC,
// other times of TIMESTAMP_LTZ in the session's zone. One thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "functions/session.h"
#include "types/decimal.h"
#include "types/time_zone.h"
#include "types/vector.h"

namespace sluice {

class ValueText {
 public:
  static constexpr size_t kMaxBytes = kMaxDecimalText;

  explicit ValueText(const Session& session) : zone_(session.zone) {}

  // Numbers, dates and times; 0 for other types. `buffer` has kMaxBytes.
  size_t Write(const Vector& column, int32_t row, bool is_instant, char* buffer);

 private:
  ZoneConverter zone_;
};

// Of BOOLEAN and the integer types.
int64_t IntegerAt(const Vector& column, int32_t row);
// Of FLOAT and DOUBLE.
double NumberAt(const Vector& column, int32_t row);

}  // namespace sluice
