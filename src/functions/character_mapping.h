// Upper and lower case, letters and digits, as Java's root locale sees them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

// Append the text in upper or lower case: full mappings (ß becomes SS), the final sigma included.
void AppendUpper(std::string_view text, std::string* out);
void AppendLower(std::string_view text, std::string* out);

// Character.isLetter and isDigit of UTF-16 units: outside the basic plane there are none.
bool IsLetterChar(char32_t c);
bool IsDigitChar(char32_t c);

}  // namespace sluice
