// The json encoder: every type, its options, and that what it writes reads back.
#include <gtest/gtest.h>

#include "format_testing.h"

namespace sluice {
namespace {

Schema AllTypes() {
  return {{"b", Type::Boolean()},
          {"i", Type::Int()},
          {"l", Type::BigInt()},
          {"f", Type::Float()},
          {"d", Type::Double()},
          {"n", Type::Decimal(10, 2)},
          {"w", Type::Decimal(30, 0)},
          {"s", Type::String()},
          {"y", Type::Bytes()},
          {"dt", Type::Date()},
          {"t", Type::Time()},
          {"ts", Type::TimestampType(3)},
          {"tz", Type::TimestampLtz(3)},
          {"a", Type::Array(Type::Int())},
          {"m", Type::Map(Type::String(), Type::Int())},
          {"r", Type::Row({{"x", Type::Int()}, {"q\"", Type::String()}})}};
}

// Decodes the records, encodes the rows again.
std::string Recode(const Schema& schema, const std::vector<std::string>& texts,
                   const std::map<std::string, std::string>& options = {},
                   FlinkVersion version = FlinkVersion::k1_20) {
  Session session;
  session.flink_version = version;
  auto decoder = FindFormat("json")->make_decoder(Options(), WholeTable(schema), session);
  auto encoder = FindFormat("json")->make_encoder(Options(options), schema, session);
  const RawRecords records = MakeRecords(texts);
  DecodeOutput out;
  EXPECT_TRUE((*decoder)->Decode(records, 0, out).ok());
  std::string text;
  const Status status = (*encoder)->Encode({.columns = out.columns, .num_rows = out.num_rows}, 0,
                                           out.num_rows, "\n", &text, nullptr);
  return status.ok() ? text : std::string(status.message());
}

TEST(JsonEncoderTest, AllTypes) {
  const std::string record =
      R"({"b":true,"i":-7,"l":9223372036854775807,"f":1.5,"d":1.0E10,"n":12.5,)"
      R"("w":123456789012345678901234567891,"s":"a\"\\\n\u0001中\uD83D\uDE00/",)"
      R"("y":"YWJj","dt":"2024-02-29","t":"03:04:05","ts":"2024-01-02 03:04:05.6",)"
      R"("tz":"2024-01-02 03:04:05Z","a":[1,null],"m":{"k":1},)"
      R"("r":{"x":1,"q\"":null}})";
  EXPECT_EQ(Recode(AllTypes(), {record}), record + "\n");
}

TEST(JsonEncoderTest, NullsAndOptions) {
  const Schema schema = {
      {"s", Type::String()}, {"n", Type::Decimal(10, 8)}, {"t", Type::TimestampType(3)}};
  EXPECT_EQ(Recode(schema, {"{}"}), "{\"s\":null,\"n\":null,\"t\":null}\n");
  EXPECT_EQ(Recode(schema, {"{}", R"({"s":"x"})"}, {{"encode.ignore-null-fields", "true"}}),
            "{}\n{\"s\":\"x\"}\n");
  EXPECT_EQ(Recode(schema, {R"({"n":0.00000027})"}, {{"encode.ignore-null-fields", "true"}}),
            "{\"n\":2.7E-7}\n");
  EXPECT_EQ(
      Recode(schema, {R"({"n":0.00000027})"},
             {{"encode.ignore-null-fields", "true"}, {"encode.decimal-as-plain-number", "true"}}),
      "{\"n\":0.00000027}\n");
  EXPECT_EQ(
      Recode(schema, {R"({"t":"2024-01-02 03:04:05"})"},
             {{"encode.ignore-null-fields", "true"}, {"timestamp-format.standard", "ISO-8601"}}),
      "{\"t\":\"2024-01-02T03:04:05\"}\n");
}

TEST(JsonEncoderTest, NumbersThatAreNoJson) {
  EXPECT_EQ(Recode({{"d", Type::Double()}}, {R"({"d":"NaN"})", R"({"d":1E400})"}),
            "{\"d\":\"NaN\"}\n{\"d\":\"Infinity\"}\n");
}

}  // namespace
}  // namespace sluice
