// The json format against the rules of flink-json: types by kinds of JSON, bad records, options,
// paths, filters.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format_testing.h"

namespace sluice {
namespace {

using Lines = std::vector<std::string>;
const std::map<std::string, std::string> kIgnore = {{"ignore-parse-errors", "true"}};

// One column `f` of a type, from the JSON text of its value; bad values are NULL.
std::string Field1(const Type& type, std::string_view value,
                   FlinkVersion version = FlinkVersion::k1_20) {
  const Lines lines = Decode("json", kIgnore, WholeTable({{"f", type}}),
                             {"{\"f\":" + std::string(value) + "}"}, version);
  return lines.empty() ? "no row" : lines[0];
}

TEST(JsonDecoderTest, Strings) {
  EXPECT_EQ(Field1(Type::String(), "\"abc\""), "'abc'");
  EXPECT_EQ(Field1(Type::String(), R"("a\n\u4e2d\ud83d\ude00 long enough to leave the view")"),
            "'a\n中😀 long enough to leave the view'");
  EXPECT_EQ(Field1(Type::String(), "12.50"), "'12.50'");
  EXPECT_EQ(Field1(Type::String(), "1e2"), "'1e2'");
  EXPECT_EQ(Field1(Type::String(), "true"), "'true'");
  EXPECT_EQ(Field1(Type::String(), "null"), "NULL");
  EXPECT_EQ(Field1(Type::String(), R"({ "b" : [ 1.10, "x\/" ] , "a":{} })"),
            R"('{"b":[1.1,"x/"],"a":{}}')");
  EXPECT_EQ(Field1(Type::String(), "[1, 2]"), "'[1,2]'");
  EXPECT_EQ(Field1(Type::String(), "\"a\tb\""), "'a\tb'");
}

TEST(JsonDecoderTest, Integers) {
  EXPECT_EQ(Field1(Type::Int(), "7"), "7");
  EXPECT_EQ(Field1(Type::Int(), "4.7"), "4");
  EXPECT_EQ(Field1(Type::Int(), "-4.7"), "-4");
  EXPECT_EQ(Field1(Type::Int(), "1e2"), "100");
  EXPECT_EQ(Field1(Type::Int(), "\"7\""), "7");
  EXPECT_EQ(Field1(Type::Int(), "\" 8 \""), "8");
  EXPECT_EQ(Field1(Type::Int(), "\"4.7\""), "NULL");
  EXPECT_EQ(Field1(Type::Int(), "2147483648"), "NULL");
  EXPECT_EQ(Field1(Type::Int(), "true"), "NULL");
  EXPECT_EQ(Field1(Type::BigInt(), "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Field1(Type::BigInt(), "9223372036854775808"), "NULL");
  EXPECT_EQ(Field1(Type::BigInt(), "9.3e18"), "NULL");
  EXPECT_EQ(Field1(Type::TinyInt(), "127"), "127");
  EXPECT_EQ(Field1(Type::TinyInt(), "128"), "NULL");
  EXPECT_EQ(Field1(Type::TinyInt(), "4.7"), "NULL");
  EXPECT_EQ(Field1(Type::SmallInt(), "-32768"), "-32768");
}

TEST(JsonDecoderTest, BooleansAndFloats) {
  EXPECT_EQ(Field1(Type::Boolean(), "true"), "1");
  EXPECT_EQ(Field1(Type::Boolean(), "\"TRUE\""), "1");
  EXPECT_EQ(Field1(Type::Boolean(), "\"yes\""), "0");
  EXPECT_EQ(Field1(Type::Boolean(), "1"), "0");
  EXPECT_EQ(Field1(Type::Double(), "2.25"), "2.250000");
  EXPECT_EQ(Field1(Type::Double(), "\"2.25\""), "2.250000");
  EXPECT_EQ(Field1(Type::Double(), "\"NaN\""), "nan");
  EXPECT_EQ(Field1(Type::Double(), "1E400"), "inf");
  EXPECT_EQ(Field1(Type::Float(), "1.5"), "1.500000");
  EXPECT_EQ(Field1(Type::Double(), "\"x\""), "NULL");
}

TEST(JsonDecoderTest, Decimals) {
  EXPECT_EQ(Field1(Type::Decimal(5, 2), "12.345"), "1235");
  EXPECT_EQ(Field1(Type::Decimal(5, 2), "-12.345"), "-1235");
  EXPECT_EQ(Field1(Type::Decimal(5, 2), "\"1e2\""), "10000");
  EXPECT_EQ(Field1(Type::Decimal(5, 2), "1000"), "NULL");
  EXPECT_EQ(Field1(Type::Decimal(20, 0), "12"), "12");
  EXPECT_EQ(Field1(Type::Decimal(5, 2), "true"), "NULL");
}

TEST(JsonDecoderTest, TimesAndBytes) {
  EXPECT_EQ(Field1(Type::Date(), "\"1970-01-02\""), "1");
  EXPECT_EQ(Field1(Type::Date(), "\"2024-02-30\""), "NULL");
  EXPECT_EQ(Field1(Type::Time(), "\"01:00:00.500\""), "3600000");
  EXPECT_EQ(Field1(Type::Time(3), "\"01:00:00.500\"", FlinkVersion::k2_3), "3600500");
  EXPECT_EQ(Field1(Type::TimestampType(3), "\"1970-01-01 00:00:01.123456\""), "1123.0");
  EXPECT_EQ(Field1(Type::TimestampLtz(3), "\"1970-01-01 00:00:01Z\""), "1000.0");
  EXPECT_EQ(Field1(Type::TimestampLtz(3), "\"1970-01-01 00:00:01\""), "NULL");
  EXPECT_EQ(Field1(Type::Bytes(), "\"YWJj\""), "'abc'");
  EXPECT_EQ(Field1(Type::Bytes(), "\"%\""), "NULL");
}

TEST(JsonDecoderTest, NestedTypes) {
  const Type row = Type::Row({{"x", Type::Int()}, {"y", Type::String()}});
  EXPECT_EQ(Field1(row, R"({"y":"a","x":1})"), "(1, 'a')");
  EXPECT_EQ(Field1(row, R"({"z":1})"), "(NULL, NULL)");
  EXPECT_EQ(Field1(row, R"("text")"), "NULL");
  EXPECT_EQ(Field1(Type::Array(Type::Int()), "[1,null,\"x\",3]"), "[1, NULL, NULL, 3]");
  EXPECT_EQ(Field1(Type::Array(Type::Array(Type::String())), R"([["a"],[],null])"),
            "[['a'], [], NULL]");
  EXPECT_EQ(Field1(Type::Map(Type::String(), Type::Int()), R"({"a":1,"b":2,"a":3})"),
            "{'a'=3, 'b'=2}");
  EXPECT_EQ(Field1(Type::Map(Type::String(), row), R"({"a":{"x":5}})"), "{'a'=(5, NULL)}");
  EXPECT_EQ(Field1(Type::Array(row), R"([{"x":1},{"y":"b"}])"), "[(1, NULL), (NULL, 'b')]");
}

TEST(JsonDecoderTest, BadRecords) {
  const Schema table = {{"a", Type::Int()}};
  const Lines texts = {R"({"a":1})", "",      "  ",        "not json",    "[1]",
                       "null",       "\"s\"", R"({"a":1)", R"({"a":1,})", R"({"a":2} tail)",
                       R"({"a":3})"};
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), texts), (Lines{"1", "2", "3", "skipped 8"}));
  const Lines strict = Decode("json", {}, WholeTable(table), texts);
  EXPECT_EQ(strict.size(), 3u + 1u + 7u);
  EXPECT_EQ(strict[3], "skipped 1");
  EXPECT_EQ(strict[4].substr(0, 10), "error at 2");
}

TEST(JsonDecoderTest, HostileBytes) {
  const Schema table = {{"a", Type::String()}};
  const std::string nul = std::string("{\"a\":\"x") + '\0' + "y\"}";
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {nul}),
            (Lines{std::string("'x") + '\0' + "y'"}));
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {"{\"a\":\"\xff\"}", R"({"a":"ok"})"}),
            (Lines{"'ok'", "skipped 1"}));
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {"\xef\xbb\xbf{\"a\":\"bom\"}"}),
            (Lines{"'bom'"}));
  const std::string deep =
      "{\"b\":" + std::string(200000, '[') + std::string(200000, ']') + ",\"a\":\"deep\"}";
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {deep}), (Lines{"'deep'"}));
  const std::string deep_text =
      "{\"a\":" + std::string(200000, '[') + std::string(200000, ']') + "}";
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {deep_text}), (Lines{"NULL"}));
  const std::string big = "{\"a\":\"" + std::string(50 << 20, 'x') + "\"}";
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {big})[0].size(), (50u << 20) + 2);
}

