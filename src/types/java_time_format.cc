#include "types/java_time_format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "types/english_names.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

using Field = DateTimeFormat::Field;

constexpr int64_t kPowersOfTen[] = {1,      10,      100,      1000,      10000,
                                    100000, 1000000, 10000000, 100000000, 1000000000};
constexpr int64_t kNanosPerSecond = 1000000000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// 1 = Monday.
int64_t DayOfWeek(int64_t days) { return FloorMod(days + 3, 7) + 1; }
int64_t DayOfYear(const CivilDate& date) {
  return DaysFromCivil(date.year, date.month, date.day) - DaysFromCivil(date.year, 1, 1) + 1;
}

// Weeks from Sunday, of which the first holds the first day of the year or month.
int64_t WeekOf(int64_t days, int64_t first_day) {
  const int64_t first_sunday = first_day - DayOfWeek(first_day) % 7;
  return (days - first_sunday) / 7 + 1;
}

// The week of the week-based year; the days of the week that holds January 1st belong to the new
// year.
int64_t WeekOfWeekYear(const CivilDate& date, int64_t* week_year) {
  const int64_t days = DaysFromCivil(date.year, date.month, date.day);
  const int64_t next_year = DaysFromCivil(int64_t{date.year} + 1, 1, 1);
  if (days >= next_year - DayOfWeek(next_year) % 7) {
    *week_year = int64_t{date.year} + 1;
    return 1;
  }
  *week_year = date.year;
  return WeekOf(days, DaysFromCivil(date.year, 1, 1));
}

int64_t FieldOfDate(Field field, const CivilDate& date) {
  const int64_t days = DaysFromCivil(date.year, date.month, date.day);
  int64_t week_year = 0;
  switch (field) {
    case Field::kEra: return date.year > 0 ? 1 : 0;
    case Field::kYear: return date.year;
    case Field::kYearOfEra: return date.year > 0 ? date.year : 1 - int64_t{date.year};
    case Field::kQuarter: return (date.month + 2) / 3;
    case Field::kMonth: return date.month;
    case Field::kDay: return date.day;
    case Field::kDayOfYear: return DayOfYear(date);
    case Field::kDayOfWeek: return DayOfWeek(days);
    case Field::kWeekdayInMonth: return (date.day - 1) % 7 + 1;
    case Field::kWeekYear: WeekOfWeekYear(date, &week_year); return week_year;
    case Field::kWeek: return WeekOfWeekYear(date, &week_year);
    case Field::kWeekOfMonth: return WeekOf(days, days - date.day + 1);
    case Field::kLocalDayOfWeek: return DayOfWeek(days) % 7 + 1;
    default: return 0;
  }
}

int64_t FieldOf(Field field, const CivilTime& civil) {
  const int64_t second_of_day = civil.hour * 3600 + civil.minute * 60 + civil.second;
  switch (field) {
    case Field::kAmPm: return civil.hour / 12;
    case Field::kHour: return civil.hour;
    case Field::kClockHour: return civil.hour == 0 ? 24 : civil.hour;
    case Field::kHourOfHalf: return civil.hour % 12;
    case Field::kClockHourOfHalf: return civil.hour % 12 == 0 ? 12 : civil.hour % 12;
    case Field::kMinute: return civil.minute;
    case Field::kSecond: return civil.second;
    case Field::kNano: return civil.nano;
    case Field::kNanoOfDay: return second_of_day * kNanosPerSecond + civil.nano;
    case Field::kMilliOfDay: return second_of_day * 1000 + civil.nano / 1000000;
    default: return FieldOfDate(field, civil.date);
  }
}

// The text of a field's value; min_width of the element holds the number of letters.
std::string TextOf(Field field, int64_t value, int letters) {
  std::string_view full;
  switch (field) {
    case Field::kMonth: full = kMonthNames[value - 1]; break;
    case Field::kDayOfWeek: full = kDayNames[value - 1]; break;
    case Field::kAmPm: return std::string(kHalfDayNames[value]);
    case Field::kEra:
      if (letters == 4) return value == 1 ? "Anno Domini" : "Before Christ";
      return std::string(letters == 5 ? kEraNames[value].substr(0, 1) : kEraNames[value]);
    case Field::kQuarter:
      if (letters == 5) return absl::StrCat(value);
      if (letters < 4) return absl::StrCat("Q", value);
      return absl::StrCat(value,
                          value == 1   ? "st"
                          : value == 2 ? "nd"
                          : value == 3 ? "rd"
                                       : "th",
                          " quarter");
    default: return "";
  }
  if (letters == 5) return std::string(full.substr(0, 1));
  return std::string(letters == 4 ? full : full.substr(0, 3));
}

