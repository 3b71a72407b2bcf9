// CAST between all types at the boundaries. The expected texts are Flink's.

#include "functions/cast.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

Session InZone(const char* name) {
  Session session;
  EXPECT_TRUE(absl::LoadTimeZone(name, &session.zone));
  session.zone_name = name;
  return session;
}

// The cast value as CAST(… AS STRING) shows it, with CHAR and VARCHAR results in brackets; "NULL",
// or "error".
std::string CastText(const Type& from, const Value& value, const Type& to, bool try_cast = false,
                     const Session& session = Session()) {
  EXPECT_TRUE(IsCastable(from, to)) << from.ToString() << " -> " << to.ToString();
  const Vector input = MakeConstant(from, value, 1);
  VectorBuilder out(to, 1);
  if (value.is_null()) out.SetNull(0);
  RowErrors errors;
  EvalContext context{session, nullptr, 1, 0};
  Cast(context, input, try_cast, out, errors);
  const Vector result = out.Finish();
  if (!errors.empty()) {
    EXPECT_TRUE(CastCanFail(from, to)) << from.ToString() << " -> " << to.ToString();
    return "error";
  }
  if (result.IsNull(0)) return "NULL";
  std::string text;
  AppendAsString(session, result, 0, &text);
  return text;
}

std::string FromText(std::string text, const Type& to, bool try_cast = false) {
  return CastText(Type::String(), Value::OfText(std::move(text)), to, try_cast);
}
std::string FromInt(int64_t value, const Type& from, const Type& to) {
  return CastText(from, Value::OfInt(value), to);
}
std::string FromDouble(double value, const Type& to) {
  return CastText(Type::Double(), Value::OfDouble(value), to);
}

TEST(CastText, ToIntegers) {
  EXPECT_EQ(FromText(" 8 ", Type::TinyInt()), "8");
  EXPECT_EQ(FromText("127", Type::TinyInt()), "127");
  EXPECT_EQ(FromText("128", Type::TinyInt()), "error");
  EXPECT_EQ(FromText("-129", Type::TinyInt()), "error");
  EXPECT_EQ(FromText("32768", Type::SmallInt()), "error");
  EXPECT_EQ(FromText("-1.9", Type::Int()), "-1");
  EXPECT_EQ(FromText(".5", Type::Int()), "0");
  EXPECT_EQ(FromText("2147483648", Type::Int()), "error");
  EXPECT_EQ(FromText("1e3", Type::BigInt()), "error");
  EXPECT_EQ(FromText("\t8", Type::BigInt()), "error");
  EXPECT_EQ(FromText("", Type::BigInt()), "error");
  EXPECT_EQ(FromText("x", Type::BigInt(), /*try_cast=*/true), "NULL");
}

TEST(CastText, ToFloats) {
  EXPECT_EQ(FromText(" 8 ", Type::Double()), "8.0");
  EXPECT_EQ(FromText("1E400", Type::Double()), "Infinity");
  EXPECT_EQ(FromText("2147483647", Type::Float()), "2.14748365E9");
  EXPECT_EQ(FromText("4.9E-324", Type::Float()), "0.0");
  EXPECT_EQ(FromText("abc", Type::Double()), "error");
}

TEST(CastText, ToDecimals) {
  EXPECT_EQ(FromText("1.005", Type::Decimal(5, 2)), "1.01");
  EXPECT_EQ(FromText("-1.9", Type::Decimal(10, 0)), "-2");
  EXPECT_EQ(FromText(" 8 ", Type::Decimal(38, 18)), "8.000000000000000000");
  EXPECT_EQ(FromText("1e3", Type::Decimal(5, 2)), "error");
  EXPECT_EQ(FromText("1e3", Type::Decimal(10, 0)), "1000");
  EXPECT_EQ(FromText("4.9E-324", Type::Decimal(38, 18)), "0.000000000000000000");
  EXPECT_EQ(FromText("4.9E-324", Type::Decimal(10, 0)), "error");
  EXPECT_EQ(FromText("٣", Type::Decimal(38, 0)), "3");
  EXPECT_EQ(FromText("٣", Type::Decimal(10, 0)), "error");
  // One stray character is not noticed in the short way, as in Flink.
  EXPECT_EQ(FromText("t", Type::Decimal(10, 0)), "0");
  EXPECT_EQ(FromText("t", Type::Decimal(38, 0)), "error");
  EXPECT_EQ(FromText("", Type::Decimal(10, 0)), "error");
}