TEST(JsonDecoderTest, RepeatedAndEscapedKeys) {
  const Schema two = {{"a", Type::Int()}, {"b", Type::Int()}};
  EXPECT_EQ(Decode("json", {}, WholeTable(two), {R"({"a":1,"a":2})"}), (Lines{"2 | NULL"}));
  // Flink stops looking once it saw as many fields as there are.
  EXPECT_EQ(Decode("json", {}, WholeTable(two), {R"({"a":1,"b":2,"a":3})"}), (Lines{"1 | 2"}));
  EXPECT_EQ(Decode("json", {}, WholeTable(two), {R"({"a":1,"a":2,"b":3})"}), (Lines{"2 | NULL"}));
  EXPECT_EQ(Decode("json", {}, WholeTable(two), {R"({"\u0061":1,"\u0062":2})"}), (Lines{"1 | 2"}));
}

TEST(JsonDecoderTest, AScalarColumnGoesOnInsideOfAnObject) {
  const Schema two = {{"a", Type::Int()}, {"b", Type::Int()}};
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(two), {R"({"a":{"b":5},"b":7})"}),
            (Lines{"NULL | 5"}));
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(two), {R"({"a":[1,2],"b":7})"}),
            (Lines{"skipped 1"}));
  // The element is taken for a field's name, so the end of the array is its value.
  const Schema text = {{"a", Type::Int()}, {"b", Type::String()}};
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(text), {R"({"a":["b"],"c":7})"}),
            (Lines{"NULL | ']'"}));
}

