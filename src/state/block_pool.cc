#include "state/block_pool.h"

#include <algorithm>
#include <new>

namespace sluice {

namespace {

// Chunks double up to this size: a small state stays small, a large one asks the system rarely.
constexpr size_t kLargestChunk = size_t{1} << 20;

}  // namespace

BlockPool::~BlockPool() {
  while (large_ != nullptr) FreeLarge(reinterpret_cast<char*>(large_ + 1));
}

char* BlockPool::Allocate(size_t bytes) {
  const size_t granules = (bytes + kGranule - 1) / kGranule;
  const size_t rounded = granules * kGranule;
  used_bytes_ += static_cast<int64_t>(rounded);
  if (rounded > kLargestPooled) return AllocateLarge(rounded);
  if (FreeBlock* block = free_[granules]; block != nullptr) {
    free_[granules] = block->next;
    return reinterpret_cast<char*>(block);
  }
  if (rounded > static_cast<size_t>(end_ - next_)) {
    chunks_.emplace_back(new char[chunk_bytes_]);
    next_ = chunks_.back().get();
    end_ = next_ + chunk_bytes_;
    chunk_bytes_ = std::min(chunk_bytes_ * 2, kLargestChunk);
  }
  char* block = next_;
  next_ += rounded;
  return block;
}

void BlockPool::Free(char* block, size_t bytes) {
  const size_t granules = (bytes + kGranule - 1) / kGranule;
  used_bytes_ -= static_cast<int64_t>(granules * kGranule);
  if (granules * kGranule > kLargestPooled) return FreeLarge(block);
  free_[granules] = new (block) FreeBlock{free_[granules]};
}

char* BlockPool::AllocateLarge(size_t bytes) {
  LargeBlock* block = new (::operator new(sizeof(LargeBlock) + bytes)) LargeBlock{nullptr, large_};
  if (large_ != nullptr) large_->previous = block;
  large_ = block;
  return reinterpret_cast<char*>(block + 1);
}

void BlockPool::FreeLarge(char* memory) {
  LargeBlock* block = reinterpret_cast<LargeBlock*>(memory) - 1;
  if (block->next != nullptr) block->next->previous = block->previous;
  (block->previous == nullptr ? large_ : block->previous->next) = block->next;
  ::operator delete(block);
}

}  // namespace sluice
