// Magnitudes are worked on as unsigned numbers of 256 bits (two halves of 128), the sign apart. A
// fast path in 128 bits serves whatever cannot overflow there, which is nearly everything of up to
// 18 digits.

#include "types/decimal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "types/number_text.h"

namespace sluice {

namespace {

using UInt128 = unsigned __int128;

constexpr int kMaxDigits = 38;

constexpr std::array<Int128, kMaxDigits + 1> MakePowers() {
  std::array<Int128, kMaxDigits + 1> powers{};
  powers[0] = 1;
  for (int i = 1; i <= kMaxDigits; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr std::array<Int128, kMaxDigits + 1> kPowers = MakePowers();

UInt128 Magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// An unsigned number of 256 bits.
struct Wide {
  UInt128 high = 0;
  UInt128 low = 0;

  friend bool operator<(const Wide& a, const Wide& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

Wide MultiplyWide(UInt128 a, UInt128 b) {
  const UInt128 mask = ~uint64_t{0};
  const UInt128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
  const UInt128 low = a0 * b0;
  const UInt128 middle1 = a1 * b0 + (low >> 64);
  const UInt128 middle2 = a0 * b1 + (middle1 & mask);
  return {a1 * b1 + (middle1 >> 64) + (middle2 >> 64), (middle2 << 64) | (low & mask)};
}

Wide AddWide(const Wide& a, const Wide& b) {
  Wide sum{a.high + b.high, a.low + b.low};
  if (sum.low < a.low) ++sum.high;
  return sum;
}

Wide SubtractWide(const Wide& a, const Wide& b) {
  return {a.high - b.high - (a.low < b.low ? 1 : 0), a.low - b.low};
}

int LeadingZeros(UInt128 value) {
  const auto high = static_cast<uint64_t>(value >> 64);
  return high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll(static_cast<uint64_t>(value));
}

// One digit of 64 bits of the quotient (high, next) / divisor, the divisor's top bit set; Knuth's
// algorithm D.
UInt128 QuotientDigit(UInt128 high, uint64_t next, UInt128 divisor, UInt128* rest) {
  const UInt128 d1 = divisor >> 64;
  const UInt128 d0 = divisor & ~uint64_t{0};
  const UInt128 base = UInt128{1} << 64;
  UInt128 digit = high / d1;
  UInt128 remainder = high % d1;
  while (digit >= base || digit * d0 > ((remainder << 64) | next)) {
    --digit;
    remainder += d1;
    if (remainder >= base) break;
  }
  *rest = ((high << 64) | next) - digit * divisor;
  return digit;
}

// REQUIRES: value.high < divisor, so that the quotient has 128 bits.
UInt128 DivideWide(const Wide& value, UInt128 divisor, UInt128* remainder) {
  if (value.high == 0) {
    *remainder = value.low % divisor;
    return value.low / divisor;
  }
  const int shift = LeadingZeros(divisor);
  divisor <<= shift;
  const UInt128 high =
      shift == 0 ? value.high : (value.high << shift) | (value.low >> (128 - shift));
  const UInt128 low = value.low << shift;
  UInt128 rest;
  const UInt128 q1 = QuotientDigit(high, static_cast<uint64_t>(low >> 64), divisor, &rest);
  const UInt128 q0 = QuotientDigit(rest, static_cast<uint64_t>(low), divisor, &rest);
  *remainder = rest >> shift;
  return (q1 << 64) | q0;
}

bool Store(UInt128 magnitude, bool negative, int precision, Int128* result) {
  if (magnitude >= static_cast<UInt128>(kPowers[precision])) return false;
  *result = negative ? -static_cast<Int128>(magnitude) : static_cast<Int128>(magnitude);
  return true;
}

// Drops `digits` decimal digits of the magnitude, HALF_UP; false when more than 128 bits are left.
bool DropDigits(Wide value, int digits, UInt128* result) {
  while (digits > kMaxDigits) {
    // The first dropped digit alone decides HALF_UP, so the lower ones may simply be cut off
    // before.
    UInt128 remainder;
    const auto power = static_cast<UInt128>(kPowers[kMaxDigits]);
    if (value.high >= power) return false;
    value = {0, DivideWide(value, power, &remainder)};
    digits -= kMaxDigits;
  }
  const auto power = static_cast<UInt128>(kPowers[digits]);
  if (value.high >= power) return false;
  UInt128 remainder;
  UInt128 quotient = DivideWide(value, power, &remainder);
  if (digits > 0 && remainder >= power - remainder) ++quotient;
  *result = quotient;
  return true;
}

// The signed number `value` of scale `scale`, stored with another scale.
bool RoundWide(const Wide& value, bool negative, int scale, int to_precision, int to_scale,
               Int128* result) {
  if (to_scale < scale) {
    UInt128 rounded;
    return DropDigits(value, scale - to_scale, &rounded) &&
           Store(rounded, negative, to_precision, result);
  }
  if (value.high != 0) return false;
  const int raise = to_scale - scale;
  if (value.low == 0) return Store(0, false, to_precision, result);
  if (raise > kMaxDigits) return false;
  const Wide raised = MultiplyWide(value.low, static_cast<UInt128>(kPowers[raise]));
  return raised.high == 0 && Store(raised.low, negative, to_precision, result);
}

Wide Raise(DecimalOperand operand, int scale) {
  return MultiplyWide(Magnitude(operand.unscaled),
                      static_cast<UInt128>(kPowers[scale - operand.scale]));
}

// a + b where both magnitudes are raised to the same scale.
bool AddSigned(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result) {
  const int common = std::max(a.scale, b.scale);
  const Wide left = Raise(a, common);
  const Wide right = Raise(b, common);
  const bool a_negative = a.unscaled < 0;
  const bool b_negative = b.unscaled < 0;
  if (a_negative == b_negative) {
    return RoundWide(AddWide(left, right), a_negative, common, precision, scale, result);
  }
  if (left < right) {
    return RoundWide(SubtractWide(right, left), b_negative, common, precision, scale, result);
  }
  return RoundWide(SubtractWide(left, right), a_negative, common, precision, scale, result);
}

int CountDigits(UInt128 value) {
  int digits = 1;
  while (digits < kMaxDigits && value >= static_cast<UInt128>(kPowers[digits])) ++digits;
  return digits;
}

bool IsSmall(Int128 value) { return value > -kPowers[18] && value < kPowers[18]; }

// q = a × 10^shift / b rounded HALF_UP, given that it has 128 bits.
UInt128 ShiftedQuotient(UInt128 a, UInt128 b, int shift) {
  Wide dividend{0, a};
  int left = shift;
  while (left > 0) {
    const int step = std::min(left, kMaxDigits);
    const Wide low = MultiplyWide(dividend.low, static_cast<UInt128>(kPowers[step]));
    const Wide high = MultiplyWide(dividend.high, static_cast<UInt128>(kPowers[step]));
    dividend = {low.high + high.low, low.low};
    left -= step;
  }
  UInt128 remainder;
  UInt128 quotient = DivideWide(dividend, b, &remainder);
  if (remainder >= b - remainder) ++quotient;
  return quotient;
}

DecimalTypeParts Adjust(int precision, int scale) {
  if (precision <= kMaxDigits) return {precision, scale};
  const int integer_digits = precision - scale;
  return {kMaxDigits, std::max(kMaxDigits - integer_digits, std::min(scale, 6))};
}

}  // namespace

Int128 PowerOfTen(int exponent) { return kPowers[exponent]; }

bool DecimalFits(Int128 unscaled, int precision) {
  return unscaled < kPowers[precision] && unscaled > -kPowers[precision];
}

bool RescaleDecimal(Int128 value, int from_scale, int to_precision, int to_scale, Int128* result) {
  if (from_scale == to_scale) {
    *result = value;
    return DecimalFits(value, to_precision);
  }
  return RoundWide({0, Magnitude(value)}, value < 0, from_scale, to_precision, to_scale, result);
}

bool AddDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result) {
  if (a.scale == b.scale && a.scale == scale && IsSmall(a.unscaled) && IsSmall(b.unscaled)) {
    *result = a.unscaled + b.unscaled;
    return DecimalFits(*result, precision);
  }
  return AddSigned(a, b, precision, scale, result);
}

bool SubtractDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale,
                      Int128* result) {
  return AddDecimals(a, {-b.unscaled, b.scale}, precision, scale, result);
}

bool MultiplyDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale,
                      Int128* result) {
  if (a.scale + b.scale == scale && IsSmall(a.unscaled) && IsSmall(b.unscaled)) {
    *result = a.unscaled * b.unscaled;
    return DecimalFits(*result, precision);
  }
  const Wide product = MultiplyWide(Magnitude(a.unscaled), Magnitude(b.unscaled));
  return RoundWide(product, (a.unscaled < 0) != (b.unscaled < 0), a.scale + b.scale, precision,
                   scale, result);
}

bool DivideDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale, Int128* result) {
  SL_DCHECK(b.unscaled != 0);
  if (a.unscaled == 0) return Store(0, false, precision, result);
  const bool negative = (a.unscaled < 0) != (b.unscaled < 0);
  const UInt128 dividend = Magnitude(a.unscaled);
  const UInt128 divisor = Magnitude(b.unscaled);
  // Straight to the result's scale where rounding to 38 digits first cannot make a difference: a
  // quotient of up to 20 digits by a divisor of up to 18 is never within 10^-18 of a half without
  // being it.
  const int shift = scale - a.scale + b.scale;
  if (shift >= 0 && shift <= 19 && dividend < static_cast<UInt128>(kPowers[18]) &&
      divisor < static_cast<UInt128>(kPowers[18])) {
    const UInt128 raised = dividend * static_cast<UInt128>(kPowers[shift]);
    UInt128 quotient = raised / divisor;
    const UInt128 remainder = raised % divisor;
    if (quotient < static_cast<UInt128>(kPowers[20])) {
      if (remainder >= divisor - remainder) ++quotient;
      return Store(quotient, negative, precision, result);
    }
  }
  // 37 or 38 digits with this shift; one more where it is 37.
  int exponent = kMaxDigits - 1 + CountDigits(divisor) - CountDigits(dividend);
  UInt128 quotient = ShiftedQuotient(dividend, divisor, exponent);
  if (quotient < static_cast<UInt128>(kPowers[kMaxDigits - 1])) {
    quotient = ShiftedQuotient(dividend, divisor, ++exponent);
  }
  return RoundWide({0, quotient}, negative, exponent + a.scale - b.scale, precision, scale, result);
}

bool RemainderOfDecimals(DecimalOperand a, DecimalOperand b, int precision, int scale,
                         Int128* result) {
  SL_DCHECK(b.unscaled != 0);
  const int common = std::max(a.scale, b.scale);
  const bool negative = a.unscaled < 0;
  const Wide dividend = Raise(a, common);
  const Wide divisor = Raise(b, common);
  if (dividend < divisor) {
    return RoundWide(dividend, negative, common, precision, scale, result);
  }
  // Here the divisor has 128 bits or is a number raised by at most 38 digits that is not above the
  // dividend.
  Wide rest = dividend;
  if (divisor.high == 0) {
    UInt128 remainder;
    rest.high %= divisor.low;
    DivideWide(rest, divisor.low, &remainder);
    return RoundWide({0, remainder}, negative, common, precision, scale, result);
  }
  // The quotient has fewer than 128 bits: subtract shifted divisors, the largest first.
  int shift = 0;
  Wide shifted = divisor;
  while (!(rest < shifted) && (shifted.high >> 127) == 0) {
    shifted = AddWide(shifted, shifted);
    ++shift;
  }
  for (; shift >= 0; --shift) {
    if (!(rest < shifted)) rest = SubtractWide(rest, shifted);
    shifted = {shifted.high >> 1, (shifted.low >> 1) | (shifted.high << 127)};
  }
  return RoundWide(rest, negative, common, precision, scale, result);
}

int CompareDecimals(DecimalOperand a, DecimalOperand b) {
  if (a.scale == b.scale) return a.unscaled < b.unscaled ? -1 : a.unscaled > b.unscaled;
  const bool a_negative = a.unscaled < 0;
  const bool b_negative = b.unscaled < 0;
  if (a_negative != b_negative) return a_negative ? -1 : 1;
  const int common = std::max(a.scale, b.scale);
  const Wide left = Raise(a, common);
  const Wide right = Raise(b, common);
  const int order = left < right ? -1 : right < left;
  return a_negative ? -order : order;
}

size_t FormatDecimal(Int128 unscaled, int scale, char* buffer) {
  char digits[kMaxDecimalText];
  int num_digits = 0;
  UInt128 rest = Magnitude(unscaled);
  while (rest > ~uint64_t{0}) {
    digits[num_digits++] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  for (auto low = static_cast<uint64_t>(rest); low != 0; low /= 10) {
    digits[num_digits++] = static_cast<char>('0' + low % 10);
  }
  while (num_digits <= scale) digits[num_digits++] = '0';
  char* out = buffer;
  if (unscaled < 0) *out++ = '-';
  for (int i = num_digits - 1; i >= 0; --i) {
    *out++ = digits[i];
    if (i == scale && i != 0) *out++ = '.';
  }
  return out - buffer;
}

std::string FormatDecimal(Int128 unscaled, int scale) {
  char buffer[kMaxDecimalText];
  return std::string(buffer, FormatDecimal(unscaled, scale, buffer));
}

DecimalParse ParseDecimal(std::string_view text, int precision, int scale, Int128* result) {
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) ++i;
  // 38 significant digits are kept; of the others only the first can matter, for the rounding.
  UInt128 digits = 0;
  int64_t exponent = 0;
  int num_kept = 0;
  char first_dropped = 0;
  bool any = false, point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (num_kept < kMaxDigits) {
      digits = digits * 10 + static_cast<unsigned>(c - '0');
      if (digits != 0) ++num_kept;
      if (point) --exponent;
    } else {
      if (first_dropped == 0) first_dropped = c;
      if (!point) ++exponent;
    }
  }
  if (!any) return DecimalParse::kNotANumber;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return DecimalParse::kNotANumber;
    std::string_view power = text.substr(i + 1);
    const bool down = !power.empty() && power[0] == '-';
    if (down || (!power.empty() && power[0] == '+')) power.remove_prefix(1);
    if (power.empty() || power.size() > 10) return DecimalParse::kNotANumber;
    int64_t shift = 0;
    for (char c : power) {
      if (c < '0' || c > '9') return DecimalParse::kNotANumber;
      shift = shift * 10 + (c - '0');
    }
    exponent += down ? -shift : shift;
  }
  if (digits == 0 || exponent + num_kept + scale < 0) {
    *result = 0;
    return DecimalParse::kOk;
  }
  if (exponent + num_kept > kMaxDigits) return DecimalParse::kOverflow;
  if (first_dropped >= '5' && -exponent == scale) ++digits;
  return RoundWide({0, digits}, negative, static_cast<int>(-exponent), precision, scale, result)
             ? DecimalParse::kOk
             : DecimalParse::kOverflow;
}

