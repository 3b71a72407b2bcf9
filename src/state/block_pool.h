// BlockPool: memory for the many small blocks of keyed state. Blocks never move; a freed block is
// kept for the next one of its size. Everything is freed with the pool. Single-threaded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice {

class BlockPool {
 public:
  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  // `bytes` > 0, aligned to 16. The content is undefined.
  char* Allocate(size_t bytes);
  // REQUIRES: `block` is from Allocate(bytes).
  void Free(char* block, size_t bytes);

  // Bytes of the blocks that are in use, rounded up as they are kept.
  int64_t used_bytes() const { return used_bytes_; }

 private:
  static constexpr size_t kGranule = 16;
  static constexpr size_t kLargestPooled = 1024;

  struct FreeBlock {
    FreeBlock* next;
  };
  // In front of a block that is too large for the pool.
  struct alignas(16) LargeBlock {
    LargeBlock* previous;
    LargeBlock* next;
  };

  char* AllocateLarge(size_t bytes);
  void FreeLarge(char* block);

  std::array<FreeBlock*, kLargestPooled / kGranule + 1> free_{};
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t chunk_bytes_ = 4096;
  std::vector<std::unique_ptr<char[]>> chunks_;
  LargeBlock* large_ = nullptr;
  int64_t used_bytes_ = 0;
};

}  // namespace sluice
