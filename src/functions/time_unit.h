// The units of time that EXTRACT, FLOOR, CEIL, TIMESTAMPADD and TIMESTAMPDIFF name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "functions/scalar_function.h"

namespace sluice {

enum class TimeUnit : uint8_t {
  kNanosecond,
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  kEpoch,
  kDayOfWeek,
  kIsoDayOfWeek,
  kDayOfYear,
  kIsoYear,
};

// By its SQL name in any case, also SQL_TSI_x.
std::optional<TimeUnit> FindTimeUnit(std::string_view name);

// The unit that literal argument `arg` of a call names; InvalidArgument if it names none.
StatusOr<TimeUnit> TimeUnitArgument(const FunctionCall& call, size_t arg);

// What FunctionState a call with a unit has.
struct TimeUnitState : FunctionState {
  explicit TimeUnitState(TimeUnit value) : unit(value) {}
  TimeUnit unit;
};

// Milliseconds of the units from millisecond to week; 0 for others.
int64_t MillisOf(TimeUnit unit);
// Months of the units from month to millennium; 0 for others.
int32_t MonthsOf(TimeUnit unit);

}  // namespace sluice
