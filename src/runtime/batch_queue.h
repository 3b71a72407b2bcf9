// BatchQueue: the bounded way from one task to another: batches with the control events between
// them, in order. One producer thread and one consumer thread, no locks. Control events have slots
// of their own, so that a full queue never holds up a barrier.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "operators/operator.h"
#include "types/batch.h"

namespace sluice {

struct QueueItem {
  bool is_batch = false;
  Batch batch;        // if is_batch
  Control control;    // otherwise
  int64_t bytes = 0;  // what the batch pins
};

class BatchQueue {
 public:
  static constexpr uint32_t kDataSlots = 8;
  static constexpr uint32_t kWatermarkSlots =
      kDataSlots + 4;                     // beyond, the producer keeps the latest watermark back
  static constexpr uint32_t kSlots = 32;  // the rest is for barriers and the end
  static constexpr int64_t kMaxBytes = int64_t{8} << 20;

  BatchQueue() = default;
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // Producer: whether a batch may be pushed. After `false` PopWantsWake will answer true once there
  // is room.
  bool HasRoom() {
    if (RoomNow()) return true;
    producer_waits_.store(true, std::memory_order_seq_cst);
    return RoomNow();
  }
  bool HasWatermarkRoom() const { return Used() < kWatermarkSlots; }

  // Producer. REQUIRES: room for what is pushed; barriers and the end always have it.
  void Push(QueueItem item);

  // Consumer: the oldest item, or null.
  QueueItem* Front() {
    const uint32_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return nullptr;
    return &slots_[head % kSlots];
  }
  // Consumer: drops Front(). True: the producer waits for room and must be woken.
  [[nodiscard]] bool PopWantsWake();

 private:
  uint32_t Used() const {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_seq_cst);
  }
  bool RoomNow() const {
    const uint32_t used = Used();
    // A single batch may be larger than the limit.
    return used < kDataSlots && (used == 0 || bytes_.load(std::memory_order_seq_cst) < kMaxBytes);
  }

  alignas(64) std::atomic<uint32_t> head_{0};  // next to pop; written by the consumer
  alignas(64) std::atomic<uint32_t> tail_{0};  // next to push; written by the producer
  alignas(64) std::atomic<int64_t> bytes_{0};
  std::atomic<bool> producer_waits_{false};
  std::array<QueueItem, kSlots> slots_;
};

}  // namespace sluice
