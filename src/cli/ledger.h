// The ledger of a routed job: every event that was read has exactly one outcome.
#pragma once

#include <cstdint>
#include <string>

#include "base/metrics.h"

namespace sluice {

struct Ledger {
  int64_t in = 0;  // read by the source
  int64_t routed = 0;
  int64_t filtered = 0;  // of domains that are not the job's
  int64_t dead = 0;
  int64_t unknown = 0;   // dropped: no route has the type
  int64_t disabled = 0;  // dropped: the route is switched off
  int64_t skipped = 0;   // dropped: ignore-parse-errors

  int64_t dropped() const { return unknown + disabled + skipped; }
  int64_t in_flight() const { return in - routed - filtered - dead - dropped(); }
};

Ledger LedgerOf(const Metrics& metrics);

// "ledger: in=… routed=… … in_flight=0 balanced"; at the end of a job nothing may be in flight.
std::string LedgerLine(const Ledger& ledger);

}  // namespace sluice
