// A Kafka topic as the command line names it, kafka://HOST:PORT[,HOST:PORT]/TOPIC, as a table; and
// what drives its source or sink outside of a job. One thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/connector.h"

namespace sluice {

// Columns k and v, the bytes of key and value. `properties` are KEY=VALUE pairs for the client.
StatusOr<TableInfo> TopicTable(std::string_view url, const std::vector<std::string>& properties,
                               std::map<std::string, std::string> options);

// The one task of a source or sink that the command line drives by itself.
class LoneTask {
 public:
  explicit LoneTask(std::string name);
  TaskContext& context() { return context_; }
  // Returns when `wake` has been called since the last time.
  void WaitForWake();

 private:
  // Work that blocks may block the one thread there is.
  class Inline : public IoPool {
   public:
    void Run(std::function<void()> work) override { work(); }
  };

  Session session_;
  Metrics metrics_;
  Inline io_pool_;
  std::atomic<bool> woken_{false};
  TaskContext context_;
};

}  // namespace sluice
