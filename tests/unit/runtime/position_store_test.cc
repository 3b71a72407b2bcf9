#include "runtime/position_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/env.h"
#include "runtime/flush_coordinator.h"

namespace sluice {
namespace {

class PositionStoreTest : public testing::Test {
 protected:
  ~PositionStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<PositionStore> Open(bool fresh = false) {
    auto store = PositionStore::Open(folder_, fresh);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }

  static SourcePosition At(std::map<std::string, int64_t> offsets) {
    return {.offsets = std::move(offsets)};
  }

  const std::string folder_ = testing::TempDir() + "/sluice-" + RandomUuid() + "/state";
};

TEST_F(PositionStoreTest, KeepsWhatWasFlushedAndNoMore) {
  {
    auto store = Open();
    EXPECT_TRUE(store->PositionOf("Source: a").offsets.empty());
    store->Add("Source: a", 0, 1, At({{"t[0]", 10}}));
    store->Add("Source: a", 1, 1, At({{"t[1]", 5}}));
    store->Add("Source: a", 0, 2, At({{"t[0]", 99}}));
    ASSERT_TRUE(store->Save(1).ok());
  }
  EXPECT_EQ(Open()->PositionOf("Source: a").offsets,
            (std::map<std::string, int64_t>{{"t[0]", 10}, {"t[1]", 5}}));
}

// An instance whose input has ended sends no barriers any more.
TEST_F(PositionStoreTest, AnInstanceThatEndedCountsWithItsEnd) {
  auto store = Open();
  store->Add("s", 0, 1, At({{"a", 1}}));
  store->Add("s", 0, FlushCoordinator::kFinalEpoch, At({{"a", 7}}));
  store->Add("s", 1, 1, At({{"b", 1}}));
  store->Add("s", 1, 2, At({{"b", 2}}));
  ASSERT_TRUE(store->Save(1).ok());
  EXPECT_EQ(store->PositionOf("s").offsets.at("a"), 1);
  ASSERT_TRUE(store->Save(2).ok());
  EXPECT_EQ(store->PositionOf("s").offsets, (std::map<std::string, int64_t>{{"a", 7}, {"b", 2}}));
}

TEST_F(PositionStoreTest, AnOlderEpochDoesNotOverwriteTheEnd) {
  auto store = Open();
  store->Add("s", 0, 1, At({{"a", 1}}));
  store->Add("s", 0, FlushCoordinator::kFinalEpoch, At({{"a", 2}}));
  ASSERT_TRUE(store->Save(FlushCoordinator::kFinalEpoch).ok());
  ASSERT_TRUE(store->Save(1).ok());
  EXPECT_EQ(store->PositionOf("s").offsets.at("a"), 2);
}

TEST_F(PositionStoreTest, PartitionsThatNobodyReadsAreKept) {
  {
    auto store = Open();
    store->Add("s", 0, 1, At({{"a", 1}, {"b", 2}}));
    ASSERT_TRUE(store->Save(1).ok());
  }
  {
    auto store = Open();
    store->Add("s", 0, 1, At({{"b", 3}}));
    ASSERT_TRUE(store->Save(1).ok());
  }
  EXPECT_EQ(Open()->PositionOf("s").offsets, (std::map<std::string, int64_t>{{"a", 1}, {"b", 3}}));
}

TEST_F(PositionStoreTest, NamesMayHoldAnything) {
  const std::string name = "a\tb\nc\\n \xe4\xb8\xad";
  {
    auto store = Open();
    store->Add(name, 0, 1, At({{name, 42}}));
    ASSERT_TRUE(store->Save(1).ok());
  }
  EXPECT_EQ(Open()->PositionOf(name).offsets.at(name), 42);
}

TEST_F(PositionStoreTest, FreshForgets) {
  {
    auto store = Open();
    store->Add("s", 0, 1, At({{"a", 1}}));
    ASSERT_TRUE(store->Save(1).ok());
  }
  EXPECT_TRUE(Open(/*fresh=*/true)->PositionOf("s").offsets.empty());
  EXPECT_TRUE(Open()->PositionOf("s").offsets.empty());
}

TEST_F(PositionStoreTest, ASecondJobIsTurnedAway) {
  auto store = Open();
  const Status second = PositionStore::Open(folder_, false).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(second.message()).find("another job is running"), std::string::npos);
  store.reset();
  EXPECT_TRUE(PositionStore::Open(folder_, false).ok());
}

TEST_F(PositionStoreTest, ADamagedFileIsNotTakenForAnEmptyOne) {
  {
    auto store = Open();
    store->Add("s", 0, 1, At({{"a", 1}}));
    ASSERT_TRUE(store->Save(1).ok());
  }
  for (const std::string_view text :
       {"", "something else", "sluice positions 1\n12\ts\ta\n",
        "sluice positions 1\nx\ts\ta\nend\n", "sluice positions 1\n12\ts\nend\n",
        "sluice positions 1\nend\nmore"}) {
    std::ofstream(folder_ + "/positions") << text;
    const Status status = PositionStore::Open(folder_, false).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << text;
  }
}

}  // namespace
}  // namespace sluice