double DecimalToDouble(Int128 unscaled, int scale, int precision) {
  // Flink divides the long of a short DECIMAL; a long one goes through its text, which rounds once.
  if (precision <= 18) {
    return static_cast<double>(static_cast<int64_t>(unscaled)) /
           static_cast<double>(static_cast<int64_t>(kPowers[scale]));
  }
  char buffer[kMaxDecimalText];
  double value = 0;
  ParseDouble({buffer, FormatDecimal(unscaled, scale, buffer)}, &value);
  return value;
}

DecimalParse DecimalFromDouble(double value, int precision, int scale, Int128* result) {
  if (!std::isfinite(value)) return DecimalParse::kNotANumber;
  char buffer[kMaxNumberText];
  return ParseDecimal({buffer, FormatDouble(value, buffer)}, precision, scale, result);
}

DecimalTypeParts SumType(DecimalTypeParts a, DecimalTypeParts b) {
  const int scale = std::max(a.scale, b.scale);
  return Adjust(std::max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

DecimalTypeParts ProductType(DecimalTypeParts a, DecimalTypeParts b) {
  return Adjust(a.precision + b.precision + 1, a.scale + b.scale);
}

DecimalTypeParts QuotientType(DecimalTypeParts a, DecimalTypeParts b) {
  const int scale = std::max(6, a.scale + b.precision + 1);
  return Adjust(a.precision - a.scale + b.scale + scale, scale);
}

DecimalTypeParts RemainderType(DecimalTypeParts a, DecimalTypeParts b) {
  const int scale = std::max(a.scale, b.scale);
  return Adjust(std::min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
}

}  // namespace sluice
