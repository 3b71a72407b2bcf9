// The wrongbook job by hand on plain simdjson On-Demand: line by line, field by field, each row
// looked up when it comes.
#include <cstring>
#include <string_view>

#include "bench/limit/chunk_reader.h"
#include "bench/limit/dimensions.h"
#include "bench/limit/event_reader.h"
#include "bench/limit/program.h"
#include "bench/limit/wide_table.h"

namespace sluice::limit {
namespace {

void Join(const EventFields& event, const Dimensions& dimensions, WideTable& table) {
  if (event.pattern_id.data() == nullptr) return table.Add(event, nullptr, nullptr);
  const uint64_t hash = HashOf(event.pattern_id);
  const Pattern* pattern = dimensions.FindPattern(event.pattern_id, hash);
  const PatternLink* link = pattern == nullptr ? nullptr : dimensions.FindLinks(pattern->id, hash);
  if (link == nullptr) return table.Add(event, pattern, nullptr);
  for (;; ++link) {
    table.Add(event, pattern, dimensions.FindTeachingType(link->teaching_type_id));
    if (link->is_last) return;
  }
}

int Run(const Arguments& arguments) {
  const Dimensions dimensions(arguments.database);
  ChunkReader chunks(arguments.events);
  EventReader reader;
  WideTable table(arguments.rows);
  Totals& totals = table.totals();
  EventFields event;
  for (std::string_view chunk = chunks.Next(); !chunk.empty(); chunk = chunks.Next()) {
    while (!chunk.empty()) {
      const auto* end = static_cast<const char*>(std::memchr(chunk.data(), '\n', chunk.size()));
      const std::string_view line = chunk.substr(0, static_cast<size_t>(end - chunk.data()));
      chunk.remove_prefix(line.size() + 1);
      ++totals.num_events;
      switch (reader.Read(line, &event)) {
        case Verdict::kWanted: Join(event, dimensions, table); break;
        case Verdict::kFiltered: ++totals.num_filtered; break;
        case Verdict::kDead: ++totals.num_dead; break;
      }
    }
  }
  Report(arguments, totals);
  return 0;
}

}  // namespace
}  // namespace sluice::limit

int main(int argc, char** argv) {
  return sluice::limit::Run(sluice::limit::ParseArguments(argc, argv));
}
