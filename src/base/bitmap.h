// Bit operations on validity bitmaps: 64 rows to a word, bit set = value present.
#pragma once

#include <cstdint>

namespace sluice {

inline int32_t BitmapWords(int32_t num_bits) { return (num_bits + 63) >> 6; }
inline bool GetBit(const uint64_t* bits, int32_t i) { return (bits[i >> 6] >> (i & 63)) & 1; }
inline void SetBit(uint64_t* bits, int32_t i) { bits[i >> 6] |= uint64_t{1} << (i & 63); }
inline void ClearBit(uint64_t* bits, int32_t i) { bits[i >> 6] &= ~(uint64_t{1} << (i & 63)); }

}  // namespace sluice
