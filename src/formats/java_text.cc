#include "formats/java_text.h"

#include <charconv>
#include <cstring>

#include "types/civil_time.h"

namespace sluice {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads a formatter's text from the left; every step says whether it fit.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  bool Literal(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool LiteralAnyCase(char lower) {
    if (at_ == text_.size() || (text_[at_] | 0x20) != lower) return false;
    ++at_;
    return true;
  }
  bool TwoDigits(int32_t* value) {
    if (text_.size() - at_ < 2 || !IsDigit(text_[at_]) || !IsDigit(text_[at_ + 1])) return false;
    *value = (text_[at_] - '0') * 10 + (text_[at_ + 1] - '0');
    at_ += 2;
    return true;
  }
  // appendValue(YEAR, 4, 10, EXCEEDS_PAD): four digits, or a sign where there are more or the year
  // is negative.
  bool Year(int32_t* year) {
    const bool negative = Literal('-');
    const bool plus = !negative && Literal('+');
    const size_t begin = at_;
    while (at_ < text_.size() && at_ - begin < 10 && IsDigit(text_[at_])) ++at_;
    const size_t digits = at_ - begin;
    if (digits < 4 || (plus && digits == 4) || (!plus && !negative && digits > 4)) return false;
    int64_t value = 0;
    std::from_chars(text_.data() + begin, text_.data() + at_, value);
    if (value > 999999999 || (negative && value == 0)) return false;
    *year = static_cast<int32_t>(negative ? -value : value);
    return true;
  }
  // [.f{0,9}]
  void Fraction(int32_t* nanos) {
    *nanos = 0;
    if (!Literal('.')) return;
    int32_t scale = 100000000;
    for (; scale > 0 && at_ < text_.size() && IsDigit(text_[at_]); scale /= 10)
      *nanos += (text_[at_++] - '0') * scale;
  }
  bool AtEnd() const { return at_ == text_.size(); }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

// yyyy-MM-dd. A day that its month lacks is refused or, where the resolver is SMART, moved to the
// month's end.
bool ReadDate(TextReader& reader, bool strict, CivilDate* date) {
  if (!reader.Year(&date->year) || !reader.Literal('-') || !reader.TwoDigits(&date->month) ||
      !reader.Literal('-') || !reader.TwoDigits(&date->day)) {
    return false;
  }
  if (date->month < 1 || date->month > 12 || date->day < 1 || date->day > 31) return false;
  const int32_t last = LastDayOfMonth(date->year, date->month);
  if (date->day > last) {
    if (strict) return false;
    date->day = last;
  }
  return true;
}

// HH:mm[:ss[.f]]; the seconds may be left out where `optional_seconds`.
bool ReadTime(TextReader& reader, bool optional_seconds, bool strict, CivilTime* time) {
  if (!reader.TwoDigits(&time->hour) || !reader.Literal(':') || !reader.TwoDigits(&time->minute))
    return false;
  if (reader.Literal(':')) {
    if (!reader.TwoDigits(&time->second)) return false;
    reader.Fraction(&time->nano);
  } else if (!optional_seconds) {
    return false;
  }
  if (time->hour == 24 && !strict) return time->minute == 0 && time->second == 0 && time->nano == 0;
  return time->hour < 24 && time->minute < 60 && time->second < 60;
}

void AppendDigits(int32_t value, int width, std::string* out) {
  char digits[16];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out->append(digits, static_cast<size_t>(width));
}

void AppendDate(const CivilDate& date, std::string* out) {
  const int32_t year = date.year < 0 ? -date.year : date.year;
  if (date.year < 0) out->push_back('-');
  if (date.year > 9999) out->push_back('+');
  AppendDigits(year,
               year > 99999999  ? 9
               : year > 9999999 ? 8
               : year > 999999  ? 7
               : year > 99999   ? 6
               : year > 9999    ? 5
                                : 4,
               out);
  out->push_back('-');
  AppendDigits(date.month, 2, out);
  out->push_back('-');
  AppendDigits(date.day, 2, out);
}

void AppendClock(int32_t hour, int32_t minute, int32_t second, int32_t nano, std::string* out) {
  AppendDigits(hour, 2, out);
  out->push_back(':');
  AppendDigits(minute, 2, out);
  out->push_back(':');
  AppendDigits(second, 2, out);
  if (nano == 0) return;
  out->push_back('.');
  int width = 9;
  for (; nano % 10 == 0; nano /= 10) --width;
  AppendDigits(nano, width, out);
}

}  // namespace

std::string_view JavaTrim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

