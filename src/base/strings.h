// Text put together from parts. Debian builds Abseil for C++14, where absl::string_view is a type
// of its own that neither takes nor gives std::string_view; these are the few of its functions that
// are used all over the place.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace sluice {

namespace strings_internal {

inline void AppendPart(std::string_view part, std::string* out) { out->append(part); }
// Status messages are Abseil's own views.
inline void AppendPart(absl::string_view part, std::string* out) {
  out->append(part.data(), part.size());
}
inline void AppendPart(const char* part, std::string* out) { out->append(part); }
inline void AppendPart(const std::string& part, std::string* out) { out->append(part); }

template <std::integral T>
requires(!std::same_as<T, char> && !std::same_as<T, bool>) void AppendPart(T value,
                                                                           std::string* out) {
  char digits[24];
  out->append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

}  // namespace strings_internal

template <typename... Parts>
void StrAppend(std::string* out, const Parts&... parts) {
  (strings_internal::AppendPart(parts, out), ...);
}

template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  std::string result;
  StrAppend(&result, parts...);
  return result;
}

// Elements put together by `append(&out, element)`, or as they are, with `separator` between them.
template <typename Range, typename Append>
std::string StrJoin(const Range& range, std::string_view separator, Append append) {
  std::string result;
  bool first = true;
  for (const auto& element : range) {
    if (!first) result.append(separator);
    first = false;
    append(&result, element);
  }
  return result;
}
template <typename Range>
std::string StrJoin(const Range& range, std::string_view separator) {
  return StrJoin(range, separator,
                 [](std::string* out, const auto& element) { StrAppend(out, element); });
}

// ASCII only.
inline char ToLowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (ToLowerAscii(a[i]) != ToLowerAscii(b[i])) return false;
  }
  return true;
}

inline std::string_view StripAsciiWhitespace(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace sluice
