// DECIMAL arithmetic at its edges. The expected values are Flink's.

#include "types/decimal.h"

#include <string>

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Number {
  Int128 unscaled;
  int scale;
};

Number Parse(std::string_view text) {
  const size_t point = text.find('.');
  const int scale = point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
  Int128 value = 0;
  EXPECT_EQ(ParseDecimal(text, 38, scale, &value), DecimalParse::kOk) << text;
  return {value, scale};
}

using Operation = bool (*)(DecimalOperand, DecimalOperand, int, int, Int128*);

std::string Compute(Operation operation, std::string_view a, std::string_view b, int precision,
                    int scale) {
  const Number x = Parse(a);
  const Number y = Parse(b);
  Int128 result = 0;
  if (!operation({x.unscaled, x.scale}, {y.unscaled, y.scale}, precision, scale, &result)) {
    return "NULL";
  }
  return FormatDecimal(result, scale);
}

const std::string kNines(38, '9');

TEST(Decimal, Formats) {
  EXPECT_EQ(FormatDecimal(0, 0), "0");
  EXPECT_EQ(FormatDecimal(0, 3), "0.000");
  EXPECT_EQ(FormatDecimal(-50, 3), "-0.050");
  EXPECT_EQ(FormatDecimal(12345, 2), "123.45");
  EXPECT_EQ(FormatDecimal(PowerOfTen(38) - 1, 0), kNines);
  EXPECT_EQ(FormatDecimal(-(PowerOfTen(38) - 1), 38), "-0." + kNines);
}

TEST(Decimal, Parses) {
  const auto parse = [](std::string_view text, int precision, int scale) -> std::string {
    Int128 value = 0;
    switch (ParseDecimal(text, precision, scale, &value)) {
      case DecimalParse::kOk: return FormatDecimal(value, scale);
      case DecimalParse::kOverflow: return "overflow";
      case DecimalParse::kNotANumber: break;
    }
    return "no";
  };
  EXPECT_EQ(parse("1.005", 5, 2), "1.01");
  EXPECT_EQ(parse("-1.005", 5, 2), "-1.01");
  EXPECT_EQ(parse("1e3", 10, 0), "1000");
  EXPECT_EQ(parse("1E-3", 10, 2), "0.00");
  EXPECT_EQ(parse("5E-3", 10, 2), "0.01");
  EXPECT_EQ(parse(".5", 10, 0), "1");
  EXPECT_EQ(parse("5.", 10, 1), "5.0");
  EXPECT_EQ(parse("+7", 10, 0), "7");
  EXPECT_EQ(parse("0e99", 10, 0), "0");
  EXPECT_EQ(parse(kNines, 38, 0), kNines);
  EXPECT_EQ(parse(kNines + "9", 38, 0), "overflow");
  EXPECT_EQ(parse("0." + kNines + "4", 38, 38), "0." + kNines);
  EXPECT_EQ(parse("0.12345678901234567890123456789012345678"
                  "5",
                  38, 38),
            "0.12345678901234567890123456789012345679");
  EXPECT_EQ(parse("999.995", 5, 2), "overflow");
  EXPECT_EQ(parse("1E400", 38, 0), "overflow");
  EXPECT_EQ(parse("1E-400", 38, 38), "0.00000000000000000000000000000000000000");
  for (const char* bad : {"", "+", ".", "e1", "1e", "1e+", "1x", "1.2.3", " 1", "NaN"}) {
    EXPECT_EQ(parse(bad, 38, 0), "no") << bad;
  }
}

TEST(Decimal, AddsAndSubtracts) {
  EXPECT_EQ(Compute(AddDecimals, "1.25", "3.333", 11, 3), "4.583");
  EXPECT_EQ(Compute(SubtractDecimals, "1.25", "3.333", 11, 3), "-2.083");
  EXPECT_EQ(Compute(AddDecimals, kNines, "1", 38, 0), "NULL");
  EXPECT_EQ(Compute(SubtractDecimals, kNines, "1", 38, 0), std::string(37, '9') + "8");
  EXPECT_EQ(Compute(AddDecimals, "99999999999999999999.999999999999999999",
                    "99999999999999999999.999999999999999999", 38, 17),
            "200000000000000000000.00000000000000000");
  EXPECT_EQ(Compute(AddDecimals, "3.300000000000000000", "3", 38, 6), "6.300000");
  EXPECT_EQ(Compute(AddDecimals, "0." + kNines, "-" + kNines, 38, 6), "NULL");
  EXPECT_EQ(Compute(SubtractDecimals, kNines, kNines, 38, 6), "0.000000");
}

TEST(Decimal, MultipliesThrough256Bits) {
  EXPECT_EQ(Compute(MultiplyDecimals, "-999.99", "-9999999.999", 16, 5), "9999899999.00001");
  EXPECT_EQ(Compute(MultiplyDecimals, "9999999999.9999999999", "9999999999.9999999999", 38, 17),
            "99999999999999999998.00000000000000000");
  EXPECT_EQ(Compute(MultiplyDecimals, "12345678901234567890.123456789012345678", "1.25", 38, 14),
            "15432098626543209862.65432098626543");
  EXPECT_EQ(Compute(MultiplyDecimals, kNines, "2", 38, 0), "NULL");
  EXPECT_EQ(Compute(MultiplyDecimals, "0." + kNines, "0." + kNines, 38, 37),
            "1.0000000000000000000000000000000000000");
  EXPECT_EQ(Compute(MultiplyDecimals, "0.5", "-0.01", 2, 2), "-0.01");
}

