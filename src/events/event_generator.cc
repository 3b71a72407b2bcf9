// Draws the type of each event, writes the envelope and leaves the payload to its type. A line is
// built in place at the end of the caller's buffer, so that only a payload inside a string is
// copied.
#include "events/event_generator.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "events/event_damage.h"
#include "events/event_types.h"
#include "events/random.h"
#include "events/text_append.h"
#include "fmt/format.h"

namespace sluice {
namespace {

constexpr int64_t kMeanGapMs = 5;

constexpr EventType kAllTypes[] = {EventType::kWrongbookFix,   EventType::kWrongbookAdd,
                                   EventType::kHomeworkSubmit, EventType::kCourseView,
                                   EventType::kUserLogin,      EventType::kOther};

std::string_view NameOf(EventType type) {
  return type == EventType::kOther ? "other" : SpecOf(type).name;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A whole number from 1 to a million, else 0.
uint32_t ParseWeight(std::string_view text) {
  uint32_t weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && weight <= 1'000'000 ? weight : 0;
}

StatusOr<EventTypeShare> ParseShare(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view name = Trim(text.substr(0, colon));
  uint32_t weight = 1;
  if (colon != std::string_view::npos) {
    const std::string_view given = Trim(text.substr(colon + 1));
    weight = ParseWeight(given);
    if (weight == 0) {
      return absl::InvalidArgumentError(fmt::format(
          "the weight of event type '{}' must be a whole number from 1 to 1000000, not '{}'", name,
          given));
    }
  }
  for (EventType type : kAllTypes) {
    if (NameOf(type) == name) return EventTypeShare{type, weight};
  }
  return absl::InvalidArgumentError(
      fmt::format("unknown event type '{}'; known are {}", name, EventTypeNames()));
}

bool IsPlainName(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Payloads hold no control characters, so two characters are all there is to escape.
void AppendAsJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  for (char c : text) {
    if (c == '"' || c == '\\') out->push_back('\\');
    out->push_back(c);
  }
  out->push_back('"');
}

}  // namespace

std::string EventTypeNames() {
  std::string names;
  for (EventType type : kAllTypes) AppendTo(&names, names.empty() ? "" : ", ", NameOf(type));
  return names;
}

StatusOr<std::vector<EventTypeShare>> ParseEventTypes(std::string_view text) {
  std::vector<EventTypeShare> shares;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    SL_ASSIGN(const EventTypeShare share, ParseShare(text.substr(begin, end - begin)));
    for (const EventTypeShare& earlier : shares) {
      if (earlier.type == share.type) {
        return absl::InvalidArgumentError(
            fmt::format("event type '{}' is given twice", NameOf(share.type)));
      }
    }
    shares.push_back(share);
    begin = end + 1;
  }
  return shares;
}

StatusOr<EventGenerator> EventGenerator::Make(EventOptions options) {
  if (options.count < 0) {
    return absl::InvalidArgumentError(
        fmt::format("the number of events must not be negative: {}", options.count));
  }
  if (!(options.bad_share >= 0 && options.bad_share <= 1)) {
    return absl::InvalidArgumentError(
        fmt::format("the share of bad events must lie between 0 and 1: {}", options.bad_share));
  }
  if (!IsPlainName(options.domain)) {
    return absl::InvalidArgumentError(fmt::format(
        "the domain must consist of letters, digits, '_', '-' and '.': '{}'", options.domain));
  }
  uint64_t total = 0;
  for (const EventTypeShare& share : options.types) total += share.weight;
  if (total == 0 || total > UINT32_MAX) {
    return absl::InvalidArgumentError(
        fmt::format("the weights of the event types add up to {}", total));
  }
  return EventGenerator(std::move(options));
}

EventGenerator::EventGenerator(EventOptions options)
    : options_(std::move(options)),
      bad_in_million_(static_cast<uint32_t>(options_.bad_share * 1e6 + 0.5)) {
  for (const EventTypeShare& share : options_.types) total_weight_ += share.weight;
}

int64_t EventGenerator::Append(int64_t max_events, std::string* out) {
  const int64_t begin = next_;
  for (; next_ < options_.count && next_ - begin < max_events; ++next_) {
    Random random = Random::ForItem(options_.seed, static_cast<uint64_t>(next_));
    uint32_t drawn = random.Below(total_weight_);
    size_t choice = 0;
    while (drawn >= options_.types[choice].weight) drawn -= options_.types[choice++].weight;
    EventType type = options_.types[choice].type;
    if (type == EventType::kOther) type = DrawOther(random);
    const EventTypeSpec& spec = SpecOf(type);

    const size_t line = out->size();
    const int64_t timestamp_ms =
        options_.start_time_ms + next_ * kMeanGapMs + random.Below(2 * kMeanGapMs);
    const std::string_view domain = spec.domain.empty() ? options_.domain : spec.domain;
    AppendTo(out, R"({"domain":")", domain, R"(","type":")", spec.name, R"(","timestamp":)",
             timestamp_ms, R"(,"eventId":"e)");
    AppendPadded(options_.seed % 100, 2, out);
    out->push_back('-');
    AppendPadded(static_cast<uint64_t>(next_), 8, out);
    out->append(R"(","payload":)");
    const EventContext context = {next_, timestamp_ms};
    if (options_.payload_as_string) {
      payload_.clear();
      spec.append_payload(random, context, &payload_);
      AppendAsJsonString(payload_, out);
    } else {
      spec.append_payload(random, context, out);
    }
    out->push_back('}');
    if (bad_in_million_ != 0 && random.Below(1'000'000) < bad_in_million_)
      DamageEvent(random, line, out);
    out->push_back('\n');
  }
  return next_ - begin;
}

}  // namespace sluice
