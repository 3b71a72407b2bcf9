// The raw format: text, bytes and numbers as they stand.
#include <gtest/gtest.h>

#include "format_testing.h"

namespace sluice {
namespace {

using Lines = std::vector<std::string>;

TEST(RawTest, Text) {
  const DecodeSpec spec = WholeTable({{"line", Type::String()}});
  EXPECT_EQ(Decode("raw", {}, spec, {"a line that is long enough", "", "中"}),
            (Lines{"'a line that is long enough'", "''", "'中'"}));
  EXPECT_EQ(Decode("raw", {{"charset", "ISO-8859-1"}}, spec, {"\xe9t\xe9"}), (Lines{"'été'"}));
}

TEST(RawTest, Numbers) {
  const std::string big_endian("\0\0\1\2", 4);
  EXPECT_EQ(Decode("raw", {}, WholeTable({{"n", Type::Int()}}), {big_endian}), (Lines{"258"}));
  EXPECT_EQ(Decode("raw", {{"endianness", "little-endian"}}, WholeTable({{"n", Type::Int()}}),
                   {big_endian}),
            (Lines{"33619968"}));
  EXPECT_EQ(Decode("raw", {}, WholeTable({{"n", Type::BigInt()}}), {big_endian}).size(), 1u);
}

TEST(RawTest, OneColumnOfASimpleType) {
  EXPECT_EQ(
      Decode("raw", {}, WholeTable({{"a", Type::Int()}, {"b", Type::Int()}}), {})[0].substr(0, 23),
      "The 'raw' format only s");
  EXPECT_EQ(Decode("raw", {}, WholeTable({{"a", Type::Date()}}), {})[0].substr(0, 24),
            "The 'raw' format doesn't");
}

TEST(RawTest, WritesWhatItReads) {
  Session session;
  for (const Type& type : {Type::String(), Type::BigInt(), Type::Double(), Type::SmallInt()}) {
    const std::string record = "12345678";
    const RawRecords records = MakeRecords({record});
    auto decoder = FindFormat("raw")->make_decoder(Options(), WholeTable({{"a", type}}), session);
    auto encoder = FindFormat("raw")->make_encoder(Options(), {{"a", type}}, session);
    DecodeOutput out;
    ASSERT_TRUE((*decoder)->Decode(records, 0, out).ok());
    std::string text;
    ASSERT_TRUE((*encoder)
                    ->Encode({.columns = out.columns, .num_rows = 1}, 0, 1, "\n", &text, nullptr)
                    .ok());
    EXPECT_EQ(text, record.substr(0, type.kind() == TypeKind::kSmallInt ? 2 : 8) + "\n");
  }
}

}  // namespace
}  // namespace sluice
