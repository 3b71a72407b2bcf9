// The choice of a kernel, and the portable kernel that is used where none is written for the
// processor.
#include "bench/limit/line_index.h"

#include <bit>
#include <cstring>

#include "bench/limit/line_index_block.h"
#include "simdjson.h"

namespace sluice::limit {

#if defined(__x86_64__)
extern const Kernel kAvx2Kernel;
extern const Kernel kAvx512Kernel;
#endif

namespace {

struct PortableBlock {
  explicit PortableBlock(const char* text) : text_(text) {}

  template <typename Predicate>
  uint64_t Where(Predicate predicate) const {
    uint64_t mask = 0;
    for (size_t i = 0; i < kBlockBytes; ++i)
      mask |= uint64_t{predicate(static_cast<unsigned char>(text_[i]))} << i;
    return mask;
  }
  uint64_t Equal(char c) const {
    return Where([c](unsigned char byte) { return byte == static_cast<unsigned char>(c); });
  }
  uint64_t Controls() const {
    return Where([](unsigned char byte) { return byte < 0x20; });
  }
  uint64_t HighBits() const {
    return Where([](unsigned char byte) { return byte >= 0x80; });
  }
  // Lines are checked instead.
  bool IsBadUtf8() const { return false; }
  static int32_t* WriteMarks(uint64_t mask, int32_t base, int32_t* out) {
    for (; mask != 0; mask &= mask - 1) *out++ = base + std::countr_zero(mask);
    return out;
  }

 private:
  const char* text_;
};

void IndexPortable(std::string_view chunk, PayloadForm form, LineIndex* index) {
  if (form == PayloadForm::kObject) {
    IndexBlocks<PortableBlock, PayloadForm::kObject>(chunk, index);
  } else {
    IndexBlocks<PortableBlock, PayloadForm::kString>(chunk, index);
  }
  if (simdjson::validate_utf8(chunk.data(), chunk.size())) return;
  for (size_t line = 0, begin = 0; line < index->num_lines; ++line) {
    const auto end = static_cast<size_t>(index->marks[index->line_ends[line]]);
    if (!simdjson::validate_utf8(chunk.data() + begin, end - begin)) {
      for (size_t block = begin / kBlockBytes; block <= end / kBlockBytes; ++block) {
        index->notes[block] |= kOddBlock;
      }
    }
    begin = end + 1;
  }
}

bool MatchPortable(const Literal* literals, size_t num_literals, const char* chunk,
                   const int32_t* marks) {
  uint8_t differs = 0;
  for (size_t i = 0; i < num_literals && differs == 0; ++i) {
    const Literal& literal = literals[i];
    const char* text = chunk + marks[literal.mark] + literal.offset;
    for (size_t at = 0; at < sizeof(literal.text); ++at) {
      differs |= static_cast<uint8_t>((static_cast<uint8_t>(text[at]) ^ literal.text[at]) &
                                      literal.mask[at]);
    }
  }
  return differs == 0;
}

constexpr Kernel kPortableKernel = {"portable", IndexPortable, MatchPortable};

bool Runs(const Kernel& kernel) {
#if defined(__x86_64__)
  if (kernel.name == "avx512") {
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
  }
  if (kernel.name == "avx2")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
#endif
  return kernel.name == "portable";
}

}  // namespace

void PrepareIndex(std::string_view chunk, LineIndex* index) {
  const size_t num_blocks = (chunk.size() + kBlockBytes - 1) / kBlockBytes;
  constexpr size_t kRoom = 64;  // kernels write whole vectors
  if (index->notes.size() >= num_blocks + kRoom) return;
  index->notes.resize(num_blocks + kRoom);
  index->marks.resize(num_blocks * kBlockBytes + kRoom);
  index->line_ends.resize(num_blocks * kBlockBytes + kRoom);
}

const Kernel* FindKernel(std::string_view name) {
  const Kernel* const kernels[] = {
#if defined(__x86_64__)
    &kAvx512Kernel,
    &kAvx2Kernel,
#endif
    &kPortableKernel
  };
  for (const Kernel* kernel : kernels) {
    if (Runs(*kernel) && (name.empty() || name == kernel->name)) return kernel;
  }
  return nullptr;
}

}  // namespace sluice::limit
