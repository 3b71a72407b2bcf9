// A bump allocator for the text that one batch makes. Freed as a whole; never moves what it handed
// out. Single-threaded while it is written; afterwards any thread may read what lies in it.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `size` bytes, aligned to 8. Valid as long as the arena.
  char* Allocate(size_t size) {
    size = (size + 7) & ~size_t{7};
    if (size > static_cast<size_t>(end_ - next_)) [[unlikely]]
      NewBlock(size);
    char* result = next_;
    next_ += size;
    return result;
  }

  std::string_view Copy(std::string_view text) {
    char* target = Allocate(text.size());
    if (!text.empty()) std::memcpy(target, text.data(), text.size());
    return {target, text.size()};
  }

  // Gives back the unused tail of the most recent Allocate(allocated) of which `used` bytes are
  // kept.
  void Trim(size_t allocated, size_t used) {
    next_ -= ((allocated + 7) & ~size_t{7}) - ((used + 7) & ~size_t{7});
  }

  // Bytes taken from the system.
  size_t allocated_bytes() const { return allocated_bytes_; }

 private:
  void NewBlock(size_t at_least);

  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t allocated_bytes_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace sluice
