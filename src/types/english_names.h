// The English names that Java's date formats write and read.
#pragma once

#include <array>
#include <string_view>

namespace sluice {

inline constexpr std::array<std::string_view, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
// From Monday.
inline constexpr std::array<std::string_view, 7> kDayNames = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
inline constexpr std::array<std::string_view, 2> kHalfDayNames = {"AM", "PM"};
inline constexpr std::array<std::string_view, 2> kEraNames = {"BC", "AD"};

}  // namespace sluice
