// JsonBlocks: where the quotes and backslashes of a text lie, 64 bytes to a word; the first pass of
// the fast path. The widest kernel that the machine has is chosen at run time (AVX-512, AVX2, SSE2;
// plain C++ elsewhere), and every kernel gives the same words.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice {

class JsonBlocks {
 public:
  // Bytes behind a text that must be readable.
  static constexpr size_t kPadding = 64;

  struct Facts {
    uint64_t backslashes = 0;  // not zero: there are some
    uint64_t controls = 0;     // not zero: there are bytes below 0x20
  };
  // Writes one word per 64 bytes of the text: its quotes, escaped ones included, and its
  // backslashes.
  using Kernel = Facts (*)(const char* text, size_t size, uint64_t* quotes, uint64_t* backslashes);

  struct NamedKernel {
    std::string_view name;
    Kernel run;
  };
  // All that this machine can run, the best first.
  static const std::vector<NamedKernel>& Kernels();

  JsonBlocks() : JsonBlocks(Kernels()[0].run) {}
  explicit JsonBlocks(Kernel kernel) : kernel_(kernel) {}

  // REQUIRES: kPadding readable bytes behind the text.
  void Scan(std::string_view text);

  bool has_backslash() const { return facts_.backslashes != 0; }
  bool has_control() const { return facts_.controls != 0; }

  // The place of the first unescaped quote at or behind `at`; when there is none, some place behind
  // the text. REQUIRES: at <= size of the text + 63.
  size_t NextQuote(size_t at) const {
    size_t word = at >> 6;
    uint64_t bits = quotes_[word] >> (at & 63);
    if (bits != 0) return at + static_cast<size_t>(std::countr_zero(bits));
    do {
      bits = quotes_[++word];
    } while (bits == 0);
    return (word << 6) + static_cast<size_t>(std::countr_zero(bits));
  }

  // True if a backslash lies in [begin, end) of the text.
  bool HasBackslash(size_t begin, size_t end) const {
    if (!has_backslash() || begin >= end) return false;
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
  Kernel kernel_;
  Facts facts_;
  std::vector<uint64_t> quotes_;
  std::vector<uint64_t> backslashes_;
};

}  // namespace sluice
