// RouteSpec: one row of a routing table, as its config source says it. A value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

struct RouteSpec {
  int64_t id = 0;
  std::string row;         // which row of its source it is, over the time: whatever else changes
  std::string domain;      // empty: each of the job's domains; `*` in it stands for any text
  std::string event_type;  // `*` in it stands for any text
  std::string processor;   // name, or name@version; a Java class name that an alias maps
  std::vector<std::string> sinks;  // names as written; empty: the main table
  bool enabled = true;
  bool hot_deployable = true;  // false: changes of this row wait for a restart
  int64_t priority = 100;

  friend bool operator==(const RouteSpec&, const RouteSpec&) = default;
};

// "wrongbook:wrongbook_fix", how a route is named in messages.
inline std::string RouteKey(const RouteSpec& route) {
  return (route.domain.empty() ? "*" : route.domain) + ":" + route.event_type;
}

}  // namespace sluice
