// The text of JSON strings: from its escaped form and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

// Writes what `raw`, the content of a string token, stands for to `out` (room for raw.size() bytes)
// and returns the bytes written, or kMalformedEscape. A surrogate pair becomes one character; half
// of a pair becomes '?', as when Java encodes it. Bytes behind the result, up to raw.size(), are
// undefined. If `controls` is given, it says whether an escape made a byte below 0x20.
inline constexpr size_t kMalformedEscape = static_cast<size_t>(-1);
size_t UnescapeJson(std::string_view raw, char* out, bool* controls = nullptr);

// Appends `text` as Jackson writes the content of a string: \" \\ \b \f \n \r \t, other control
// characters as \u001F; all else as it is.
void AppendJacksonEscaped(std::string_view text, std::string* out);
// The same in double quotes.
void AppendJacksonString(std::string_view text, std::string* out);

}  // namespace sluice
