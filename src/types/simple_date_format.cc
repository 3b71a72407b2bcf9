#include "types/simple_date_format.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <span>

#include "absl/strings/str_cat.h"
#include "types/civil_time.h"
#include "types/english_names.h"

namespace sluice {

namespace {

constexpr std::string_view kLetters = "GyYMLwWDdFEuaHkKhmsSzZX";
// 1582-10-15, the first day of the Gregorian calendar.
constexpr int64_t kCutoverDays = -141427;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Days of a Julian date; March 1st of the year 0 is day -719470 of the epoch.
int64_t DaysFromJulian(int64_t year, int32_t month, int64_t day) {
  year -= month <= 2;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return year * 365 + FloorDiv(year, 4) + day_of_year - 719470;
}

CivilDate JulianFromDays(int64_t days) {
  const int64_t shifted = days + 719470;
  const int64_t cycle = FloorDiv(shifted, 1461);
  const int64_t day_of_cycle = shifted - cycle * 1461;
  const int64_t year_of_cycle = std::min<int64_t>(day_of_cycle / 365, 3);
  const int64_t day_of_year = day_of_cycle - year_of_cycle * 365;
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int32_t>(cycle * 4 + year_of_cycle + (month <= 2)),
          static_cast<int32_t>(month),
          static_cast<int32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
}

CivilDate HybridFromDays(int64_t days) {
  return days >= kCutoverDays ? CivilFromDays(days) : JulianFromDays(days);
}

// Month and day may lie outside their ranges.
int64_t DaysFromHybrid(int64_t year, int64_t month, int64_t day) {
  year += FloorDiv(month - 1, 12);
  const int32_t month_of_year = static_cast<int32_t>(FloorMod(month - 1, 12)) + 1;
  const int64_t days = DaysFromCivil(year, month_of_year, day);
  return days >= kCutoverDays ? days : DaysFromJulian(year, month_of_year, day);
}

// 1 = Monday.
int DayOfWeek(int64_t days) { return static_cast<int>(FloorMod(days + 3, 7)) + 1; }

void AppendPadded(int64_t value, int width, std::string* out) {
  char digits[24];
  const int length = static_cast<int>(std::to_chars(digits, digits + 24, value).ptr - digits);
  if (length < width) out->append(width - length, '0');
  out->append(digits, length);
}

void AppendOffset(char letter, int count, int64_t offset_ms, std::string* out) {
  const int64_t minutes = std::abs(offset_ms) / kMillisPerMinute;
  if (letter == 'X' && offset_ms == 0) {
    out->push_back('Z');
    return;
  }
  if (letter == 'z' && offset_ms == 0) {
    out->append("UTC");
    return;
  }
  if (letter == 'z') out->append("GMT");
  out->push_back(offset_ms < 0 ? '-' : '+');
  AppendPadded(minutes / 60, 2, out);
  if (letter == 'X' && count == 1) return;
  if (letter == 'z' || (letter == 'X' && count == 3)) out->push_back(':');
  AppendPadded(minutes % 60, 2, out);
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x | 0x20) == (y | 0x20);
         });
}

// True for a field that is read as a number.
bool IsDigits(char letter, int count) {
  if (letter == 'M' || letter == 'L') return count <= 2;
  return std::string_view("GEazZX").find(letter) == std::string_view::npos;
}

// ±HH, ±HHmm or ±HH:mm for one, two or three letters X; nullopt for anything else.
std::optional<int64_t> ParseIsoOffset(std::string_view text, int letters) {
  const size_t length = letters == 1 ? 3 : letters == 2 ? 5 : 6;
  if (text.size() < length || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  int64_t number = 0;
  for (size_t i = 1; i < length; ++i) {
    if (letters == 3 && i == 3) {
      if (text[i] != ':') return std::nullopt;
      continue;
    }
    if (!IsDigit(text[i])) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  const int64_t hours = letters == 1 ? number : number / 100;
  const int64_t minutes = letters == 1 ? 0 : number % 100;
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (text[0] == '+' ? 1 : -1) * (hours * kMillisPerHour + minutes * kMillisPerMinute);
}

// The longest of `names`, whole or their first three letters, that `text` starts with; -1 if none.
int MatchName(std::string_view text, std::span<const std::string_view> names, bool short_too,
              size_t* length) {
  int best = -1;
  *length = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    for (const std::string_view name : {names[i], short_too ? names[i].substr(0, 3) : names[i]}) {
      if (name.size() > *length && text.size() >= name.size() &&
          EqualsIgnoringCase(text.substr(0, name.size()), name)) {
        best = static_cast<int>(i);
        *length = name.size();
      }
    }
  }
  return best;
}

}  // namespace

