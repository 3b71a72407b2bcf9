// DECIMAL arithmetic on unscaled values: value = unscaled / 10^scale, at most 38 digits. Results
// are rounded HALF_UP to the type of the result; every function that can overflow it returns false
// then (SQL: NULL). Intermediates have 256 bits, so nothing is lost before the rounding. Stateless,
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "types/value.h"

namespace sluice {

// Enough for the plain text of any DECIMAL: sign, 38 digits, "0.".
inline constexpr size_t kMaxDecimalText = 48;

// 10^exponent, 0 <= exponent <= 38.
Int128 PowerOfTen(int exponent);

// Fits into `precision` digits.
bool DecimalFits(Int128 unscaled, int precision);

// The same number with another scale.
bool RescaleDecimal(Int128 value, int from_scale, int to_precision, int to_scale, Int128* result);

struct DecimalOperand {
  Int128 unscaled;
  int scale;
};

bool AddDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result);
bool SubtractDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result);
bool MultiplyDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result);
// The quotient is first rounded to 38 digits, as in Flink. REQUIRES: b is not zero.
bool DivideDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result);
// Sign of the dividend. REQUIRES: b is not zero.
bool RemainderOfDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale,
                         Int128* result);
// Negative, zero, positive.
int CompareDecimals(DecimalOperand a, DecimalOperand b);

// Plain notation with exactly `scale` fraction digits ("-0.050"); writes to `buffer` of
// kMaxDecimalText bytes, returns the length.
size_t FormatDecimal(Int128 unscaled, int scale, char* buffer);
std::string FormatDecimal(Int128 unscaled, int scale);

enum class DecimalParse : uint8_t { kOk, kNotANumber, kOverflow };
// A number as Java's BigDecimal reads it (sign, digits with a point, exponent), rounded to the
// scale. No blanks around it.
DecimalParse ParseDecimal(std::string_view text, int precision, int scale, Int128* result);

// Nearest double.
double DecimalToDouble(Int128 unscaled, int scale, int precision);
// By the shortest text of the double, as BigDecimal.valueOf. kNotANumber: NaN or infinite.
DecimalParse DecimalFromDouble(double value, int precision, int scale, Int128* result);

// The types of Flink's arithmetic, adjusted to 38 digits.
struct DecimalTypeParts {
  int precision;
  int scale;
};
DecimalTypeParts SumType(DecimalTypeParts a, DecimalTypeParts b);
DecimalTypeParts ProductType(DecimalTypeParts a, DecimalTypeParts b);
DecimalTypeParts QuotientType(DecimalTypeParts a, DecimalTypeParts b);
DecimalTypeParts RemainderType(DecimalTypeParts a, DecimalTypeParts b);

}  // namespace sluice
