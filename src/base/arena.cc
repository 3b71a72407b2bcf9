#include "base/arena.h"

#include <algorithm>

namespace sluice {

namespace {
constexpr size_t kFirstBlockBytes = 4096;
constexpr size_t kLargestGrowthBytes = size_t{1} << 20;
}  // namespace

void Arena::NewBlock(size_t at_least) {
  size_t size =
      blocks_.empty() ? kFirstBlockBytes : std::min(allocated_bytes_, kLargestGrowthBytes);
  size = std::max(size, at_least);
  blocks_.emplace_back(new char[size]);
  next_ = blocks_.back().get();
  end_ = next_ + size;
  allocated_bytes_ += size;
}

}  // namespace sluice
