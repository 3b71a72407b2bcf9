// JsonBlocks: where the quotes and backslashes of a text lie; the first pass of the fast path. One
// text is a whole block of records as a rule, so that what the pass costs beside its bytes is spent
// once for all of them. The widest kernel that the machine has is chosen at run time (AVX-512,
// AVX2, SSE2; plain C++ elsewhere), and every kernel gives the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice {

class JsonBlocks {
 public:
  // Bytes behind a text that must be readable.
  static constexpr size_t kPadding = 64;
  // So large a text may be.
  static constexpr size_t kMaxBytes = size_t{1} << 21;
  // So many entries behind the last quote hold the size of the text.
  static constexpr size_t kGuards = 80;

  // What the words of a text say together.
  struct Facts {
    uint64_t backslashes = 0;  // not zero: there are some
    uint64_t controls = 0;     // not zero: there are bytes below 0x20
  };
  struct Kernel {
    std::string_view name;
    // Writes one word per 64 bytes of the text: its quotes, escaped ones included, and its
    // backslashes.
    Facts (*find)(const char* text, size_t size, uint64_t* quotes, uint64_t* backslashes);
    // Writes the places of the bits, and up to 63 entries of rubbish; returns how many there are.
    size_t (*list)(const uint64_t* bits, size_t num_words, uint32_t* places);
  };
  // All that this machine can run, the best first; SLUICE_CPU_KERNEL in the environment, the name
  // of one of them, puts that one first.
  static const std::vector<Kernel>& Kernels();

  JsonBlocks() : JsonBlocks(Kernels()[0]) {}
  explicit JsonBlocks(const Kernel& kernel) : kernel_(kernel) {}

  // REQUIRES: kPadding readable bytes behind the text, of at most kMaxBytes.
  void Scan(std::string_view text);

  // Where the unescaped quotes lie, ascending, and kGuards more entries.
  const uint32_t* quotes() const { return places_.get(); }
  size_t num_quotes() const { return num_quotes_; }
  bool has_control() const { return facts_.controls != 0; }

  // True if a backslash lies in [begin, end) of the text.
  bool HasBackslash(size_t begin, size_t end) const {
    if (facts_.backslashes == 0 || begin >= end) return false;
    size_t word = begin >> 6;
    const size_t last = (end - 1) >> 6;
    uint64_t bits = backslashes_[word] >> (begin & 63) << (begin & 63);
    while (word < last) {
      if (bits != 0) return true;
      bits = backslashes_[++word];
    }
    return (bits << (63 - ((end - 1) & 63))) != 0;
  }

 private:
  const Kernel& kernel_;
  Facts facts_;
  std::vector<uint64_t> quotes_;  // one word per 64 bytes, as the next
  std::vector<uint64_t> backslashes_;
  std::unique_ptr<uint32_t[]> places_;
  size_t max_places_ = 0;
  size_t num_quotes_ = 0;
};

}  // namespace sluice
