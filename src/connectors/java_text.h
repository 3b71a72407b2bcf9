// A value as Java's toString gives it for the external type of its column: what Flink's `print`
// shows.
#pragma once

#include <string>

#include "types/vector.h"

namespace sluice {

// NULL is "null"; nested ROW "+I[…]", ARRAY "[a, b]", MAP "{k=v}", BYTES "[1, -2]"; TIMESTAMP as
// LocalDateTime, TIMESTAMP_LTZ as Instant, DECIMAL as BigDecimal, intervals as Period and Duration.
void AppendJavaText(const Vector& vector, int32_t row, std::string* out);

}  // namespace sluice