StatusOr<SimpleDateFormat> SimpleDateFormat::Compile(std::string_view pattern) {
  SimpleDateFormat format;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) format.elements_.push_back({.literal = std::move(literal)});
    literal.clear();
  };
  bool quoted = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        literal.push_back('\'');
        ++i;
      } else {
        quoted = !quoted;
      }
      continue;
    }
    if (quoted || !IsLetter(c)) {
      literal.push_back(c);
      continue;
    }
    if (kLetters.find(c) == std::string_view::npos) {
      return absl::InvalidArgumentError(absl::StrCat("the time format '", std::string(pattern),
                                                     "' has the letter ", std::string(1, c)));
    }
    flush();
    size_t end = i;
    while (end < pattern.size() && pattern[end] == c) ++end;
    const int count = static_cast<int>(end - i);
    if (c == 'X' && count > 3) {
      return absl::InvalidArgumentError(absl::StrCat("the time format '", std::string(pattern),
                                                     "' has too many of the letter X"));
    }
    if (!format.elements_.empty() && format.elements_.back().letter != 0 && IsDigits(c, count)) {
      format.elements_.back().adjacent = true;
    }
    format.elements_.push_back({.letter = c, .count = count});
    i = end - 1;
  }
  if (quoted) {
    return absl::InvalidArgumentError(absl::StrCat("the time format '", std::string(pattern),
                                                   "' has a quote that is not closed"));
  }
  flush();
  return format;
}

void SimpleDateFormat::Format(int64_t instant_ms, ZoneConverter& zone, std::string* out) const {
  const int64_t offset_ms = zone.OffsetMillisAt(instant_ms);
  const int64_t local_ms = instant_ms + offset_ms;
  const int64_t days = FloorDiv(local_ms, kMillisPerDay);
  const int64_t millis = local_ms - days * kMillisPerDay;
  const CivilDate date = HybridFromDays(days);
  const int64_t hour = millis / kMillisPerHour;
  const int64_t year_of_era = date.year > 0 ? date.year : 1 - int64_t{date.year};
  const int64_t first_of_year = DaysFromHybrid(date.year, 1, 1);
  const int day_of_week = DayOfWeek(days);
  // Weeks begin on Sunday, and the first holds January 1st.
  const int64_t first_of_next = DaysFromHybrid(date.year + 1, 1, 1);
  const bool in_next_year = days >= first_of_next - DayOfWeek(first_of_next) % 7;
  const auto week_from = [days](int64_t first) {
    return (days - first + DayOfWeek(first) % 7) / 7 + 1;
  };
  for (const Element& element : elements_) {
    const int count = element.count;
    switch (element.letter) {
      case 0: out->append(element.literal); break;
      case 'G': out->append(kEraNames[date.year > 0 ? 1 : 0]); break;
      case 'y': AppendPadded(count == 2 ? year_of_era % 100 : year_of_era, count, out); break;
      case 'Y': {
        const int64_t year = year_of_era + (in_next_year ? 1 : 0);
        AppendPadded(count == 2 ? year % 100 : year, count, out);
        break;
      }
      case 'M':
      case 'L':
        if (count >= 4)
          out->append(kMonthNames[date.month - 1]);
        else if (count == 3)
          out->append(kMonthNames[date.month - 1].substr(0, 3));
        else
          AppendPadded(date.month, count, out);
        break;
      case 'w': AppendPadded(in_next_year ? 1 : week_from(first_of_year), count, out); break;
      case 'W': AppendPadded(week_from(days - date.day + 1), count, out); break;
      case 'D': AppendPadded(days - first_of_year + 1, count, out); break;
      case 'd': AppendPadded(date.day, count, out); break;
      case 'F': AppendPadded((date.day - 1) / 7 + 1, count, out); break;
      case 'E':
        out->append(count >= 4 ? kDayNames[day_of_week - 1]
                               : kDayNames[day_of_week - 1].substr(0, 3));
        break;
      case 'u': AppendPadded(day_of_week, count, out); break;
      case 'a': out->append(kHalfDayNames[hour / 12]); break;
      case 'H': AppendPadded(hour, count, out); break;
      case 'k': AppendPadded(hour == 0 ? 24 : hour, count, out); break;
      case 'K': AppendPadded(hour % 12, count, out); break;
      case 'h': AppendPadded(hour % 12 == 0 ? 12 : hour % 12, count, out); break;
      case 'm': AppendPadded(millis / kMillisPerMinute % 60, count, out); break;
      case 's': AppendPadded(millis / kMillisPerSecond % 60, count, out); break;
      case 'S': AppendPadded(millis % 1000, count, out); break;
      default: AppendOffset(element.letter, count, offset_ms, out); break;
    }
  }
}