struct FieldRange {
  int64_t min;
  int64_t max;
};

FieldRange TextRange(Field field) {
  switch (field) {
    case Field::kMonth: return {1, 12};
    case Field::kDayOfWeek: return {1, 7};
    case Field::kQuarter: return {1, 4};
    default: return {0, 1};
  }
}

}  // namespace

// ---- Compiling ----

class DateTimeFormat::Compiler {
 public:
  explicit Compiler(std::string_view pattern) : pattern_(pattern) {}

  Status Run(std::vector<Element>* elements) {
    while (next_ < pattern_.size()) SL_TRY(Step());
    while (!open_.empty()) CloseOptional();
    *elements = std::move(elements_);
    return OkStatus();
  }

 private:
  Status Step() {
    const char c = pattern_[next_];
    if (IsLetter(c)) {
      size_t end = next_;
      while (end < pattern_.size() && pattern_[end] == c) ++end;
      const int count = static_cast<int>(end - next_);
      next_ = end;
      return AddLetter(c, count);
    }
    if (c == '\'') return AddQuoted();
    ++next_;
    if (c == '[') {
      active_ = -1;
      open_.push_back(static_cast<int>(elements_.size()));
      elements_.push_back({.kind = Kind::kOptional});
      return OkStatus();
    }
    if (c == ']') {
      if (open_.empty()) return Refuse("']' without '['");
      CloseOptional();
      return OkStatus();
    }
    if (c == '{' || c == '}' || c == '#') return Refuse(std::string("the reserved character ") + c);
    AddLiteral(std::string(1, c));
    return OkStatus();
  }

  Status AddQuoted() {
    std::string literal;
    for (++next_; next_ < pattern_.size(); ++next_) {
      if (pattern_[next_] != '\'') {
        literal.push_back(pattern_[next_]);
      } else if (next_ + 1 < pattern_.size() && pattern_[next_ + 1] == '\'') {
        literal.push_back('\'');
        ++next_;
      } else {
        ++next_;
        AddLiteral(literal.empty() ? "'" : literal);
        return OkStatus();
      }
    }
    return Refuse("a quote that is not closed");
  }

  void AddLiteral(std::string literal) {
    active_ = -1;
    elements_.push_back({.kind = Kind::kLiteral, .literal = std::move(literal)});
  }

  void CloseOptional() {
    active_ = -1;
    elements_[open_.back()].end = static_cast<int>(elements_.size());
    open_.pop_back();
  }