TEST(CastText, ToBoolean) {
  for (const char* yes : {"t", "TRUE", "y", "Yes", "1"}) {
    EXPECT_EQ(FromText(yes, Type::Boolean()), "TRUE") << yes;
  }
  for (const char* no : {"f", "False", "n", "NO", "0"}) {
    EXPECT_EQ(FromText(no, Type::Boolean()), "FALSE") << no;
  }
  for (const char* bad : {"", " true", "on", "2"}) {
    EXPECT_EQ(FromText(bad, Type::Boolean()), "error") << bad;
  }
}

TEST(CastText, ToText) {
  EXPECT_EQ(FromText("abcdef", Type::VarChar(3)), "abc");
  EXPECT_EQ(FromText("abc", Type::Char(5)), "abc  ");
  EXPECT_EQ(FromText("中文字", Type::Char(2)), "中文");
  EXPECT_EQ(FromText("中", Type::Char(3)), "中  ");
  EXPECT_EQ(FromText("", Type::Char(2)), "  ");
  EXPECT_EQ(FromText("a text longer than its view", Type::VarChar(20)), "a text longer than i");
  Session legacy;
  legacy.legacy_casts = true;
  EXPECT_EQ(CastText(Type::String(), Value::OfText("abcdef"), Type::VarChar(3), false, legacy),
            "abcdef");
}

TEST(CastText, ToBinaryAndBack) {
  EXPECT_EQ(FromText("abc", Type::Binary(5)), std::string("abc\0\0", 5));
  EXPECT_EQ(FromText("abc", Type::VarBinary(2)), "ab");
  EXPECT_EQ(CastText(Type::Bytes(), Value::OfText("\xE4\xB8\xAD\xFFx"), Type::String()),
            "中\xEF\xBF\xBDx");
  EXPECT_EQ(CastText(Type::Bytes(), Value::OfText("\xE4\xB8"), Type::String()), "\xEF\xBF\xBD");
}

TEST(CastText, ToTimes) {
  EXPECT_EQ(FromText("2024-1-2", Type::Date()), "2024-01-02");
  EXPECT_EQ(FromText("2023-02-29", Type::Date()), "error");
  EXPECT_EQ(FromText("2024-02-30 00:00:00", Type::TimestampType(3)), "2024-02-29 00:00:00.000");
  EXPECT_EQ(FromText("2024-01-02T03:04:05", Type::TimestampType(3)), "error");
  EXPECT_EQ(FromText("12:30", Type::Time()), "12:30:00");
}

TEST(CastNumber, NarrowingWraps) {
  EXPECT_EQ(FromInt(300, Type::SmallInt(), Type::TinyInt()), "44");
  EXPECT_EQ(FromInt(2147483648, Type::BigInt(), Type::Int()), "-2147483648");
  EXPECT_EQ(FromInt(INT64_MIN, Type::BigInt(), Type::SmallInt()), "0");
  EXPECT_EQ(FromInt(INT64_MAX, Type::BigInt(), Type::Float()), "9.223372E18");
}

TEST(CastNumber, FloatsSaturate) {
  EXPECT_EQ(FromDouble(1.7e308, Type::BigInt()), "9223372036854775807");
  EXPECT_EQ(FromDouble(-1.7e308, Type::Int()), "-2147483648");
  EXPECT_EQ(FromDouble(1.7e308, Type::SmallInt()), "-1");
  EXPECT_EQ(FromDouble(-1.7e308, Type::TinyInt()), "0");
  EXPECT_EQ(FromDouble(300.7, Type::TinyInt()), "44");
  EXPECT_EQ(FromDouble(2147483647.5, Type::Int()), "2147483647");
  EXPECT_EQ(FromDouble(std::nan(""), Type::BigInt()), "0");
  EXPECT_EQ(FromDouble(1e100, Type::Float()), "Infinity");
}