// ---- Reading ----

struct SimpleDateFormat::Parsed {
  std::string_view text;
  size_t next = 0;
  int64_t year = 1970;
  int64_t month = 1;
  int64_t day = 1;
  int64_t day_of_year = -1;  // -1: the pattern has none
  bool before_christ = false;
  int64_t hour = 0;
  int64_t hour_of_half = 0;
  int64_t half = 0;
  bool uses_half = false;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t milli = 0;
  bool has_offset = false;
  int64_t offset_ms = 0;

  // An optional minus and digits; at most up to `limit`.
  std::optional<int64_t> ParseNumber(size_t limit) {
    size_t at = next;
    const bool negative = at < limit && text[at] == '-';
    if (negative) ++at;
    const size_t begin = at;
    int64_t value = 0;
    for (; at < limit && IsDigit(text[at]); ++at) {
      value = std::min<int64_t>(value * 10 + (text[at] - '0'), int64_t{1} << 53);
    }
    if (at == begin) return std::nullopt;
    next = at;
    // Number.intValue of a LONG wraps.
    return static_cast<int32_t>(static_cast<uint32_t>(negative ? -value : value));
  }
};

bool SimpleDateFormat::ParseZone(const Element& element, Parsed& parsed) {
  std::string_view rest = parsed.text.substr(parsed.next);
  parsed.has_offset = true;
  if (element.letter == 'X' && rest.starts_with('Z')) {
    parsed.next += 1;
    return true;
  }
  if (element.letter == 'X') {
    const std::optional<int64_t> offset_ms = ParseIsoOffset(rest, element.count);
    parsed.offset_ms = offset_ms.value_or(0);
    parsed.next += element.count == 1 ? 3 : element.count == 2 ? 5 : 6;
    return offset_ms.has_value();
  }
  size_t skipped = 0;
  if (rest.starts_with("GMT") || rest.starts_with("UTC")) {
    skipped = 3;
    rest.remove_prefix(3);
  }
  if (rest.empty() || (rest[0] != '+' && rest[0] != '-')) {
    parsed.next += skipped;
    return skipped > 0;
  }
  const int64_t sign = rest[0] == '+' ? 1 : -1;
  size_t at = 1;
  int digits = 0;
  int64_t number = 0;
  for (; at < rest.size() && digits < 4; ++at) {
    if (rest[at] == ':' && (digits == 1 || digits == 2)) continue;
    if (!IsDigit(rest[at])) break;
    number = number * 10 + (rest[at] - '0');
    ++digits;
  }
  if (digits == 0) return false;
  const int64_t hours = digits <= 2 ? number : number / 100;
  const int64_t minutes = digits <= 2 ? 0 : number % 100;
  if (hours > 23 || minutes > 59) return false;
  parsed.offset_ms = sign * (hours * kMillisPerHour + minutes * kMillisPerMinute);
  parsed.next += skipped + at;
  return true;
}

