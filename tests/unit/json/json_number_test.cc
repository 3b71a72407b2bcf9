#include "json/json_number.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string Text(std::string_view number, JsonFloats floats) {
  std::string out;
  AppendJsonNumber(number, number.find_first_of(".eE") != std::string_view::npos, floats, &out);
  return out;
}

TEST(JsonNumberTest, AsDouble) {
  EXPECT_EQ(Text("1e3", JsonFloats::kDouble), "1000.0");
  EXPECT_EQ(Text("1.10", JsonFloats::kDouble), "1.1");
  EXPECT_EQ(Text("1E400", JsonFloats::kDouble), "Infinity");
  EXPECT_EQ(Text("-1E400", JsonFloats::kDouble), "-Infinity");
  EXPECT_EQ(Text("1E-400", JsonFloats::kDouble), "0.0");
  EXPECT_EQ(Text("0.1234567890123456789", JsonFloats::kDouble), "0.12345678901234568");
  EXPECT_EQ(Text("-0.0", JsonFloats::kDouble), "-0.0");
  EXPECT_EQ(Text("5e-324", JsonFloats::kDouble), "4.9E-324");
}

TEST(JsonNumberTest, AsBigDecimal) {
  EXPECT_EQ(Text("1e3", JsonFloats::kBigDecimal), "1E+3");
  EXPECT_EQ(Text("1.10", JsonFloats::kBigDecimal), "1.10");
  EXPECT_EQ(Text("1E400", JsonFloats::kBigDecimal), "1E+400");
  EXPECT_EQ(Text("-0.0", JsonFloats::kBigDecimal), "0.0");
  EXPECT_EQ(Text("100.0e0", JsonFloats::kBigDecimal), "100.0");
  EXPECT_EQ(Text("0.0000001", JsonFloats::kBigDecimal), "1E-7");
  EXPECT_EQ(Text("0.000001", JsonFloats::kBigDecimal), "0.000001");
  EXPECT_EQ(Text("12.5e-9", JsonFloats::kBigDecimal), "1.25E-8");
  EXPECT_EQ(Text("0e5", JsonFloats::kBigDecimal), "0E+5");
}

TEST(JsonNumberTest, AsStrippedBigDecimal) {
  EXPECT_EQ(Text("12.50", JsonFloats::kBigDecimalStripped), "12.5");
  EXPECT_EQ(Text("100.0", JsonFloats::kBigDecimalStripped), "1E+2");
  EXPECT_EQ(Text("0.000", JsonFloats::kBigDecimalStripped), "0");
}

TEST(JsonNumberTest, WholeNumbersStayAsWritten) {
  for (const JsonFloats floats : {JsonFloats::kDouble, JsonFloats::kBigDecimal}) {
    EXPECT_EQ(Text("123456789012345678901234567890", floats), "123456789012345678901234567890");
    EXPECT_EQ(Text("-42", floats), "-42");
    EXPECT_EQ(Text("-0", floats), "0");
  }
}

}  // namespace
}  // namespace sluice
