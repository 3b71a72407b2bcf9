#include "types/civil_time.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice {

namespace {

constexpr int32_t kPowersOfTen[] = {1,      10,      100,      1000,      10000,
                                    100000, 1000000, 10000000, 100000000, 1000000000};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int32_t WrapToInt32(int64_t value) { return static_cast<int32_t>(static_cast<uint32_t>(value)); }

// String.trim: everything up to the blank is cut from both ends.
std::string_view JavaTrim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// Only digits, within the range of INT.
std::optional<int32_t> ParseDigits(std::string_view text) {
  text = JavaTrim(text);
  if (text.empty()) return std::nullopt;
  int64_t value = 0;
  for (char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
    if (value > INT32_MAX) return std::nullopt;
  }
  return static_cast<int32_t>(value);
}

// Milliseconds of a fraction; DateTimeUtils.parseFraction rounds at the fourth digit and takes
// other characters for zeros.
int32_t ParseMillisFraction(std::string_view digits) {
  int32_t multiplier = 100;
  int32_t millis = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    millis += multiplier * (IsDigit(digits[i]) ? digits[i] - '0' : 0);
    if (multiplier < 10) {
      if (i + 1 < digits.size() && digits[i + 1] >= '5') ++millis;
      break;
    }
    multiplier /= 10;
  }
  return millis;
}

// The parts of a clock time before the zone: h, h:m or h:m:s[.f].
bool ParseClock(std::string_view text, int32_t (&parts)[4]) {
  size_t begin = 0;
  for (int i = 0; i < 3; ++i) {
    const size_t colon = i < 2 ? text.find(':', begin) : std::string_view::npos;
    std::string_view part = text.substr(begin, colon - begin);
    if (i == 2) {
      if (const size_t dot = part.find('.'); dot != std::string_view::npos) {
        parts[3] = ParseMillisFraction(JavaTrim(part.substr(dot + 1)));
        part = part.substr(0, dot);
      }
    }
    const std::optional<int32_t> number = ParseDigits(part);
    if (!number.has_value()) return false;
    parts[i] = *number;
    if (colon == std::string_view::npos) return true;
    begin = colon + 1;
  }
  return true;
}

// Reads text as java.time's DateTimeFormatter does for the pattern of
// DateTimeUtils.DEFAULT_TIMESTAMP_FORMATTER, "yyyy-[MM][M]-[dd][d][ [HH][H]:[mm][m]:[ss][s]" and a
// fraction "]". A part may be absent, or stand there twice.
class TimestampReader {
 public:
  explicit TimestampReader(std::string_view text)
      : next_(text.data()), end_(text.data() + text.size()) {}

  bool Read() {
    if (!ReadYear() || !Skip('-')) return false;
    month_ = ReadPart();
    if (!Skip('-')) return false;
    day_ = ReadPart();
    if (next_ == end_) return true;
    return ReadClock() && next_ == end_;
  }

  std::optional<Timestamp> Resolve(int precision) const {
    if (year_ < 1 || year_ > 999999999) return std::nullopt;
    CivilTime civil{.date = {.year = static_cast<int32_t>(year_)}};
    int64_t extra_days = 0;
    if (!ResolveDate(&civil.date) || !ResolveClock(&civil, &extra_days)) return std::nullopt;
    // The end of the day moves the date only if there is a whole date.
    if (month_ == kAbsent || day_ == kAbsent) extra_days = 0;
    Timestamp result = TimestampFromCivil(civil);
    result.millis += extra_days * kMillisPerDay;
    return TruncateTimestamp(result, precision);
  }

 private:
  static constexpr int64_t kAbsent = -1;
  static constexpr int64_t kMaxPart = 1000000000;

  bool Skip(char c) {
    if (next_ == end_ || *next_ != c) return false;
    ++next_;
    return true;
  }

  // Exactly four digits, or '+' and more than four.
  bool ReadYear() {
    const bool plus = Skip('+');
    const char* begin = next_;
    year_ = 0;
    for (; next_ != end_ && IsDigit(*next_) && next_ - begin < 19; ++next_) {
      year_ = std::min(year_ * 10 + (*next_ - '0'), int64_t{kMaxPart});
    }
    return plus ? next_ - begin > 4 : next_ - begin == 4;
  }

