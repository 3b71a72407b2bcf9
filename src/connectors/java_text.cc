#include "connectors/java_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "types/civil_time.h"
#include "types/number_text.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {
namespace {

// BigDecimal.toString: plain down to six zeros behind the point, then with an exponent.
void AppendDecimal(__int128 unscaled, int scale, std::string* out) {
  std::string digits;
  auto rest = static_cast<unsigned __int128>(unscaled < 0 ? -unscaled : unscaled);
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (unscaled < 0) out->push_back('-');
  const int exponent = static_cast<int>(digits.size()) - 1 - scale;
  if (exponent < -6) {
    out->push_back(digits[0]);
    if (digits.size() > 1) absl::StrAppend(out, ".", digits.substr(1));
    absl::StrAppend(out, "E", exponent);
    return;
  }
  if (scale == 0) {
    out->append(digits);
    return;
  }
  if (static_cast<int>(digits.size()) <= scale) {
    digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
  }
  const size_t point = digits.size() - static_cast<size_t>(scale);
  absl::StrAppend(out, digits.substr(0, point), ".", digits.substr(point));
}

void AppendDate(const CivilDate& date, std::string* out) {
  // java.time writes years of more than four digits with a sign.
  if (date.year > 9999) out->push_back('+');
  if (date.year < 0) {
    absl::StrAppendFormat(out, "-%04d-%02d-%02d", -date.year, date.month, date.day);
  } else {
    absl::StrAppendFormat(out, "%04d-%02d-%02d", date.year, date.month, date.day);
  }
}

// The fraction in groups of three digits, as few as are needed.
void AppendNanos(int32_t nanos, std::string* out) {
  if (nanos == 0) return;
  if (nanos % 1'000'000 == 0) {
    absl::StrAppendFormat(out, ".%03d", nanos / 1'000'000);
  } else if (nanos % 1000 == 0) {
    absl::StrAppendFormat(out, ".%06d", nanos / 1000);
  } else {
    absl::StrAppendFormat(out, ".%09d", nanos);
  }
}

// LocalTime.toString leaves out seconds that are zero, Instant.toString does not.
void AppendTime(const CivilTime& time, bool always_seconds, std::string* out) {
  absl::StrAppendFormat(out, "%02d:%02d", time.hour, time.minute);
  if (!always_seconds && time.second == 0 && time.nano == 0) return;
  absl::StrAppendFormat(out, ":%02d", time.second);
  AppendNanos(time.nano, out);
}

// Period.toString of whole months, normalised to years and months.
void AppendPeriod(int32_t months, std::string* out) {
  if (months == 0) return void(out->append("P0M"));
  out->push_back('P');
  if (months / 12 != 0) absl::StrAppend(out, months / 12, "Y");
  if (months % 12 != 0) absl::StrAppend(out, months % 12, "M");
}

// Duration.toString: hours, minutes, seconds with a fraction.
void AppendDuration(int64_t millis, std::string* out) {
  if (millis == 0) return void(out->append("PT0S"));
  const int64_t seconds = millis / 1000;
  const int64_t fraction = millis % 1000;
  out->append("PT");
  if (seconds / 3600 != 0) absl::StrAppend(out, seconds / 3600, "H");
  if (seconds % 3600 / 60 != 0) absl::StrAppend(out, seconds % 3600 / 60, "M");
  if (seconds % 60 == 0 && fraction == 0) return;
  if (millis < 0 && seconds % 60 == 0) out->push_back('-');
  absl::StrAppend(out, seconds % 60);
  if (fraction != 0) {
    std::string digits = absl::StrFormat("%03d", fraction < 0 ? -fraction : fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    absl::StrAppend(out, ".", digits);
  }
  out->push_back('S');
}

void AppendBytes(std::string_view bytes, std::string* out) {
  out->push_back('[');
  for (size_t i = 0; i < bytes.size(); ++i) {
    absl::StrAppend(out, i == 0 ? "" : ", ", static_cast<int>(static_cast<int8_t>(bytes[i])));
  }
  out->push_back(']');
}

void AppendList(const Vector& vector, int32_t row, std::string* out) {
  const ListEntry entry = vector.View<ListEntry>()[row];
  const bool is_array = vector.type().kind() == TypeKind::kArray;
  out->push_back(is_array ? '[' : '{');
  for (int32_t i = 0; i < entry.length; ++i) {
    if (i != 0) out->append(", ");
    AppendJavaText(vector.child(0), entry.offset + i, out);
    if (is_array) continue;
    out->push_back('=');
    AppendJavaText(vector.child(1), entry.offset + i, out);
  }
  out->push_back(is_array ? ']' : '}');
}

void AppendRow(const Vector& vector, int32_t row, std::string* out) {
  const int32_t child_row = vector.Rows().RowAt(row);
  out->append("+I[");
  for (size_t c = 0; c < vector.type().fields().size(); ++c) {
    if (c != 0) out->append(", ");
    AppendJavaText(vector.child(static_cast<int>(c)), child_row, out);
  }
  out->push_back(']');
}

void AppendTimestamp(const Timestamp& timestamp, bool instant, std::string* out) {
  const CivilTime civil = CivilFromTimestamp(timestamp);
  AppendDate(civil.date, out);
  out->push_back('T');
  AppendTime(civil, instant, out);
  if (instant) out->push_back('Z');
}

void AppendInteger(int64_t value, std::string* out) {
  char buffer[kMaxNumberText];
  out->append(buffer, FormatInteger(value, buffer));
}

}  // namespace

void AppendJavaText(const Vector& vector, int32_t row, std::string* out) {
  if (vector.IsNull(row)) return void(out->append("null"));
  const Type& type = vector.type();
  char number[kMaxNumberText];
  switch (type.kind()) {
    case TypeKind::kNull: break;
    case TypeKind::kBoolean: out->append(vector.View<int8_t>()[row] != 0 ? "true" : "false"); break;
    case TypeKind::kTinyInt: AppendInteger(vector.View<int8_t>()[row], out); break;
    case TypeKind::kSmallInt: AppendInteger(vector.View<int16_t>()[row], out); break;
    case TypeKind::kInt: AppendInteger(vector.View<int32_t>()[row], out); break;
    case TypeKind::kBigInt: AppendInteger(vector.View<int64_t>()[row], out); break;
    case TypeKind::kFloat:
      out->append(number, FormatFloat(vector.View<float>()[row], number));
      break;
    case TypeKind::kDouble:
      out->append(number, FormatDouble(vector.View<double>()[row], number));
      break;
    case TypeKind::kDecimal:
      AppendDecimal(type.layout() == Layout::kInt64 ? __int128{vector.View<int64_t>()[row]}
                                                    : vector.View<__int128>()[row],
                    type.scale(), out);
      break;
    case TypeKind::kChar:
    case TypeKind::kVarChar: out->append(vector.View<Text>()[row].view()); break;
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: AppendBytes(vector.View<Text>()[row].view(), out); break;
    case TypeKind::kDate: AppendDate(CivilFromDays(vector.View<int32_t>()[row]), out); break;
    case TypeKind::kTime:
      AppendTime(CivilFromTimestamp({.millis = vector.View<int32_t>()[row]}), false, out);
      break;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
      AppendTimestamp(vector.View<Timestamp>()[row], type.kind() == TypeKind::kTimestampLtz, out);
      break;
    case TypeKind::kIntervalYearMonth: AppendPeriod(vector.View<int32_t>()[row], out); break;
    case TypeKind::kIntervalDayTime: AppendDuration(vector.View<int64_t>()[row], out); break;
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kMultiset: AppendList(vector, row, out); break;
    case TypeKind::kRow: AppendRow(vector, row, out); break;
  }
}

}  // namespace sluice
