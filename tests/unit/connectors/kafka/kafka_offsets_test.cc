#include "connectors/kafka/kafka_offsets.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TableInfo Topic(std::map<std::string, std::string> options) {
  TableInfo table;
  table.name = "t";
  options.emplace("topic", "orders");
  table.options = Options(std::move(options));
  return table;
}

TEST(KafkaOffsetsTest, SpecificOffsetsAreReadAsFlinkReadsThem) {
  const auto offsets = ParseSpecificOffsets("o", "partition:0,offset:42;partition:12,offset:300");
  ASSERT_TRUE(offsets.ok()) << offsets.status();
  EXPECT_EQ(*offsets, (std::map<int32_t, int64_t>{{0, 42}, {12, 300}}));
  EXPECT_TRUE(ParseSpecificOffsets("o", "partition:1,offset:2;").ok());
  for (const std::string_view bad :
       {"", "0:42", "partition:0", "partition:0,offset:", "partition:0,offset:-1",
        "partition:0,offset:1,partition:1,offset:2", "partition:x,offset:1",
        "partition:0,offset:1;;", "partition: 0,offset:1x"}) {
    EXPECT_FALSE(ParseSpecificOffsets("o", bad).ok()) << bad;
  }
}

TEST(KafkaOffsetsTest, ModesNeedTheirOptions) {
  EXPECT_TRUE(CheckKafkaModes(Topic({})).empty());
  EXPECT_EQ(CheckKafkaModes(Topic({{"scan.startup.mode", "timestamp"}})).size(), 1u);
  EXPECT_EQ(CheckKafkaModes(Topic({{"scan.bounded.mode", "specific-offsets"}})).size(), 1u);
  EXPECT_EQ(CheckKafkaModes(Topic({{"topic", "a;b"},
                                   {"scan.startup.mode", "specific-offsets"},
                                   {"scan.startup.specific-offsets", "partition:0,offset:1"}}))
                .size(),
            1u);
  EXPECT_EQ(CheckKafkaModes(Topic({{"properties.auto.offset.reset", "newest"}})).size(), 1u);
}

TEST(KafkaOffsetsTest, ResetFollowsTheStartupMode) {
  EXPECT_EQ(OffsetResetOf(Topic({})), "error");
  EXPECT_EQ(OffsetResetOf(Topic({{"scan.startup.mode", "earliest-offset"}})), "earliest");
  EXPECT_EQ(OffsetResetOf(Topic({{"scan.startup.mode", "LATEST-OFFSET"}})), "latest");
  EXPECT_EQ(OffsetResetOf(Topic({{"properties.auto.offset.reset", "earliest"}})), "earliest");
}

TEST(KafkaOffsetsTest, BoundedByItsOption) {
  EXPECT_FALSE(IsBoundedKafkaTable(Topic({})));
  EXPECT_TRUE(IsBoundedKafkaTable(Topic({{"scan.bounded.mode", "latest-offset"}})));
}

}  // namespace
}  // namespace sluice
