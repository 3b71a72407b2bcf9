// java.lang.FloatingDecimal of JDK 8 to 18 develops digits as Steele and White do: with d = B / S ×
// 10^e and M half a unit in the last place, scaled like B, it divides B by S digit by digit until
// what is left is less than M (stop) or within M of the next digit (round up). Whole numbers below
// 2^63 are written out instead, less the digits that the precision does not hold. The odd ends of
// that algorithm, which are what differs from the shortest digits, are kept exactly:
//   - at a power of two M is halved on both sides;
//   - in exponent notation at least two digits are developed;
//   - reaching exactly M of the next digit rounds up only where the numbers have 64 bits or more;
//   - below, B + M may overflow, and then does not round up.

#include "types/java_digits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "base/check.h"

namespace sluice {

namespace {

constexpr int kFractionBits = 52;
constexpr int kMinSmallExponent = -21;
constexpr int kMaxSmallExponent = 62;

// The bits of 5^i.
constexpr int kBitsOfFives[] = {0,  3,  5,  7,  10, 12, 14, 17, 19, 21, 24, 26, 28, 31,
                                33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56, 59, 61};
constexpr int kNumFives = sizeof(kBitsOfFives) / sizeof(kBitsOfFives[0]);

int BitsOfFive(int power) { return power < kNumFives ? kBitsOfFives[power] : power * 3; }

// An unsigned number of up to 2,304 bits, enough for every double.
class BigNumber {
 public:
  explicit BigNumber(uint64_t value) {
    for (; value != 0; value >>= 32) words_[size_++] = static_cast<uint32_t>(value);
  }
  // value × 5^fives × 2^twos
  BigNumber(uint64_t value, int fives, int twos) : BigNumber(value) {
    constexpr int kStep = 13;
    constexpr uint32_t kFiveToTheStep = 1220703125;
    for (; fives >= kStep; fives -= kStep) Multiply(kFiveToTheStep);
    for (; fives > 0; --fives) Multiply(5);
    ShiftLeft(twos);
  }

  bool IsZero() const { return size_ == 0; }

  void Multiply(uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < size_; ++i) {
      carry += uint64_t{words_[i]} * factor;
      words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) Push(static_cast<uint32_t>(carry));
  }

  // Divides by `divisor`, keeps the remainder, returns the quotient, which is small.
  int DivideSmall(const BigNumber& divisor) {
    int quotient = 0;
    for (; Compare(*this, divisor) >= 0; ++quotient) Subtract(divisor);
    return quotient;
  }

  static int Compare(const BigNumber& a, const BigNumber& b) {
    if (a.size_ != b.size_) return a.size_ < b.size_ ? -1 : 1;
    for (int i = a.size_ - 1; i >= 0; --i) {
      if (a.words_[i] != b.words_[i]) return a.words_[i] < b.words_[i] ? -1 : 1;
    }
    return 0;
  }

  static BigNumber Sum(const BigNumber& a, const BigNumber& b) {
    BigNumber sum(0);
    uint64_t carry = 0;
    const int size = std::max(a.size_, b.size_);
    for (int i = 0; i < size; ++i) {
      carry += uint64_t{i < a.size_ ? a.words_[i] : 0} + (i < b.size_ ? b.words_[i] : 0);
      sum.Push(static_cast<uint32_t>(carry));
      carry >>= 32;
    }
    if (carry != 0) sum.Push(static_cast<uint32_t>(carry));
    return sum;
  }

 private:
  static constexpr int kMaxWords = 72;

  void Push(uint32_t word) {
    SL_DCHECK(size_ < kMaxWords);
    words_[size_++] = word;
  }

  void ShiftLeft(int bits) {
    const int words = bits / 32;
    if (size_ == 0) return;
    SL_DCHECK(size_ + words < kMaxWords);
    std::memmove(words_ + words, words_, size_ * sizeof(uint32_t));
    std::memset(words_, 0, words * sizeof(uint32_t));
    size_ += words;
    if (bits % 32 != 0) Multiply(uint32_t{1} << (bits % 32));
  }

