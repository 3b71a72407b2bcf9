// Values from the text that a record holds, as the Java methods read them that Flink's formats
// call. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/timestamp.h"

namespace sluice {

// String.trim(): all bytes up to a blank, at both ends.
std::string_view JavaTrim(std::string_view text);
// Long.parseLong and its narrower kin, by the bounds: a sign and digits, nothing else.
bool ParseJavaInteger(std::string_view text, int64_t min, int64_t max, int64_t* value);
// Boolean.parseBoolean: "true" in any case, all else is false.
bool ParseJavaBoolean(std::string_view text);

// Base64 as Jackson reads it: padded, blanks and controls between the groups. Appends the bytes;
// false when malformed.
bool DecodeBase64(std::string_view text, std::string* bytes);
void AppendBase64(std::string_view bytes, std::string* out);

// How dates and times are written and read by the formatters of
// org.apache.flink.formats.common.TimeFormats.
enum class TimestampStandard : uint8_t { kSql, kIso8601 };

// DateTimeFormatter.ISO_LOCAL_DATE, strict: days since 1970.
bool ParseIsoDate(std::string_view text, int32_t* days);
// SQL_TIME_FORMAT: HH:mm:ss[.f{0,9}]. `millis` keeps whole seconds only unless `keep_millis`.
bool ParseSqlTime(std::string_view text, bool keep_millis, int32_t* millis);
// TIMESTAMP, and TIMESTAMP_LTZ with the Z that it demands behind it.
bool ParseFormatTimestamp(std::string_view text, TimestampStandard standard, bool with_zone,
                          Timestamp* timestamp);

void AppendIsoDate(int32_t days, std::string* out);
void AppendSqlTime(int32_t millis, std::string* out);
// ISO_LOCAL_TIME: the fraction in as many digits as it needs, up to nine, and none at all when it
// is zero.
void AppendIsoTime(int32_t millis, std::string* out);
void AppendFormatTimestamp(const Timestamp& timestamp, TimestampStandard standard, bool with_zone,
                           std::string* out);

}  // namespace sluice
