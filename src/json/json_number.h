// Numbers as Java writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

// How a JSON number with a fraction or exponent is kept, and so how it is written again.
enum class JsonFloats : uint8_t {
  kDouble,              // Double.toString: 1e3 is 1000.0
  kBigDecimal,          // BigDecimal.toString: 1e3 is 1E+3, 1.10 stays
  kBigDecimalStripped,  // the same without trailing zeros: 1.10 is 1.1, 100.0 is 1E+2
};

// Double.toString and Float.toString: the shortest digits that read back, 1.0E10 from 1e7 on and
// below 1e-3.
void AppendJavaDouble(double value, std::string* out);
void AppendJavaFloat(float value, std::string* out);

// BigDecimal.toString of sign and decimal digits (no leading zeros but "0") with the point `scale`
// digits from the right.
void AppendBigDecimal(bool negative, std::string_view digits, int64_t scale, std::string* out);
// BigDecimal.toPlainString of the same.
void AppendPlainDecimal(bool negative, std::string_view digits, int64_t scale, std::string* out);

// The double nearest to a JSON number; overflow gives an infinity.
double JsonNumberToDouble(std::string_view number);

// Appends a JSON number token as JSON_VALUE and Jackson's trees give it: whole numbers as written
// (-0 is 0), others by `floats`.
void AppendJsonNumber(std::string_view number, bool is_float, JsonFloats floats, std::string* out);

}  // namespace sluice