  Status AddLetter(char letter, int count) {
    switch (letter) {
      case 'u': return AddYear(Field::kYear, count);
      case 'y': return AddYear(Field::kYearOfEra, count);
      case 'Y': return AddYear(Field::kWeekYear, count);
      case 'G': return AddText(letter, Field::kEra, count, 1);
      case 'M':
      case 'L': return AddText(letter, Field::kMonth, count, 3);
      case 'Q':
      case 'q': return AddText(letter, Field::kQuarter, count, 3);
      case 'E': return AddText(letter, Field::kDayOfWeek, count, 1);
      case 'e':
      case 'c':
        if (count > 2) return AddText(letter, Field::kDayOfWeek, count, 3);
        return AddShort(letter, Field::kLocalDayOfWeek, count);
      case 'a': return count == 1 ? AddText(letter, Field::kAmPm, count, 1) : TooMany(letter);
      case 'd': return AddShort(letter, Field::kDay, count);
      case 'H': return AddShort(letter, Field::kHour, count);
      case 'k': return AddShort(letter, Field::kClockHour, count);
      case 'K': return AddShort(letter, Field::kHourOfHalf, count);
      case 'h': return AddShort(letter, Field::kClockHourOfHalf, count);
      case 'm': return AddShort(letter, Field::kMinute, count);
      case 's': return AddShort(letter, Field::kSecond, count);
      case 'w': return AddShort(letter, Field::kWeek, count);
      case 'W': return count == 1 ? AddShort(letter, Field::kWeekOfMonth, 1) : TooMany(letter);
      case 'F': return count == 1 ? AddShort(letter, Field::kWeekdayInMonth, 1) : TooMany(letter);
      case 'D':
        if (count > 3) return TooMany(letter);
        if (count == 1) return AddShort(letter, Field::kDayOfYear, 1);
        return AddNumber({.kind = Kind::kNumber,
                          .field = Field::kDayOfYear,
                          .sign = Sign::kNotNegative,
                          .min_width = Width(count),
                          .max_width = 3});
      case 'S':
        if (count > 9) return TooMany(letter);
        return AddNumber({.kind = Kind::kFraction,
                          .field = Field::kNano,
                          .sign = Sign::kNotNegative,
                          .min_width = Width(count),
                          .max_width = Width(count)});
      case 'n': return AddFixed(Field::kNano, count);
      case 'N': return AddFixed(Field::kNanoOfDay, count);
      case 'A': return AddFixed(Field::kMilliOfDay, count);
      case 'V':
      case 'z':
      case 'O':
      case 'X':
      case 'x':
      case 'Z':
        if (count > 5 || (letter == 'V' && count != 2)) return TooMany(letter);
        active_ = -1;
        elements_.push_back({.kind = Kind::kZone, .min_width = Width(count), .letter = letter});
        return OkStatus();
      default: return Refuse(std::string("the letter ") + letter);
    }
  }

  static uint8_t Width(int count) { return static_cast<uint8_t>(count); }

  Status AddYear(Field field, int count) {
    if (count == 2) {
      return AddNumber({.kind = Kind::kYearOfTwoDigits,
                        .field = field,
                        .sign = Sign::kNotNegative,
                        .min_width = 2,
                        .max_width = 2});
    }
    if (count > 19) return TooMany('y');
    return AddNumber({.kind = Kind::kNumber,
                      .field = field,
                      .sign = count < 4 ? Sign::kNormal : Sign::kExceedsPad,
                      .min_width = Width(count)});
  }

  // Numbers below `text_from` letters, names from there on.
  Status AddText(char letter, Field field, int count, int text_from) {
    if (count > 5) return TooMany(letter);
    if (count < text_from) return AddShort(letter, field, count);
    active_ = -1;
    elements_.push_back({.kind = Kind::kText, .field = field, .min_width = Width(count)});
    return OkStatus();
  }

  // One letter: as many digits as there are; two: two digits.
  Status AddShort(char letter, Field field, int count) {
    return count > 2 ? TooMany(letter) : AddFixed(field, count);
  }

  Status AddFixed(Field field, int count) {
    if (count > 19) return Refuse("a field wider than 19 digits");
    if (count == 1) return AddNumber({.kind = Kind::kNumber, .field = field});
    return AddNumber({.kind = Kind::kNumber,
                      .field = field,
                      .sign = Sign::kNotNegative,
                      .min_width = Width(count),
                      .max_width = Width(count)});
  }

  // Of numbers without anything between them, the first leaves as many digits as the fixed ones
  // after it need.
  Status AddNumber(Element element) {
    const bool is_fixed =
        element.min_width == element.max_width && element.sign == Sign::kNotNegative;
    if (active_ >= 0 && is_fixed) {
      elements_[active_].following_width += element.max_width;
    } else {
      active_ = static_cast<int>(elements_.size());
    }
    elements_.push_back(std::move(element));
    return OkStatus();
  }

  Status TooMany(char letter) { return Refuse(std::string("too many of the letter ") + letter); }
  Status Refuse(const std::string& reason) {
    return absl::InvalidArgumentError(
        absl::StrCat("the time format '", std::string(pattern_), "' has ", reason));
  }

  std::string_view pattern_;
  size_t next_ = 0;
  std::vector<Element> elements_;
  std::vector<int> open_;
  int active_ = -1;  // the number that adjacent ones belong to
};

StatusOr<DateTimeFormat> DateTimeFormat::Compile(std::string_view pattern) {
  DateTimeFormat format;
  SL_TRY(Compiler(pattern).Run(&format.elements_));
  return format;
}

// ---- Writing ----