bool SimpleDateFormat::ParseField(const Element& element, Parsed& parsed, int64_t now_ms) {
  const std::string_view text = parsed.text;
  const size_t field_begin = parsed.next;
  while (parsed.next < text.size() && (text[parsed.next] == ' ' || text[parsed.next] == '\t'))
    ++parsed.next;
  if (parsed.next == text.size()) return false;
  const char letter = element.letter;
  if (letter == 'z' || letter == 'Z' || letter == 'X') return ParseZone(element, parsed);
  if (!IsDigits(letter, element.count)) {
    // Names are looked for before the blanks, numbers behind them.
    size_t length = 0;
    const std::string_view rest = text.substr(field_begin);
    const int name = letter == 'G'   ? MatchName(rest, kEraNames, false, &length)
                     : letter == 'a' ? MatchName(rest, kHalfDayNames, false, &length)
                     : letter == 'E' ? MatchName(rest, kDayNames, true, &length)
                                     : MatchName(rest, kMonthNames, true, &length);
    if (name < 0) return false;
    parsed.next = field_begin + length;
    if (letter == 'G') parsed.before_christ = name == 0;
    if (letter == 'a') parsed.half = name;
    if (letter == 'M' || letter == 'L') parsed.month = name + 1;
    return true;
  }
  const size_t limit = element.adjacent ? field_begin + element.count : text.size();
  if (limit > text.size()) return false;
  const size_t begin = parsed.next;
  const std::optional<int64_t> number = parsed.ParseNumber(limit);
  if (!number.has_value()) return false;
  switch (letter) {
    case 'y':
    case 'Y': {
      parsed.year = *number;
      if (element.count > 2 || parsed.next - begin != 2 || !IsDigit(text[begin])) break;
      // Two digits lie within the 80 years before and the 20 after today.
      const int64_t first_year = CivilFromDays(FloorDiv(now_ms, kMillisPerDay)).year - 80;
      parsed.year += first_year / 100 * 100 + (parsed.year < first_year % 100 ? 100 : 0);
      break;
    }
    case 'M':
    case 'L': parsed.month = *number; break;
    case 'd': parsed.day = *number; break;
    case 'D': parsed.day_of_year = *number; break;
    case 'H':
      parsed.hour = *number;
      parsed.uses_half = false;
      break;
    case 'k':
      parsed.hour = *number == 24 ? 0 : *number;
      parsed.uses_half = false;
      break;
    case 'K':
      parsed.hour_of_half = *number;
      parsed.uses_half = true;
      break;
    case 'h':
      parsed.hour_of_half = *number == 12 ? 0 : *number;
      parsed.uses_half = true;
      break;
    case 'm': parsed.minute = *number; break;
    case 's': parsed.second = *number; break;
    case 'S': parsed.milli = *number; break;
    default: break;  // weeks and weekdays: read, without a say in the date
  }
  return true;
}

std::optional<int64_t> SimpleDateFormat::Parse(std::string_view text, ZoneConverter& zone,
                                               int64_t now_ms) const {
  Parsed parsed{.text = text};
  for (const Element& element : elements_) {
    if (element.letter == 0) {
      if (!text.substr(parsed.next).starts_with(element.literal)) return std::nullopt;
      parsed.next += element.literal.size();
    } else if (!ParseField(element, parsed, now_ms)) {
      return std::nullopt;
    }
  }
  if (parsed.next == 0) return std::nullopt;
  const int64_t year = parsed.before_christ ? 1 - parsed.year : parsed.year;
  const int64_t days = parsed.day_of_year >= 0 ? DaysFromHybrid(year, 1, parsed.day_of_year)
                                               : DaysFromHybrid(year, parsed.month, parsed.day);
  const int64_t hour = parsed.uses_half ? parsed.hour_of_half + 12 * parsed.half : parsed.hour;
  const int64_t local_ms = days * kMillisPerDay + hour * kMillisPerHour +
                           parsed.minute * kMillisPerMinute + parsed.second * kMillisPerSecond +
                           parsed.milli;
  return parsed.has_offset ? local_ms - parsed.offset_ms : zone.ToInstantMillisLegacy(local_ms);
}

}  // namespace sluice
