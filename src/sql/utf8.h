// Reading and writing UTF-8 one code point at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

inline constexpr char32_t kInvalidCodePoint = 0xFFFFFFFF;

// The code point at *pos, which moves behind it; kInvalidCodePoint and one byte on when the bytes
// are not UTF-8. REQUIRES: *pos < text.size().
char32_t NextCodePoint(std::string_view text, size_t* pos);
void AppendCodePoint(char32_t c, std::string* out);

// Columns of a terminal: 2 for Chinese, Japanese and Korean, 0 for combining marks, else 1.
int TerminalWidth(char32_t c);

}  // namespace sluice