TEST(JsonDecoderTest, FieldErrorsAndMissingFields) {
  const Schema two = {{"a", Type::Int()}, {"b", Type::String()}};
  EXPECT_EQ(Decode("json", {}, WholeTable(two), {R"({"a":"x","b":"y"})"}),
            (Lines{"error at 0: field 'a': \"x\" is no INT"}));
  EXPECT_EQ(Decode("json", {{"fail-on-missing-field", "true"}}, WholeTable(two),
                   {R"({"a":1,"b":null})", R"({"a":1})"}),
            (Lines{"1 | NULL", "error at 1: a field is missing"}));
  EXPECT_EQ(Decode("json", {{"fail-on-missing-field", "true"}, {"ignore-parse-errors", "true"}},
                   WholeTable(two), {})
                .size(),
            1u);
}

TEST(JsonDecoderTest, IsoTimestampsAndTreeNumbers) {
  const Schema table = {{"t", Type::TimestampType(3)}, {"s", Type::String()}};
  EXPECT_EQ(Decode("json", {{"timestamp-format.standard", "ISO-8601"}}, WholeTable(table),
                   {R"({"t":"1970-01-01T00:00:01","s":12.50})"}),
            (Lines{"1000.0 | '12.50'"}));
  EXPECT_EQ(Decode("json", {{"decode.json-parser.enabled", "false"}}, WholeTable(table),
                   {R"({"s":12.50})", R"({"s":1e2})"}),
            (Lines{"NULL | '12.5'", "NULL | '100.0'"}));
  const Schema decimals = {{"d", Type::Decimal(10, 2)}, {"s", Type::String()}};
  EXPECT_EQ(Decode("json", {}, WholeTable(decimals), {R"({"s":{"n":100.0}})"}),
            (Lines{"NULL | '{\"n\":1E+2}'"}));
}

DecodeSpec PathSpec() {
  DecodeSpec spec;
  spec.table = {{"type", Type::String()}, {"payload", Type::String()}};
  spec.columns = {{DecodedKind::kField, {"type"}, Type::String()},
                  {DecodedKind::kJsonValue, {"payload", "id"}, Type::String()},
                  {DecodedKind::kJsonValue, {"payload", "o", "x"}, Type::String()}};
  return spec;
}