bool DateTimeFormat::FormatNumber(const Element& element, int64_t value, std::string* out) {
  char digits[24];
  const uint64_t magnitude =
      value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const int length = static_cast<int>(std::to_chars(digits, digits + 24, magnitude).ptr - digits);
  if (length > element.max_width) return false;
  if (value < 0) {
    if (element.sign == Sign::kNotNegative) return false;
    out->push_back('-');
  } else if (element.sign == Sign::kExceedsPad && element.min_width < 19 &&
             length > element.min_width) {
    out->push_back('+');
  }
  if (length < element.min_width) out->append(element.min_width - length, '0');
  out->append(digits, length);
  return true;
}

bool DateTimeFormat::FormatRange(int begin, int end, const CivilTime& civil,
                                 std::string* out) const {
  for (int i = begin; i < end; ++i) {
    const Element& element = elements_[i];
    switch (element.kind) {
      case Kind::kLiteral: out->append(element.literal); break;
      case Kind::kNumber:
        if (!FormatNumber(element, FieldOf(element.field, civil), out)) return false;
        break;
      case Kind::kYearOfTwoDigits:
        FormatNumber(element, std::abs(FieldOf(element.field, civil)) % 100, out);
        break;
      case Kind::kFraction: {
        const int64_t fraction = civil.nano / kPowersOfTen[9 - element.min_width];
        FormatNumber(element, fraction, out);
        break;
      }
      case Kind::kText:
        out->append(TextOf(element.field, FieldOf(element.field, civil), element.min_width));
        break;
      case Kind::kZone: return false;
      case Kind::kOptional: {
        // A part that cannot be written is left out.
        const size_t size = out->size();
        if (!FormatRange(i + 1, element.end, civil, out)) out->resize(size);
        i = element.end - 1;
        break;
      }
    }
  }
  return true;
}

bool DateTimeFormat::Format(const Timestamp& local, std::string* out) const {
  return FormatRange(0, static_cast<int>(elements_.size()), CivilFromTimestamp(local), out);
}

// ---- Reading ----

struct DateTimeFormat::Parsed {
  std::string_view text;
  size_t next = 0;
  std::array<int64_t, kNumFields> values{};
  uint32_t present = 0;

  bool Has(Field field) const { return (present >> static_cast<int>(field)) & 1; }
  int64_t Get(Field field) const { return values[static_cast<int>(field)]; }
  int64_t GetOr(Field field, int64_t otherwise) const {
    return Has(field) ? Get(field) : otherwise;
  }
  // False if the field already has another value.
  bool Set(Field field, int64_t value) {
    if (Has(field)) return Get(field) == value;
    present |= uint32_t{1} << static_cast<int>(field);
    values[static_cast<int>(field)] = value;
    return true;
  }
  bool Within(Field field, int64_t min, int64_t max) const {
    return !Has(field) || (Get(field) >= min && Get(field) <= max);
  }

  bool ResolveYear();
  bool ResolveDate(CivilDate* date, bool* is_whole);
  bool ResolveHour();
  bool ResolveClock(CivilTime* civil, int64_t* extra_days);
};

bool DateTimeFormat::ParseNumber(const Element& element, Parsed& parsed) {
  const std::string_view text = parsed.text;
  size_t begin = parsed.next;
  if (begin == text.size()) return false;
  const bool positive = text[begin] == '+';
  const bool negative = text[begin] == '-';
  if (positive && element.sign != Sign::kExceedsPad) return false;
  if (negative && element.sign == Sign::kNotNegative) return false;
  if (positive || negative) ++begin;
  size_t width = 0;
  const size_t max_width = element.max_width + size_t{element.following_width};
  while (width < max_width && begin + width < text.size() && IsDigit(text[begin + width])) ++width;
  if (element.following_width > 0) {
    const size_t left = width > element.following_width ? width - element.following_width : 0;
    width = std::min<size_t>(width, std::max<size_t>(element.min_width, left));
  }
  if (width < element.min_width || width > 18) return false;
  int64_t value = 0;
  for (size_t i = 0; i < width; ++i) value = value * 10 + (text[begin + i] - '0');
  if (negative && value == 0) return false;
  if (element.sign == Sign::kExceedsPad && !negative && positive != (width > element.min_width))
    return false;
  if (negative) value = -value;
  if (element.kind == Kind::kYearOfTwoDigits) value += 2000;
  if (element.kind == Kind::kFraction) value *= kPowersOfTen[9 - width];
  if (!parsed.Set(element.field, value)) return false;
  parsed.next = begin + width;
  return true;
}

