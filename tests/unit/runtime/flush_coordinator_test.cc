#include "runtime/flush_coordinator.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(FlushCoordinatorTest, OneEpochAtATimeAndOnlyWhenAllTerminalsHaveIt) {
  int requests = 0;
  std::vector<uint64_t> completed;
  FlushCoordinator coordinator(
      100, [&] { ++requests; }, [&](uint64_t epoch) { completed.push_back(epoch); });
  const int32_t a = coordinator.AddTerminal();
  const int32_t b = coordinator.AddTerminal();
  coordinator.Tick(1000);
  EXPECT_EQ(requests, 0);
  coordinator.Tick(1099);
  EXPECT_EQ(requests, 0);
  coordinator.Tick(1100);
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(coordinator.requested_epoch(), 1u);
  coordinator.Tick(1200);  // the first is still under way
  EXPECT_EQ(coordinator.requested_epoch(), 1u);
  coordinator.Acknowledge(a, 1);
  EXPECT_TRUE(completed.empty());
  coordinator.Acknowledge(b, 1);
  EXPECT_EQ(completed, std::vector<uint64_t>{1});
  EXPECT_EQ(coordinator.durable_epoch(), 0u);
  coordinator.Publish(1);
  EXPECT_EQ(coordinator.durable_epoch(), 1u);
  coordinator.Tick(1300);
  EXPECT_EQ(coordinator.requested_epoch(), 2u);
}

TEST(FlushCoordinatorTest, EndedTerminalsHaveAllEpochs) {
  std::vector<uint64_t> completed;
  FlushCoordinator coordinator(
      100, [] {}, [&](uint64_t epoch) { completed.push_back(epoch); });
  const int32_t a = coordinator.AddTerminal();
  const int32_t b = coordinator.AddTerminal();
  coordinator.Acknowledge(a, FlushCoordinator::kFinalEpoch);
  coordinator.Acknowledge(b, 1);
  coordinator.Acknowledge(b, FlushCoordinator::kFinalEpoch);
  EXPECT_EQ(completed, (std::vector<uint64_t>{1, FlushCoordinator::kFinalEpoch}));
}

TEST(FlushCoordinatorTest, WithoutAnIntervalOnlyTheEndCounts) {
  int requests = 0;
  FlushCoordinator coordinator(
      0, [&] { ++requests; }, [](uint64_t) {});
  EXPECT_EQ(coordinator.NextTickUs(), INT64_MAX);
  coordinator.Tick(1'000'000'000);
  EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace sluice
