// Keys and values of one message as one row. The decoders are those of the json and raw formats.
#include <gtest/gtest.h>

#include "connectors/kafka/kafka.h"
#include "types/text.h"
#include "types/value.h"

namespace sluice {
namespace {

struct Message {
  std::optional<std::string> key;
  std::string value;
};

class KeyValueDecoderTest : public testing::Test {
 protected:
  void Declare(std::map<std::string, std::string> options) {
    table_.name = "t";
    table_.columns = {{"k_id", Type::Int()}, {"k_name", Type::String()}, {"v", Type::Int()}};
    options.emplace("key.format", "json");
    options.emplace("key.fields", "k_id;k_name");
    options.emplace("value.format", "json");
    table_.options = Options(std::move(options));
  }

  DecodeOutput Decode(const std::vector<Message>& messages, std::vector<std::string> columns,
                      std::vector<DecodeFilter> filters = {}) {
    DecodeSpec spec;
    spec.table = table_.PhysicalSchema();
    for (const std::string& name : columns) {
      for (const TableColumn& column : table_.columns) {
        if (column.name == name) spec.columns.push_back({DecodedKind::kField, {name}, column.type});
      }
    }
    spec.filters = std::move(filters);
    auto decoder = MakeKafkaDecoder(table_, spec, session_);
    EXPECT_TRUE(decoder.ok()) << decoder.status();
    auto text = std::make_shared<std::string>();
    for (const Message& message : messages) *text += message.key.value_or("") + message.value;
    text->append(RawRecords::kPaddingBytes, '\0');
    RawRecords records;
    records.pin = text;
    size_t at = 0;
    for (const Message& message : messages) {
      records.keys.push_back(message.key ? std::string_view(*text).substr(at, message.key->size())
                                         : std::string_view());
      at += message.key.value_or("").size();
      records.records.push_back(std::string_view(*text).substr(at, message.value.size()));
      at += message.value.size();
      records.offsets.push_back(static_cast<int64_t>(records.offsets.size()));
    }
    DecodeOutput out;
    const auto next = (*decoder)->Decode(records, 0, out);
    EXPECT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(*next, messages.size());
    return out;
  }

  static std::vector<std::string> Column(const DecodeOutput& out, size_t column) {
    std::vector<std::string> values;
    for (int32_t row = 0; row < out.num_rows; ++row) {
      const Value value = GetValue(out.columns[column], row);
      values.push_back(value.is_null()                            ? "NULL"
                       : out.columns[column].type().IsCharacter() ? value.as_text()
                                                                  : std::to_string(value.as_int()));
    }
    return values;
  }

  using Texts = std::vector<std::string>;
  TableInfo table_;
  Session session_;
};

TEST_F(KeyValueDecoderTest, KeyColumnsLoseTheirPrefix) {
  Declare({{"key.fields-prefix", "k_"}, {"value.fields-include", "EXCEPT_KEY"}});
  const DecodeOutput out =
      Decode({{R"({"id":1,"name":"一"})", R"({"v":10})"}, {R"({"id":2})", R"({"v":20})"}},
             {"v", "k_name", "k_id"});
  EXPECT_EQ(Column(out, 0), (Texts{"10", "20"}));
  EXPECT_EQ(Column(out, 1), (Texts{"一", "NULL"}));
  EXPECT_EQ(Column(out, 2), (Texts{"1", "2"}));
}

TEST_F(KeyValueDecoderTest, OfColumnsInBothTheValueCounts) {
  Declare({});
  const DecodeOutput out = Decode({{R"({"k_id":1})", R"({"k_id":5,"v":10})"}}, {"k_id", "v"});
  EXPECT_EQ(Column(out, 0), (Texts{"5"}));
}

TEST_F(KeyValueDecoderTest, EveryMessageEndsInOneCounter) {
  Declare({{"value.fields-include", "EXCEPT_KEY"}});
  const DecodeOutput out = Decode({{R"({"k_id":1,"k_name":"a"})", R"({"v":1})"},
                                   {std::nullopt, R"({"v":2})"},
                                   {R"({"k_id":)", R"({"v":3})"},
                                   {R"({"k_id":4,"k_name":"b"})", R"({"v":4})"},
                                   {R"({"k_id":5,"k_name":"a"})", R"({"v":)"},
                                   {R"({"k_id":6,"k_name":"a"})", R"({"v":6})"}},
                                  {"k_id", "v", "k_name"}, {{.column = 2, .values = {"a"}}});
  EXPECT_EQ(Column(out, 0), (Texts{"1", "6"}));
  EXPECT_EQ(Column(out, 1), (Texts{"1", "6"}));
  EXPECT_EQ(out.record_of_row, (std::vector<int32_t>{0, 5}));
  EXPECT_EQ(out.num_skipped, 1);
  EXPECT_EQ(out.num_filtered, 1);
  ASSERT_EQ(out.errors.errors().size(), 2u);
  EXPECT_TRUE(out.errors.Find(2)->detail.starts_with("in the key: "));
  EXPECT_NE(out.errors.Find(4), nullptr);
}

TEST_F(KeyValueDecoderTest, ArraysOfKeysAndValuesArePaired) {
  Declare({{"value.fields-include", "EXCEPT_KEY"}});
  const DecodeOutput out = Decode(
      {{R"([{"k_id":1},{"k_id":2}])", R"([{"v":10},{"v":20}])"}, {R"({"k_id":3})", R"({"v":30})"}},
      {"k_id", "v"});
  EXPECT_EQ(Column(out, 0), (Texts{"1", "2", "1", "2", "3"}));
  EXPECT_EQ(Column(out, 1), (Texts{"10", "10", "20", "20", "30"}));
  EXPECT_EQ(out.record_of_row, (std::vector<int32_t>{0, 0, 0, 0, 1}));
}

TEST_F(KeyValueDecoderTest, RawKeysMayBeNull) {
  Declare(
      {{"key.format", "raw"}, {"key.fields", "k_name"}, {"value.fields-include", "EXCEPT_KEY"}});
  const DecodeOutput out = Decode(
      {{std::nullopt, R"({"v":1})"}, {"", R"({"v":2})"}, {"键", R"({"v":3})"}}, {"k_name", "v"});
  EXPECT_EQ(Column(out, 0), (Texts{"NULL", "", "键"}));
  EXPECT_EQ(Column(out, 1), (Texts{"1", "2", "3"}));
}

}  // namespace
}  // namespace sluice
