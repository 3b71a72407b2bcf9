#include "runtime/batch_queue.h"

#include <gtest/gtest.h>
#include <sched.h>

#include "base/thread.h"
#include "testing.h"

namespace sluice {
namespace {

QueueItem BatchItem(int64_t value, int64_t bytes = 8) {
  return {.is_batch = true, .batch = NumberBatch({value}), .bytes = bytes};
}

TEST(BatchQueueTest, HandsItemsOnInOrder) {
  BatchQueue queue;
  EXPECT_EQ(queue.Front(), nullptr);
  queue.Push(BatchItem(1));
  queue.Push({.control = {.watermark_ms = 7}});
  ASSERT_NE(queue.Front(), nullptr);
  EXPECT_EQ(NumbersOf(queue.Front()->batch), std::vector<int64_t>{1});
  EXPECT_FALSE(queue.PopWantsWake());
  EXPECT_EQ(queue.Front()->control.watermark_ms, 7);
  EXPECT_FALSE(queue.PopWantsWake());
  EXPECT_EQ(queue.Front(), nullptr);
}

TEST(BatchQueueTest, IsFullAfterItsDataSlotsButTakesControlEvents) {
  BatchQueue queue;
  for (uint32_t i = 0; i < BatchQueue::kDataSlots; ++i) {
    EXPECT_TRUE(queue.HasRoom());
    queue.Push(BatchItem(i));
  }
  EXPECT_FALSE(queue.HasRoom());
  EXPECT_TRUE(queue.HasWatermarkRoom());
  queue.Push({.control = {.kind = ControlKind::kBarrier, .epoch = 1}});
  queue.Push({.control = {.kind = ControlKind::kEndOfInput}});
}

TEST(BatchQueueTest, IsFullWhenTheBatchesPinTooMuch) {
  BatchQueue queue;
  queue.Push(BatchItem(1, BatchQueue::kMaxBytes + 1));
  EXPECT_FALSE(queue.HasRoom());
  EXPECT_TRUE(queue.PopWantsWake());
  EXPECT_TRUE(queue.HasRoom());
}

TEST(BatchQueueTest, AnswersOnceThatTheProducerWaits) {
  BatchQueue queue;
  for (uint32_t i = 0; i < BatchQueue::kDataSlots; ++i) queue.Push(BatchItem(i));
  EXPECT_FALSE(queue.HasRoom());
  EXPECT_TRUE(queue.PopWantsWake());
  EXPECT_FALSE(queue.PopWantsWake());
}

// Two threads that only go on when told: a lost wake-up would hang the test.
TEST(BatchQueueTest, LosesNoWakeUpBetweenThreads) {
  constexpr int64_t kItems = 20'000;
  BatchQueue queue;
  std::atomic<bool> producer_may_go{false};
  Thread producer("producer", [&] {
    for (int64_t i = 0; i < kItems; ++i) {
      while (!queue.HasRoom()) {
        producer_may_go.wait(false);
        producer_may_go.store(false);
      }
      queue.Push(BatchItem(i));
    }
  });
  for (int64_t i = 0; i < kItems;) {
    if (queue.Front() == nullptr) {
      sched_yield();
      continue;
    }
    ASSERT_EQ(NumbersOf(queue.Front()->batch).front(), i++);
    if (!queue.PopWantsWake()) continue;
    producer_may_go.store(true);
    producer_may_go.notify_one();
  }
}

}  // namespace
}  // namespace sluice
