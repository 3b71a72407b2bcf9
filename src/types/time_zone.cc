#include "types/time_zone.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "types/civil_time.h"

namespace sluice {

namespace {

// The largest jump of a zone: Samoa left out a day in 2011.
constexpr int64_t kMaxJumpMs = 26 * kMillisPerHour;
// absl::Time takes any civil year of 64 bits, but the arithmetic here is in milliseconds; beyond,
// the offset stays.
constexpr int64_t kMaxInstantMs = std::numeric_limits<int64_t>::max() / 2;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool ConsumePrefix(std::string_view* text, std::string_view prefix) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// The names that java.util.TimeZone keeps from Java 1.0 and that are no regions of the time zone
// database.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kLegacyNames = {{
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
}};

std::optional<int> TwoDigits(std::string_view text) {
  if (text.size() < 2 || !IsDigit(text[0]) || !IsDigit(text[1])) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// java.time.ZoneOffset.of: Z, ±h, ±hh, ±hh:mm, ±hhmm, ±hh:mm:ss, ±hhmmss, at most 18 hours.
std::optional<int> ParseOffsetSeconds(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '+' ? 1 : -1;
  text.remove_prefix(1);
  if (text.size() == 1)
    return IsDigit(text[0]) ? std::optional<int>(sign * (text[0] - '0') * 3600) : std::nullopt;
  const bool has_colons = text.size() > 2 && text[2] == ':';
  int parts[3] = {0, 0, 0};
  for (int i = 0; i < 3 && !text.empty(); ++i) {
    if (i > 0 && has_colons && !ConsumePrefix(&text, ":")) return std::nullopt;
    const std::optional<int> part = TwoDigits(text);
    if (!part.has_value()) return std::nullopt;
    parts[i] = *part;
    text.remove_prefix(2);
  }
  const int seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (!text.empty() || parts[1] > 59 || parts[2] > 59 || seconds > 18 * 3600) return std::nullopt;
  return sign * seconds;
}

// java.util.TimeZone's own form: GMT±h[h][[:]mm], below 24 hours.
std::optional<int> ParseLegacyOffsetSeconds(std::string_view name) {
  if (!ConsumePrefix(&name, "GMT") || name.size() < 2 || (name[0] != '+' && name[0] != '-')) {
    return std::nullopt;
  }
  const int sign = name[0] == '+' ? 1 : -1;
  name.remove_prefix(1);
  std::string digits;
  size_t colon = std::string_view::npos;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ':' && colon == std::string_view::npos && i > 0 && i <= 2) {
      colon = i;
    } else if (IsDigit(name[i]) && digits.size() < 4) {
      digits.push_back(name[i]);
    } else {
      return std::nullopt;
    }
  }
  if (colon != std::string_view::npos && digits.size() != colon + 2) return std::nullopt;
  const int number = std::stoi(digits);
  const bool hours_only = colon == std::string_view::npos && digits.size() <= 2;
  const int hours = hours_only ? number : number / 100;
  const int minutes = hours_only ? 0 : number % 100;
  if (hours > 23 || minutes > 59) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

// A region of the time zone database. Names reach the file system, so only their own characters
// pass, and none of the folders and links beside the regions.
bool LoadRegion(std::string_view name, absl::TimeZone* zone) {
  const bool is_name = !name.empty() && (name[0] >= 'A' && name[0] <= 'Z') &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                         return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                c == '/' || c == '_' || c == '-' || c == '+';
                       });
  if (!is_name || name == "Factory" || name.starts_with("Fixed/")) return false;
  return absl::LoadTimeZone(std::string(name), zone);
}

bool HasZoneFiles() {
  absl::TimeZone zone;
  return absl::LoadTimeZone("Europe/London", &zone) || absl::LoadTimeZone("Etc/GMT", &zone);
}

}  // namespace

StatusOr<absl::TimeZone> FindTimeZone(std::string_view name) {
  if (name == "UTC" || name == "GMT" || name == "UT") return absl::UTCTimeZone();
  if (const std::optional<int> seconds = ParseOffsetSeconds(name))
    return absl::FixedTimeZone(*seconds);
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (!name.starts_with(prefix) || name == "GMT0") continue;
    const std::optional<int> seconds = ParseOffsetSeconds(name.substr(prefix.size()));
    if (seconds.has_value() && !name.ends_with('Z')) return absl::FixedTimeZone(*seconds);
  }
  absl::TimeZone zone;
  if (LoadRegion(name, &zone)) return zone;
  if (!HasZoneFiles()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the machine has no time zone data (package tzdata), needed for '",
                     std::string(name), "'"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", std::string(name),
                   "' is no time zone: write a region such as 'Asia/Shanghai', an offset such as "
                   "'GMT+08:00', or 'UTC'"));
}

absl::TimeZone FindLegacyTimeZone(std::string_view name) {
  for (const auto& [legacy, region] : kLegacyNames) {
    if (legacy == name) name = region;
  }
  if (const std::optional<int> seconds = ParseLegacyOffsetSeconds(name)) {
    return absl::FixedTimeZone(*seconds);
  }
  absl::TimeZone zone;
  return LoadRegion(name, &zone) ? zone : absl::UTCTimeZone();
}

void ZoneConverter::FindStretch(int64_t instant_ms) {
  const absl::Time time =
      absl::FromUnixMillis(std::clamp(instant_ms, -kMaxInstantMs, kMaxInstantMs));
  const int64_t offset_seconds = zone_.At(time).offset;
  offset_ms_ = offset_seconds * 1000;
  // A transition, seen in the local time of this stretch, is an instant by this stretch's offset.
  const auto instant_of = [offset_seconds](absl::CivilSecond local) {
    return (local - absl::CivilSecond(1970, 1, 1) - offset_seconds) * 1000;
  };
  absl::TimeZone::CivilTransition transition;
  begin_ms_ = std::numeric_limits<int64_t>::min();
  end_ms_ = std::numeric_limits<int64_t>::max();
  if (zone_.PrevTransition(time + absl::Nanoseconds(1), &transition))
    begin_ms_ = instant_of(transition.to);
  if (zone_.NextTransition(time, &transition)) end_ms_ = instant_of(transition.from);
  const bool has_begin = begin_ms_ != std::numeric_limits<int64_t>::min();
  const bool has_end = end_ms_ != std::numeric_limits<int64_t>::max();
  safe_begin_ms_ = has_begin ? begin_ms_ + kMaxJumpMs : begin_ms_;
  safe_end_ms_ = has_end ? end_ms_ - kMaxJumpMs : end_ms_;
}

int64_t ZoneConverter::FindInstant(int64_t local_ms, bool later) {
  const int64_t clamped_ms = std::clamp(local_ms, -kMaxInstantMs, kMaxInstantMs);
  const int64_t local_seconds = FloorDiv(clamped_ms, 1000);
  const absl::TimeZone::TimeInfo info = zone_.At(absl::CivilSecond(1970, 1, 1) + local_seconds);
  const bool repeated = info.kind == absl::TimeZone::TimeInfo::REPEATED;
  const absl::Time time = later && repeated ? info.post : info.pre;
  const int64_t instant_ms = absl::ToUnixSeconds(time) * 1000 + (clamped_ms - local_seconds * 1000);
  FindStretch(instant_ms);
  return instant_ms;
}

}  // namespace sluice
