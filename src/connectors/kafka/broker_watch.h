// BrokerWatch: how long a running source waits for brokers that do not answer. librdkafka tries by
// itself for ever and tells when it loses a connection, not when it has one again; so after a loss
// the leaders of the partitions are asked something, again and again with growing pauses, until all
// have answered or 'connection.max-retry-timeout' is over.
//
// Belongs to the task and never blocks: the questions run on the I/O pool.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/kafka/kafka_client.h"
#include "connectors/retries.h"

namespace sluice {

class BrokerWatch {
 public:
  BrokerWatch(const TableInfo& table, std::shared_ptr<KafkaClient> client, TaskContext& context);

  // To be called in each Poll of the source, after the client has been served. `partitions` is only
  // called when their leaders are to be asked. Fails when the brokers have been away for too long.
  Status Poll(const std::function<std::vector<KafkaPartition>()>& partitions);

 private:
  struct Question;

  void Ask(std::vector<KafkaPartition> partitions);
  Status TakeAnswer();

  const std::string table_name_;
  const int64_t window_ms_;
  const std::shared_ptr<KafkaClient> client_;
  TaskContext& context_;
  Retries retries_;
  int64_t lost_connections_ = 0;  // that have been noticed
  int64_t ask_at_us_ = INT64_MAX;
  std::shared_ptr<Question> question_;  // null: none is under way
  Counter* retrying_;
};

}  // namespace sluice
