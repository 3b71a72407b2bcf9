// PositionStore: how far each source of a job has been read and flushed, in a small file that
// outlives the process, so that a job that is started again goes on where it was, whatever the
// startup modes of its tables say. The file is replaced as a whole: a crash leaves the old one or
// the new one. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"

namespace sluice {

class PositionStore {
 public:
  // Reads what an earlier run left in `directory`, which is made if need be; `fresh` forgets it.
  // FailedPrecondition while another job works with the directory.
  static StatusOr<std::unique_ptr<PositionStore>> Open(const std::string& directory, bool fresh);
  ~PositionStore();
  PositionStore(const PositionStore&) = delete;
  PositionStore& operator=(const PositionStore&) = delete;

  // Of all instances of the source together; empty at a first start.
  SourcePosition PositionOf(const std::string& source) const;
  // An instance of the source sends the barrier of `epoch` behind `position`.
  void Add(const std::string& source, int32_t instance, uint64_t epoch, SourcePosition position);
  // Everything before the barrier of `epoch` is durable: stores where that is. Blocks.
  Status Save(uint64_t epoch);

 private:
  using Positions = std::map<std::string, SourcePosition>;  // by source

  PositionStore(std::string directory, int lock) : directory_(std::move(directory)), lock_(lock) {}
  std::string path() const { return directory_ + "/positions"; }
  Status Read();
  Status Write(const Positions& positions) const;

  const std::string directory_;
  const int lock_;  // a file that is locked while the job runs
  std::mutex saving_;
  uint64_t saved_epoch_ = 0;  // guarded by saving_
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Positions saved_;
  std::map<std::pair<std::string, int32_t>, std::deque<std::pair<uint64_t, SourcePosition>>> added_;
};

}  // namespace sluice
