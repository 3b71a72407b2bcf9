// blackhole: takes all rows and keeps none; for measuring.
#include "connectors/connector.h"

namespace sluice {
namespace {

class BlackholeSink : public Sink {
 public:
  Status Open(TaskContext&) override { return OkStatus(); }
  StatusOr<Progress> Write(const Batch&) override { return Progress::kNeedsInput; }
  StatusOr<Progress> Flush() override { return Progress::kNeedsInput; }
};

StatusOr<std::unique_ptr<Sink>> MakeBlackholeSink(const TableInfo&, const SinkSpec&,
                                                  const Session&) {
  return std::make_unique<BlackholeSink>();
}

}  // namespace

Connector Connector_blackhole() {
  return {.name = "blackhole",
          .help = "Takes all rows and keeps none.",
          .make_sink = MakeBlackholeSink,
          .sink_changelog = [](const TableInfo&) { return ChangelogSupport::kAll; }};
}

}  // namespace sluice
