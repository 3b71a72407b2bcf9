// RoutingTable: which processors an event of a domain and type goes to. Immutable; made of one
// routing snapshot. Looking a key up costs the same however many routes there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "routing/route_spec.h"

namespace sluice {

enum class RouteMode : uint8_t { kFirstMatch, kAllMatch };

// What becomes of the events of a key.
enum class KeyOutcome : uint8_t {
  kRouted,
  kForeign,   // the domain is none of the job's
  kUnknown,   // no route has the key
  kDisabled,  // only routes that are switched off have it
};

struct KeyRoutes {
  KeyOutcome outcome = KeyOutcome::kUnknown;
  std::vector<int32_t> processors;  // numbers of the snapshot's processors, each once, in order
};

class RoutingTable {
 public:
  struct Entry {
    RouteSpec spec;
    int32_t processor = 0;  // number within the snapshot; any if the route is disabled
  };

  // `domains`: the job's own; empty: all are.
  RoutingTable(std::vector<Entry> entries, std::vector<std::string> domains, RouteMode mode);

  // Higher priority first, then the lower id. kFirstMatch: the first enabled route; kAllMatch: all
  // enabled ones.
  KeyRoutes Find(std::string_view domain, std::string_view type) const;

 private:
  bool IsOwn(std::string_view domain) const;

  const std::vector<std::string> domains_;
  const RouteMode mode_;
  std::vector<Entry> entries_;  // in order of precedence
  // Places in entries_, ascending: of keys without wildcards, and of all others.
  absl::flat_hash_map<std::string, std::vector<int32_t>> exact_;
  std::vector<int32_t> patterns_;
};

// True if `text` is what `pattern` says, in which every `*` stands for any text.
bool MatchesPattern(std::string_view pattern, std::string_view text);

}  // namespace sluice