bool DateTimeFormat::ParseText(const Element& element, Parsed& parsed) {
  const std::string_view rest = parsed.text.substr(parsed.next);
  const FieldRange range = TextRange(element.field);
  for (int64_t value = range.min; value <= range.max; ++value) {
    const std::string name = TextOf(element.field, value, element.min_width);
    if (!rest.starts_with(name)) continue;
    if (!parsed.Set(element.field, value)) return false;
    parsed.next += name.size();
    return true;
  }
  return false;
}

// The zone is read and then ignored: only local fields make the timestamp.
bool DateTimeFormat::ParseZone(const Element& element, Parsed& parsed) {
  const std::string_view rest = parsed.text.substr(parsed.next);
  size_t length = 0;
  if (element.letter == 'V' || element.letter == 'z' || element.letter == 'O') {
    while (length < rest.size() &&
           (IsLetter(rest[length]) || IsDigit(rest[length]) ||
            std::string_view("/_+-:").find(rest[length]) != std::string_view::npos)) {
      ++length;
    }
    if (!FindTimeZone(rest.substr(0, length)).ok()) return false;
    parsed.next += length;
    return true;
  }
  const int letters = element.min_width;
  const bool takes_z = element.letter == 'X' || (element.letter == 'Z' && letters == 5);
  if (takes_z && rest.starts_with('Z')) {
    ++parsed.next;
    return true;
  }
  const bool has_colon = element.letter == 'Z' ? letters == 5 : letters == 3 || letters == 5;
  length = element.letter != 'Z' && letters == 1 ? 3 : has_colon ? 6 : 5;
  if (rest.size() < length || (rest[0] != '+' && rest[0] != '-')) return false;
  for (size_t i = 1; i < length; ++i) {
    if (has_colon && i == 3 ? rest[i] != ':' : !IsDigit(rest[i])) return false;
  }
  parsed.next += length;
  return true;
}

bool DateTimeFormat::ParseRange(int begin, int end, Parsed& parsed) const {
  for (int i = begin; i < end; ++i) {
    const Element& element = elements_[i];
    switch (element.kind) {
      case Kind::kLiteral:
        if (!parsed.text.substr(parsed.next).starts_with(element.literal)) return false;
        parsed.next += element.literal.size();
        break;
      case Kind::kNumber:
      case Kind::kYearOfTwoDigits:
      case Kind::kFraction:
        if (!ParseNumber(element, parsed)) return false;
        break;
      case Kind::kText:
        if (!ParseText(element, parsed)) return false;
        break;
      case Kind::kZone:
        if (!ParseZone(element, parsed)) return false;
        break;
      case Kind::kOptional: {
        Parsed attempt = parsed;
        if (ParseRange(i + 1, element.end, attempt)) parsed = attempt;
        i = element.end - 1;
        break;
      }
    }
  }
  return true;
}

bool DateTimeFormat::Parsed::ResolveYear() {
  if (!Within(Field::kEra, 0, 1)) return false;
  if (Has(Field::kYearOfEra)) {
    const int64_t year = Get(Field::kYearOfEra);
    if (year < 1 || year > 999999999) return false;
    if (!Set(Field::kYear, GetOr(Field::kEra, 1) == 1 ? year : 1 - year)) return false;
  }
  return Within(Field::kYear, -999999999, 999999999);
}

