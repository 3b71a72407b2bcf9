#include "functions/time_unit.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "types/civil_time.h"

namespace sluice {

std::optional<TimeUnit> FindTimeUnit(std::string_view name) {
  struct Entry {
    std::string_view name;
    TimeUnit unit;
  };
  static constexpr Entry kEntries[] = {
      {"NANOSECOND", TimeUnit::kNanosecond},
      {"MICROSECOND", TimeUnit::kMicrosecond},
      {"MILLISECOND", TimeUnit::kMillisecond},
      {"SECOND", TimeUnit::kSecond},
      {"MINUTE", TimeUnit::kMinute},
      {"HOUR", TimeUnit::kHour},
      {"DAY", TimeUnit::kDay},
      {"WEEK", TimeUnit::kWeek},
      {"MONTH", TimeUnit::kMonth},
      {"QUARTER", TimeUnit::kQuarter},
      {"YEAR", TimeUnit::kYear},
      {"DECADE", TimeUnit::kDecade},
      {"CENTURY", TimeUnit::kCentury},
      {"MILLENNIUM", TimeUnit::kMillennium},
      {"EPOCH", TimeUnit::kEpoch},
      {"DOW", TimeUnit::kDayOfWeek},
      {"ISODOW", TimeUnit::kIsoDayOfWeek},
      {"DOY", TimeUnit::kDayOfYear},
      {"ISOYEAR", TimeUnit::kIsoYear},
  };
  std::string upper = absl::AsciiStrToUpper(std::string(name));
  if (upper.starts_with("SQL_TSI_")) upper = upper.substr(8);
  for (const Entry& entry : kEntries) {
    if (entry.name == upper) return entry.unit;
  }
  return std::nullopt;
}

StatusOr<TimeUnit> TimeUnitArgument(const FunctionCall& call, size_t arg) {
  const Value* literal = arg < call.literals.size() ? call.literals[arg] : nullptr;
  if (literal == nullptr || literal->is_null()) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(call.name), " needs a time unit"));
  }
  const std::optional<TimeUnit> unit = FindTimeUnit(literal->as_text());
  if (!unit.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " knows no time unit ", literal->as_text()));
  }
  return *unit;
}

int64_t MillisOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMillisecond: return 1;
    case TimeUnit::kSecond: return kMillisPerSecond;
    case TimeUnit::kMinute: return kMillisPerMinute;
    case TimeUnit::kHour: return kMillisPerHour;
    case TimeUnit::kDay: return kMillisPerDay;
    case TimeUnit::kWeek: return 7 * kMillisPerDay;
    default: return 0;
  }
}

int32_t MonthsOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMonth: return 1;
    case TimeUnit::kQuarter: return 3;
    case TimeUnit::kYear: return 12;
    case TimeUnit::kDecade: return 120;
    case TimeUnit::kCentury: return 1200;
    case TimeUnit::kMillennium: return 12000;
    default: return 0;
  }
}

}  // namespace sluice
