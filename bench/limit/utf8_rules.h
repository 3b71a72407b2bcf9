// UTF-8 validation by three table look-ups, after Keiser and Lemire, "Validating UTF-8 In Less Than
// One Instruction Per Byte".
//
// Each pair of neighbouring bytes is classified by three half-bytes; an error that two bytes show
// is a bit that all three tables have. Whether a third or fourth byte must follow is decided from
// the bytes two and three before.
#pragma once

#include <cstdint>

namespace sluice::limit::utf8 {

enum : uint8_t {
  kTooShort = 1,       // a lead byte without a continuation
  kTooLong = 2,        // a continuation behind ASCII
  kOverlong3 = 4,      // E0 80..9F
  kTooLarge = 8,       // F4 90.., F5.. and up
  kSurrogate = 16,     // ED A0..BF
  kOverlong2 = 32,     // C0, C1
  kTooLarge1000 = 64,  // F5 80..8F and up; also F0 80..8F, which is overlong
  kTwoConts = 128,     // a continuation behind a continuation: right only as a third or fourth byte
};
constexpr uint8_t kOverlong4 = kTooLarge1000;
constexpr uint8_t kCarry = kTooShort | kTooLong | kTwoConts;  // decided by the high halves alone

// By the high half of the byte before.
alignas(16) constexpr uint8_t kFirstHigh[16] = {
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTwoConts,
    kTwoConts,
    kTwoConts,
    kTwoConts,
    kTooShort | kOverlong2,
    kTooShort,
    kTooShort | kOverlong3 | kSurrogate,
    kTooShort | kTooLarge | kTooLarge1000 | kOverlong4,
};

// By its low half.
alignas(16) constexpr uint8_t kFirstLow[16] = {
    kCarry | kOverlong3 | kOverlong2 | kOverlong4,
    kCarry | kOverlong2,
    kCarry,
    kCarry,
    kCarry | kTooLarge,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000 | kSurrogate,
    kCarry | kTooLarge | kTooLarge1000,
    kCarry | kTooLarge | kTooLarge1000,
};

// By the high half of the byte itself.
alignas(16) constexpr uint8_t kSecondHigh[16] = {
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooLong | kOverlong2 | kTwoConts | kOverlong3 | kTooLarge1000 | kOverlong4,
    kTooLong | kOverlong2 | kTwoConts | kOverlong3 | kTooLarge,
    kTooLong | kOverlong2 | kTwoConts | kSurrogate | kTooLarge,
    kTooLong | kOverlong2 | kTwoConts | kSurrogate | kTooLarge,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
};

}  // namespace sluice::limit::utf8
