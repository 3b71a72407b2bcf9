// The payloads that the generator knows, one per event type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/event_generator.h"
#include "events/random.h"

namespace sluice {

struct EventContext {
  int64_t index;
  int64_t timestamp_ms;
};

struct EventTypeSpec {
  EventType type;
  std::string_view name;
  std::string_view domain;  // empty: the domain of the options
  void (*append_payload)(Random&, const EventContext&, std::string* out);
};

// The spec of a concrete type. REQUIRES: type is not kOther.
const EventTypeSpec& SpecOf(EventType type);

// One of the types that kOther stands for.
EventType DrawOther(Random& random);

// Appends `value` in decimal, padded with zeros to `width`.
void AppendPadded(uint64_t value, int width, std::string* out);

}  // namespace sluice
