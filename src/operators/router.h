// Router: reads domain and type of every event and hands it to the processors that the routing
// program in force names; what they make goes to one output per sink, and rows of one block keep
// the order of its events there. Every event ends in exactly one counter: routed, foreign, unknown,
// disabled, skipped (json.ignore-parse-errors), dead. A bad event concerns only itself. Takes
// batches of undecoded records; emits rows with all columns of the sinks.
#pragma once

#include <memory>
#include <vector>

#include "operators/operator.h"
#include "operators/record_decoder.h"
#include "operators/routing_slot.h"

namespace sluice {

enum class UnroutedPolicy : uint8_t { kDrop, kDeadLetter };

struct RouterSpec {
  TableScanSpec key;  // decodes the domain and the type: two columns of text
  UnroutedPolicy on_unknown = UnroutedPolicy::kDrop;
  UnroutedPolicy on_disabled = UnroutedPolicy::kDrop;
  std::vector<bool> sink_has_key;  // by sink: the order of its rows matters
  std::shared_ptr<RoutingSlot> slot;
};

std::unique_ptr<Operator> MakeRouter(RouterSpec spec);

}  // namespace sluice