bool ParseJavaInteger(std::string_view text, int64_t min, int64_t max, int64_t* value) {
  if (text.size() > 1 && text[0] == '+' && IsDigit(text[1])) text.remove_prefix(1);
  const std::from_chars_result result =
      std::from_chars(text.data(), text.data() + text.size(), *value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size() && *value >= min &&
         *value <= max;
}

bool ParseJavaBoolean(std::string_view text) {
  return text.size() == 4 && (text[0] | 0x20) == 't' && (text[1] | 0x20) == 'r' &&
         (text[2] | 0x20) == 'u' && (text[3] | 0x20) == 'e';
}

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (IsDigit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

bool DecodeBase64(std::string_view text, std::string* bytes) {
  size_t at = 0;
  for (;;) {
    // Blanks are skipped in front of a group only.
    while (at < text.size() && static_cast<unsigned char>(text[at]) <= ' ') ++at;
    if (at == text.size()) return true;
    if (text.size() - at < 4) return false;
    const std::string_view group = text.substr(at, 4);
    at += 4;
    const int padding = group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
    uint32_t bits = 0;
    for (int i = 0; i < 4 - padding; ++i) {
      const int value = Base64Value(group[i]);
      if (value < 0) return false;
      bits |= static_cast<uint32_t>(value) << (18 - 6 * i);
    }
    const char decoded[] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                            static_cast<char>(bits)};
    bytes->append(decoded, static_cast<size_t>(3 - padding));
  }
}

void AppendBase64(std::string_view bytes, std::string* out) {
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << 16;
    const size_t left = bytes.size() - i;
    if (left > 1) bits |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i + 1])) << 8;
    if (left > 2) bits |= static_cast<unsigned char>(bytes[i + 2]);
    out->push_back(kBase64[bits >> 18]);
    out->push_back(kBase64[bits >> 12 & 63]);
    out->push_back(left > 1 ? kBase64[bits >> 6 & 63] : '=');
    out->push_back(left > 2 ? kBase64[bits & 63] : '=');
  }
}

bool ParseIsoDate(std::string_view text, int32_t* days) {
  TextReader reader(text);
  CivilDate date;
  if (!ReadDate(reader, /*strict=*/true, &date) || !reader.AtEnd()) return false;
  const int64_t result = DaysFromCivil(date.year, date.month, date.day);
  *days = static_cast<int32_t>(result);
  return result == *days;
}

bool ParseSqlTime(std::string_view text, bool keep_millis, int32_t* millis) {
  TextReader reader(text);
  CivilTime time;
  if (!ReadTime(reader, /*optional_seconds=*/false, /*strict=*/false, &time)) return false;
  if (!reader.AtEnd()) return false;
  *millis = ((time.hour % 24 * 60 + time.minute) * 60 + time.second) * 1000 +
            (keep_millis ? time.nano / 1000000 : 0);
  return true;
}

bool ParseFormatTimestamp(std::string_view text, TimestampStandard standard, bool with_zone,
                          Timestamp* timestamp) {
  TextReader reader(text);
  const bool iso = standard == TimestampStandard::kIso8601;
  // ISO_LOCAL_DATE_TIME is strict and takes a small t; what Flink puts together itself is neither.
  const bool strict = iso && !with_zone;
  CivilTime civil;
  if (!ReadDate(reader, strict, &civil.date)) return false;
  if (strict ? !reader.LiteralAnyCase('t') : !reader.Literal(iso ? 'T' : ' ')) return false;
  if (!ReadTime(reader, /*optional_seconds=*/iso, strict, &civil)) return false;
  if (with_zone && !reader.Literal('Z')) return false;
  if (!reader.AtEnd()) return false;
  const bool next_day = civil.hour == 24;
  if (next_day) civil.hour = 0;
  *timestamp = TimestampFromCivil(civil);
  if (next_day) timestamp->millis += kMillisPerDay;
  return true;
}

void AppendIsoDate(int32_t days, std::string* out) { AppendDate(CivilFromDays(days), out); }

void AppendSqlTime(int32_t millis, std::string* out) {
  const int32_t seconds = millis / 1000;
  AppendClock(seconds / 3600, seconds / 60 % 60, seconds % 60, 0, out);
}

void AppendIsoTime(int32_t millis, std::string* out) {
  const int32_t seconds = millis / 1000;
  AppendClock(seconds / 3600, seconds / 60 % 60, seconds % 60, millis % 1000 * 1000000, out);
}

void AppendFormatTimestamp(const Timestamp& timestamp, TimestampStandard standard, bool with_zone,
                           std::string* out) {
  const CivilTime civil = CivilFromTimestamp(timestamp);
  AppendDate(civil.date, out);
  out->push_back(standard == TimestampStandard::kIso8601 ? 'T' : ' ');
  AppendClock(civil.hour, civil.minute, civil.second, civil.nano, out);
  if (with_zone) out->push_back('Z');
}

}  // namespace sluice
