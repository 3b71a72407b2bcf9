// The wrongbook job below its decoder: what it takes from an event, the row that it makes of it,
// and where rows go.
//
// Both limit programs share this part, so that they differ only in how they read JSON and when they
// look up. Rows are counted and summed up in a checksum that does not depend on their order, and
// written as JSON lines on demand, in the form of Flink's json format. Texts are views into buffers
// that may be read 16 bytes past the end of any text.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "bench/limit/dimensions.h"

namespace sluice::limit {

// A NULL text is a view without data; an integer that may be NULL carries it beside the value.
struct Integer {
  int64_t value = 0;
  bool is_null = true;
};

// What the job reads from an event that passes its filter.
struct EventFields {
  std::string_view event_id;
  std::string_view wrong_id;
  std::string_view user_id;
  std::string_view subject;
  std::string_view question;
  std::string_view pattern_id;
  std::string_view fix_result_text;
  Integer id;
  Integer collect_time;  // epoch milliseconds
  Integer fix_time;
  Integer fix_result;
  Integer event_time;
};

struct Totals {
  int64_t num_events = 0;
  int64_t num_rows = 0;
  int64_t num_filtered = 0;
  int64_t num_dead = 0;
  uint64_t checksum = 0;
};

class WideTable {
 public:
  // Rows are written to `rows` when it is not null; the caller keeps and closes it.
  explicit WideTable(std::FILE* rows) : rows_(rows) {}

  // One row of the result; `pattern` and `type` are null where the lookup found nothing.
  void Add(const EventFields& event, const Pattern* pattern, const TeachingType* type);

  Totals& totals() { return totals_; }

 private:
  Totals totals_;
  std::FILE* rows_;
  std::string line_;
};

// The wall time of a session in Asia/Shanghai for an instant, as milliseconds of a TIMESTAMP; NULL
// outside of years 1 to 9999.
Integer ToShanghai(Integer epoch_ms);

}  // namespace sluice::limit
