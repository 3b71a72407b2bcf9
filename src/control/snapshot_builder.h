// SnapshotBuilder: from what a route source says to a program that can run: every route is checked
// by itself, so that a bad one keeps its last good form and concerns no other. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "control/job_file.h"
#include "control/processor_folder.h"
#include "control/route_source.h"
#include "control/snapshot_store.h"
#include "engine/routed_job.h"

namespace sluice {

// A route that is in force, or is to be.
struct ActiveRoute {
  SnapshotRoute route;
  std::shared_ptr<const ProcessorPlan> plan;  // null if it is disabled
  std::shared_ptr<const std::string> text;    // of the processor, likewise

  friend bool operator==(const ActiveRoute& a, const ActiveRoute& b) {
    return a.route.spec == b.route.spec && a.route.processor == b.route.processor &&
           a.plan == b.plan;
  }
};

struct BuiltSnapshot {
  std::vector<ActiveRoute> routes;
  std::vector<RejectedRow> rejected;
  std::map<std::string, std::string> processors;  // that the routes use: name@version -> text
};

class SnapshotBuilder {
 public:
  SnapshotBuilder(const JobFile& file, const RoutedJob& job);

  // `running`: the routes in force; null at the start of the job.
  BuiltSnapshot Build(const RouteSet& set, const ProcessorFolder& folder,
                      const std::vector<ActiveRoute>* running);
  // A snapshot of before, with the processors as they were.
  StatusOr<BuiltSnapshot> Rebuild(const Snapshot& snapshot);

  std::shared_ptr<const RoutingProgram> Program(const BuiltSnapshot& built, uint64_t version) const;

 private:
  StatusOr<ActiveRoute> Check(const RouteSpec& spec, const ProcessorFolder& folder);
  StatusOr<std::vector<int32_t>> SinksOf(const RouteSpec& spec) const;
  Status FindPlan(const ProcessorText& processor, const std::vector<int32_t>& sinks,
                  ActiveRoute* route);

  const JobFile& file_;
  const RoutedJob& job_;
  // By name, text and sinks. What nobody runs any more is forgotten.
  struct Known {
    std::weak_ptr<const ProcessorPlan> plan;
    std::shared_ptr<const std::string> text;
  };
  std::map<std::string, Known> known_;
};

// The tables that the job's routes may write: the main one first.
std::vector<std::string> SinkTables(const JobFile& file);

}  // namespace sluice
