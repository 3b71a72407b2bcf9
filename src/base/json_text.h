// Text as a JSON string, for lines that people and tools read (dead letters, changelog files).
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// `text` between double quotes, with the escapes that JSON demands and no others. Bytes that are
// not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string* out);

// True if `bytes` is well-formed UTF-8 (no overlong forms, no surrogates).
bool IsUtf8(std::string_view bytes);

}  // namespace sluice