TEST(Decimal, DividesAndRoundsHalfUp) {
  EXPECT_EQ(Compute(DivideDecimals, "1.25", "3.333", 19, 13), "0.3750375037504");
  EXPECT_EQ(Compute(DivideDecimals, "9223372036854775807", "9999999.999", 33, 11),
            "922337203777.71130107777");
  EXPECT_EQ(Compute(DivideDecimals, "12345678901234567890.123456789012345678", "7.0", 38, 17),
            "1763668414462081127.16049382700176367");
  EXPECT_EQ(Compute(DivideDecimals, "1", "3", 38, 28), "0.3333333333333333333333333333");
  EXPECT_EQ(Compute(DivideDecimals, kNines, kNines, 38, 6), "1.000000");
  EXPECT_EQ(Compute(DivideDecimals, "1", "0.000000000000000001", 38, 10),
            "1000000000000000000.0000000000");
  EXPECT_EQ(Compute(DivideDecimals, kNines, "0.01", 38, 6), "NULL");
  EXPECT_EQ(Compute(DivideDecimals, "0", "-3", 38, 6), "0.000000");
  EXPECT_EQ(Compute(DivideDecimals, "-1", "2", 1, 0), "-1");
}

// Quotients of divisors from 1 to 18 digits, against long division by subtraction in the same
// number of digits.
TEST(Decimal, ShortAndLongDivisionAgree) {
  uint64_t state = 88172645463325252u;
  const auto next = [&] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<Int128>(next() % 1000000000000000000u);
    const auto b = static_cast<Int128>(next() % static_cast<uint64_t>(PowerOfTen(1 + i % 18)) + 1);
    // The same quotient with operands raised out of reach of the short path.
    Int128 quick = 0, slow = 0;
    const bool fits = DivideDecimals({a, 2}, {b, 2}, 38, 8, &quick);
    const Int128 raise = PowerOfTen(18);
    EXPECT_EQ(DivideDecimals({a * raise, 20}, {b * raise, 20}, 38, 8, &slow), fits);
    EXPECT_EQ(FormatDecimal(quick, 8), FormatDecimal(slow, 8));
    Int128 remainder = 0;
    ASSERT_TRUE(RemainderOfDecimals({a, 2}, {b, 2}, 38, 2, &remainder));
    EXPECT_TRUE(remainder == a % b);
  }
}

TEST(Decimal, RemainderHasTheSignOfTheDividend) {
  EXPECT_EQ(Compute(RemainderOfDecimals, "-999.99", "-9999999.999", 6, 3), "-999.990");
  EXPECT_EQ(Compute(RemainderOfDecimals, "-3", "0.7", 2, 1), "-0.2");
  EXPECT_EQ(Compute(RemainderOfDecimals, "12345678901234567890.123456789012345678",
                    "1234567890.0123456789", 28, 18),
            "1111111101.123456789012345678");
  EXPECT_EQ(Compute(RemainderOfDecimals, "99999999999999999999.999999999999999999", "0.7", 19, 18),
            "0.599999999999999999");
  EXPECT_EQ(Compute(RemainderOfDecimals, kNines, "0." + kNines, 38, 38),
            "0." + std::string(37, '0') + "0");
}

TEST(Decimal, Compares) {
  const auto order = [](std::string_view a, std::string_view b) {
    const Number x = Parse(a);
    const Number y = Parse(b);
    return CompareDecimals({x.unscaled, x.scale}, {y.unscaled, y.scale});
  };
  EXPECT_EQ(order("1.0", "1.00"), 0);
  EXPECT_LT(order("-1.0", "1.00"), 0);
  EXPECT_GT(order("-1.0", "-1.01"), 0);
  EXPECT_GT(order(kNines, "0." + kNines), 0);
  EXPECT_LT(order("-" + kNines, "-0." + kNines), 0);
}

TEST(Decimal, ConvertsDoubles) {
  Int128 value = 0;
  ASSERT_EQ(DecimalFromDouble(2.675, 10, 2, &value), DecimalParse::kOk);
  EXPECT_EQ(FormatDecimal(value, 2), "2.68");
  ASSERT_EQ(DecimalFromDouble(9.223372036854775807e18, 38, 0, &value), DecimalParse::kOk);
  EXPECT_EQ(FormatDecimal(value, 0), "9223372036854776000");
  EXPECT_EQ(DecimalFromDouble(1e30, 10, 2, &value), DecimalParse::kOverflow);
  EXPECT_EQ(DecimalToDouble(Parse("12345678901234567890.123456789012345678").unscaled, 18, 38),
            1.2345678901234567e19);
}

TEST(Decimal, DerivesTypes) {
  const auto text = [](DecimalTypeParts type) {
    return std::to_string(type.precision) + "," + std::to_string(type.scale);
  };
  EXPECT_EQ(text(SumType({38, 18}, {38, 0})), "38,6");
  EXPECT_EQ(text(SumType({38, 18}, {38, 18})), "38,17");
  EXPECT_EQ(text(ProductType({38, 0}, {2, 1})), "38,1");
  EXPECT_EQ(text(ProductType({20, 10}, {20, 10})), "38,17");
  EXPECT_EQ(text(QuotientType({38, 18}, {38, 0})), "38,18");
  EXPECT_EQ(text(QuotientType({5, 2}, {10, 0})), "16,13");
  EXPECT_EQ(text(RemainderType({10, 3}, {5, 2})), "6,3");
}

}  // namespace
}  // namespace sluice