  // [XX][X]: two digits, then optionally the same number again; or any digits.
  int64_t ReadPart() {
    int64_t two = kAbsent;
    if (end_ - next_ >= 2 && IsDigit(next_[0]) && IsDigit(next_[1])) {
      two = (next_[0] - '0') * 10 + (next_[1] - '0');
      next_ += 2;
      if (next_ == end_ || !IsDigit(*next_)) return two;
    }
    // A lone X takes a sign as well, and no value below zero is in range; "-0" it refuses.
    const bool negative = two == kAbsent && end_ - next_ >= 2 && *next_ == '-';
    const char* begin = next_ + (negative ? 1 : 0);
    int64_t one = 0;
    const char* p = begin;
    for (; p != end_ && IsDigit(*p) && p - begin < 19; ++p) {
      one = std::min(one * 10 + (*p - '0'), kMaxPart);
    }
    if (p == begin || (two != kAbsent && one != two) || (negative && one == 0)) return two;
    next_ = p;
    return negative ? kMaxPart : one;
  }

  bool ReadClock() {
    if (!Skip(' ')) return false;
    hour_ = ReadPart();
    if (!Skip(':')) return false;
    minute_ = ReadPart();
    if (!Skip(':')) return false;
    second_ = ReadPart();
    if (!Skip('.')) return true;
    nano_ = 0;
    int digits = 0;
    for (; next_ != end_ && IsDigit(*next_) && digits < 9; ++next_, ++digits) {
      nano_ = nano_ * 10 + (*next_ - '0');
    }
    nano_ *= kPowersOfTen[9 - digits];
    return true;
  }

  bool ResolveDate(CivilDate* date) const {
    if (month_ != kAbsent && (month_ < 1 || month_ > 12)) return false;
    if (day_ != kAbsent && (day_ < 1 || day_ > 31)) return false;
    if (month_ != kAbsent) date->month = static_cast<int32_t>(month_);
    if (day_ != kAbsent) date->day = static_cast<int32_t>(day_);
    const int32_t last = LastDayOfMonth(date->year, date->month);
    if (date->day > last) {
      if (month_ == kAbsent) return false;
      date->day = last;
    }
    return true;
  }

  bool ResolveClock(CivilTime* civil, int64_t* extra_days) const {
    if (hour_ > 24 || minute_ > 59 || second_ > 59) return false;
    civil->minute = minute_ == kAbsent ? 0 : static_cast<int32_t>(minute_);
    civil->second = second_ == kAbsent ? 0 : static_cast<int32_t>(second_);
    civil->nano = nano_ == kAbsent ? 0 : static_cast<int32_t>(nano_);
    if (hour_ == 24) {
      const bool is_end_of_day = civil->minute == 0 && civil->second == 0 && civil->nano == 0;
      const bool is_whole = second_ == kAbsent || minute_ != kAbsent;
      if (!is_end_of_day || !is_whole) return false;
      *extra_days = 1;
      return true;
    }
    civil->hour = hour_ == kAbsent ? 0 : static_cast<int32_t>(hour_);
    return true;
  }

  const char* next_;
  const char* end_;
  int64_t year_ = kAbsent;
  int64_t month_ = kAbsent;
  int64_t day_ = kAbsent;
  int64_t hour_ = kAbsent;
  int64_t minute_ = kAbsent;
  int64_t second_ = kAbsent;
  int64_t nano_ = kAbsent;
};

char* WriteTwo(int32_t value, char* out) {
  out[0] = static_cast<char>('0' + (value / 10) % 10);
  out[1] = static_cast<char>('0' + value % 10);
  return out + 2;
}

// As DateTimeUtils.ymd: the last four digits of the year.
char* WriteCivilDate(const CivilDate& date, char* out) {
  out[0] = static_cast<char>('0' + (date.year / 1000) % 10);
  out[1] = static_cast<char>('0' + (date.year / 100) % 10);
  out = WriteTwo(date.year, out + 2);
  *out++ = '-';
  out = WriteTwo(date.month, out);
  *out++ = '-';
  return WriteTwo(date.day, out);
}

char* WriteClock(int32_t hour, int32_t minute, int32_t second, char* out) {
  out = WriteTwo(hour, out);
  *out++ = ':';
  out = WriteTwo(minute, out);
  *out++ = ':';
  return WriteTwo(second, out);
}

char* WriteInteger(int64_t value, char* out) { return std::to_chars(out, out + 24, value).ptr; }

}  // namespace

CivilDate CivilFromDays(int64_t days) {
  // Years are counted from March 1st, so that the leap day is the last of its year.
  const int64_t shifted = days + 719468;
  const int64_t era = FloorDiv(shifted, 146097);
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int32_t>(year_of_era + era * 400 + (month <= 2)), static_cast<int32_t>(month),
          static_cast<int32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
}

