// ChunkPool: the memory that sources fill with records and batches pin; used again once nobody pins
// it. Chunks come back from whatever thread drops the last pin.
#pragma once

#include <cstdint>
#include <memory>

#include "types/raw_records.h"

namespace sluice {

class ChunkPool {
 public:
  explicit ChunkPool(int64_t chunk_bytes);
  ~ChunkPool();
  // At least `bytes` long, behind which RawRecords::kPaddingBytes may be read. The memory outlives
  // the pool.
  std::shared_ptr<char> Take(int64_t bytes);
  int64_t chunk_bytes() const { return chunk_bytes_; }

 private:
  struct Free;
  const int64_t chunk_bytes_;
  const std::shared_ptr<Free> free_;
};

}  // namespace sluice
