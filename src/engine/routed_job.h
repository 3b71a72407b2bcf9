// RoutedJob: a job whose processing is data. Its tables are fixed; what happens to which event is
// said by processors, each bound by itself against those tables, and by the routes that lead there.
//
//   auto job = RoutedJob::Open(spec);
//   auto plan = (*job)->Compile("fix@1", {"processors/fix@1.sql", text}, {0});
//   slot = std::make_shared<RoutingSlot>(program, log);
//   auto running = StartJob((*job)->Assemble(slot), nullptr, env, &metrics);
//   slot->Stage(next_program, …);                      // any time later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "operators/router.h"

namespace sluice {

struct ScriptSource {
  std::string name;  // the file, for messages
  std::string text;
};

struct RoutedJobSpec {
  WorkspaceOptions options;
  std::vector<ScriptSource> tables;  // scripts of SET, CREATE TABLE and CREATE VIEW
  std::string events;                // the table that events are read from
  std::vector<std::string> sinks;    // the tables that processors write
  UnroutedPolicy on_unknown = UnroutedPolicy::kDrop;
  UnroutedPolicy on_disabled = UnroutedPolicy::kDrop;
};

// Compile may be called by any one thread at a time.
class RoutedJob {
 public:
  // Binds the tables and checks that the events and the sinks fit: InvalidArgument with all
  // findings.
  static StatusOr<std::unique_ptr<RoutedJob>> Open(RoutedJobSpec spec);

  // Binds the text of a processor: one SELECT from `events`, whose columns go by name to the sinks
  // given (by number), or several INSERTs. InvalidArgument with all findings.
  StatusOr<std::shared_ptr<const ProcessorPlan>> Compile(const std::string& name,
                                                         const ScriptSource& text,
                                                         const std::vector<int32_t>& sinks) const;

  // The job around a slot that holds the first program.
  StatusOr<CompiledJob> Assemble(std::shared_ptr<RoutingSlot> slot) const;

  const std::vector<std::string>& sinks() const { return spec_.sinks; }

 private:
  struct Bound;  // the tables in a workspace of their own

  explicit RoutedJob(RoutedJobSpec spec) : spec_(std::move(spec)) {}
  StatusOr<std::unique_ptr<Bound>> Bind() const;

  const RoutedJobSpec spec_;
};

}  // namespace sluice
