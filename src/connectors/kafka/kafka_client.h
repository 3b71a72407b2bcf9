// KafkaClient: one librdkafka handle with its owner, its errors as Status, and the questions that
// are asked of a cluster beside the data. The questions block, so they run at start or on the I/O
// pool; everything is thread-safe but Serve, which belongs to the task.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/kafka/kafka_properties.h"

struct rd_kafka_s;
struct rd_kafka_op_s;
struct rd_kafka_queue_s;
struct rd_kafka_topic_partition_list_s;

namespace sluice {

struct KafkaPartition {
  std::string topic;
  int32_t partition = 0;
  friend auto operator<=>(const KafkaPartition&, const KafkaPartition&) = default;
};

// "orders[3]"
std::string PartitionName(const KafkaPartition& partition);

struct KafkaTopic {
  std::string name;
  std::vector<int32_t> leaders;  // broker of each partition, -1 while there is none
};

class KafkaClient {
 public:
  // What is wrong with the properties is InvalidArgument; warnings are logged if `warn`.
  static StatusOr<std::shared_ptr<KafkaClient>> Make(
      const TableInfo& table, KafkaRole role, bool warn,
      const std::vector<std::pair<std::string, std::string>>& settings);
  ~KafkaClient();

  rd_kafka_s* handle() const { return handle_; }
  rd_kafka_queue_s* events() const { return events_; }  // which Serve takes from
  const std::string& servers() const { return servers_; }

  // Takes what librdkafka has to report: deliveries and commits go to `on_event`, a fatal error is
  // returned. Waits at most `wait_ms` for the first.
  Status Serve(const std::function<void(rd_kafka_op_s*)>& on_event, int wait_ms = 0);
  // `waker` is called, by a thread of librdkafka, when there is something to serve. From now on
  // only the task calls Serve.
  void SetWaker(std::function<void()> waker);

  // The topics with these names; NotFound names one that does not exist. `names` empty: all topics.
  StatusOr<std::vector<KafkaTopic>> Topics(const std::vector<std::string>& names);
  // The first offset and the one behind the last.
  StatusOr<std::pair<int64_t, int64_t>> Bounds(const KafkaPartition& partition);
  // Offsets kept for the group; those partitions that have one.
  StatusOr<std::map<KafkaPartition, int64_t>> Committed(const std::vector<KafkaPartition>& wanted);
  // The first offset whose message is at least that young; those partitions that have one.
  StatusOr<std::map<KafkaPartition, int64_t>> OffsetsAt(const std::vector<KafkaPartition>& wanted,
                                                        int64_t timestamp_ms);
  // The ends of the partitions, of those that have one. Takes a second at most; Unavailable, with
  // the reason, if brokers have not answered by then.
  StatusOr<std::map<KafkaPartition, int64_t>> AskEnds(
      const std::vector<KafkaPartition>& partitions);
  // Connections to brokers that have failed or could not be made, as far as Serve has seen.
  int64_t lost_connections() const { return lost_connections_; }

  // An error of librdkafka, with the server, what it knows about the reason and what to do.
  Status ErrorStatus(int error, std::string_view what) const;

 private:
  KafkaClient(rd_kafka_s* handle, std::string servers, int64_t timeout_ms);
  void OnError(int error, const char* reason);
  Status Pause();
  // Asks `ask(timeout_ms)` again until it answers 0, cannot succeed any more, or time is up.
  Status Retry(std::string_view what, const std::function<int(int timeout_ms)>& ask);
  std::string LastReason() const;

  rd_kafka_s* const handle_;
  rd_kafka_queue_s* const events_;
  const std::string servers_;
  const int64_t timeout_ms_;
  std::function<void()> waker_;
  int64_t lost_connections_ = 0;        // of the thread that serves
  std::atomic<bool> is_served_{false};  // by the task; before that, by the questions themselves
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::string last_reason_;
  Status fatal_;  // nothing will work any more
};

}  // namespace sluice
