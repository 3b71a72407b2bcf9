// The json decoder by itself: wrongbook events from memory to columns, in the ways that jobs ask
// for them.
//
//   decode_bench --benchmark_filter=…
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "events/event_generator.h"
#include "formats/format.h"

namespace sluice {
namespace {

constexpr int64_t kEvents = 100000;
constexpr size_t kBlock = 2048;

// The events as blocks of records, as a file source hands them out.
std::vector<RawRecords> MakeBlocks(bool payload_as_string) {
  EventOptions options;
  options.count = kEvents;
  options.payload_as_string = payload_as_string;
  StatusOr<EventGenerator> generator = EventGenerator::Make(options);
  std::vector<RawRecords> blocks;
  for (;;) {
    auto chunk = std::make_shared<std::string>();
    if (generator->Append(kBlock, chunk.get()) == 0) return blocks;
    chunk->append(RawRecords::kPaddingBytes, '\0');
    RawRecords& block = blocks.emplace_back();
    for (size_t begin = 0, end; (end = chunk->find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      block.records.emplace_back(chunk->data() + begin, end - begin);
    }
    block.pin = chunk;
  }
}

const std::vector<RawRecords>& Blocks(bool payload_as_string) {
  static const auto* const kObjects = new std::vector<RawRecords>(MakeBlocks(false));
  static const auto* const kStrings = new std::vector<RawRecords>(MakeBlocks(true));
  return payload_as_string ? *kStrings : *kObjects;
}

Schema EventTable() {
  return {{"domain", Type::String()},
          {"type", Type::String()},
          {"timestamp", Type::BigInt()},
          {"eventId", Type::String()},
          {"payload", Type::String()}};
}

DecodeSpec SpecOf(const std::vector<std::string>& fields, const std::vector<std::string>& paths) {
  DecodeSpec spec;
  spec.table = EventTable();
  for (const std::string& name : fields) {
    for (const Field& field : spec.table) {
      if (field.name == name) spec.columns.push_back({DecodedKind::kField, {name}, field.type});
    }
  }
  for (const std::string& path : paths)
    spec.columns.push_back({DecodedKind::kJsonValue, {"payload", path}, Type::String()});
  return spec;
}

DecodeSpec WideTable() {
  DecodeSpec spec = SpecOf({"domain", "type", "timestamp", "eventId"},
                           {"id", "wrongId", "userId", "subject", "question", "patternId",
                            "collectTime", "fixTime", "fixResult", "isDelete"});
  spec.filters = {{0, {"wrongbook"}}, {1, {"wrongbook_fix"}}};
  return spec;
}

void Run(benchmark::State& state, const DecodeSpec& spec, bool payload_as_string) {
  const std::vector<RawRecords>& blocks = Blocks(payload_as_string);
  Options options;
  options.Set("ignore-parse-errors", "true");
  StatusOr<std::unique_ptr<Decoder>> decoder =
      FindFormat("json")->make_decoder(options, spec, Session());
  int64_t bytes = 0;
  int64_t rows = 0;
  DecodeOutput out;
  for (auto _ : state) {
    for (const RawRecords& block : blocks) {
      for (size_t next = 0; next < block.records.size();)
        next = *(*decoder)->Decode(block, next, out);
      rows += out.num_rows;
      bytes +=
          block.records.back().data() + block.records.back().size() - block.records.front().data();
    }
  }
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(state.iterations() * kEvents);
  state.counters["rows/event"] =
      static_cast<double>(rows) / static_cast<double>(state.iterations() * kEvents);
  state.counters["ns/event"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kEvents) / 1e9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void WideTableFromObjects(benchmark::State& state) { Run(state, WideTable(), false); }
void WideTableFromStrings(benchmark::State& state) { Run(state, WideTable(), true); }
void WideTableUnfiltered(benchmark::State& state) {
  DecodeSpec spec = WideTable();
  spec.filters.clear();
  Run(state, spec, false);
}
void TwoColumns(benchmark::State& state) { Run(state, SpecOf({"type", "eventId"}, {}), false); }
void PayloadAsText(benchmark::State& state) { Run(state, SpecOf({"type", "payload"}, {}), false); }

BENCHMARK(WideTableFromObjects)->Unit(benchmark::kMillisecond);
BENCHMARK(WideTableFromStrings)->Unit(benchmark::kMillisecond);
BENCHMARK(WideTableUnfiltered)->Unit(benchmark::kMillisecond);
BENCHMARK(TwoColumns)->Unit(benchmark::kMillisecond);
BENCHMARK(PayloadAsText)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sluice

BENCHMARK_MAIN();
