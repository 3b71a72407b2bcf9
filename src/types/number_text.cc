// Java's number formats. The digits come from types/java_digits.h; reading goes through
// std::from_chars, which rounds as Java does.

#include "types/number_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "types/java_digits.h"

namespace sluice {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t CopyText(std::string_view text, char* buffer) {
  std::memcpy(buffer, text.data(), text.size());
  return text.size();
}

// Lays out digits × 10^exponent, the point standing after the first digit, as Java does.
size_t LayOut(bool negative, std::string_view digits, int exponent, char* buffer) {
  char* out = buffer;
  if (negative) *out++ = '-';
  const int num_digits = static_cast<int>(digits.size());
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) {
      *out++ = '0';
      *out++ = '.';
      for (int i = -1; i > exponent; --i) *out++ = '0';
      out += CopyText(digits, out);
    } else {
      for (int i = 0; i <= exponent; ++i) *out++ = i < num_digits ? digits[i] : '0';
      *out++ = '.';
      if (num_digits <= exponent + 1) {
        *out++ = '0';
      } else {
        out += CopyText(digits.substr(exponent + 1), out);
      }
    }
  } else {
    *out++ = digits[0];
    *out++ = '.';
    if (num_digits == 1) {
      *out++ = '0';
    } else {
      out += CopyText(digits.substr(1), out);
    }
    *out++ = 'E';
    out = std::to_chars(out, out + 5, exponent).ptr;
  }
  return out - buffer;
}

template <typename T>
size_t FormatFloating(T value, char* buffer) {
  if (std::isnan(value)) return CopyText("NaN", buffer);
  const bool negative = std::signbit(value);
  if (std::isinf(value)) return CopyText(negative ? "-Infinity" : "Infinity", buffer);
  if (value == 0) return CopyText(negative ? "-0.0" : "0.0", buffer);
  const JavaDigits java = DigitsOf(std::fabs(value));
  const auto num_digits = static_cast<size_t>(java.num_digits);
  return LayOut(negative, {java.digits, num_digits}, java.exponent, buffer);
}

// Java's grammar of a hexadecimal float after "0x": digits with a point, then a binary exponent.
bool IsHexFloat(std::string_view text) {
  const size_t p = text.find_first_of("pP");
  if (p == std::string_view::npos) return false;
  bool point = false;
  int num_digits = 0;
  for (char c : text.substr(0, p)) {
    if (c == '.' && !point) {
      point = true;
    } else if (std::isxdigit(static_cast<unsigned char>(c))) {
      ++num_digits;
    } else {
      return false;
    }
  }
  std::string_view exponent = text.substr(p + 1);
  if (!exponent.empty() && (exponent[0] == '+' || exponent[0] == '-')) exponent.remove_prefix(1);
  if (num_digits == 0 || exponent.empty()) return false;
  for (char c : exponent) {
    if (!IsDigit(c)) return false;
  }
  return true;
}

bool IsDecimalFloat(std::string_view text) {
  size_t i = 0;
  int num_digits = 0;
  for (; i < text.size() && IsDigit(text[i]); ++i) ++num_digits;
  if (i < text.size() && text[i] == '.') ++i;
  for (; i < text.size() && IsDigit(text[i]); ++i) ++num_digits;
  if (num_digits == 0) return false;
  if (i == text.size()) return true;
  if (text[i] != 'e' && text[i] != 'E') return false;
  ++i;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  if (i == text.size()) return false;
  for (; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return false;
  }
  return true;
}

// strtod rounds correctly and gives infinity and zero where from_chars only says "out of range".
template <typename T>
T ParseSlowly(std::string_view text) {
  const std::string copy(text);
  if constexpr (sizeof(T) == sizeof(float)) {
    return std::strtof(copy.c_str(), nullptr);
  } else {
    return std::strtod(copy.c_str(), nullptr);
  }
}

template <typename T>
bool ParseFloating(std::string_view text, T* value) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  if (text.empty()) return false;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  T magnitude;
  if (text == "NaN") {
    magnitude = std::numeric_limits<T>::quiet_NaN();
  } else if (text == "Infinity") {
    magnitude = std::numeric_limits<T>::infinity();
  } else {
    if (text.size() < 1) return false;
    const std::string_view whole = text;
    if (std::string_view("fFdD").find(text.back()) != std::string_view::npos) text.remove_suffix(1);
    if (whole.size() > 2 && whole[0] == '0' && (whole[1] == 'x' || whole[1] == 'X')) {
      if (!IsHexFloat(text.substr(std::min<size_t>(2, text.size())))) return false;
      magnitude = ParseSlowly<T>(text);
    } else {
      if (!IsDecimalFloat(text)) return false;
      const auto result = std::from_chars(text.data(), text.data() + text.size(), magnitude);
      if (result.ec != std::errc()) magnitude = ParseSlowly<T>(text);
    }
  }
  *value = negative ? -magnitude : magnitude;
  return true;
}

}  // namespace

size_t FormatInteger(int64_t value, char* buffer) {
  return std::to_chars(buffer, buffer + kMaxNumberText, value).ptr - buffer;
}

size_t FormatDouble(double value, char* buffer) { return FormatFloating(value, buffer); }
size_t FormatFloat(float value, char* buffer) { return FormatFloating(value, buffer); }

bool ParseInteger(std::string_view text, int64_t min, int64_t max, int64_t* value) {
  if (text.empty()) return false;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return false;
  // Accumulated as a negative number: the minimum has no positive counterpart.
  int64_t result = 0;
  size_t i = 0;
  for (; i < text.size() && text[i] != '.'; ++i) {
    if (!IsDigit(text[i])) return false;
    if (__builtin_mul_overflow(result, int64_t{10}, &result) ||
        __builtin_sub_overflow(result, int64_t{text[i] - '0'}, &result)) {
      return false;
    }
  }
  for (++i; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return false;
  }
  if (!negative && __builtin_sub_overflow(int64_t{0}, result, &result)) return false;
  if (result < min || result > max) return false;
  *value = result;
  return true;
}

bool ParseDouble(std::string_view text, double* value) { return ParseFloating(text, value); }
bool ParseFloat(std::string_view text, float* value) { return ParseFloating(text, value); }

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace sluice
