// The index kernel for AVX2.
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
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt")
#endif
#include "bench/limit/line_index_block.h"

namespace sluice::limit {
namespace {

class Avx2Block {
 public:
  explicit Avx2Block(const char* text) : text_(text), low_(Load(text)), high_(Load(text + 32)) {}

  uint64_t Equal(char c) const {
    const __m256i wanted = _mm256_set1_epi8(c);
    return Mask(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
  }
  uint64_t Controls() const {
    const __m256i last = _mm256_set1_epi8(0x1f);
    return Mask(_mm256_cmpeq_epi8(_mm256_max_epu8(low_, last), last),
                _mm256_cmpeq_epi8(_mm256_max_epu8(high_, last), last));
  }
  uint64_t HighBits() const { return Mask(low_, high_); }

  bool IsBadUtf8() const {
    const __m256i errors = _mm256_or_si256(Utf8Errors(text_, low_), Utf8Errors(text_ + 32, high_));
    return _mm256_testz_si256(errors, errors) == 0;
  }

  // Eight at a time, whether there are as many or not.
  static int32_t* WriteMarks(uint64_t mask, int32_t base, int32_t* out) {
    int32_t* const end = out + std::popcount(mask);
    for (; out < end; out += 8) {
      for (int i = 0; i < 8; ++i) {
        out[i] = base + std::countr_zero(mask);
        mask &= mask - 1;
      }
    }
    return end;
  }

 private:
  static __m256i Load(const char* text) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
  }
  static uint64_t Mask(__m256i low, __m256i high) {
    return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
           uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << 32;
  }

  static __m256i Table(const uint8_t (&halves)[16]) {
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(halves)));
  }

  static __m256i Utf8Errors(const char* text, __m256i bytes) {
    using namespace utf8;
    const __m256i first_high = Table(kFirstHigh);
    const __m256i first_low = Table(kFirstLow);
    const __m256i second_high = Table(kSecondHigh);
    const __m256i half = _mm256_set1_epi8(0x0f);
    const __m256i before1 = Load(text - 1), before2 = Load(text - 2), before3 = Load(text - 3);
    const auto high_half = [&](__m256i value) {
      return _mm256_and_si256(_mm256_srli_epi16(value, 4), half);
    };
    const __m256i pair = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(first_high, high_half(before1)),
                         _mm256_shuffle_epi8(first_low, _mm256_and_si256(before1, half))),
        _mm256_shuffle_epi8(second_high, high_half(bytes)));
    const __m256i third =
        _mm256_subs_epu8(before2, _mm256_set1_epi8(static_cast<char>(0xe0 - 0x80)));
    const __m256i fourth =
        _mm256_subs_epu8(before3, _mm256_set1_epi8(static_cast<char>(0xf0 - 0x80)));
    const __m256i must_continue =
        _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
    return _mm256_xor_si256(pair, must_continue);
  }

  const char* text_;
  __m256i low_, high_;
};

void Index(std::string_view chunk, PayloadForm form, LineIndex* index) {
  if (form == PayloadForm::kObject) {
    IndexBlocks<Avx2Block, PayloadForm::kObject>(chunk, index);
  } else {
    IndexBlocks<Avx2Block, PayloadForm::kString>(chunk, index);
  }
}

bool Match(const Literal* literals, size_t num_literals, const char* chunk, const int32_t* marks) {
  __m256i differs = _mm256_setzero_si256();
  for (const Literal* literal = literals; literal != literals + num_literals; ++literal) {
    const char* at = chunk + marks[literal->mark] + literal->offset;
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i wanted = _mm256_load_si256(reinterpret_cast<const __m256i*>(literal->text));
    const __m256i mask = _mm256_load_si256(reinterpret_cast<const __m256i*>(literal->mask));
    differs = _mm256_or_si256(differs, _mm256_and_si256(_mm256_xor_si256(text, wanted), mask));
  }
  return _mm256_testz_si256(differs, differs) != 0;
}

}  // namespace

extern const Kernel kAvx2Kernel;
const Kernel kAvx2Kernel = {"avx2", Index, Match};

}  // namespace sluice::limit
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
