// Calendar arithmetic and the text of dates, times, timestamps and intervals, exactly as Flink's
// CAST reads and writes it. The calendar is the proleptic Gregorian one with a year 0. Pure
// functions; any thread. Zones: types/time_zone.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/flink_version.h"
#include "types/timestamp.h"

namespace sluice {

inline constexpr int64_t kMillisPerSecond = 1000;
inline constexpr int64_t kMillisPerMinute = 60 * kMillisPerSecond;
inline constexpr int64_t kMillisPerHour = 60 * kMillisPerMinute;
inline constexpr int64_t kMillisPerDay = 24 * kMillisPerHour;
// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
inline constexpr int64_t kMinEpochMillis = -62167219200000;
inline constexpr int64_t kMaxEpochMillis = 253402300799999;

constexpr int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
constexpr int64_t FloorMod(int64_t a, int64_t b) { return a - FloorDiv(a, b) * b; }

struct CivilDate {
  int32_t year = 1970;
  int32_t month = 1;  // 1 … 12
  int32_t day = 1;    // 1 … 31
};

struct CivilTime {
  CivilDate date;
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  int32_t nano = 0;  // 0 … 999,999,999
};

CivilDate CivilFromDays(int64_t days);
// The day may lie outside its month; it counts on.
int64_t DaysFromCivil(int64_t year, int32_t month, int64_t day);
CivilTime CivilFromTimestamp(const Timestamp& local);
Timestamp TimestampFromCivil(const CivilTime& civil);

constexpr bool IsLeapYear(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
int32_t LastDayOfMonth(int64_t year, int32_t month);

// The same day `months` later, moved back to the end of its month where that is shorter.
int32_t AddMonths(int32_t days, int64_t months);
int64_t AddMonthsToMillis(int64_t millis, int64_t months);
// Whole months from `from` to `to`; negative if `to` is earlier.
int32_t MonthsBetween(int32_t from_days, int32_t to_days);
int32_t MonthsBetweenMillis(int64_t from_millis, int64_t to_millis);

// CAST(TIMESTAMP AS DATE) and AS TIME. Before 1970 Flink's DateTimeUtils divides towards zero, so
// that -1 ms is 1970-01-01, whole days come out one early, and times are negative; WriteTime copes
// with those.
int32_t DateOfTimestamp(const Timestamp& local);
int32_t TimeOfTimestamp(const Timestamp& local);
// Cuts (never rounds) the fraction to `precision` digits.
Timestamp TruncateTimestamp(const Timestamp& timestamp, int precision);

// ---- Text to value: nullopt where Flink's CAST fails. ----
// y, y-m or y-m-d, up to the first blank.
std::optional<int32_t> ParseDate(std::string_view text);
// h[:m[:s[.f]]][±h[:m]] in milliseconds.
std::optional<int32_t> ParseTime(std::string_view text);
// y-M-d[ H:m:s[.f]]; java.time's SMART resolver: the 30th of February is its last day, 24:00:00 the
// next day.
std::optional<Timestamp> ParseTimestamp(std::string_view text, int precision);

// ---- Value to text: written to `out`, returns its end. ----
inline constexpr int kMaxDateText = 16;
inline constexpr int kMaxTimeText = 16;
inline constexpr int kMaxTimestampText = 32;
inline constexpr int kMaxIntervalText = 40;

// yyyy-MM-dd
char* WriteDate(int32_t days, char* out);
// HH:mm:ss and, above precision 0, at least one digit of the fraction.
char* WriteTime(int32_t millis, int precision, char* out);
// yyyy-MM-dd HH:mm:ss and `precision` digits of the fraction. Flink 1.20 also shows further digits
// that are not zero.
char* WriteTimestamp(const Timestamp& local, int precision, char* out,
                     FlinkVersion version = FlinkVersion::k1_20);
// +1-02
char* WriteIntervalYearMonth(int32_t months, char* out);
// +0 01:30:00.000
char* WriteIntervalDayTime(int64_t millis, char* out);

}  // namespace sluice