TEST(CastNumber, Decimals) {
  EXPECT_EQ(FromInt(INT64_MAX, Type::BigInt(), Type::Decimal(19, 0)), "9223372036854775807");
  EXPECT_EQ(FromInt(INT64_MAX, Type::BigInt(), Type::Decimal(10, 2)), "NULL");
  EXPECT_EQ(FromInt(125, Type::Decimal(5, 2), Type::Decimal(4, 1)), "1.3");
  EXPECT_EQ(FromInt(99999, Type::Decimal(5, 2), Type::Decimal(4, 1)), "NULL");
  EXPECT_EQ(FromInt(-99999, Type::Decimal(5, 2), Type::TinyInt()), "25");
  EXPECT_EQ(FromDouble(2.675, Type::Decimal(10, 2)), "2.68");
  EXPECT_EQ(FromDouble(1e30, Type::Decimal(10, 2)), "NULL");
  EXPECT_EQ(FromDouble(std::nan(""), Type::Decimal(10, 2)), "error");
  // Flink catches nothing here.
  EXPECT_EQ(CastText(Type::Double(), Value::OfDouble(INFINITY), Type::Decimal(10, 2), true),
            "error");
}

TEST(CastNumber, Booleans) {
  EXPECT_EQ(FromInt(1, Type::Boolean(), Type::Decimal(5, 2)), "1.00");
  EXPECT_EQ(FromInt(0, Type::Boolean(), Type::Double()), "0.0");
  EXPECT_EQ(FromInt(-5, Type::Int(), Type::Boolean()), "TRUE");
  EXPECT_EQ(FromDouble(0, Type::Boolean()), "FALSE");
}

TEST(CastNumber, ToText) {
  EXPECT_EQ(FromInt(-2147483648, Type::Int(), Type::VarChar(3)), "-21");
  EXPECT_EQ(FromInt(7, Type::TinyInt(), Type::Char(3)), "7  ");
  EXPECT_EQ(FromInt(-50, Type::Decimal(5, 3), Type::String()), "-0.050");
  EXPECT_EQ(FromInt(1, Type::Boolean(), Type::Char(6)), "TRUE  ");
  EXPECT_EQ(FromDouble(1e7, Type::String()), "1.0E7");
}

TEST(CastTime, MeetsTheZone) {
  const Session shanghai = InZone("Asia/Shanghai");
  const Value instant = Value::OfTimestamp({.millis = -1});
  EXPECT_EQ(CastText(Type::TimestampLtz(3), instant, Type::String(), false, shanghai),
            "1970-01-01 07:59:59.999");
  EXPECT_EQ(CastText(Type::TimestampLtz(3), instant, Type::TimestampType(3), false, shanghai),
            "1970-01-01 07:59:59.999");
  EXPECT_EQ(CastText(Type::TimestampType(3), instant, Type::TimestampLtz(3), false, shanghai),
            "1969-12-31 23:59:59.999");
  EXPECT_EQ(CastText(Type::Date(), Value::OfInt(0), Type::TimestampLtz(3), false, shanghai),
            "1970-01-01 00:00:00.000");
  // A gap moves forward, an overlap means the first.
  const Session new_york = InZone("America/New_York");
  const auto local = [&](const char* text) {
    return CastText(Type::String(), Value::OfText(text), Type::TimestampLtz(0), false, new_york);
  };
  EXPECT_EQ(local("2024-03-10 02:30:00"), "2024-03-10 03:30:00");
  EXPECT_EQ(local("2024-11-03 01:30:00"), "2024-11-03 01:30:00");
}

TEST(CastTime, CutsPrecision) {
  const Value value = Value::OfTimestamp({.millis = 1999, .nanos_of_milli = 999999});
  EXPECT_EQ(CastText(Type::TimestampType(9), value, Type::TimestampType(0)), "1970-01-01 00:00:01");
  EXPECT_EQ(CastText(Type::TimestampType(9), value, Type::TimestampType(3)),
            "1970-01-01 00:00:01.999");
  EXPECT_EQ(CastText(Type::TimestampType(9), value, Type::Date()), "1970-01-01");
  EXPECT_EQ(CastText(Type::Time(), Value::OfInt(11045000), Type::TimestampType(3)),
            "1970-01-01 03:04:05.000");
}

