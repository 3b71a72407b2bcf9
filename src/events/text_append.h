// Appending text and integers to a string, without streams or temporary strings.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace sluice {

inline void AppendPart(std::string_view part, std::string* out) { out->append(part); }

template <std::integral T>
void AppendPart(T value, std::string* out) {
  char digits[24];
  out->append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

template <typename... Parts>
void AppendTo(std::string* out, const Parts&... parts) {
  (AppendPart(parts, out), ...);
}

}  // namespace sluice
