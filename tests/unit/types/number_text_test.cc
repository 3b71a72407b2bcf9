// Numbers as Java writes and reads them.

#include "types/number_text.h"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string Double(double value) {
  char buffer[kMaxNumberText];
  return {buffer, FormatDouble(value, buffer)};
}

std::string Float(float value) {
  char buffer[kMaxNumberText];
  return {buffer, FormatFloat(value, buffer)};
}

TEST(FormatDouble, SwitchesToExponentsWhereJavaDoes) {
  EXPECT_EQ(Double(0), "0.0");
  EXPECT_EQ(Double(-0.0), "-0.0");
  EXPECT_EQ(Double(1), "1.0");
  EXPECT_EQ(Double(100), "100.0");
  EXPECT_EQ(Double(9999999), "9999999.0");
  EXPECT_EQ(Double(1e7), "1.0E7");
  EXPECT_EQ(Double(12345678), "1.2345678E7");
  EXPECT_EQ(Double(123456789.125), "1.23456789125E8");
  EXPECT_EQ(Double(0.001), "0.001");
  EXPECT_EQ(Double(0.00099), "9.9E-4");
  EXPECT_EQ(Double(1e21), "1.0E21");
  EXPECT_EQ(Double(-2.5), "-2.5");
  EXPECT_EQ(Double(0.1 + 0.2), "0.30000000000000004");
}

TEST(FormatDouble, KnowsTheEndsOfTheRange) {
  EXPECT_EQ(Double(std::numeric_limits<double>::max()), "1.7976931348623157E308");
  EXPECT_EQ(Double(std::numeric_limits<double>::min()), "2.2250738585072014E-308");
  EXPECT_EQ(Double(std::numeric_limits<double>::denorm_min()), "4.9E-324");
  EXPECT_EQ(Double(10 * std::numeric_limits<double>::denorm_min()), "4.9E-323");
  EXPECT_EQ(Double(2 * std::numeric_limits<double>::denorm_min()), "1.0E-323");
  EXPECT_EQ(Double(std::nan("")), "NaN");
  EXPECT_EQ(Double(-INFINITY), "-Infinity");
}

// Where the digits are not the shortest that read back.
TEST(FormatDouble, KeepsTheOddEndsOfJava) {
  EXPECT_EQ(Double(std::ldexp(1, 60)), "1.15292150460684698E18");
  EXPECT_EQ(Double(2e23), "1.9999999999999998E23");
  EXPECT_EQ(Double(std::ldexp(1, 63)), "9.223372036854776E18");
  EXPECT_EQ(Float(std::ldexp(1.0f, 83)), "9.6714065E24");
}

TEST(FormatFloat, IsShortestForFloats) {
  EXPECT_EQ(Float(0.1f), "0.1");
  EXPECT_EQ(Float(2147483647), "2.14748365E9");
  EXPECT_EQ(Float(3.4028235e38f), "3.4028235E38");
  EXPECT_EQ(Float(std::numeric_limits<float>::denorm_min()), "1.4E-45");
  EXPECT_EQ(Float(2 * std::numeric_limits<float>::denorm_min()), "2.8E-45");
  EXPECT_EQ(Float(10 * std::numeric_limits<float>::denorm_min()), "1.4E-44");
}

TEST(ParseInteger, TakesWhatFlinkTakes) {
  const auto parse = [](std::string_view text) {
    int64_t value = -7777;
    return ParseInteger(text, INT32_MIN, INT32_MAX, &value) ? std::to_string(value) : "no";
  };
  EXPECT_EQ(parse("007"), "7");
  EXPECT_EQ(parse("+7"), "7");
  EXPECT_EQ(parse("-1.9"), "-1");
  EXPECT_EQ(parse(".5"), "0");
  EXPECT_EQ(parse("5."), "5");
  EXPECT_EQ(parse("."), "0");
  EXPECT_EQ(parse("2147483647"), "2147483647");
  EXPECT_EQ(parse("2147483648"), "no");
  EXPECT_EQ(parse("-2147483648"), "-2147483648");
  EXPECT_EQ(parse("99999999999999999999"), "no");
  for (const char* bad : {"", "+", "-", "1e3", "0x10", "1_0", "1,0", " 1", "1.x", "1.2.3"}) {
    EXPECT_EQ(parse(bad), "no") << bad;
  }
  int64_t value = 0;
  EXPECT_TRUE(ParseInteger("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
  EXPECT_EQ(value, INT64_MIN);
  EXPECT_FALSE(ParseInteger("9223372036854775808", INT64_MIN, INT64_MAX, &value));
}

TEST(ParseDouble, TakesWhatJavaTakes) {
  const auto parse = [](std::string_view text) {
    double value = -7777;
    return ParseDouble(text, &value) ? Double(value) : "no";
  };
  EXPECT_EQ(parse("1e3"), "1000.0");
  EXPECT_EQ(parse(" 8 \t"), "8.0");
  EXPECT_EQ(parse(".5"), "0.5");
  EXPECT_EQ(parse("5."), "5.0");
  EXPECT_EQ(parse("1.5d"), "1.5");
  EXPECT_EQ(parse("1.5F"), "1.5");
  EXPECT_EQ(parse("1E400"), "Infinity");
  EXPECT_EQ(parse("-1E400"), "-Infinity");
  EXPECT_EQ(parse("1E-400"), "0.0");
  EXPECT_EQ(parse("4.9E-324"), "4.9E-324");
  EXPECT_EQ(parse("NaN"), "NaN");
  EXPECT_EQ(parse("+Infinity"), "Infinity");
  EXPECT_EQ(parse("0x1.8p1"), "3.0");
  for (const char* bad :
       {"", "  ", ".", "e5", "1e", "0x10", "nan", "inf", "infinity", "1_000", "d"}) {
    EXPECT_EQ(parse(bad), "no") << bad;
  }
}

}  // namespace
}  // namespace sluice
