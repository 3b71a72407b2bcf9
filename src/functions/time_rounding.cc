// Flink rounds in three ways: clock units by arithmetic on the milliseconds, calendar units on a
// day that was divided towards zero and is Julian before 15 October 1582, and TIMESTAMP_LTZ in the
// session's zone with the offset of the instant itself, so that the result is off by an hour where
// the offset changes in between.

#include "functions/time_rounding.h"

#include "functions/kernels.h"
#include "types/civil_time.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

constexpr int64_t kEpochJulian = 2440588;
constexpr int64_t kLastJulianDay = 2299160;

// DateTimeUtils.floor and ceil.
int64_t FloorTo(int64_t value, int64_t unit) { return value - FloorMod(value, unit); }
int64_t CeilTo(int64_t value, int64_t unit) { return FloorTo(value + unit - 1, unit); }
int64_t RoundTo(int64_t value, int64_t unit, bool up) {
  return up ? CeilTo(value, unit) : FloorTo(value, unit);
}

// The civil date of a day number by the Gregorian or the Julian calendar (Meeus, Astronomical
// Algorithms, 1998).
CivilDate DateOfJulianDay(int64_t julian) {
  int64_t b = 0;
  int64_t c = julian + 32082;
  if (julian > kLastJulianDay) {
    const int64_t a = julian + 32044;
    b = (4 * a + 3) / 146097;
    c = a - b * 146097 / 4;
  }
  const int64_t d = (4 * c + 3) / 1461;
  const int64_t e = c - (1461 * d) / 4;
  const int64_t m = (5 * e + 2) / 153;
  return {static_cast<int32_t>(b * 100 + d - 4800 + m / 10),
          static_cast<int32_t>(m + 3 - 12 * (m / 10)),
          static_cast<int32_t>(e - (153 * m + 2) / 5 + 1)};
}

// DateTimeUtils.julianDateFloor: days since 1970, by the Gregorian calendar.
int64_t RoundDay(TimeUnit unit, int64_t days, bool up) {
  const int64_t julian = days + kEpochJulian;
  const CivilDate date = DateOfJulianDay(julian);
  const bool is_first_of_month = date.day == 1;
  const bool is_first_of_year = is_first_of_month && date.month == 1;
  const auto first_of_year = [](int64_t year) { return DaysFromCivil(year, 1, 1); };
  const auto first_of_month = [&date](int64_t month) {
    return DaysFromCivil(date.year + (month - 1) / 12, static_cast<int32_t>((month - 1) % 12) + 1,
                         1);
  };
  switch (unit) {
    case TimeUnit::kMillennium:
      return first_of_year(1000 * ((date.year + 999) / 1000) + (up ? 1 : -999));
    case TimeUnit::kCentury: return first_of_year(100 * ((date.year + 99) / 100) + (up ? 1 : -99));
    case TimeUnit::kDecade: return first_of_year(10 * (date.year / 10 + (up ? 1 : 0)));
    case TimeUnit::kYear: return first_of_year(date.year + (up && !is_first_of_year ? 1 : 0));
    case TimeUnit::kQuarter: {
      const int64_t quarter = (date.month + 2) / 3 + (up && !is_first_of_year ? 1 : 0);
      return first_of_month(quarter * 3 - 2);
    }
    case TimeUnit::kMonth: return first_of_month(date.month + (up && !is_first_of_month ? 1 : 0));
    case TimeUnit::kWeek: {
      int64_t since_sunday = FloorMod(julian + 1, 7);
      if (up && since_sunday > 0) since_sunday -= 7;
      return DaysFromCivil(date.year, date.month, date.day) - since_sunday;
    }
    default: return DaysFromCivil(date.year, date.month, date.day) + (up ? 1 : 0);
  }
}

bool IsCalendarUnit(TimeUnit unit) { return unit > TimeUnit::kDay; }

int64_t RoundTimestamp(TimeUnit unit, int64_t local_ms, bool up) {
  if (!IsCalendarUnit(unit)) return RoundTo(local_ms, MillisOf(unit), up);
  return RoundDay(unit, local_ms / kMillisPerDay, up) * kMillisPerDay;
}

// DateTimeUtils.timestampCeil, whose arithmetic differs from CeilTo for nothing but its name.
int64_t RoundInstant(TimeUnit unit, int64_t instant_ms, bool up, ZoneConverter& zone) {
  if (unit < TimeUnit::kHour) return RoundTo(instant_ms, MillisOf(unit), up);
  const int64_t offset_ms = zone.OffsetMillisAt(instant_ms);
  return RoundTimestamp(unit, instant_ms + offset_ms, up) - offset_ms;
}

}  // namespace

bool IsRoundable(const Type& type, TimeUnit unit) {
  const bool is_clock = unit >= TimeUnit::kMillisecond && unit <= TimeUnit::kHour;
  const bool is_calendar = unit >= TimeUnit::kDay && unit <= TimeUnit::kMillennium;
  if (type.kind() == TypeKind::kTime) return is_clock;
  if (type.kind() == TypeKind::kDate) return is_calendar;
  return is_clock || is_calendar;
}

void RoundTime(const EvalContext& context, TimeUnit unit, bool up, const Vector& input,
               VectorBuilder& out) {
  if (input.type().layout() == Layout::kInt32) {
    const VectorView<int32_t> values = input.View<int32_t>();
    const bool is_date = input.type().kind() == TypeKind::kDate;
    return ForEachValid(out, context.num_rows, [&](int32_t row) {
      const int64_t rounded =
          is_date ? RoundDay(unit, values[row], up) : RoundTo(values[row], MillisOf(unit), up);
      out.values<int32_t>()[row] = static_cast<int32_t>(rounded);
    });
  }
  const VectorView<Timestamp> values = input.View<Timestamp>();
  const bool is_instant = input.type().kind() == TypeKind::kTimestampLtz;
  ZoneConverter zone(context.session.zone);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const int64_t millis = values[row].millis;
    out.values<Timestamp>()[row] = {.millis = is_instant ? RoundInstant(unit, millis, up, zone)
                                                         : RoundTimestamp(unit, millis, up)};
  });
}

}  // namespace sluice
