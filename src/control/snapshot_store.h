// SnapshotStore: what routes a job has had, in a folder of its state directory: each snapshot in
// full, with the texts of its processors, so that it can be put in force again whatever its sources
// say by then; and from which position on each applied. Thread-safe.
//
//   routes/00000012.json     a snapshot
//   routes/activations.jsonl {"version":12,"origin":"orders[3]","offset":4711,"time":"…"}
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/status.h"
#include "control/route_source.h"

namespace sluice {

struct SnapshotRoute {
  RouteSpec spec;
  std::string processor;  // name@version that the route stands for; empty if it is disabled
};

struct Snapshot {
  uint64_t version = 0;
  int64_t time_ms = 0;
  std::string who;      // "flink_routing_config in jobs.db", or the user of a command
  std::string comment;  // "rollback to 3"
  std::vector<SnapshotRoute> routes;
  std::map<std::string, std::string> processors;  // name@version -> text
  std::vector<RejectedRow> rejected;              // what the source also said
};

class SnapshotStore {
 public:
  static constexpr size_t kKept = 50;

  static StatusOr<std::unique_ptr<SnapshotStore>> Open(const std::string& folder, Env* env);

  // Makes it durable, and forgets what is older than the last kKept.
  Status Add(const Snapshot& snapshot);
  StatusOr<Snapshot> Get(uint64_t version) const;
  std::vector<uint64_t> Versions() const;  // ascending
  // Of a snapshot that never came into force.
  void Remove(uint64_t version);

  // What stands above the route source.
  struct Hold {
    uint64_t pinned = 0;  // a rollback to this version is in force; 0: none is
    bool frozen = false;
    std::string who;
  };
  Status SetHold(const Hold& hold);
  StatusOr<Hold> GetHold() const;
  // Makes durable that a version applies from an offset of an origin on.
  Status LogActivation(uint64_t version, const std::string& origin, int64_t offset);

 private:
  SnapshotStore(std::string folder, Env* env) : folder_(std::move(folder)), env_(env) {}
  std::string PathOf(uint64_t version) const;
  std::string HoldPath() const { return folder_ + "/hold"; }

  const std::string folder_;
  Env* const env_;
  mutable std::mutex mutex_;
};

}  // namespace sluice
