#include "formats/java_text.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string Timestamps(std::string_view text, TimestampStandard standard, bool with_zone) {
  Timestamp timestamp;
  if (!ParseFormatTimestamp(text, standard, with_zone, &timestamp)) return "!";
  std::string out;
  AppendFormatTimestamp(timestamp, standard, with_zone, &out);
  return out;
}

TEST(JavaTextTest, SqlTimestamps) {
  const auto sql = [](std::string_view text) {
    return Timestamps(text, TimestampStandard::kSql, false);
  };
  EXPECT_EQ(sql("2024-01-02 03:04:05"), "2024-01-02 03:04:05");
  EXPECT_EQ(sql("2024-01-02 03:04:05.6"), "2024-01-02 03:04:05.6");
  EXPECT_EQ(sql("2024-01-02 03:04:05.123456789"), "2024-01-02 03:04:05.123456789");
  EXPECT_EQ(sql("2024-01-02 03:04:05."), "2024-01-02 03:04:05");
  EXPECT_EQ(sql("2024-02-30 00:00:00"), "2024-02-29 00:00:00");
  EXPECT_EQ(sql("2024-01-02 24:00:00"), "2024-01-03 00:00:00");
  EXPECT_EQ(sql("1969-12-31 23:59:59.999"), "1969-12-31 23:59:59.999");
  EXPECT_EQ(sql("+12024-01-02 03:04:05"), "+12024-01-02 03:04:05");
  for (const char* bad :
       {"2024-1-1 00:00:00", "2024-01-02T03:04:05", "2024-01-02 03:04", "2024-01-02 24:00:01",
        "2024-13-01 00:00:00", "2024-01-32 00:00:00", "2024-01-02 03:04:05Z",
        "2024-01-02 03:04:05.1234567890", "12024-01-02 03:04:05", ""}) {
    EXPECT_EQ(sql(bad), "!") << bad;
  }
}

TEST(JavaTextTest, IsoTimestamps) {
  const auto iso = [](std::string_view text) {
    return Timestamps(text, TimestampStandard::kIso8601, false);
  };
  EXPECT_EQ(iso("2024-01-02T03:04:05.60"), "2024-01-02T03:04:05.6");
  EXPECT_EQ(iso("2024-01-02T03:04"), "2024-01-02T03:04:00");
  EXPECT_EQ(iso("2024-01-02 03:04:05"), "!");
  EXPECT_EQ(iso("2024-02-30T00:00:00"), "!");
  EXPECT_EQ(iso("2024-01-02T24:00:00"), "!");
  const auto zoned = [](std::string_view text) {
    return Timestamps(text, TimestampStandard::kIso8601, true);
  };
  EXPECT_EQ(zoned("2024-01-02T03:04:05.6Z"), "2024-01-02T03:04:05.6Z");
  EXPECT_EQ(zoned("2024-01-02T03:04:05.6"), "!");
  EXPECT_EQ(zoned("2024-02-30T03:04:05Z"), "2024-02-29T03:04:05Z");
}

TEST(JavaTextTest, Base64) {
  for (const char* text : {"", "a", "ab", "abc", "abcd"}) {
    std::string encoded;
    std::string decoded;
    AppendBase64(text, &encoded);
    EXPECT_EQ(encoded.size() % 4, 0u);
    EXPECT_TRUE(DecodeBase64(encoded, &decoded));
    EXPECT_EQ(decoded, text);
  }
  std::string out;
  EXPECT_FALSE(DecodeBase64("YQ", &out));
  EXPECT_FALSE(DecodeBase64("Y!==", &out));
}

TEST(JavaTextTest, Integers) {
  int64_t value = 0;
  EXPECT_TRUE(ParseJavaInteger("+7", -10, 10, &value));
  EXPECT_EQ(value, 7);
  EXPECT_TRUE(ParseJavaInteger("-10", -10, 10, &value));
  for (const char* bad :
       {"", "+", "-", "+-1", "11", "1.0", " 1", "1 ", "0x1", "99999999999999999999"}) {
    EXPECT_FALSE(ParseJavaInteger(bad, -10, 10, &value)) << bad;
  }
}

}  // namespace
}  // namespace sluice
