// Text cut into parts; the parts point into it.
#pragma once

#include <string_view>
#include <vector>

#include "base/strings.h"

namespace sluice::golden {

inline std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t end;
  while ((end = text.find(separator)) != std::string_view::npos) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

// Without the parts that are empty or blank.
inline std::vector<std::string_view> SplitNonBlank(std::string_view text, char separator) {
  std::vector<std::string_view> parts = Split(text, separator);
  std::erase_if(parts, [](std::string_view part) { return StripAsciiWhitespace(part).empty(); });
  return parts;
}

}  // namespace sluice::golden
