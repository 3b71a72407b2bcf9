// What batches weigh, and how to make them lighter before they are queued: a batch that uses little
// of what it keeps alive is copied.
#pragma once

#include <cstdint>
#include <span>

#include "types/batch.h"

namespace sluice {

// Bytes that the rows themselves take: fixed-size values and the text they point to.
int64_t UsedBytes(const Batch& batch);
// Bytes that stay alive with the batch: whole column bodies and the source chunks behind them, as
// far as known.
int64_t PinnedBytes(const Batch& batch);

// The rows of all batches in one, copied: nothing of them need live on. REQUIRES: the same columns,
// at most kMaxBatchRows rows in all, and no origins.
Batch Concatenate(std::span<const Batch> batches);

}  // namespace sluice
