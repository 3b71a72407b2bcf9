#include "connectors/java_text.h"

#include <gtest/gtest.h>

#include "types/civil_time.h"
#include "types/value.h"

namespace sluice {
namespace {

std::string JavaText(const Type& type, const Value& value) {
  std::string text;
  AppendJavaText(MakeConstant(type, value, 1), 0, &text);
  return text;
}

Value At(int year, int month, int day, int hour, int minute, int second, int nano) {
  return Value::OfTimestamp(TimestampFromCivil({{year, month, day}, hour, minute, second, nano}));
}

TEST(JavaTextTest, Scalars) {
  EXPECT_EQ(JavaText(Type::Int(), Value::Null()), "null");
  EXPECT_EQ(JavaText(Type::Boolean(), Value::OfInt(1)), "true");
  EXPECT_EQ(JavaText(Type::TinyInt(), Value::OfInt(-128)), "-128");
  EXPECT_EQ(JavaText(Type::BigInt(), Value::OfInt(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(JavaText(Type::Double(), Value::OfDouble(1e10)), "1.0E10");
  EXPECT_EQ(JavaText(Type::Float(), Value::OfDouble(0.5)), "0.5");
  EXPECT_EQ(JavaText(Type::String(), Value::OfText("a, b")), "a, b");
  EXPECT_EQ(JavaText(Type::Bytes(), Value::OfText("\x01\xff")), "[1, -1]");
}

TEST(JavaTextTest, DecimalsAsBigDecimal) {
  EXPECT_EQ(JavaText(Type::Decimal(10, 2), Value::OfInt(-5)), "-0.05");
  EXPECT_EQ(JavaText(Type::Decimal(10, 0), Value::OfInt(120)), "120");
  EXPECT_EQ(JavaText(Type::Decimal(18, 7), Value::OfInt(1)), "1E-7");
  EXPECT_EQ(JavaText(Type::Decimal(18, 10), Value::OfInt(0)), "0E-10");
  EXPECT_EQ(JavaText(Type::Decimal(18, 10), Value::OfInt(123)), "1.23E-8");
  EXPECT_EQ(JavaText(Type::Decimal(18, 6), Value::OfInt(1)), "0.000001");
  EXPECT_EQ(JavaText(Type::Decimal(38, 3), Value::OfInt128(__int128{1} << 100)),
            "1267650600228229401496703205.376");
}

TEST(JavaTextTest, TimesAsJavaTime) {
  EXPECT_EQ(JavaText(Type::Date(), Value::OfInt(19723)), "2024-01-01");
  EXPECT_EQ(JavaText(Type::Time(), Value::OfInt(37'800'000)), "10:30");
  EXPECT_EQ(JavaText(Type::Time(), Value::OfInt(37'805'010)), "10:30:05.010");
  const Type local = Type::TimestampType(9);
  EXPECT_EQ(JavaText(local, At(2024, 1, 1, 0, 0, 0, 0)), "2024-01-01T00:00");
  EXPECT_EQ(JavaText(local, At(2024, 1, 1, 0, 0, 7, 0)), "2024-01-01T00:00:07");
  EXPECT_EQ(JavaText(local, At(2024, 1, 1, 0, 0, 0, 120'000'000)), "2024-01-01T00:00:00.120");
  EXPECT_EQ(JavaText(local, At(2024, 1, 1, 0, 0, 0, 1'000)), "2024-01-01T00:00:00.000001");
  EXPECT_EQ(JavaText(local, At(2024, 1, 1, 0, 0, 0, 1)), "2024-01-01T00:00:00.000000001");
  EXPECT_EQ(JavaText(local, At(12345, 6, 7, 8, 9, 0, 0)), "+12345-06-07T08:09");
  EXPECT_EQ(JavaText(Type::TimestampLtz(3), At(2024, 1, 1, 0, 0, 0, 0)), "2024-01-01T00:00:00Z");
}

TEST(JavaTextTest, IntervalsAsPeriodAndDuration) {
  EXPECT_EQ(JavaText(Type::IntervalYearMonth(), Value::OfInt(14)), "P1Y2M");
  EXPECT_EQ(JavaText(Type::IntervalYearMonth(), Value::OfInt(0)), "P0M");
  EXPECT_EQ(JavaText(Type::IntervalDayTime(), Value::OfInt(90'061'500)), "PT25H1M1.5S");
  EXPECT_EQ(JavaText(Type::IntervalDayTime(), Value::OfInt(0)), "PT0S");
  EXPECT_EQ(JavaText(Type::IntervalDayTime(), Value::OfInt(-500)), "PT-0.5S");
}

TEST(JavaTextTest, NestedValues) {
  const Value one = Value::OfInt(1), text = Value::OfText("k");
  EXPECT_EQ(JavaText(Type::Array(Type::Int()), Value::OfList({one, Value::Null()})), "[1, null]");
  EXPECT_EQ(JavaText(Type::Map(Type::String(), Type::Int()), Value::OfEntries({{text, one}})),
            "{k=1}");
  EXPECT_EQ(
      JavaText(Type::Row({{"a", Type::Int()}, {"b", Type::String()}}), Value::OfList({one, text})),
      "+I[1, k]");
}

}  // namespace
}  // namespace sluice
