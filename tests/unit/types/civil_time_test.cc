// Text to time and back, zones and formats: what Flink 1.20.3 and Java 17 give for the same input.

#include "types/civil_time.h"

#include <gtest/gtest.h>

#include <string>

#include "types/java_time_format.h"
#include "types/simple_date_format.h"
#include "types/time_zone.h"

namespace sluice {
namespace {

std::string TimestampText(std::string_view text) {
  const std::optional<Timestamp> parsed = ParseTimestamp(text, 9);
  if (!parsed.has_value()) return "none";
  char buffer[kMaxTimestampText];
  return std::string(buffer, WriteTimestamp(*parsed, 3, buffer));
}

TEST(ParseTimestamp, AsJavasSmartResolver) {
  struct Case {
    std::string_view text;
    std::string_view expected;
  };
  for (const Case& c :
       {Case{"2024-02-30", "2024-02-29 00:00:00.000"},
        Case{"2024-02-30 24:00:00", "2024-03-01 00:00:00.000"},
        Case{"2024-1-1 1:2:3", "2024-01-01 01:02:03.000"},
        Case{"2024-01-01 00:00:00.", "2024-01-01 00:00:00.000"},
        Case{"2024-01-01 00:00:00.123456789", "2024-01-01 00:00:00.123456789"},
        Case{"2024-05-", "2024-05-01 00:00:00.000"},
        Case{"2024-05- 24:00:00", "2024-05-01 00:00:00.000"},
        Case{"2024-05-06 12::7", "2024-05-06 12:00:07.000"},
        Case{"2024-1111-05", "2024-11-05 00:00:00.000"},
        Case{"+12345-01-01", "2345-01-01 00:00:00.000"}, Case{"2024-05-06 24::7", "none"},
        Case{"2024-13-01", "none"}, Case{"0000-01-01", "none"}, Case{"-2024-01-01", "none"},
        Case{"2024--30", "none"}, Case{"2024-01-01T00:00:00", "none"}, Case{"", "none"}}) {
    EXPECT_EQ(TimestampText(c.text), c.expected) << c.text;
  }
}

TEST(ParseDate, TakesWhatStandsBeforeTheFirstBlank) {
  EXPECT_EQ(ParseDate("2024"), 19723);
  EXPECT_EQ(ParseDate("2024-3"), 19783);
  EXPECT_EQ(ParseDate("2017-12-12 09:30:00.0"), 17512);
  EXPECT_EQ(ParseDate("2023-02-29"), std::nullopt);
  EXPECT_EQ(ParseDate("10000-01-01"), std::nullopt);
  EXPECT_EQ(ParseDate("99999999999"), std::nullopt);
}

TEST(ParseTime, KnowsNoRangeInFlink120) {
  EXPECT_EQ(ParseTime("10:11:12.1235"), 36672124);
  EXPECT_EQ(ParseTime("10:11:12+01:30"), 42072000);
  EXPECT_EQ(ParseTime("25:00:00"), std::nullopt);
  EXPECT_EQ(ParseTime("x"), std::nullopt);
}

TEST(CivilTime, MonthsEndWhereTheMonthDoes) {
  const int32_t january_31 = *ParseDate("2024-01-31");
  EXPECT_EQ(AddMonths(january_31, 1), *ParseDate("2024-02-29"));
  EXPECT_EQ(AddMonths(january_31, -2), *ParseDate("2023-11-30"));
  EXPECT_EQ(MonthsBetween(january_31, *ParseDate("2024-02-29")), 1);
  EXPECT_EQ(MonthsBetween(*ParseDate("2024-02-29"), january_31), -1);
  EXPECT_EQ(MonthsBetweenMillis(1, *ParseDate("1970-02-01") * kMillisPerDay), 0);
}

TEST(CivilTime, DividesTowardsZeroBefore1970) {
  EXPECT_EQ(DateOfTimestamp({.millis = -1}), 0);
  EXPECT_EQ(DateOfTimestamp({.millis = -kMillisPerDay}), -1);
  char buffer[kMaxTimeText];
  EXPECT_EQ(std::string(buffer, WriteTime(TimeOfTimestamp({.millis = -1}), 3, buffer)),
            "23:59:59.999");
}

TEST(CivilTime, DaysAndDatesAreInverse) {
  for (int64_t days = -800000; days < 3000000; days += 37) {
    const CivilDate date = CivilFromDays(days);
    ASSERT_EQ(DaysFromCivil(date.year, date.month, date.day), days);
  }
}

TEST(Intervals, AsFlinkWritesThem) {
  char buffer[kMaxIntervalText];
  EXPECT_EQ(std::string(buffer, WriteIntervalDayTime(5400000, buffer)), "+0 01:30:00.000");
  EXPECT_EQ(std::string(buffer, WriteIntervalDayTime(-kMillisPerDay, buffer)), "-1 00:00:00.000");
  EXPECT_EQ(std::string(buffer, WriteIntervalYearMonth(-9, buffer)), "-0-09");
}

int64_t MillisOf(std::string_view text) { return ParseTimestamp(text, 3)->millis; }

TEST(TimeZones, GapsAndOverlaps) {
  ZoneConverter zone(*FindTimeZone("America/New_York"));
  // 02:30 does not exist on 10 March: it becomes 03:30.
  EXPECT_EQ(zone.ToInstantMillis(MillisOf("2024-03-10 02:30:00")), MillisOf("2024-03-10 07:30:00"));
  // 01:30 exists twice on 3 November: java.time takes the first, SimpleDateFormat the second.
  EXPECT_EQ(zone.ToInstantMillis(MillisOf("2024-11-03 01:30:00")), MillisOf("2024-11-03 05:30:00"));
  EXPECT_EQ(zone.ToInstantMillisLegacy(MillisOf("2024-11-03 01:30:00")),
            MillisOf("2024-11-03 06:30:00"));
}

TEST(TimeZones, StretchesAgreeWithFreshConversions) {
  const absl::TimeZone new_york = *FindTimeZone("America/New_York");
  ZoneConverter reused(new_york);
  for (int64_t instant = MillisOf("2023-01-01"); instant < MillisOf("2026-01-01");
       instant += 13 * kMillisPerHour) {
    const int64_t local = ZoneConverter(new_york).ToLocalMillis(instant);
    ASSERT_EQ(reused.ToLocalMillis(instant), local);
    ASSERT_EQ(reused.ToInstantMillis(local), ZoneConverter(new_york).ToInstantMillis(local));
  }
}

TEST(TimeZones, NamesAsJavaTakesThem) {
  for (const std::string_view name :
       {"Asia/Shanghai", "GMT+08:00", "UTC+8", "+08:00", "+8", "+0800"}) {
    const StatusOr<absl::TimeZone> zone = FindTimeZone(name);
    ASSERT_TRUE(zone.ok()) << name;
    EXPECT_EQ(ZoneConverter(*zone).OffsetMillisAt(1700000000000), 8 * kMillisPerHour) << name;
  }
  for (const std::string_view name :
       {"", "Mars/Base", "../etc/passwd", "+19:00", "utc", "posix/UTC"}) {
    EXPECT_FALSE(FindTimeZone(name).ok()) << name;
  }
  EXPECT_EQ(ZoneConverter(FindLegacyTimeZone("CTT")).OffsetMillisAt(0), 8 * kMillisPerHour);
  EXPECT_EQ(ZoneConverter(FindLegacyTimeZone("nowhere")).OffsetMillisAt(0), 0);
}

std::string Format(std::string_view pattern, std::string_view time) {
  std::string text;
  const bool done = DateTimeFormat::Compile(pattern)->Format(*ParseTimestamp(time, 9), &text);
  return done ? text : "none";
}

TEST(DateTimeFormat, Writes) {
  EXPECT_EQ(Format("yyyy-MM-dd HH:00:00", "2024-02-29 03:04:05"), "2024-02-29 03:00:00");
  EXPECT_EQ(Format("D w e a h K k", "2024-03-10 00:00:00"), "70 11 1 AM 12 0 24");
  EXPECT_EQ(Format("yyyy''MM'年'", "2024-03-10"), "2024'03年");
  EXPECT_EQ(Format("ss.SSSSSS", "2024-03-10 00:00:01.123456789"), "01.123456");
  EXPECT_EQ(Format("yyyy z", "2024-03-10"), "none");
  EXPECT_FALSE(DateTimeFormat::Compile("yyyy-bb").ok());
  EXPECT_FALSE(DateTimeFormat::Compile("yyyy'").ok());
}

TEST(DateTimeFormat, Reads) {
  const auto read = [](std::string_view pattern, std::string_view text) -> int64_t {
    const std::optional<Timestamp> parsed = DateTimeFormat::Compile(pattern)->Parse(text, 3);
    return parsed.has_value() ? parsed->millis : -1;
  };
  EXPECT_EQ(read("yyyyMMddHHmmssSSS", "20240229030405678"), MillisOf("2024-02-29 03:04:05.678"));
  EXPECT_EQ(read("dd/MM/yyyy hh:mm a", "29/02/2024 03:04 PM"), MillisOf("2024-02-29 15:04:00"));
  EXPECT_EQ(read("yyyy-MM-dd'T'HH:mm:ss[.SSS]", "2024-02-29T03:04:05"),
            MillisOf("2024-02-29 03:04:05"));
  EXPECT_EQ(read("yyyy-MM-dd", "2024-02-30"), MillisOf("2024-02-29"));
  EXPECT_EQ(read("yyyy-MM-dd", "2024-02-30x"), -1);
  EXPECT_EQ(read("yyyy-MM-dd EEE", "2024-02-29 Fri"), -1);
}

TEST(SimpleDateFormat, IsLenientAndJulianBefore1582) {
  ZoneConverter utc(absl::UTCTimeZone());
  const auto read = [&utc](std::string_view pattern, std::string_view text) {
    return SimpleDateFormat::Compile(pattern)->Parse(text, utc, MillisOf("2026-01-01"));
  };
  EXPECT_EQ(read("yyyy-MM-dd", "2024-13-31"), MillisOf("2025-01-31"));
  EXPECT_EQ(read("yyyyMMdd", "20240229"), MillisOf("2024-02-29"));
  EXPECT_EQ(read("yyyy-MM-dd", "0001-01-01 and more"), -62135769600000);
  EXPECT_EQ(read("yy", "99"), MillisOf("1999-01-01"));
  EXPECT_EQ(read("yyyy-MM-dd HH:mm:ss", "2024-02-29"), std::nullopt);
  EXPECT_EQ(read("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "1970-01-01T08:00:00.000+08:00"), 0);
  std::string text;
  SimpleDateFormat::Compile("G yyyy-MM-dd E")->Format(-62135769600000, utc, &text);
  EXPECT_EQ(text, "AD 0001-01-01 Sat");
}

}  // namespace
}  // namespace sluice
