#include "runtime/batch_queue.h"

#include "base/check.h"

namespace sluice {

void BatchQueue::Push(QueueItem item) {
  const uint32_t tail = tail_.load(std::memory_order_relaxed);
  SL_CHECK(tail - head_.load(std::memory_order_acquire) < kSlots);
  bytes_.fetch_add(item.bytes, std::memory_order_relaxed);
  slots_[tail % kSlots] = std::move(item);
  tail_.store(tail + 1, std::memory_order_release);
}

// Between "the producer saw no room, raised its flag, looked again" and "the consumer made room,
// looked at the flag" one of the two sees the other's write, because all four are sequentially
// consistent: no wake-up is lost.
bool BatchQueue::PopWantsWake() {
  const uint32_t head = head_.load(std::memory_order_relaxed);
  QueueItem& item = slots_[head % kSlots];
  bytes_.fetch_sub(item.bytes, std::memory_order_seq_cst);
  item = QueueItem();
  head_.store(head + 1, std::memory_order_seq_cst);
  if (!producer_waits_.load(std::memory_order_seq_cst) || !RoomNow()) return false;
  return producer_waits_.exchange(false, std::memory_order_seq_cst);
}

}  // namespace sluice
