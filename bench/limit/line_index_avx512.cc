// The index kernel for AVX-512 with VBMI2 (Ice Lake, Zen 4 and later).
#include "bench/limit/line_index.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <bit>
#include <string_view>
#include <vector>

#include "bench/limit/utf8_rules.h"

// Only what is defined from here on may use the instructions: inline functions of shared headers
// stay plain.
#if defined(__clang__)
#pragma clang attribute push(                                                       \
    __attribute__((target("avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,lzcnt,popcnt"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")
#endif
#include "bench/limit/line_index_block.h"

namespace sluice::limit {
namespace {

class Avx512Block {
 public:
  explicit Avx512Block(const char* text) : text_(text), bytes_(_mm512_loadu_si512(text)) {}

  uint64_t Equal(char c) const { return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c)); }
  uint64_t Controls() const { return _mm512_cmplt_epu8_mask(bytes_, _mm512_set1_epi8(0x20)); }
  uint64_t HighBits() const { return _mm512_movepi8_mask(bytes_); }

  bool IsBadUtf8() const {
    using namespace utf8;
    const __m512i first_high = Table(kFirstHigh);
    const __m512i first_low = Table(kFirstLow);
    const __m512i second_high = Table(kSecondHigh);
    const __m512i half = _mm512_set1_epi8(0x0f);
    const __m512i before1 = _mm512_loadu_si512(text_ - 1), before2 = _mm512_loadu_si512(text_ - 2);
    const __m512i before3 = _mm512_loadu_si512(text_ - 3);
    const auto high_half = [&](__m512i value) {
      return _mm512_and_si512(_mm512_srli_epi16(value, 4), half);
    };
    const __m512i pair = _mm512_and_si512(
        _mm512_and_si512(_mm512_shuffle_epi8(first_high, high_half(before1)),
                         _mm512_shuffle_epi8(first_low, _mm512_and_si512(before1, half))),
        _mm512_shuffle_epi8(second_high, high_half(bytes_)));
    const __m512i third =
        _mm512_subs_epu8(before2, _mm512_set1_epi8(static_cast<char>(0xe0 - 0x80)));
    const __m512i fourth =
        _mm512_subs_epu8(before3, _mm512_set1_epi8(static_cast<char>(0xf0 - 0x80)));
    const __m512i must_continue =
        _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8(static_cast<char>(0x80)));
    return _mm512_cmpneq_epi8_mask(pair, must_continue) != 0;
  }

  static int32_t* WriteMarks(uint64_t mask, int32_t base, int32_t* out) {
    static constexpr auto kPositions = [] {
      struct alignas(64) {
        char at[64];
      } positions{};
      for (int i = 0; i < 64; ++i) positions.at[i] = static_cast<char>(i);
      return positions;
    }();
    const auto num_marks = std::popcount(mask);
    const __m512i packed = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(kPositions.at));
    const __m512i bases = _mm512_set1_epi32(base);
    const auto write = [&](int at, __m128i bytes) {
      _mm512_storeu_si512(out + at, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(bytes)));
    };
    write(0, _mm512_castsi512_si128(packed));
    if (num_marks > 16) [[unlikely]] {
      write(16, _mm512_extracti32x4_epi32(packed, 1));
      write(32, _mm512_extracti32x4_epi32(packed, 2));
      write(48, _mm512_extracti32x4_epi32(packed, 3));
    }
    return out + num_marks;
  }

 private:
  static __m512i Table(const uint8_t (&halves)[16]) {
    return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(halves)));
  }

  const char* text_;
  __m512i bytes_;
};

void Index(std::string_view chunk, PayloadForm form, LineIndex* index) {
  if (form == PayloadForm::kObject) {
    IndexBlocks<Avx512Block, PayloadForm::kObject>(chunk, index);
  } else {
    IndexBlocks<Avx512Block, PayloadForm::kString>(chunk, index);
  }
}

bool Match(const Literal* literals, size_t num_literals, const char* chunk, const int32_t* marks) {
  __m256i differs = _mm256_setzero_si256();
  for (const Literal* literal = literals; literal != literals + num_literals; ++literal) {
    const char* at = chunk + marks[literal->mark] + literal->offset;
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i wanted = _mm256_load_si256(reinterpret_cast<const __m256i*>(literal->text));
    const __m256i mask = _mm256_load_si256(reinterpret_cast<const __m256i*>(literal->mask));
    // differs | ((text ^ wanted) & mask)
    differs = _mm256_or_si256(differs, _mm256_ternarylogic_epi32(text, wanted, mask, 0x28));
  }
  return _mm256_testz_si256(differs, differs) != 0;
}

}  // namespace

extern const Kernel kAvx512Kernel;
const Kernel kAvx512Kernel = {"avx512", Index, Match};

}  // namespace sluice::limit
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