TEST(JsonDecoderTest, PathsIntoAnObject) {
  EXPECT_EQ(
      Decode("json", kIgnore, PathSpec(),
             {R"({"type":"a","payload":{"id":7,"o":{"x":"in","y":[1]}}})",
              R"({"payload":{"o":{"x":1.10},"id":-0,"id":true}})",
              R"({"type":"b","payload":{"id":{"n":1},"o":5}})",
              R"({"payload":{"o":{"x":1},"o":{"y":2}}})", R"({"payload":[{"id":1}]})",
              R"({"payload":null})", R"({"type":"c"})", R"({"payload":{"\u0069d":"\u4e2d"}})"}),
      (Lines{"'a' | '7' | 'in'", "NULL | 'true' | '1.1'", "'b' | NULL | NULL", "NULL | NULL | NULL",
             "NULL | NULL | NULL", "NULL | NULL | NULL", "'c' | NULL | NULL",
             "NULL | '中' | NULL"}));
  // An object becomes text first, with doubles, and that text is read with BigDecimals.
  EXPECT_EQ(Decode("json", kIgnore, PathSpec(),
                   {R"({"payload":{"id":1.10}})", R"({"payload":{"id":1e10}})",
                    R"({"payload":"{\"id\":1.10}"})", R"({"payload":{"id":1e400}})"},
                   FlinkVersion::k2_3),
            (Lines{"NULL | '1.1' | NULL", "NULL | '1.0E+10' | NULL", "NULL | '1.10' | NULL",
                   "NULL | 'Infinity' | NULL"}));
}

TEST(JsonDecoderTest, PathsIntoAText) {
  EXPECT_EQ(
      Decode("json", kIgnore, PathSpec(),
             {R"({"type":"a","payload":"{\"id\":7,\"o\":{\"x\":\"i\\\"n\"}}"})",
              R"({"payload":"{\"id\":7} tail"})", R"({"payload":"{\"id\":7"})",
              R"({"payload":"{\"id\":\"a\nb\"}"})", R"({"payload":"{\"id\":\"a\\nb\"}"})",
              R"({"payload":"7"})", R"({"payload":""})", R"({"payload":"{\"id\":7,\"o\":tru}"})"}),
      (Lines{"'a' | '7' | 'i\"n'", "NULL | '7' | NULL", "NULL | NULL | NULL", "NULL | NULL | NULL",
             "NULL | 'a\nb' | NULL", "NULL | NULL | NULL", "NULL | NULL | NULL",
             "NULL | NULL | NULL"}));
}

TEST(JsonDecoderTest, PathsBesideTheWholeColumn) {
  DecodeSpec spec = PathSpec();
  spec.columns.push_back({DecodedKind::kField, {"payload"}, Type::String()});
  EXPECT_EQ(Decode("json", kIgnore, spec,
                   {R"({"type":"a","payload":{ "id":7 }})", R"({"payload":"{\"id\":8}"})",
                    R"({"payload":3})"}),
            (Lines{"'a' | '7' | NULL | '{\"id\":7}'", "NULL | '8' | NULL | '{\"id\":8}'",
                   "NULL | NULL | NULL | '3'"}));
}

TEST(JsonDecoderTest, PartsOfRows) {
  DecodeSpec spec;
  spec.table = {{"p", Type::Row({{"x", Type::Int()}, {"y", Type::Row({{"z", Type::String()}})}})},
                {"q", Type::Int()}};
  spec.columns = {{DecodedKind::kField, {"p", "x"}, Type::Int()},
                  {DecodedKind::kField, {"p", "y", "z"}, Type::String()},
                  {DecodedKind::kField, {"q"}, Type::Int()}};
  EXPECT_EQ(Decode("json", kIgnore, spec,
                   {R"({"p":{"x":1,"y":{"z":"a"}},"q":2})", R"({"p":{"x":"bad"},"q":3})",
                    R"({"p":"no row","q":4})", R"({"p":{"y":null}})"}),
            (Lines{"1 | 'a' | 2", "NULL | NULL | 3", "NULL | NULL | 4", "NULL | NULL | NULL"}));
  EXPECT_EQ(Decode("json", {}, spec, {R"({"p":"no row","q":4})"}).size(), 1u);
}

