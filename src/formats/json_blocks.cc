#include "formats/json_blocks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sluice {
namespace {

using Facts = JsonBlocks::Facts;

// The bits of the last block that belong to the text.
inline uint64_t BitsInside(size_t left) {
  return left < 64 ? (uint64_t{1} << left) - 1 : ~uint64_t{0};
}

// Takes away the quotes that an odd run of backslashes in front of them escapes. The additions find
// the end of every run at once, as in simdjson.
void DropEscapedQuotes(size_t size, uint64_t* quotes, const uint64_t* backslashes) {
  constexpr uint64_t kEvenBits = 0x5555555555555555;
  uint64_t carry = 0;  // the first byte of the block is escaped by the block before
  for (size_t i = 0; i < (size + 63) / 64; ++i) {
    if ((backslashes[i] | carry) == 0) continue;
    const uint64_t starts = backslashes[i] & ~carry;
    const uint64_t follows_escape = starts << 1 | carry;
    const uint64_t odd_starts = starts & ~kEvenBits & ~follows_escape;
    uint64_t even_sequences;
    carry = __builtin_add_overflow(odd_starts, starts, &even_sequences);
    quotes[i] &= ~((kEvenBits ^ even_sequences << 1) & follows_escape);
  }
}

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512bw"))) Facts ScanAvx512(const char* text, size_t size,
                                                             uint64_t* quotes,
                                                             uint64_t* backslashes) {
  const __m512i quote = _mm512_set1_epi8('"');
  const __m512i backslash = _mm512_set1_epi8('\\');
  const __m512i first_plain = _mm512_set1_epi8(0x20);
  Facts facts;
  for (size_t at = 0; at < size; at += 64) {
    const uint64_t inside = BitsInside(size - at);
    const __m512i bytes = _mm512_loadu_si512(text + at);
    const uint64_t escapes = _mm512_cmpeq_epi8_mask(bytes, backslash) & inside;
    quotes[at / 64] = _mm512_cmpeq_epi8_mask(bytes, quote) & inside;
    backslashes[at / 64] = escapes;
    facts.backslashes |= escapes;
    facts.controls |= _mm512_cmplt_epu8_mask(bytes, first_plain) & inside;
  }
  return facts;
}

__attribute__((target("avx2"))) Facts ScanAvx2(const char* text, size_t size, uint64_t* quotes,
                                               uint64_t* backslashes) {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i last_control = _mm256_set1_epi8(0x1f);
  Facts facts;
  for (size_t at = 0; at < size; at += 64) {
    uint64_t bits[3] = {0, 0, 0};
    for (int half = 0; half < 2; ++half) {
      const __m256i bytes =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + 32 * half));
      const __m256i is_control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last_control), bytes);
      bits[0] |= static_cast<uint64_t>(
                     static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, quote))))
                 << (32 * half);
      bits[1] |= static_cast<uint64_t>(static_cast<uint32_t>(
                     _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, backslash))))
                 << (32 * half);
      bits[2] |= static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_epi8(is_control)))
                 << (32 * half);
    }
    const uint64_t inside = BitsInside(size - at);
    quotes[at / 64] = bits[0] & inside;
    backslashes[at / 64] = bits[1] & inside;
    facts.backslashes |= bits[1] & inside;
    facts.controls |= bits[2] & inside;
  }
  return facts;
}

Facts ScanSse2(const char* text, size_t size, uint64_t* quotes, uint64_t* backslashes) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  Facts facts;
  for (size_t at = 0; at < size; at += 64) {
    uint64_t bits[3] = {0, 0, 0};
    for (int part = 0; part < 4; ++part) {
      const __m128i bytes =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at + 16 * part));
      const __m128i is_control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
      bits[0] |= static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote)))
                 << (16 * part);
      bits[1] |= static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash)))
                 << (16 * part);
      bits[2] |= static_cast<uint64_t>(_mm_movemask_epi8(is_control)) << (16 * part);
    }
    const uint64_t inside = BitsInside(size - at);
    quotes[at / 64] = bits[0] & inside;
    backslashes[at / 64] = bits[1] & inside;
    facts.backslashes |= bits[1] & inside;
    facts.controls |= bits[2] & inside;
  }
  return facts;
}

#endif

Facts ScanPlain(const char* text, size_t size, uint64_t* quotes, uint64_t* backslashes) {
  Facts facts;
  for (size_t at = 0; at < size; at += 64) {
    const size_t end = size - at < 64 ? size - at : 64;
    uint64_t bits[3] = {0, 0, 0};
    for (size_t i = 0; i < end; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      bits[0] |= static_cast<uint64_t>(byte == '"') << i;
      bits[1] |= static_cast<uint64_t>(byte == '\\') << i;
      bits[2] |= static_cast<uint64_t>(byte < 0x20) << i;
    }
    quotes[at / 64] = bits[0];
    backslashes[at / 64] = bits[1];
    facts.backslashes |= bits[1];
    facts.controls |= bits[2];
  }
  return facts;
}

std::vector<JsonBlocks::NamedKernel> FindKernels() {
  std::vector<JsonBlocks::NamedKernel> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) kernels.push_back({"AVX-512", ScanAvx512});
  if (__builtin_cpu_supports("avx2")) kernels.push_back({"AVX2", ScanAvx2});
  kernels.push_back({"SSE2", ScanSse2});
#endif
  kernels.push_back({"plain", ScanPlain});
  return kernels;
}

}  // namespace

const std::vector<JsonBlocks::NamedKernel>& JsonBlocks::Kernels() {
  static const std::vector<NamedKernel>* const kKernels =
      new std::vector<NamedKernel>(FindKernels());
  return *kKernels;
}

void JsonBlocks::Scan(std::string_view text) {
  const size_t words = (text.size() + 63) / 64;
  if (quotes_.size() < words + 3) {
    quotes_.resize((words + 3) * 2);
    backslashes_.resize((words + 3) * 2);
  }
  facts_ = kernel_(text.data(), text.size(), quotes_.data(), backslashes_.data());
  if (facts_.backslashes != 0) DropEscapedQuotes(text.size(), quotes_.data(), backslashes_.data());
  // Looking for a quote ends here.
  quotes_[words] = quotes_[words + 1] = ~uint64_t{0};
}

}  // namespace sluice
