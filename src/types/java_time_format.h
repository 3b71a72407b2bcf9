// java.time.format.DateTimeFormatter: a pattern, compiled once, that writes and reads local
// timestamps. Texts are English, weeks begin on Sunday. Immutable after Compile; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "types/civil_time.h"

namespace sluice {

class DateTimeFormat {
 public:
  // InvalidArgument for a pattern that Java refuses.
  static StatusOr<DateTimeFormat> Compile(std::string_view pattern);

  // Appends the text. False where Java throws: a zone letter (a local timestamp has none), or a
  // value wider than its field.
  bool Format(const Timestamp& local, std::string* out) const;

  // The whole text must match. What the pattern leaves out is that of 1970-01-01T00:00:00; the
  // fraction is cut to `precision` digits. java.time's SMART resolver: the 30th of February is its
  // last day, 24:00:00 the next day; contradictions fail.
  std::optional<Timestamp> Parse(std::string_view text, int precision) const;

  enum class Field : uint8_t {
    kEra,
    kYear,
    kYearOfEra,
    kQuarter,
    kMonth,
    kDay,
    kDayOfYear,
    kDayOfWeek,
    kWeekdayInMonth,
    kAmPm,
    kHour,
    kClockHour,
    kHourOfHalf,
    kClockHourOfHalf,
    kMinute,
    kSecond,
    kNano,
    kNanoOfDay,
    kMilliOfDay,
    kWeekYear,
    kWeek,
    kWeekOfMonth,
    kLocalDayOfWeek,
  };
  static constexpr int kNumFields = static_cast<int>(Field::kLocalDayOfWeek) + 1;

 private:
  enum class Kind : uint8_t {
    kLiteral,
    kNumber,
    kYearOfTwoDigits,
    kFraction,
    kText,
    kZone,
    kOptional
  };
  enum class Sign : uint8_t { kNormal, kNotNegative, kExceedsPad };
  struct Element {
    Kind kind = Kind::kLiteral;
    Field field = Field::kEra;
    Sign sign = Sign::kNormal;
    uint8_t min_width = 1;
    uint8_t max_width = 19;
    uint8_t following_width = 0;  // digits that adjacent numbers after this one need
    char letter = 0;              // of kZone
    int end = 0;                  // of kOptional: behind its last element
    std::string literal;
  };
  struct Parsed;
  class Compiler;

  bool FormatRange(int begin, int end, const CivilTime& civil, std::string* out) const;
  bool ParseRange(int begin, int end, Parsed& parsed) const;
  static bool FormatNumber(const Element& element, int64_t value, std::string* out);
  static bool ParseNumber(const Element& element, Parsed& parsed);
  static bool ParseText(const Element& element, Parsed& parsed);
  static bool ParseZone(const Element& element, Parsed& parsed);

  std::vector<Element> elements_;
};

}  // namespace sluice