TEST(JsonDecoderTest, Filters) {
  DecodeSpec spec = PathSpec();
  spec.filters = {{0, {"a", "b"}}, {1, {"7"}}};
  EXPECT_EQ(Decode("json", {}, spec,
                   {R"({"type":"a","payload":{"id":7}})", R"({"type":"c","payload":{"id":7}})",
                    R"({"type":"b","payload":{"id":8}})", R"({"payload":{"id":7}})",
                    R"({"type":"b","payload":{"id":"7"}})", R"({"type":"c","payload":{"id":7})"}),
            (Lines{"'a' | '7' | NULL", "'b' | '7' | NULL", "filtered 3",
                   "error at 5: the document ends too early"}));
}

TEST(JsonDecoderTest, LimitsOfNewerFlink) {
  const DecodeSpec spec = WholeTable({{"a", Type::Int()}, {"s", Type::String()}});
  const auto nested = [](size_t depth) {
    return R"({"a":1,"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  const Lines texts = {nested(999),
                       nested(999),
                       nested(1000),
                       nested(1000),
                       R"({"a":1,"x":)" + std::string(1000, '1') + "}",
                       R"({"a":1,"x":)" + std::string(1001, '1') + "}",
                       R"({"a":1,"x":)" + std::string(1001, '1') + "}"};
  EXPECT_EQ(Decode("json", kIgnore, spec, texts, FlinkVersion::k2_3),
            (Lines{"1 | NULL", "1 | NULL", "1 | NULL", "skipped 4"}));
  EXPECT_EQ(Decode("json", kIgnore, spec, texts).size(), 7u);
}

TEST(JsonDecoderTest, RootArrays) {
  const Schema table = {{"a", Type::Int()}};
  EXPECT_EQ(Decode("json", kIgnore, WholeTable(table), {R"([{"a":1},{"a":2}])"}),
            (Lines{"1", "2"}));
  std::string many = "[";
  for (int i = 0; i < 10000; ++i)
    many += (i == 0 ? "{\"a\":" : ",{\"a\":") + std::to_string(i) + "}";
  const Lines rows =
      Decode("json", {}, WholeTable(table), {R"({"a":-1})", many + "]", R"({"a":-2})"});
  ASSERT_EQ(rows.size(), 10002u);
  EXPECT_EQ(rows[0], "-1");
  EXPECT_EQ(rows[5000], "4999");
  EXPECT_EQ(rows[10001], "-2");
}

// As many rows as records, but not one each.
TEST(JsonDecoderTest, RowsOfArraysNameTheirRecord) {
  Session session;
  auto decoder =
      FindFormat("json")->make_decoder(Options(kIgnore), WholeTable({{"a", Type::Int()}}), session);
  ASSERT_TRUE(decoder.ok());
  DecodeOutput out;
  const RawRecords records = MakeRecords({"bad", R"([{"a":1},{"a":2}])", R"({"a":3})"});
  ASSERT_TRUE((*decoder)->Decode(records, 0, out).ok());
  EXPECT_EQ(out.num_rows, 3);
  EXPECT_EQ(out.record_of_row, (std::vector<int32_t>{1, 1, 2}));
}

TEST(JsonDecoderTest, ManyRecordsInBatches) {
  Lines texts;
  for (int i = 0; i < 10000; ++i)
    texts.push_back(i % 10 == 3 ? "bad" : "{\"a\":" + std::to_string(i) + "}");
  const RawRecords records = MakeRecords(texts);
  Session session;
  auto decoder =
      FindFormat("json")->make_decoder(Options(kIgnore), WholeTable({{"a", Type::Int()}}), session);
  ASSERT_TRUE(decoder.ok());
  int64_t rows = 0;
  for (size_t next = 0; next < texts.size();) {
    DecodeOutput out;
    next = *(*decoder)->Decode(records, next, out);
    EXPECT_LE(out.num_rows, kMaxBatchRows);
    for (int32_t row = 0; row < out.num_rows; ++row) {
      EXPECT_EQ(out.columns[0].View<int32_t>()[row], out.record_of_row[row]);
    }
    rows += out.num_rows;
  }
  EXPECT_EQ(rows, 9000);
}

}  // namespace
}  // namespace sluice
