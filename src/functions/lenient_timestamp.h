// The second way in which TO_TIMESTAMP reads text that does not fit its format:
// java.sql.Timestamp.valueOf and java.sql.Date.valueOf.
#pragma once

#include <optional>
#include <string_view>

#include "types/timestamp.h"

namespace sluice {

// yyyy-[m]m-[d]d [h]h:[m]m:[s]s[.f…] or yyyy-[m]m-[d]d; months and days are checked, the rest
// counts on: 25:00:00 is the next day.
std::optional<Timestamp> ParseLenientTimestamp(std::string_view text);

}  // namespace sluice
