#include "json/json_number.h"

#include <charconv>
#include <cstdlib>

#include "types/number_text.h"

namespace sluice {
namespace {

// A JSON number taken apart: its digits without leading zeros and without a point, and how many of
// them stand behind the point.
struct DecimalParts {
  bool negative = false;
  std::string digits;
  int64_t scale = 0;
};

DecimalParts TakeApart(std::string_view number) {
  DecimalParts parts;
  size_t i = 0;
  if (number[0] == '-') {
    parts.negative = true;
    i = 1;
  }
  bool behind_point = false;
  for (; i < number.size() && number[i] != 'e' && number[i] != 'E'; ++i) {
    if (number[i] == '.') {
      behind_point = true;
      continue;
    }
    if (behind_point) ++parts.scale;
    if (!parts.digits.empty() || number[i] != '0') parts.digits.push_back(number[i]);
  }
  if (i < number.size()) {
    std::string_view exponent = number.substr(i + 1);
    if (exponent[0] == '+') exponent.remove_prefix(1);
    int64_t value = 0;
    // An exponent beyond an int is an error in Java; the bound keeps the arithmetic defined.
    if (std::from_chars(exponent.data(), exponent.data() + exponent.size(), value).ec !=
        std::errc()) {
      value = exponent[0] == '-' ? INT32_MIN : INT32_MAX;
    }
    parts.scale -= value;
  }
  if (parts.digits.empty()) {
    parts.digits.push_back('0');
    parts.negative = false;
  }
  return parts;
}

}  // namespace

void AppendJavaDouble(double value, std::string* out) {
  char buffer[kMaxNumberText];
  out->append(buffer, FormatDouble(value, buffer));
}

void AppendJavaFloat(float value, std::string* out) {
  char buffer[kMaxNumberText];
  out->append(buffer, FormatFloat(value, buffer));
}

void AppendPlainDecimal(bool negative, std::string_view digits, int64_t scale, std::string* out) {
  if (negative) out->push_back('-');
  const auto size = static_cast<int64_t>(digits.size());
  const int64_t whole = size - scale;  // digits in front of the point
  if (whole <= 0) {
    out->append("0.");
    out->append(static_cast<size_t>(-whole), '0');
  }
  for (int64_t i = 0; i < size; ++i) {
    if (i == whole && i > 0) out->push_back('.');
    out->push_back(digits[static_cast<size_t>(i)]);
  }
  if (whole > size && digits != "0") out->append(static_cast<size_t>(whole - size), '0');
}

void AppendBigDecimal(bool negative, std::string_view digits, int64_t scale, std::string* out) {
  const int64_t adjusted = static_cast<int64_t>(digits.size()) - 1 - scale;
  if (scale >= 0 && adjusted >= -6) {
    AppendPlainDecimal(negative, digits, scale, out);
    return;
  }
  if (negative) out->push_back('-');
  out->push_back(digits[0]);
  if (digits.size() > 1) {
    out->push_back('.');
    out->append(digits.substr(1));
  }
  if (adjusted == 0) return;
  out->push_back('E');
  if (adjusted > 0) out->push_back('+');
  out->append(std::to_string(adjusted));
}

double JsonNumberToDouble(std::string_view number) {
  double value = 0;
  const std::from_chars_result result =
      std::from_chars(number.data(), number.data() + number.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  return std::strtod(std::string(number).c_str(), nullptr);
}

void AppendJsonNumber(std::string_view number, bool is_float, JsonFloats floats, std::string* out) {
  if (!is_float) {
    out->append(number == "-0" ? "0" : number);
    return;
  }
  if (floats == JsonFloats::kDouble) {
    AppendJavaDouble(JsonNumberToDouble(number), out);
    return;
  }
  DecimalParts parts = TakeApart(number);
  if (floats == JsonFloats::kBigDecimalStripped) {
    if (parts.digits == "0") parts.scale = 0;
    while (parts.digits.size() > 1 && parts.digits.back() == '0') {
      parts.digits.pop_back();
      --parts.scale;
    }
  }
  AppendBigDecimal(parts.negative, parts.digits, parts.scale, out);
}

}  // namespace sluice
