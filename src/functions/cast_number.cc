// CAST to BOOLEAN and to numbers. Between numbers nothing ever fails: Java's conversions wrap or
// saturate, and a DECIMAL that does not fit is NULL.

#include <cmath>
#include <limits>

#include "absl/strings/match.h"
#include "functions/cast_kernels.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/plain_digits.h"

namespace sluice {

namespace {

template <typename T>
inline constexpr bool kIsFloating = std::is_floating_point_v<T>;

// (int) and (long) of a double: truncated, saturated, NaN is 0.
template <typename Int>
Int Saturate(double value) {
  if (std::isnan(value)) return 0;
  if (value >= -static_cast<double>(std::numeric_limits<Int>::min())) {
    return std::numeric_limits<Int>::max();
  }
  if (value <= static_cast<double>(std::numeric_limits<Int>::min())) {
    return std::numeric_limits<Int>::min();
  }
  return static_cast<Int>(value);
}

// Java's primitive conversion; a short or byte goes through int.
template <typename To, typename From>
To ConvertPrimitive(From value) {
  if constexpr (kIsFloating<From> && !kIsFloating<To>) {
    if constexpr (sizeof(To) == sizeof(int64_t)) {
      return Saturate<int64_t>(value);
    } else {
      return static_cast<To>(Saturate<int32_t>(value));
    }
  } else {
    return static_cast<To>(value);
  }
}

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// BinaryStringDataUtil.toDecimalFromBytes of Flink, for texts of up to 18 bytes into up to 18
// digits, with what is odd about it: one stray character after the digits is not noticed, leading
// zeros count as digits, and tiny exponents fail.
bool ParseShortDecimal(std::string_view text, int precision, int scale, int64_t* result) {
  size_t i = 0;
  while (i < text.size() && IsSpace(text[i])) ++i;
  if (i == text.size()) return false;
  const bool negative = text[i] == '-';
  if (negative || text[i] == '+') {
    if (++i == text.size()) return false;
  }
  int64_t digits = 0;
  int num_digits = 0;
  int point = -1;
  char last = 0;
  while (i < text.size()) {
    last = text[i++];
    if (last >= '0' && last <= '9') {
      digits = digits * 10 + (last - '0');
      ++num_digits;
    } else if (last == '.') {
      if (point >= 0) return false;
      point = num_digits;
    } else {
      break;
    }
  }
  int exponent = 0;
  if ((last == 'e' || last == 'E') && i < text.size()) {
    const bool down = text[i] == '-';
    if (down || text[i] == '+') {
      if (++i == text.size()) return false;
    }
    while (i < text.size()) {
      const char c = text[i++];
      if (c < '0' || c > '9') break;
      if (exponent < 40) exponent = exponent * 10 + (c - '0');
    }
    if (down) exponent = -exponent;
  }
  while (i < text.size()) {
    if (!IsSpace(text[i++])) return false;
  }
  if (point >= 0) exponent -= num_digits - point;
  const int change = exponent + scale;
  if (num_digits + change > precision || change < -18) return false;
  if (change > 18) return false;
  const auto power = static_cast<int64_t>(PowerOfTen(std::abs(change)));
  if (negative) digits = -digits;
  if (change >= 0) {
    *result = digits * power;
  } else {
    *result = (digits + (negative ? -5 : 5) * (power / 10)) / power;
  }
  return true;
}

// BigDecimal takes the decimal digits of every script; these are the zeros of those in the basic
// plane.
constexpr char32_t kZeros[] = {
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

// The text with the digits of other scripts replaced by ours; what is no digit stays and fails
// later.
std::string WithAsciiDigits(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
    char32_t code = 0;
    size_t length = 1;
    if (byte(i) >= 0xE0 && byte(i) < 0xF0 && i + 2 < text.size()) {
      code = (byte(i) & 0x0Fu) << 12 | (byte(i + 1) & 0x3Fu) << 6 | (byte(i + 2) & 0x3Fu);
      length = 3;
    } else if (byte(i) >= 0xC0 && byte(i) < 0xE0 && i + 1 < text.size()) {
      code = (byte(i) & 0x1Fu) << 6 | (byte(i + 1) & 0x3Fu);
      length = 2;
    }
    char digit = text[i];
    for (char32_t zero : kZeros) {
      if (code >= zero && code < zero + 10) digit = static_cast<char>('0' + (code - zero));
    }
    result.push_back(digit);
    if (digit != text[i]) i += length - 1;
  }
  return result;
}

bool IsAscii(std::string_view text) {
  for (char c : text) {
    if ((c & 0x80) != 0) return false;
  }
  return true;
}

CastResult TextToDecimal(std::string_view text, int precision, int scale, Int128* result) {
  if (precision <= 18 && text.size() <= 18) {
    int64_t short_result = 0;
    if (!ParseShortDecimal(text, precision, scale, &short_result)) return CastResult::kFailed;
    *result = short_result;
    return CastResult::kOk;
  }
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  const DecimalParse parse = IsAscii(text)
                                 ? ParseDecimal(text, precision, scale, result)
                                 : ParseDecimal(WithAsciiDigits(text), precision, scale, result);
  // Flink throws on overflow here, too.
  return parse == DecimalParse::kOk ? CastResult::kOk : CastResult::kFailed;
}

template <typename Out>
void TextToInteger(CastCall& call) {
  CastRows<std::string_view, Out>(call, [](std::string_view text, Out& out) {
    constexpr int64_t kMin = std::numeric_limits<Out>::min();
    constexpr int64_t kMax = std::numeric_limits<Out>::max();
    int64_t value = 0;
    const bool is_number = ParsePlainDigits(text, &value)
                               ? value <= kMax
                               : ParseInteger(TrimBlanks(text), kMin, kMax, &value);
    if (!is_number) return CastResult::kFailed;
    out = static_cast<Out>(value);
    return CastResult::kOk;
  });
}

template <typename Out>
void TextToDecimalRows(CastCall& call) {
  const int precision = call.out.type().precision();
  const int scale = call.out.type().scale();
  CastRows<std::string_view, Out>(call, [=](std::string_view text, Out& out) {
    Int128 value = 0;
    const CastResult result = TextToDecimal(text, precision, scale, &value);
    out = static_cast<Out>(value);
    return result;
  });
}

void TextToNumber(CastCall& call) {
  switch (call.out.type().kind()) {
    case TypeKind::kTinyInt: return TextToInteger<int8_t>(call);
    case TypeKind::kSmallInt: return TextToInteger<int16_t>(call);
    case TypeKind::kInt: return TextToInteger<int32_t>(call);
    case TypeKind::kBigInt: return TextToInteger<int64_t>(call);
    case TypeKind::kFloat:
      return CastRows<std::string_view, float>(call, [](std::string_view text, float& out) {
        return ParseFloat(text, &out) ? CastResult::kOk : CastResult::kFailed;
      });
    case TypeKind::kDouble:
      return CastRows<std::string_view, double>(call, [](std::string_view text, double& out) {
        return ParseDouble(text, &out) ? CastResult::kOk : CastResult::kFailed;
      });
    default:
      if (call.out.type().layout() == Layout::kInt64) return TextToDecimalRows<int64_t>(call);
      return TextToDecimalRows<Int128>(call);
  }
}

template <typename In, typename Out>
void ExactToDecimal(CastCall& call) {
  const Type& from = call.input.type();
  const int from_scale = from.kind() == TypeKind::kDecimal ? from.scale() : 0;
  const int precision = call.out.type().precision();
  const int scale = call.out.type().scale();
  CastRows<In, Out>(call, [=](const In& from_value, Out& out) {
    Int128 value = 0;
    const bool fits = RescaleDecimal(from_value, from_scale, precision, scale, &value);
    out = static_cast<Out>(fits ? value : 0);
    return fits ? CastResult::kOk : CastResult::kNull;
  });
}

// NaN and the infinities fail, also under TRY_CAST: Flink holds that this cast cannot fail and
// catches nothing.
template <typename In, typename Out>
void FloatingToDecimal(CastCall& call) {
  const int precision = call.out.type().precision();
  const int scale = call.out.type().scale();
  CastCall strict{call.context, call.input, /*try_cast=*/false, call.out, call.errors};
  CastRows<In, Out>(strict, [=](In from_value, Out& out) {
    Int128 value = 0;
    const DecimalParse parse = DecimalFromDouble(from_value, precision, scale, &value);
    if (parse == DecimalParse::kNotANumber) return CastResult::kFailed;
    out = static_cast<Out>(parse == DecimalParse::kOk ? value : 0);
    return parse == DecimalParse::kOk ? CastResult::kOk : CastResult::kNull;
  });
}

template <typename In>
void NumberToDecimal(CastCall& call) {
  const bool is_short = call.out.type().layout() == Layout::kInt64;
  if constexpr (kIsFloating<In>) {
    is_short ? FloatingToDecimal<In, int64_t>(call) : FloatingToDecimal<In, Int128>(call);
  } else {
    is_short ? ExactToDecimal<In, int64_t>(call) : ExactToDecimal<In, Int128>(call);
  }
}

template <typename In, typename Out>
void DecimalToPrimitive(CastCall& call) {
  const int scale = call.input.type().scale();
  const int precision = call.input.type().precision();
  const Int128 divisor = PowerOfTen(scale);
  ConvertRows<In, Out>(call, [=](const In& value) -> Out {
    if constexpr (kIsFloating<Out>) {
      return static_cast<Out>(DecimalToDouble(value, scale, precision));
    } else {
      return static_cast<Out>(static_cast<int64_t>(value / divisor));
    }
  });
}

}  // namespace

void CastToBoolean(CastCall& call) {
  if (call.input.type().IsCharacter()) {
    return CastRows<std::string_view, bool>(call, [](std::string_view text, bool& out) {
      const absl::string_view word(text.data(), text.size());
      for (const char* yes : {"t", "true", "y", "yes", "1"}) {
        out |= absl::EqualsIgnoreCase(word, yes);
      }
      if (out) return CastResult::kOk;
      for (const char* no : {"f", "false", "n", "no", "0"}) {
        if (absl::EqualsIgnoreCase(word, no)) return CastResult::kOk;
      }
      return CastResult::kFailed;
    });
  }
  WithNumber(call.input.type(), [&]<typename In>(In) {
    ConvertRows<In, bool>(call, [](const In& value) { return value != 0; });
  });
}

void CastToNumber(CastCall& call) {
  const Type& from = call.input.type();
  const Type& to = call.out.type();
  if (from.IsCharacter()) return TextToNumber(call);
  WithNumber(from, [&]<typename In>(In) {
    if (to.kind() == TypeKind::kDecimal) return NumberToDecimal<In>(call);
    WithNumber(to, [&]<typename Out>(Out) {
      if constexpr (!std::is_same_v<Out, Int128>) {
        if constexpr (!kIsFloating<In>) {
          if (from.kind() == TypeKind::kDecimal) return DecimalToPrimitive<In, Out>(call);
        }
        if constexpr (!std::is_same_v<In, Int128>) {
          ConvertRows<In, Out>(call, [](const In& value) { return ConvertPrimitive<Out>(value); });
        }
      }
    });
  });
}

}  // namespace sluice
