#include "cli/ledger.h"

#include <fmt/format.h>

namespace sluice {

Ledger LedgerOf(const Metrics& metrics) {
  Ledger ledger;
  for (const MetricSample& sample : metrics.Samples()) {
    const bool of_source = sample.operator_name.starts_with("Source: ");
    const bool of_router = sample.operator_name == "Router";
    if (of_source && sample.name == metric::kRecordsIn) ledger.in += sample.value;
    // Records that the source could not even hand out, such as those that are too long.
    if (of_source && sample.name == metric::kDeadLetters) ledger.dead += sample.value;
    if (!of_router) continue;
    if (sample.name == metric::kEventsRouted) ledger.routed += sample.value;
    if (sample.name == metric::kEventsForeign) ledger.filtered += sample.value;
    if (sample.name == metric::kEventsDead) ledger.dead += sample.value;
    if (sample.name == metric::kEventsUnknown) ledger.unknown += sample.value;
    if (sample.name == metric::kEventsDisabled) ledger.disabled += sample.value;
    if (sample.name == metric::kEventsSkipped) ledger.skipped += sample.value;
  }
  return ledger;
}

std::string LedgerLine(const Ledger& ledger) {
  return fmt::format(
      "ledger: in={} routed={} filtered={} dead={} parked=0 dropped={} in_flight={} {}", ledger.in,
      ledger.routed, ledger.filtered, ledger.dead, ledger.dropped(), ledger.in_flight(),
      ledger.in_flight() == 0 ? "balanced" : "UNBALANCED");
}

}  // namespace sluice
