#include "runtime/exchange_output.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/compact.h"
#include "types/hash.h"

namespace sluice {
namespace {

// Smaller batches are gathered: below this, handing a batch over costs more than copying its rows.
constexpr int32_t kWorthASlotRows = 512;
// A batch that uses less than 1/kCompactBelow of what it pins is copied.
constexpr int64_t kCompactBelow = 8;

}  // namespace

ExchangeOutput::ExchangeOutput(Exchange exchange, std::vector<int32_t> hash_columns,
                               int32_t first_target, int64_t delay_us)
    : exchange_(exchange),
      hash_columns_(std::move(hash_columns)),
      delay_us_(delay_us),
      next_target_(static_cast<size_t>(first_target)) {
  SL_CHECK(exchange != Exchange::kForward);
}

void ExchangeOutput::AddTarget(BatchQueue* queue, std::function<void()> wake) {
  targets_.push_back({.queue = queue, .wake = std::move(wake)});
}

bool ExchangeOutput::HasRoom() {
  for (Target& target : targets_) {
    if (!target.queue->HasRoom()) return false;
  }
  return true;
}

void ExchangeOutput::Emit(const Batch& batch, int64_t now_us) {
  switch (exchange_) {
    case Exchange::kForward: break;
    case Exchange::kHash: EmitByHash(batch, now_us); break;
    case Exchange::kGather: EmitTo(targets_.front(), batch, now_us); break;
    case Exchange::kRebalance:
      EmitTo(targets_[next_target_ % targets_.size()], batch, now_us);
      ++next_target_;
      break;
  }
}

void ExchangeOutput::EmitByHash(const Batch& batch, int64_t now_us) {
  const int32_t num_targets = static_cast<int32_t>(targets_.size());
  if (num_targets == 1) return EmitTo(targets_.front(), batch, now_us);
  std::vector<Vector> keys;
  for (int32_t column : hash_columns_) keys.push_back(batch.columns[column]);
  hashes_.resize(batch.num_rows);
  owners_.resize(batch.num_rows);
  HashRows(keys, batch.num_rows, hashes_.data());
  std::vector<int32_t> num_rows(num_targets, 0);
  for (int32_t i = 0; i < batch.num_rows; ++i) {
    owners_[i] = OwnerOfKeyGroup(KeyGroupOf(hashes_[i]), num_targets);
    ++num_rows[owners_[i]];
  }
  for (int32_t t = 0; t < num_targets; ++t) {
    if (num_rows[t] == batch.num_rows) {
      EmitTo(targets_[t], batch, now_us);
    } else if (num_rows[t] > 0) {
      std::shared_ptr<int32_t[]> rows(new int32_t[num_rows[t]]);
      int32_t next = 0;
      for (int32_t i = 0; i < batch.num_rows; ++i) {
        if (owners_[i] == t) rows[next++] = i;
      }
      EmitTo(targets_[t], batch.Select(std::move(rows), num_rows[t]), now_us);
    } else if (!batch.marks.empty()) {
      // Time passes for this target as well.
      Flush(targets_[t]);
      targets_[t].held_watermark_ms = batch.marks.back().watermark_ms;
      SendHeldWatermark(targets_[t]);
    }
  }
}

void ExchangeOutput::EmitTo(Target& target, Batch batch, int64_t now_us) {
  SendHeldWatermark(target);
  // Origins belong to one block of records: such batches travel as they are.
  const bool may_copy = batch.origins.records == nullptr;
  if (may_copy && PinnedBytes(batch) > kCompactBelow * UsedBytes(batch)) {
    batch = Concatenate({&batch, 1});
  }
  if (batch.num_rows >= kWorthASlotRows || !may_copy) {
    Flush(target);
    Push(target, std::move(batch));
    return;
  }
  if (target.gathered_rows + batch.num_rows > kMaxBatchRows) Flush(target);
  if (target.gathered.empty()) {
    target.due_us = (batch.oldest_row_us == 0 ? now_us : batch.oldest_row_us) + delay_us_;
  }
  target.gathered_rows += batch.num_rows;
  target.gathered.push_back(std::move(batch));
  if (target.gathered_rows >= kWorthASlotRows || target.due_us <= now_us) Flush(target);
}

void ExchangeOutput::EmitControl(const Control& control) {
  for (Target& target : targets_) {
    Flush(target);
    if (control.kind == ControlKind::kWatermark) {
      target.held_watermark_ms = control.watermark_ms;
      SendHeldWatermark(target);
      continue;
    }
    if (target.held_watermark_ms) {
      const Control watermark{.watermark_ms = *target.held_watermark_ms};
      target.held_watermark_ms.reset();
      target.queue->Push({.control = watermark});
    }
    target.queue->Push({.control = control});
    target.wake();
  }
}

void ExchangeOutput::SendHeldWatermark(Target& target) {
  if (!target.held_watermark_ms || !target.queue->HasWatermarkRoom()) return;
  target.queue->Push({.control = {.watermark_ms = *target.held_watermark_ms}});
  target.held_watermark_ms.reset();
  target.wake();
}

void ExchangeOutput::FlushDue(int64_t now_us) {
  for (Target& target : targets_) {
    SendHeldWatermark(target);
    if (target.due_us > now_us) continue;
    if (target.queue->HasRoom()) {
      Flush(target);
    } else {
      target.due_us = now_us + delay_us_;
    }
  }
}

int64_t ExchangeOutput::NextDueUs() const {
  int64_t due_us = INT64_MAX;
  for (const Target& target : targets_) due_us = std::min(due_us, target.due_us);
  return due_us;
}

void ExchangeOutput::Flush(Target& target) {
  if (target.gathered.empty()) return;
  Batch batch = Concatenate(target.gathered);
  target.gathered.clear();
  target.gathered_rows = 0;
  target.due_us = INT64_MAX;
  Push(target, std::move(batch));
}

void ExchangeOutput::Push(Target& target, Batch batch) {
  SL_CHECK(batch.num_rows > 0 && batch.num_rows <= kMaxBatchRows);
  const int64_t bytes = PinnedBytes(batch);
  target.queue->Push({.is_batch = true, .batch = std::move(batch), .bytes = bytes});
  target.wake();
}

}  // namespace sluice
