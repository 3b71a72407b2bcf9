// The decimal digits that Java's Double.toString and Float.toString show, up to JDK 18: mostly the
// shortest that read back the same, but not for large whole numbers (2^60
// is 1.15292150460684698E18) and some powers of two. Flink's results contain them.
#pragma once

#include <cstdint>

namespace sluice {

struct JavaDigits {
  static constexpr int kMaxDigits = 24;
  char digits[kMaxDigits];  // the first may be followed by zeros
  int num_digits = 0;
  int exponent = 0;  // of ten, with the point after the first digit
};

// REQUIRES: positive and finite.
JavaDigits DigitsOf(double value);
JavaDigits DigitsOf(float value);

}  // namespace sluice
