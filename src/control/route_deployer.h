// RouteDeployer: keeps the routes of a running job as its source says. A thread of its own reads
// the source and the folder of processors again and again; what has changed is checked, built,
// warmed, kept in the history and staged; what fails is said, and the routes in force go on. A
// rollback pins the routes until somebody takes the pin away; a freeze blocks every change.
// Commands are thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/thread.h"
#include "control/snapshot_builder.h"

namespace sluice {

class RouteDeployer {
 public:
  struct State {
    uint64_t version = 0;               // in force, or staged
    std::vector<uint64_t> by_router;    // what each Router runs
    std::vector<SnapshotRoute> routes;  // of that version
    std::vector<RejectedRow> rejected;  // what the source says and is not in force
    SnapshotStore::Hold hold;
    bool has_waiting = false;  // the source says something else, which the hold blocks
    std::string failure;       // of the source or of the last change; empty: none
  };

  // Reads the source, or takes the last good snapshot where it cannot be reached. `file`, `job`,
  // `env` outlive the deployer.
  static StatusOr<std::unique_ptr<RouteDeployer>> Open(const JobFile& file, const RoutedJob& job,
                                                       Env* env);
  ~RouteDeployer();

  const std::shared_ptr<RoutingSlot>& slot() const { return slot_; }
  const SnapshotStore& store() const { return *store_; }

  // Watches until Stop. REQUIRES: the job around slot() has been started, and outlives the
  // watching.
  void Start();
  void Stop();

  State GetState() const;
  // Reads the source at once instead of at the next interval; what that led to.
  Status Refresh();
  // Puts a kept snapshot in force again, as a new version, and pins it.
  StatusOr<uint64_t> Rollback(uint64_t version, const std::string& who);
  Status Unpin(const std::string& who);
  Status SetFrozen(bool frozen, const std::string& who);

 private:
  RouteDeployer(const JobFile& file, const RoutedJob& job, Env* env,
                std::unique_ptr<SnapshotStore> store);

  Status OpenFirst();
  Status Poll(bool always);
  Status Deploy(BuiltSnapshot built, const std::string& who, const std::string& comment);
  Snapshot SnapshotOf(const BuiltSnapshot& built, uint64_t version, const std::string& who,
                      const std::string& comment) const;
  Status SetHold(const SnapshotStore::Hold& hold);
  void SayRejected(const std::vector<RejectedRow>& rejected);
  void Watch();

  const JobFile& file_;
  const RoutedJob& job_;
  Env* const env_;
  const std::unique_ptr<SnapshotStore> store_;
  std::shared_ptr<RoutingSlot> slot_;

  // Guarded by deploying_: one change at a time.
  std::mutex deploying_;
  SnapshotBuilder builder_;
  std::unique_ptr<RouteSource> source_;
  std::optional<RouteSet> seen_routes_;  // that the routes in force were made of
  std::map<std::string, std::string> seen_processors_;
  std::vector<ActiveRoute> running_;
  Status change_;  // what the last change that the source asked for came to

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  State state_;
  std::condition_variable stopping_;
  std::atomic<bool> is_stopping_{false};
  Thread thread_;
};

}  // namespace sluice
