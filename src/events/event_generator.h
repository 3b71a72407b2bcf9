// Seeded business events as JSON lines, in the envelope
// {"domain","type","timestamp","eventId","payload"}.
//
// Event n of a seed is the same on every machine and whatever was generated before it. The keys in
// the payloads match the dimension tables of examples/wrongbook with realistic misses; Chinese text
// and emoji are the normal case. A generator belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice {

enum class EventType : uint8_t {
  kWrongbookFix,    // a wrongly answered question was corrected
  kWrongbookAdd,    // a wrongly answered question was collected
  kHomeworkSubmit,  // homework handed in: nested objects and an array
  kCourseView,      // a lesson was watched
  kUserLogin,       // a user came in: a nested object
  kOther,           // one of the three types above that are not about the wrongbook
};

struct EventTypeShare {
  EventType type;
  uint32_t weight;  // relative to the sum of all weights
};

struct EventOptions {
  uint64_t seed = 1;
  int64_t count = 1'000'000;
  std::vector<EventTypeShare> types = {
      {EventType::kWrongbookFix, 80}, {EventType::kWrongbookAdd, 15}, {EventType::kOther, 5}};
  double bad_share = 0;              // of all events, 0 to 1
  bool payload_as_string = false;    // the payload is a string that holds the JSON object
  std::string domain = "wrongbook";  // of the wrongbook types; letters, digits, '_', '-' and '.'
  int64_t start_time_ms =
      1'703'123'456'789;  // `timestamp` of the first event; later ones follow it
};

// "wrongbook_fix:80,wrongbook_add:15,other:5": names with whole weights; a name alone weighs 1.
StatusOr<std::vector<EventTypeShare>> ParseEventTypes(std::string_view text);

// The names that ParseEventTypes takes, separated by ", ".
std::string EventTypeNames();

class EventGenerator {
 public:
  // InvalidArgument when an option is out of its range.
  static StatusOr<EventGenerator> Make(EventOptions options);

  // Appends up to `max_events` more events to `out`, each ended by '\n'; returns how many, 0 at the
  // end.
  int64_t Append(int64_t max_events, std::string* out);

  int64_t num_generated() const { return next_; }

 private:
  explicit EventGenerator(EventOptions options);

  EventOptions options_;
  uint32_t total_weight_ = 0;
  uint32_t bad_in_million_ = 0;
  int64_t next_ = 0;
  std::string payload_;  // reused: the payload before it is written as a string
};

}  // namespace sluice