bool DateTimeFormat::Parsed::ResolveDate(CivilDate* date, bool* is_whole) {
  if (!ResolveYear() || !Within(Field::kMonth, 1, 12) || !Within(Field::kDay, 1, 31)) return false;
  date->year = static_cast<int32_t>(GetOr(Field::kYear, 1970));
  date->month = static_cast<int32_t>(GetOr(Field::kMonth, 1));
  date->day = static_cast<int32_t>(GetOr(Field::kDay, 1));
  const int32_t last_day = LastDayOfMonth(date->year, date->month);
  *is_whole = Has(Field::kYear) && Has(Field::kMonth) && Has(Field::kDay);
  if (*is_whole) {
    date->day = std::min(date->day, last_day);
  } else if (Has(Field::kYear) && Has(Field::kDayOfYear)) {
    const int64_t day_of_year = Get(Field::kDayOfYear);
    if (day_of_year < 1 || day_of_year > (IsLeapYear(date->year) ? 366 : 365)) return false;
    *date = CivilFromDays(DaysFromCivil(date->year, 1, day_of_year));
    *is_whole = true;
  } else {
    return date->day <= last_day;
  }
  // Further fields must agree with the date.
  for (const Field field : {Field::kMonth, Field::kQuarter, Field::kDayOfYear, Field::kDayOfWeek,
                            Field::kWeekdayInMonth, Field::kWeekYear, Field::kWeek,
                            Field::kWeekOfMonth, Field::kLocalDayOfWeek}) {
    if (Has(field) && Get(field) != FieldOfDate(field, *date)) return false;
  }
  return true;
}

// Brings the other ways to write the hour to kHour.
bool DateTimeFormat::Parsed::ResolveHour() {
  if (!Within(Field::kClockHour, 0, 24) || !Within(Field::kClockHourOfHalf, 0, 12)) return false;
  if (Has(Field::kClockHour) && !Set(Field::kHour, Get(Field::kClockHour) % 24)) return false;
  if (Has(Field::kClockHourOfHalf) && !Set(Field::kHourOfHalf, Get(Field::kClockHourOfHalf) % 12))
    return false;
  if (!Within(Field::kHourOfHalf, 0, 11)) return false;
  if (Has(Field::kAmPm) && Has(Field::kHourOfHalf)) {
    if (!Set(Field::kHour, Get(Field::kAmPm) * 12 + Get(Field::kHourOfHalf))) return false;
  }
  int64_t nanos = -1;
  if (Has(Field::kMilliOfDay)) nanos = Get(Field::kMilliOfDay) * 1000000;
  if (Has(Field::kNanoOfDay)) nanos = Get(Field::kNanoOfDay);
  if (!Has(Field::kMilliOfDay) && !Has(Field::kNanoOfDay)) return true;
  if (nanos < 0 || nanos >= 86400 * kNanosPerSecond) return false;
  const int64_t seconds = nanos / kNanosPerSecond;
  return Set(Field::kHour, seconds / 3600) && Set(Field::kMinute, seconds / 60 % 60) &&
         Set(Field::kSecond, seconds % 60) && Set(Field::kNano, nanos % kNanosPerSecond);
}

bool DateTimeFormat::Parsed::ResolveClock(CivilTime* civil, int64_t* extra_days) {
  if (!ResolveHour() || !Within(Field::kMinute, 0, 59) || !Within(Field::kSecond, 0, 59) ||
      !Within(Field::kNano, 0, kNanosPerSecond - 1) || !Within(Field::kHour, 0, 24)) {
    return false;
  }
  civil->minute = static_cast<int32_t>(GetOr(Field::kMinute, 0));
  civil->second = static_cast<int32_t>(GetOr(Field::kSecond, 0));
  civil->nano = static_cast<int32_t>(GetOr(Field::kNano, 0));
  civil->hour = static_cast<int32_t>(GetOr(Field::kHour, 0));
  if (civil->hour < 24) return true;
  const bool has_hole = (Has(Field::kSecond) && !Has(Field::kMinute)) ||
                        (Has(Field::kNano) && !(Has(Field::kSecond) && Has(Field::kMinute)));
  if (has_hole || civil->minute != 0 || civil->second != 0 || civil->nano != 0) return false;
  civil->hour = 0;
  *extra_days = 1;
  return true;
}

std::optional<Timestamp> DateTimeFormat::Parse(std::string_view text, int precision) const {
  Parsed parsed{.text = text};
  if (!ParseRange(0, static_cast<int>(elements_.size()), parsed) || parsed.next != text.size()) {
    return std::nullopt;
  }
  CivilTime civil;
  bool is_whole = false;
  int64_t extra_days = 0;
  if (!parsed.ResolveDate(&civil.date, &is_whole) || !parsed.ResolveClock(&civil, &extra_days)) {
    return std::nullopt;
  }
  Timestamp result = TimestampFromCivil(civil);
  if (is_whole) result.millis += extra_days * kMillisPerDay;
  return TruncateTimestamp(result, precision);
}

}  // namespace sluice
