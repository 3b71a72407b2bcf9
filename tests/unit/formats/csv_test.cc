// The csv format: splitting, types, options, and what the encoder quotes.
#include <gtest/gtest.h>

#include "format_testing.h"

namespace sluice {
namespace {

using Lines = std::vector<std::string>;
const std::map<std::string, std::string> kIgnore = {{"ignore-parse-errors", "true"}};

Schema Plain() {
  return {{"i", Type::Int()},     {"s", Type::String()},      {"d", Type::Double()},
          {"b", Type::Boolean()}, {"n", Type::Decimal(6, 2)}, {"dt", Type::Date()}};
}

TEST(CsvTest, TypesAndShortRows) {
  EXPECT_EQ(
      Decode("csv", kIgnore, WholeTable(Plain()),
             {"1,abc,1.5,true,12.345,1970-01-02", "2,\"quoted, \"\"x\"\"\",1e3,TRUE,-1,1970-02-29",
              "3,,,,,", "4", "5, spaced ,  2.5 ,false , 1.0 ,1970-01-01 ",
              "x,bad,1,1,99999.99,1970-1-2", "6,a,1,true,1,1970-01-01,extra"}),
      (Lines{"1 | 'abc' | 1.500000 | 1 | 1235 | 1",
             "2 | 'quoted, \"x\"' | 1000.000000 | 1 | -100 | 59", "3 | '' | NULL | 0 | NULL | NULL",
             "4 | NULL | NULL | NULL | NULL | NULL", "5 | ' spaced ' | 2.500000 | 0 | NULL | NULL",
             "NULL | 'bad' | 1.000000 | 0 | NULL | 1", "skipped 1"}));
}

TEST(CsvTest, FailsWithoutIgnore) {
  const DecodeSpec spec = WholeTable({{"i", Type::Int()}, {"s", Type::String()}});
  EXPECT_EQ(Decode("csv", {}, spec, {"1,a", "x,b", "2", "3,\"open"}),
            (Lines{"1 | 'a'", "error at 1: field 'i': 'x' is no INT",
                   "error at 2: Row length mismatch. 2 fields expected but was 1.",
                   "error at 3: a quoted field is not closed"}));
}

TEST(CsvTest, Characters) {
  const DecodeSpec spec =
      WholeTable({{"i", Type::Int()}, {"s", Type::String()}, {"t", Type::String()}});
  EXPECT_EQ(
      Decode("csv",
             {{"field-delimiter", "|"},
              {"quote-character", "'"},
              {"escape-character", "\\"},
              {"null-literal", "n/a"},
              {"allow-comments", "true"},
              {"ignore-parse-errors", "true"}},
             spec,
             {"1|'a|b'|c", "# a comment", "2|n/a|'n/a'", "n/a|x\\|y|'it\\'s'", "3|\"plain\"|"}),
      (Lines{"1 | 'a|b' | 'c'", "2 | NULL | NULL", "NULL | 'x|y' | 'it's'", "3 | '\"plain\"' | ''",
             "skipped 1"}));
  EXPECT_EQ(Decode("csv", {{"disable-quote-character", "true"}, {"field-delimiter", "\\t"}},
                   WholeTable({{"a", Type::String()}, {"b", Type::String()}}), {"\"a\"\tb\"c"}),
            (Lines{"'\"a\"' | 'b\"c'"}));
  EXPECT_EQ(Decode("csv", {{"field-delimiter", "||"}}, spec, {})[0].substr(0, 28),
            "Option 'csv.field-delimiter'");
}

TEST(CsvTest, ArraysAndRows) {
  const DecodeSpec spec = WholeTable({{"a", Type::Array(Type::Int())},
                                      {"r", Type::Row({{"x", Type::Int()}, {"y", Type::String()}})},
                                      {"s", Type::String()}});
  EXPECT_EQ(Decode("csv", {}, spec, {"1;2;3,7;seven,x", ",,", "5,1;,"}),
            (Lines{"[1, 2, 3] | (7, 'seven') | 'x'", "[] | NULL | ''", "[5] | (1, '') | ''"}));
  EXPECT_EQ(
      Decode("csv", {}, WholeTable({{"m", Type::Map(Type::String(), Type::Int())}}), {}).size(),
      1u);
}

TEST(CsvTest, QuotesWhatJacksonQuotes) {
  const Schema schema = {{"s", Type::String()}};
  Session session;
  auto encoder = FindFormat("csv")->make_encoder(Options(), schema, session);
  const auto encode = [&](const Value& value) {
    VectorBuilder builder(Type::String(), 1);
    if (value.is_null()) {
      builder.SetNull(0);
    } else {
      SetValue(builder, 0, value);
    }
    std::string out;
    EXPECT_TRUE(
        (*encoder)
            ->Encode({.columns = {builder.Finish()}, .num_rows = 1}, 0, 1, "", &out, nullptr)
            .ok());
    return out;
  };
  EXPECT_EQ(encode(Value::OfText("abc")), "abc");
  EXPECT_EQ(encode(Value::OfText("a b")), "\"a b\"");
  EXPECT_EQ(encode(Value::OfText("a\"b")), "\"a\"\"b\"");
  EXPECT_EQ(encode(Value::OfText("a:b-c")), "a:b-c");
  EXPECT_EQ(encode(Value::OfText("")), "");
  EXPECT_EQ(encode(Value::OfText("abcdefghijklmnopqrstuvwxyz")), "\"abcdefghijklmnopqrstuvwxyz\"");
  EXPECT_EQ(encode(Value::Null()), "");
}

}  // namespace
}  // namespace sluice