TEST(CastNested, ChildByChild) {
  const Type numbers = Type::Array(Type::Int());
  const Type texts = Type::Array(Type::String());
  const Value three = Value::OfList({Value::OfInt(1), Value::Null(), Value::OfInt(300)});
  EXPECT_EQ(CastText(numbers, three, Type::String()), "[1, NULL, 300]");
  EXPECT_EQ(CastText(numbers, three, Type::Array(Type::TinyInt())), "[1, NULL, 44]");
  EXPECT_EQ(CastText(numbers, three, Type::VarChar(3)), "[1,");
  const Value bad = Value::OfList({Value::OfText("1"), Value::OfText("x")});
  EXPECT_EQ(CastText(texts, bad, numbers), "error");
  EXPECT_EQ(CastText(texts, bad, numbers, /*try_cast=*/true), "NULL");
  const Type row = Type::Row({{"x", Type::Int()}, {"y", Type::String()}});
  const Type other = Type::Row({{"p", Type::String()}, {"q", Type::String()}});
  const Value pair = Value::OfList({Value::OfInt(1), Value::Null()});
  EXPECT_EQ(CastText(row, pair, Type::String()), "(1, NULL)");
  EXPECT_EQ(CastText(row, pair, other), "(1, NULL)");
  const Value entries = Value::OfEntries({{Value::OfText("k"), Value::OfInt(1)}});
  EXPECT_EQ(CastText(Type::Map(Type::String(), Type::Int()), entries,
                     Type::Map(Type::String(), Type::Double())),
            "{k=1.0}");
}

TEST(Cast, NullStaysNull) {
  for (const Type& from : {Type::Int(), Type::String(), Type::Array(Type::Int())}) {
    EXPECT_EQ(CastText(from, Value::Null(), Type::String()), "NULL");
  }
}

TEST(Cast, RefusesWhatFlinkRefuses) {
  EXPECT_FALSE(IsCastable(Type::Int(), Type::TimestampType(3)));
  EXPECT_FALSE(IsCastable(Type::TimestampType(3), Type::BigInt()));
  EXPECT_FALSE(IsCastable(Type::TimestampLtz(3), Type::BigInt()));
  EXPECT_FALSE(IsCastable(Type::Int(), Type::Date()));
  EXPECT_FALSE(IsCastable(Type::Date(), Type::Int()));
  EXPECT_FALSE(IsCastable(Type::Boolean(), Type::Date()));
  EXPECT_FALSE(IsCastable(Type::Array(Type::Int()), Type::Int()));
  EXPECT_FALSE(IsCastable(Type::String(), Type::Array(Type::Int())));
  EXPECT_TRUE(IsCastable(Type::Date(), Type::TimestampLtz(3)));
  EXPECT_TRUE(IsCastable(Type::Null(), Type::Date()));
}

// Every row of a batch in each encoding, with NULLs between.
TEST(Cast, ReadsEveryEncoding) {
  VectorBuilder builder(Type::String(), 4);
  SetValue(builder, 0, Value::OfText("12"));
  SetValue(builder, 1, Value::Null());
  SetValue(builder, 2, Value::OfText("a text longer than its view"));
  SetValue(builder, 3, Value::OfText("-7"));
  const Vector flat = builder.Finish();
  std::shared_ptr<int32_t[]> order(new int32_t[6]{3, 2, 1, 0, 0, 3});
  const Session session;
  EvalContext context{session, nullptr, 6, 0};
  const Vector dictionary = flat.Select(order, 6);
  VectorBuilder out(Type::Int(), 6);
  out.SetNull(2);
  RowErrors errors;
  Cast(context, dictionary, false, out, errors);
  const Vector result = out.Finish();
  ASSERT_EQ(errors.errors().size(), 1u);
  EXPECT_EQ(errors.errors()[0].row, 1);
  EXPECT_NE(errors.errors()[0].detail.find("'a text longer than its view' to INT"),
            std::string::npos);
  EXPECT_EQ(GetValue(result, 0), Value::OfInt(-7));
  EXPECT_TRUE(result.IsNull(2));
  EXPECT_EQ(GetValue(result, 5), Value::OfInt(-7));
}

}  // namespace
}  // namespace sluice
