#include "runtime/exchange_output.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <numeric>
#include <set>

#include "testing.h"
#include "types/hash.h"

namespace sluice {
namespace {

class ExchangeOutputTest : public testing::Test {
 protected:
  ExchangeOutput& Make(Exchange exchange, int targets, int64_t delay_us = 0) {
    output_ = std::make_unique<ExchangeOutput>(exchange, std::vector<int32_t>{0}, 0, delay_us);
    for (int t = 0; t < targets; ++t) {
      queues_.push_back(std::make_unique<BatchQueue>());
      output_->AddTarget(queues_.back().get(), [] {});
    }
    return *output_;
  }
  // Takes everything out of a queue; controls as -1000 - watermark, -1 (barrier), -2 (end).
  std::vector<int64_t> Drain(int target) {
    std::vector<int64_t> values;
    BatchQueue& queue = *queues_[target];
    while (QueueItem* item = queue.Front()) {
      if (item->is_batch) {
        for (int64_t value : NumbersOf(item->batch)) values.push_back(value);
      } else if (item->control.kind == ControlKind::kWatermark) {
        values.push_back(-1000 - item->control.watermark_ms);
      } else {
        values.push_back(item->control.kind == ControlKind::kBarrier ? -1 : -2);
      }
      (void)queue.PopWantsWake();
    }
    return values;
  }
  std::vector<std::unique_ptr<BatchQueue>> queues_;
  std::unique_ptr<ExchangeOutput> output_;
};

std::vector<int64_t> Range(int64_t first, int64_t count) {
  std::vector<int64_t> values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

TEST_F(ExchangeOutputTest, HashSendsEveryRowToTheOwnerOfItsKeyGroupInOrder) {
  ExchangeOutput& output = Make(Exchange::kHash, 3);
  output.Emit(NumberBatch(Range(0, 4000)), 0);
  std::set<int64_t> seen;
  for (int t = 0; t < 3; ++t) {
    const std::vector<int64_t> rows = Drain(t);
    EXPECT_GT(rows.size(), 1000u);
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
    for (int64_t row : rows) {
      EXPECT_TRUE(seen.insert(row).second);
      const Vector key = Numbers({row});
      uint64_t hash = 0;
      HashRows({&key, 1}, 1, &hash);
      EXPECT_EQ(OwnerOfKeyGroup(KeyGroupOf(hash), 3), t);
    }
  }
  EXPECT_EQ(seen.size(), 4000u);
}

TEST_F(ExchangeOutputTest, RebalanceTakesTurns) {
  ExchangeOutput& output = Make(Exchange::kRebalance, 2);
  for (int64_t i = 0; i < 4; ++i) output.Emit(NumberBatch({i}), 0);
  EXPECT_EQ(Drain(0), (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(Drain(1), (std::vector<int64_t>{1, 3}));
}

TEST_F(ExchangeOutputTest, SmallBatchesWaitForCompanyUntilTheyAreDue) {
  ExchangeOutput& output = Make(Exchange::kGather, 1, 5000);
  output.Emit(NumberBatch({1}), 1000);
  output.Emit(NumberBatch({2}), 2000);
  EXPECT_TRUE(Drain(0).empty());
  EXPECT_EQ(output.NextDueUs(), 6000);
  output.FlushDue(5999);
  EXPECT_TRUE(Drain(0).empty());
  output.FlushDue(6000);
  EXPECT_EQ(Drain(0), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(output.NextDueUs(), INT64_MAX);
}

TEST_F(ExchangeOutputTest, ControlEventsComeBehindWhatWasGathered) {
  ExchangeOutput& output = Make(Exchange::kGather, 1, 5000);
  output.Emit(NumberBatch({1}), 0);
  output.EmitControl({.kind = ControlKind::kBarrier, .epoch = 1});
  output.Emit(NumberBatch({2}), 0);
  output.EmitControl({.kind = ControlKind::kEndOfInput});
  EXPECT_EQ(Drain(0), (std::vector<int64_t>{1, -1, 2, -2}));
}

TEST_F(ExchangeOutputTest, WatermarksBeyondTheirSlotsAreReplacedByTheLatest) {
  ExchangeOutput& output = Make(Exchange::kGather, 1);
  for (int64_t ms = 1; ms <= 100; ++ms) output.EmitControl({.watermark_ms = ms});
  output.EmitControl({.kind = ControlKind::kBarrier, .epoch = 1});
  const std::vector<int64_t> events = Drain(0);
  EXPECT_LE(events.size(), size_t{BatchQueue::kSlots});
  ASSERT_GE(events.size(), 2u);
  EXPECT_EQ(events.back(), -1);
  EXPECT_EQ(events[events.size() - 2], -1100);
}

TEST_F(ExchangeOutputTest, ARowlessTargetStillLearnsTheTime) {
  ExchangeOutput& output = Make(Exchange::kHash, 2);
  Batch batch = NumberBatch({7});
  batch.marks = {{0, 50}};
  output.Emit(batch, 0);
  std::vector<int64_t> all = Drain(0);
  for (int64_t event : Drain(1)) all.push_back(event);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (std::vector<int64_t>{-1050, 7}));
}

TEST_F(ExchangeOutputTest, BatchesThatPinMuchAreCopied) {
  ExchangeOutput& output = Make(Exchange::kGather, 1);
  Batch batch = NumberBatch(Range(0, 1000));
  batch.pinned_bytes = 1 << 20;
  output.Emit(batch, 0);
  ASSERT_NE(queues_[0]->Front(), nullptr);
  EXPECT_EQ(queues_[0]->Front()->bytes, 8000);
}

}  // namespace
}  // namespace sluice
