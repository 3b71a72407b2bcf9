#include "functions/lenient_timestamp.h"

#include <charconv>
#include <cstdint>

#include "types/civil_time.h"

namespace sluice {

namespace {

// Integer.parseInt: a sign and digits.
std::optional<int32_t> ParseInt(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int64_t> ParseDays(std::string_view text) {
  const size_t first = text.find('-');
  if (first != 4) return std::nullopt;
  const size_t second = text.find('-', first + 1);
  if (second == std::string_view::npos || second - first < 2 || second - first > 3)
    return std::nullopt;
  if (text.size() - second < 2 || text.size() - second > 3) return std::nullopt;
  const std::optional<int32_t> year = ParseInt(text.substr(0, first));
  const std::optional<int32_t> month = ParseInt(text.substr(first + 1, second - first - 1));
  const std::optional<int32_t> day = ParseInt(text.substr(second + 1));
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31)
    return std::nullopt;
  return DaysFromCivil(*year, *month, *day);
}

struct Clock {
  int64_t millis = 0;
  int32_t nanos_of_milli = 0;
};

std::optional<int32_t> ParseNanos(std::string_view digits) {
  if (digits.empty() || digits.size() > 9 || digits[0] < '0' || digits[0] > '9')
    return std::nullopt;
  std::optional<int32_t> nanos = ParseInt(digits);
  for (size_t i = digits.size(); nanos.has_value() && i < 9; ++i) *nanos *= 10;
  return nanos;
}

std::optional<Clock> ParseClock(std::string_view text) {
  const size_t first = text.find(':');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  const size_t second = text.find(':', first + 1);
  if (second == std::string_view::npos || second + 1 >= text.size()) return std::nullopt;
  const size_t point = text.find('.', second + 1);
  const std::optional<int32_t> hour = ParseInt(text.substr(0, first));
  const std::optional<int32_t> minute = ParseInt(text.substr(first + 1, second - first - 1));
  const std::optional<int32_t> second_of_minute =
      ParseInt(text.substr(second + 1, point - second - 1));
  const std::optional<int32_t> nanos = point == std::string_view::npos
                                           ? std::optional<int32_t>(0)
                                           : ParseNanos(text.substr(point + 1));
  if (!hour || !minute || !second_of_minute || !nanos) return std::nullopt;
  const int64_t seconds = int64_t{*hour} * 3600 + int64_t{*minute} * 60 + *second_of_minute;
  return Clock{seconds * 1000 + *nanos / 1000000, *nanos % 1000000};
}

}  // namespace

std::optional<Timestamp> ParseLenientTimestamp(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  const size_t blank = text.find(' ');
  const std::optional<int64_t> days = ParseDays(text.substr(0, blank));
  if (!days.has_value()) return std::nullopt;
  if (blank == std::string_view::npos) return Timestamp{.millis = *days * kMillisPerDay};
  const std::optional<Clock> clock = ParseClock(text.substr(blank + 1));
  if (!clock.has_value()) return std::nullopt;
  return Timestamp{.millis = *days * kMillisPerDay + clock->millis,
                   .nanos_of_milli = clock->nanos_of_milli};
}

}  // namespace sluice
