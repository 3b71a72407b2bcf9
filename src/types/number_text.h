// Numbers as text, as Java writes and reads them: what CAST, JSON functions and formats show.
// Stateless, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

// Enough for any number that the functions below write.
inline constexpr size_t kMaxNumberText = 32;

// Write the text of the number to `buffer` (of kMaxNumberText bytes) and return its length.
size_t FormatInteger(int64_t value, char* buffer);
// Double.toString: up to JDK 18 (types/java_digits.h); "1.0", "1.0E10", "1.0E-5", "NaN",
// "-Infinity".
size_t FormatDouble(double value, char* buffer);
size_t FormatFloat(float value, char* buffer);

// What CAST(string AS BIGINT) takes after its blanks are trimmed: a sign, digits, and a fraction
// that is checked and dropped. False when it is none or out of [min, max].
bool ParseInteger(std::string_view text, int64_t min, int64_t max, int64_t* value);

// Double.parseDouble and Float.parseFloat: blanks and controls around, "NaN", "Infinity",
// hexadecimal floats, a type suffix. Too large gives infinity, too small zero. False when it is no
// number.
bool ParseDouble(std::string_view text, double* value);
bool ParseFloat(std::string_view text, float* value);

// `text` without blanks (0x20 only) at both ends, as BinaryStringData.trim.
std::string_view TrimBlanks(std::string_view text);

}  // namespace sluice
