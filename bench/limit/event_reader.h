// Decodes one line with simdjson On-Demand: the plain program's whole decoder, and what the tuned
// program falls back to.
//
// A line is dead when it is not one complete JSON object in valid UTF-8 (structure: brackets,
// commas, colons, strings; values that the job does not need are not decoded), or when it passes
// the filter and the job fails on it. Keys come in any order, the last of equal keys counts, and
// the payload is an object or a string that holds one.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "bench/limit/json_token.h"
#include "bench/limit/wide_table.h"

namespace sluice::limit {

enum class Verdict : uint8_t { kWanted, kFiltered, kDead };

class EventReader {
 public:
  EventReader();
  ~EventReader();

  // `line` has no line end and 64 readable bytes behind it. For kWanted, `event` holds views into
  // the line and this reader, valid until the next call.
  Verdict Read(std::string_view line, EventFields* event);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::limit
