// The wrongbook job by hand, as fast as it can be made: a chunk is indexed and checked at once, its
// wanted lines are collected, and each dimension is asked for all of them, with the memory on its
// way before it is needed.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "bench/limit/chunk_reader.h"
#include "bench/limit/dimensions.h"
#include "bench/limit/line_index.h"
#include "bench/limit/program.h"
#include "bench/limit/tuned_reader.h"
#include "bench/limit/wide_table.h"

namespace sluice::limit {
namespace {

// Wanted events whose dimensions have still to be looked up. Reused for each chunk.
class Batch {
 public:
  Batch(const Dimensions& dimensions, WideTable& table) : dimensions_(dimensions), table_(table) {}

  EventFields* Slot() {
    if (num_rows_ == rows_.size()) rows_.resize(rows_.size() * 2 + 512);
    return &rows_[num_rows_].event;
  }

  // Keeps the event that was written into Slot().
  void Keep() {
    Row& row = rows_[num_rows_++];
    if (row.event.pattern_id.data() == nullptr) return;
    row.hash = HashOf(row.event.pattern_id);
    dimensions_.PrefetchPattern(row.hash);
  }

  void Join() {
    for (size_t i = 0; i < num_rows_; ++i) Find(rows_[i]);
    for (size_t i = 0; i < num_rows_; ++i) {
      // The name's text is behind the row, which has come by now.
      if (i + kAhead < num_rows_) Prefetch(rows_[i + kAhead]);
      Emit(rows_[i]);
    }
    num_rows_ = 0;
  }

 private:
  static constexpr size_t kAhead = 8;

  struct Row {
    EventFields event;
    uint64_t hash;
    const Pattern* pattern;
    const PatternLink* link;
  };

  void Find(Row& row) const {
    row.pattern = nullptr;
    row.link = nullptr;
    if (row.event.pattern_id.data() == nullptr) return;
    row.pattern = dimensions_.FindPattern(row.event.pattern_id, row.hash);
    if (row.pattern == nullptr) return;
    __builtin_prefetch(row.pattern);
    row.link = dimensions_.FindLinks(row.event.pattern_id,
                                     row.hash);  // of the same text, so of the same hash
    __builtin_prefetch(row.link);
  }

  static void Prefetch(const Row& row) {
    if (row.pattern != nullptr) __builtin_prefetch(row.pattern->name.data());
  }

  void Emit(const Row& row) {
    if (row.link == nullptr) return table_.Add(row.event, row.pattern, nullptr);
    for (const PatternLink* link = row.link;; ++link) {
      table_.Add(row.event, row.pattern, dimensions_.FindTeachingType(link->teaching_type_id));
      if (link->is_last) return;
    }
  }

  const Dimensions& dimensions_;
  WideTable& table_;
  std::vector<Row> rows_;
  size_t num_rows_ = 0;
};

const Kernel& ChooseKernel() {
  const char* name = std::getenv("LIMIT_KERNEL");
  const Kernel* kernel = FindKernel(name == nullptr ? "" : name);
  if (kernel == nullptr) {
    std::fprintf(stderr, "this machine has no kernel '%s'\n", name);
    std::exit(kNoKernel);
  }
  return *kernel;
}

int Run(const Arguments& arguments) {
  const Dimensions dimensions(arguments.database);
  ChunkReader chunks(arguments.events);
  const Kernel& kernel = ChooseKernel();
  TunedReader reader(kernel);
  WideTable table(arguments.rows);
  Totals& totals = table.totals();
  Batch batch(dimensions, table);
  for (std::string_view chunk = chunks.Next(); !chunk.empty(); chunk = chunks.Next()) {
    reader.Begin(chunk);
    while (reader.HasNext()) {
      ++totals.num_events;
      bool from_generic;
      switch (reader.Next(batch.Slot(), &from_generic)) {
        case Verdict::kWanted:
          batch.Keep();
          // The generic reader's texts do not outlive its next line.
          if (from_generic) batch.Join();
          break;
        case Verdict::kFiltered: ++totals.num_filtered; break;
        case Verdict::kDead: ++totals.num_dead; break;
      }
    }
    batch.Join();
  }
  Report(arguments, totals);
  std::fprintf(stderr, "{\"kernel\":\"%s\",\"generic\":%lld}\n", std::string(kernel.name).c_str(),
               static_cast<long long>(reader.num_generic()));
  return 0;
}

}  // namespace
}  // namespace sluice::limit

int main(int argc, char** argv) {
  return sluice::limit::Run(sluice::limit::ParseArguments(argc, argv));
}
