#include "connectors/chunk_pool.h"

#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice {

namespace {
constexpr size_t kMaxFreeChunks = 8;
}  // namespace

struct ChunkPool::Free {
  std::mutex mutex;
  std::vector<std::unique_ptr<char[]>> chunks;  // guarded by mutex
};

ChunkPool::ChunkPool(int64_t chunk_bytes)
    : chunk_bytes_(chunk_bytes), free_(std::make_shared<Free>()) {}
ChunkPool::~ChunkPool() = default;

std::shared_ptr<char> ChunkPool::Take(int64_t bytes) {
  const auto make = [](int64_t size) {
    auto memory = std::unique_ptr<char[]>(new char[size + RawRecords::kPaddingBytes]);
    std::memset(memory.get() + size, 0, RawRecords::kPaddingBytes);
    return memory;
  };
  if (bytes > chunk_bytes_) {
    return std::shared_ptr<char>(make(bytes).release(), [](char* memory) { delete[] memory; });
  }
  std::unique_ptr<char[]> memory;
  {
    std::lock_guard lock(free_->mutex);
    if (!free_->chunks.empty()) {
      memory = std::move(free_->chunks.back());
      free_->chunks.pop_back();
    }
  }
  if (memory == nullptr) memory = make(chunk_bytes_);
  return std::shared_ptr<char>(memory.release(), [free = free_](char* returned) {
    std::unique_ptr<char[]> owned(returned);
    std::lock_guard lock(free->mutex);
    if (free->chunks.size() < kMaxFreeChunks) free->chunks.push_back(std::move(owned));
  });
}

}  // namespace sluice
