#include "formats/json_blocks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

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

// Eight at a time, whether there are as many or not: the number of quotes in a word varies too much
// to be predicted one by one.
size_t ListBits(const uint64_t* bits, size_t num_words, uint32_t* places) {
  uint32_t* out = places;
  for (size_t word = 0; word < num_words; ++word) {
    uint64_t left = bits[word];
    uint32_t* const end = out + std::popcount(left);
    const auto base = static_cast<uint32_t>(word * 64);
    while (out < end) {
      for (int i = 0; i < 8; ++i) {
        *out++ = base + static_cast<uint32_t>(std::countr_zero(left));
        left &= left - 1;
      }
    }
    out = end;
  }
  return static_cast<size_t>(out - places);
}

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512bw,avx512vbmi2,popcnt"))) size_t ListBitsAvx512(
    const uint64_t* bits, size_t num_words, uint32_t* places) {
  alignas(64) static constexpr auto kPositions = [] {
    std::array<uint8_t, 64> positions{};
    for (size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<uint8_t>(i);
    return positions;
  }();
  const __m512i positions = _mm512_load_si512(kPositions.data());
  uint32_t* out = places;
  for (size_t word = 0; word < num_words; ++word) {
    const auto num_bits = std::popcount(bits[word]);
    const __m512i packed = _mm512_maskz_compress_epi8(bits[word], positions);
    const __m512i base = _mm512_set1_epi32(static_cast<int>(word * 64));
    // The masked forms, as g++ 12 takes the others for reads of an uninitialised value.
    const __m128i first = _mm512_maskz_extracti32x4_epi32(0xf, packed, 0);
    _mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_maskz_cvtepu8_epi32(0xffff, first)));
    if (num_bits > 16) [[unlikely]] {
      const __m128i rest[] = {_mm512_maskz_extracti32x4_epi32(0xf, packed, 1),
                              _mm512_maskz_extracti32x4_epi32(0xf, packed, 2),
                              _mm512_maskz_extracti32x4_epi32(0xf, packed, 3)};
      for (int i = 0; i < 3; ++i) {
        const __m512i numbers = _mm512_maskz_cvtepu8_epi32(0xffff, rest[i]);
        _mm512_storeu_si512(out + 16 * (i + 1), _mm512_add_epi32(base, numbers));
      }
    }
    out += num_bits;
  }
  return static_cast<size_t>(out - places);
}

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

std::vector<JsonBlocks::Kernel> FindKernels() {
  std::vector<JsonBlocks::Kernel> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2"))
    kernels.push_back({"AVX-512", ScanAvx512, ListBitsAvx512});
  if (__builtin_cpu_supports("avx2")) kernels.push_back({"AVX2", ScanAvx2, ListBits});
  kernels.push_back({"SSE2", ScanSse2, ListBits});
#endif
  kernels.push_back({"plain", ScanPlain, ListBits});
  if (const char* wanted = std::getenv("SLUICE_CPU_KERNEL"); wanted != nullptr) {
    std::stable_partition(kernels.begin(), kernels.end(),
                          [&](const JsonBlocks::Kernel& kernel) { return kernel.name == wanted; });
  }
  return kernels;
}

}  // namespace

const std::vector<JsonBlocks::Kernel>& JsonBlocks::Kernels() {
  static const std::vector<Kernel>* const kKernels = new std::vector<Kernel>(FindKernels());
  return *kKernels;
}

void JsonBlocks::Scan(std::string_view text) {
  const size_t num_words = (text.size() + 63) / 64;
  if (quotes_.size() < num_words) {
    quotes_.resize(num_words * 2);
    backslashes_.resize(num_words * 2);
  }
  // Every byte may be a quote; what is never written costs no memory.
  if (max_places_ < text.size() + kGuards) {
    max_places_ = (text.size() + kGuards) * 2;
    places_.reset(new uint32_t[max_places_]);
  }
  facts_ = kernel_.find(text.data(), text.size(), quotes_.data(), backslashes_.data());
  if (facts_.backslashes != 0) DropEscapedQuotes(text.size(), quotes_.data(), backslashes_.data());
  num_quotes_ = kernel_.list(quotes_.data(), num_words, places_.get());
  std::fill_n(places_.get() + num_quotes_, kGuards, static_cast<uint32_t>(text.size()));
}

}  // namespace sluice