  void Subtract(const BigNumber& other) {
    int64_t borrow = 0;
    for (int i = 0; i < size_; ++i) {
      borrow += int64_t{words_[i]} - (i < other.size_ ? int64_t{other.words_[i]} : 0);
      words_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    while (size_ > 0 && words_[size_ - 1] == 0) --size_;
  }

  uint32_t words_[kMaxWords];
  int size_ = 0;
};

// A positive number as 1.fraction × 2^exponent; `fraction` has its top bit at kFractionBits.
struct Binary {
  uint64_t fraction;
  int exponent;
  int significant_bits;  // less than all for subnormals
};

// B, S and M as powers; see above.
struct Scaled {
  uint64_t fraction;
  int b2, b5, s2, s5, m2, m5;
  int exponent;  // the estimate of the decimal one; it may be one too high
};

void RoundUp(JavaDigits& result) {
  int i = result.num_digits - 1;
  while (result.digits[i] == '9' && i > 0) result.digits[i--] = '0';
  if (result.digits[i] == '9') {
    result.digits[0] = '1';
    ++result.exponent;
    return;
  }
  ++result.digits[i];
}

// The digits of a whole number without its last `insignificant` ones.
JavaDigits DigitsOfWhole(uint64_t value, int insignificant) {
  JavaDigits result;
  if (insignificant != 0) {
    uint64_t power = 1;
    for (int i = 0; i < insignificant; ++i) power *= 10;
    const uint64_t rest = value % power;
    value = value / power + (rest >= power / 2 ? 1 : 0);
  }
  int dropped = insignificant;
  for (; value % 10 == 0; value /= 10) ++dropped;
  for (uint64_t rest = value; rest != 0; rest /= 10) ++result.num_digits;
  for (int i = result.num_digits - 1; i >= 0; --i, value /= 10) {
    result.digits[i] = static_cast<char>('0' + value % 10);
  }
  result.exponent = result.num_digits - 1 + dropped;
  return result;
}

int EstimateExponent(const Binary& number) {
  const uint64_t one = uint64_t{1023} << kFractionBits;
  const uint64_t mask = (uint64_t{1} << kFractionBits) - 1;
  const double d = std::bit_cast<double>(one | (number.fraction & mask));
  return static_cast<int>(
      std::floor((d - 1.5) * 0.289529654 + 0.176091259 + number.exponent * 0.301029995663981));
}

Scaled Scale(const Binary& number, int tail_zeros, int fraction_bits, int tiny_bits) {
  Scaled scaled;
  scaled.exponent = EstimateExponent(number);
  scaled.b5 = std::max(0, -scaled.exponent);
  scaled.b2 = scaled.b5 + tiny_bits + number.exponent;
  scaled.s5 = std::max(0, scaled.exponent);
  scaled.s2 = scaled.s5 + tiny_bits;
  scaled.m5 = scaled.b5;
  scaled.m2 = scaled.b2 - number.significant_bits;
  scaled.fraction = number.fraction >> tail_zeros;
  scaled.b2 -= fraction_bits - 1;
  const int common = std::min(scaled.b2, scaled.s2);
  scaled.b2 -= common;
  scaled.s2 -= common;
  scaled.m2 -= common;
  if (fraction_bits == 1) --scaled.m2;
  if (scaled.m2 < 0) {
    scaled.b2 -= scaled.m2;
    scaled.s2 -= scaled.m2;
    scaled.m2 = 0;
  }
  return scaled;
}

// The same steps in Java's int or long, and in numbers of any size. S is the divisor; after the
// first digit B, M and `tens` are ten times what they were.
template <typename Int>
struct Small {
  using Unsigned = std::make_unsigned_t<Int>;
  Int b, s, m, tens;
  explicit Small(const Scaled& scaled)
      : b(Power(scaled.fraction, scaled.b5, scaled.b2)),
        s(Power(1, scaled.s5, scaled.s2)),
        m(Power(1, scaled.m5, scaled.m2)),
        tens(Wrap(Unsigned(s) * 10u)) {}
  static Int Wrap(Unsigned value) { return static_cast<Int>(value); }
  static Int Power(uint64_t value, int fives, int twos) {
    for (; fives > 0; --fives) value *= 5;
    return Wrap(static_cast<Unsigned>(value << twos));
  }
  int NextDigit() {
    const auto digit = static_cast<int>(b / s);
    b = Wrap(Unsigned(b % s) * 10u);
    m = Wrap(Unsigned(m) * 10u);
    return digit;
  }
  // An M that overflowed is larger than all else; the sum below may overflow unnoticed, as it does
  // in Java.
  bool IsLow() const { return m <= 0 || b < m; }
  bool IsHigh() const { return m <= 0 || Wrap(Unsigned(b) + Unsigned(m)) > tens; }
  int CompareTwice() const {
    const Int difference = Wrap(Unsigned(b) * 2u - Unsigned(tens));
    return difference < 0 ? -1 : difference > 0;
  }
};

struct Large {
  BigNumber b, s, m, tens;
  explicit Large(const Scaled& scaled)
      : b(scaled.fraction, scaled.b5, scaled.b2),
        s(1, scaled.s5, scaled.s2),
        m(1, scaled.m5, scaled.m2),
        tens(1, scaled.s5 + 1, scaled.s2 + 1) {}
  int NextDigit() {
    const int digit = b.DivideSmall(s);
    b.Multiply(10);
    m.Multiply(10);
    return digit;
  }
  bool IsLow() const { return BigNumber::Compare(b, m) < 0; }
  bool IsHigh() const { return BigNumber::Compare(tens, BigNumber::Sum(b, m)) <= 0; }
  int CompareTwice() const { return BigNumber::Compare(BigNumber::Sum(b, b), tens); }
};

template <typename Numbers>
JavaDigits Develop(Numbers numbers, int exponent) {
  JavaDigits result;
  int digit = numbers.NextDigit();
  bool low = numbers.IsLow();
  bool high = numbers.IsHigh();
  if (digit == 0 && !high) {
    --exponent;  // the estimate was too high
  } else {
    result.digits[result.num_digits++] = static_cast<char>('0' + digit);
  }
  if (exponent < -3 || exponent >= 8) low = high = false;
  while (!low && !high) {
    digit = numbers.NextDigit();
    low = numbers.IsLow();
    high = numbers.IsHigh();
    result.digits[result.num_digits++] = static_cast<char>('0' + digit);
  }
  result.exponent = exponent;
  if (!high) return result;
  const int half = low ? numbers.CompareTwice() : 1;
  const bool odd = (result.digits[result.num_digits - 1] & 1) != 0;
  if (half > 0 || (half == 0 && odd)) RoundUp(result);
  return result;
}

JavaDigits DigitsOf(const Binary& number) {
  const int tail_zeros = std::countr_zero(number.fraction);
  const int fraction_bits = kFractionBits + 1 - tail_zeros;
  const int tiny_bits = std::max(0, fraction_bits - number.exponent - 1);
  if (tiny_bits == 0 && number.exponent <= kMaxSmallExponent &&
      number.exponent >= kMinSmallExponent) {
    // The digits that powers of two beyond the precision fill.
    const int beyond = number.exponent - number.significant_bits - 1;
    const int insignificant = beyond > 1 ? static_cast<int>(beyond * 0.30103) : 0;
    const uint64_t whole = number.exponent >= kFractionBits
                               ? number.fraction << (number.exponent - kFractionBits)
                               : number.fraction >> (kFractionBits - number.exponent);
    return DigitsOfWhole(whole, insignificant);
  }
  const Scaled scaled = Scale(number, tail_zeros, fraction_bits, tiny_bits);
  const int b_bits = fraction_bits + scaled.b2 + BitsOfFive(scaled.b5);
  const int tens_bits = scaled.s2 + 1 + BitsOfFive(scaled.s5 + 1);
  if (b_bits < 32 && tens_bits < 32) return Develop(Small<int32_t>(scaled), scaled.exponent);
  if (b_bits < 64 && tens_bits < 64) return Develop(Small<int64_t>(scaled), scaled.exponent);
  return Develop(Large(scaled), scaled.exponent);
}

}  // namespace

JavaDigits DigitsOf(double value) {
  constexpr uint64_t kMask = (uint64_t{1} << kFractionBits) - 1;
  const auto bits = std::bit_cast<uint64_t>(value);
  uint64_t fraction = bits & kMask;
  int exponent = static_cast<int>(bits >> kFractionBits & 0x7FF);
  int significant_bits = kFractionBits + 1;
  if (exponent == 0) {
    const int zeros = std::countl_zero(fraction);
    const int shift = zeros - (63 - kFractionBits);
    fraction <<= shift;
    exponent = 1 - shift;
    significant_bits = 64 - zeros;
  } else {
    fraction |= kMask + 1;
  }
  return DigitsOf(Binary{fraction, exponent - 1023, significant_bits});
}

JavaDigits DigitsOf(float value) {
  constexpr int kFloatFractionBits = 23;
  constexpr uint32_t kMask = (uint32_t{1} << kFloatFractionBits) - 1;
  const auto bits = std::bit_cast<uint32_t>(value);
  uint32_t fraction = bits & kMask;
  int exponent = static_cast<int>(bits >> kFloatFractionBits & 0xFF);
  int significant_bits = kFloatFractionBits + 1;
  if (exponent == 0) {
    const int zeros = std::countl_zero(fraction);
    const int shift = zeros - (31 - kFloatFractionBits);
    fraction <<= shift;
    exponent = 1 - shift;
    significant_bits = 32 - zeros;
  } else {
    fraction |= kMask + 1;
  }
  const uint64_t wide = uint64_t{fraction} << (kFractionBits - kFloatFractionBits);
  return DigitsOf(Binary{wide, exponent - 127, significant_bits});
}

}  // namespace sluice