int64_t DaysFromCivil(int64_t year, int32_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = FloorDiv(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilTime CivilFromTimestamp(const Timestamp& local) {
  const int64_t days = FloorDiv(local.millis, kMillisPerDay);
  const int32_t millis = static_cast<int32_t>(local.millis - days * kMillisPerDay);
  return {.date = CivilFromDays(days),
          .hour = static_cast<int32_t>(millis / kMillisPerHour),
          .minute = static_cast<int32_t>(millis / kMillisPerMinute % 60),
          .second = static_cast<int32_t>(millis / kMillisPerSecond % 60),
          .nano = millis % 1000 * 1000000 + local.nanos_of_milli};
}

Timestamp TimestampFromCivil(const CivilTime& civil) {
  const int64_t days = DaysFromCivil(civil.date.year, civil.date.month, civil.date.day);
  const int64_t seconds = civil.hour * 3600 + civil.minute * 60 + civil.second;
  return {.millis = days * kMillisPerDay + seconds * 1000 + civil.nano / 1000000,
          .nanos_of_milli = civil.nano % 1000000};
}

int32_t LastDayOfMonth(int64_t year, int32_t month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int32_t AddMonths(int32_t days, int64_t months) {
  const CivilDate date = CivilFromDays(days);
  const int64_t month_number = int64_t{date.year} * 12 + date.month - 1 + months;
  const int64_t year = FloorDiv(month_number, 12);
  const int32_t month = static_cast<int32_t>(FloorMod(month_number, 12)) + 1;
  return WrapToInt32(DaysFromCivil(year, month, std::min(date.day, LastDayOfMonth(year, month))));
}

int64_t AddMonthsToMillis(int64_t millis, int64_t months) {
  const int64_t days = FloorDiv(millis, kMillisPerDay);
  return AddMonths(static_cast<int32_t>(days), months) * kMillisPerDay +
         (millis - days * kMillisPerDay);
}

int32_t MonthsBetween(int32_t from_days, int32_t to_days) {
  if (to_days < from_days) return -MonthsBetween(to_days, from_days);
  const CivilDate from = CivilFromDays(from_days);
  const CivilDate to = CivilFromDays(to_days);
  const int32_t months = (to.year - from.year) * 12 + to.month - from.month;
  return AddMonths(from_days, months) > to_days ? months - 1 : months;
}

int32_t MonthsBetweenMillis(int64_t from_millis, int64_t to_millis) {
  const int64_t from_days = FloorDiv(from_millis, kMillisPerDay);
  const int64_t to_days = FloorDiv(to_millis, kMillisPerDay);
  int32_t months = MonthsBetween(static_cast<int32_t>(from_days), static_cast<int32_t>(to_days));
  if (AddMonths(static_cast<int32_t>(from_days), months) == to_days &&
      FloorMod(to_millis, kMillisPerDay) < FloorMod(from_millis, kMillisPerDay)) {
    --months;
  }
  return months;
}

int32_t DateOfTimestamp(const Timestamp& local) {
  return static_cast<int32_t>(local.millis / kMillisPerDay);
}

int32_t TimeOfTimestamp(const Timestamp& local) {
  return static_cast<int32_t>(local.millis % kMillisPerDay);
}

Timestamp TruncateTimestamp(const Timestamp& timestamp, int precision) {
  Timestamp result = timestamp;
  if (precision <= 3) {
    result.nanos_of_milli = 0;
    if (precision < 3) result.millis -= FloorMod(result.millis, kPowersOfTen[3 - precision]);
  } else if (precision < 9) {
    result.nanos_of_milli -= result.nanos_of_milli % kPowersOfTen[9 - precision];
  }
  return result;
}

std::optional<int32_t> ParseDate(std::string_view text) {
  if (const size_t blank = text.find(' '); blank != std::string_view::npos && blank > 0) {
    text = text.substr(0, blank);
  }
  int32_t parts[3] = {0, 1, 1};
  size_t begin = 0;
  for (int i = 0; i < 3; ++i) {
    const size_t hyphen = i < 2 ? text.find('-', begin) : std::string_view::npos;
    const std::optional<int32_t> number = ParseDigits(text.substr(begin, hyphen - begin));
    if (!number.has_value()) return std::nullopt;
    parts[i] = *number;
    if (hyphen == std::string_view::npos) break;
    begin = hyphen + 1;
  }
  const auto [year, month, day] = parts;
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > LastDayOfMonth(year, month)) {
    return std::nullopt;
  }
  return static_cast<int32_t>(DaysFromCivil(year, month, day));
}

std::optional<int32_t> ParseTime(std::string_view text) {
  // What follows a sign is an offset, which Flink adds with the sign as written.
  int32_t sign = -1;
  size_t zone = text.find('-');
  if (zone == std::string_view::npos) {
    zone = text.find('+');
    sign = 1;
  }
  int32_t offset_hours = 0;
  int32_t offset_minutes = 0;
  if (zone != std::string_view::npos) {
    const size_t colon = text.find(':', zone);
    const std::optional<int32_t> hours = ParseDigits(text.substr(zone + 1, colon - zone - 1));
    const std::optional<int32_t> minutes = colon == std::string_view::npos
                                               ? std::optional<int32_t>(0)
                                               : ParseDigits(text.substr(colon + 1));
    if (!hours.has_value() || !minutes.has_value()) return std::nullopt;
    offset_hours = *hours;
    offset_minutes = *minutes;
  }
  int32_t parts[4] = {0, 0, 0, 0};
  if (!ParseClock(text.substr(0, zone), parts)) return std::nullopt;
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  const int64_t hour = parts[0] + int64_t{sign} * offset_hours;
  const int64_t minute = parts[1] + int64_t{sign} * offset_minutes;
  return WrapToInt32(hour * kMillisPerHour + minute * kMillisPerMinute +
                     parts[2] * kMillisPerSecond + parts[3]);
}

std::optional<Timestamp> ParseTimestamp(std::string_view text, int precision) {
  TimestampReader reader(text);
  if (!reader.Read()) return std::nullopt;
  return reader.Resolve(precision);
}

char* WriteDate(int32_t days, char* out) { return WriteCivilDate(CivilFromDays(days), out); }

char* WriteTime(int32_t millis, int precision, char* out) {
  // Not a modulo: a time of 25:00:00 is shown as it is.
  while (millis < 0) millis += kMillisPerDay;
  out = WriteClock(static_cast<int32_t>(millis / kMillisPerHour),
                   static_cast<int32_t>(millis / kMillisPerMinute % 60),
                   static_cast<int32_t>(millis / kMillisPerSecond % 60), out);
  if (precision <= 0) return out;
  *out++ = '.';
  int32_t fraction = millis % 1000;
  for (int i = 0; i < precision; ++i) {
    *out++ = static_cast<char>('0' + fraction / 100);
    fraction = fraction % 100 * 10;
    if (fraction == 0) break;
  }
  return out;
}

char* WriteTimestamp(const Timestamp& local, int precision, char* out, FlinkVersion version) {
  const CivilTime civil = CivilFromTimestamp(local);
  out = WriteCivilDate(civil.date, out);
  *out++ = ' ';
  out = WriteClock(civil.hour, civil.minute, civil.second, out);
  char digits[9];
  int32_t rest = civil.nano;
  for (int i = 8; i >= 0; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  int num_digits = 9;
  if (version == FlinkVersion::k1_20) {
    while (num_digits > precision && digits[num_digits - 1] == '0') --num_digits;
  } else {
    num_digits = precision;
  }
  if (num_digits == 0) return out;
  *out++ = '.';
  std::memcpy(out, digits, num_digits);
  return out + num_digits;
}

char* WriteIntervalYearMonth(int32_t months, char* out) {
  *out++ = months >= 0 ? '+' : '-';
  const int64_t magnitude = months >= 0 ? int64_t{months} : -int64_t{months};
  out = WriteInteger(magnitude / 12, out);
  *out++ = '-';
  return WriteTwo(static_cast<int32_t>(magnitude % 12), out);
}

char* WriteIntervalDayTime(int64_t millis, char* out) {
  *out++ = millis >= 0 ? '+' : '-';
  const uint64_t magnitude =
      millis >= 0 ? static_cast<uint64_t>(millis) : -static_cast<uint64_t>(millis);
  out = WriteInteger(WrapToInt32(static_cast<int64_t>(magnitude / kMillisPerDay)), out);
  *out++ = ' ';
  const int32_t rest = static_cast<int32_t>(magnitude % kMillisPerDay);
  out = WriteClock(static_cast<int32_t>(rest / kMillisPerHour),
                   static_cast<int32_t>(rest / kMillisPerMinute % 60),
                   static_cast<int32_t>(rest / kMillisPerSecond % 60), out);
  *out++ = '.';
  *out++ = static_cast<char>('0' + rest % 1000 / 100);
  return WriteTwo(rest % 100, out);
}

}  // namespace sluice
