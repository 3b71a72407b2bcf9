// Plain digits to numbers, eight at a time: the way that nearly all integers in texts take.
// Anything else (signs, blanks, points) is left to number_text.h. Stateless, any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice {

static_assert(std::endian::native == std::endian::little);

// Not zero in every byte that is no digit, counted from the lowest up to the first of them.
inline uint64_t NonDigits(uint64_t word) {
  constexpr uint64_t kHighHalves = 0xf0f0f0f0f0f0f0f0;
  constexpr uint64_t kThrees = 0x3030303030303030;
  // Adding 6 carries ':' … '?' into the high half.
  return ((word & kHighHalves) ^ kThrees) | (((word + 0x0606060606060606) & kHighHalves) ^ kThrees);
}

// True if all bytes of the word are digits.
inline bool AreEightDigits(uint64_t word) { return NonDigits(word) == 0; }

// How many of the 16 bytes at `text` are digits before the first that is none.
inline size_t CountDigits(const char* text) {
  uint64_t first, second;
  std::memcpy(&first, text, sizeof(first));
  std::memcpy(&second, text + 8, sizeof(second));
  const uint64_t rest = NonDigits(first);
  if (rest != 0) return static_cast<size_t>(std::countr_zero(rest)) / 8;
  return 8 + static_cast<size_t>(std::countr_zero(NonDigits(second))) / 8;
}

// The value of eight digits, the first in the lowest byte: neighbours are joined to pairs, to
// fours, to eight. Bytes are taken as digits by their low halves, so that 0 counts as '0'.
inline uint64_t EightDigits(uint64_t word) {
  word &= 0x0f0f0f0f0f0f0f0f;
  word = word * 10 + (word >> 8);
  return ((word & 0x000000ff000000ff) * 0x000f424000000064 +
          (word >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >>
         32;
}

// The bytes of a text of up to 8 bytes, the last in the highest byte, '0' in front. Reads nothing
// outside of the text.
inline uint64_t RightAligned(const char* text, size_t size) {
  constexpr uint64_t kZeros = 0x3030303030303030;
  uint64_t word = 0;
  if (size >= 4) {
    uint32_t first, last;
    std::memcpy(&first, text, 4);
    std::memcpy(&last, text + size - 4, 4);
    word = uint64_t{first} << (64 - 8 * size) | uint64_t{last} << 32;
  } else {
    for (size_t i = 0; i < size; ++i) {
      word = word >> 8 | uint64_t{static_cast<unsigned char>(text[i])} << 56;
    }
  }
  return size == 8 ? word : word | kZeros >> (8 * size);
}

// *value = the number that `text` writes with 1 … 16 digits and nothing else; false: it does not.
inline bool ParsePlainDigits(std::string_view text, int64_t* value) {
  const size_t size = text.size();
  if (size - 1 >= 16) return false;
  if (size <= 8) {
    const uint64_t word = RightAligned(text.data(), size);
    *value = static_cast<int64_t>(EightDigits(word));
    return AreEightDigits(word);
  }
  static constexpr int64_t kPowers[] = {1,      10,      100,      1000,     10000,
                                        100000, 1000000, 10000000, 100000000};
  // The two words overlap: what the first has counted already becomes '0' in the second.
  uint64_t first, last;
  std::memcpy(&first, text.data(), 8);
  std::memcpy(&last, text.data() + size - 8, 8);
  const size_t rest = size - 8;
  const bool is_plain = AreEightDigits(first) && AreEightDigits(last);
  if (rest < 8) last = last >> (64 - 8 * rest) << (64 - 8 * rest);
  *value = static_cast<int64_t>(EightDigits(first)) * kPowers[rest] +
           static_cast<int64_t>(EightDigits(last));
  return is_plain;
}

}  // namespace sluice
