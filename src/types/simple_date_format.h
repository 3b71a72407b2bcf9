// java.text.SimpleDateFormat with its lenient GregorianCalendar (Julian before 15 October 1582) and
// English names: what Flink's UNIX_TIMESTAMP, FROM_UNIXTIME, TO_DATE and CONVERT_TZ use. Immutable
// after Compile; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "types/time_zone.h"

namespace sluice {

class SimpleDateFormat {
 public:
  // InvalidArgument for a pattern that Java refuses.
  static StatusOr<SimpleDateFormat> Compile(std::string_view pattern);

  void Format(int64_t instant_ms, ZoneConverter& zone, std::string* out) const;

  // Reads a prefix of the text, as Java does; fields out of range count on. `now_ms` places years
  // of two digits.
  std::optional<int64_t> Parse(std::string_view text, ZoneConverter& zone, int64_t now_ms) const;

 private:
  struct Element {
    char letter = 0;  // 0: literal
    int count = 0;
    bool adjacent = false;  // another field follows at once, so exactly `count` digits are read
    std::string literal;
  };
  struct Parsed;

  static bool ParseField(const Element& element, Parsed& parsed, int64_t now_ms);
  static bool ParseZone(const Element& element, Parsed& parsed);

  std::vector<Element> elements_;
};

}  // namespace sluice
