// What the programs on Kafka have in common: clients with the settings of the command line, a
// consumer of all partitions of a topic, and ends with a message. One thread each but for what
// librdkafka does by itself.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::limit {

// Ends the program.
[[noreturn]] void Fail(std::string_view what, std::string_view why);

// A client with the settings "PREFIXkey=value" of `settings`, as "consumer.fetch.min.bytes=1".
rd_kafka_t* MakeClient(rd_kafka_type_t type, const char* servers, std::string_view prefix,
                       const std::vector<std::string_view>& settings);

// All partitions of a topic, read into one queue.
class TopicReader {
 public:
  // `from`: RD_KAFKA_OFFSET_BEGINNING or _END.
  TopicReader(rd_kafka_t* consumer, const char* topic, int64_t from);
  ~TopicReader();

  // Hands what has arrived to `take`, and waits for it at most so long.
  void Poll(int timeout_ms, void (*take)(rd_kafka_message_t*, void*), void* context) {
    if (rd_kafka_consume_callback_queue(queue_, timeout_ms, take, context) < 0)
      Fail("consume", rd_kafka_err2str(rd_kafka_last_error()));
  }

 private:
  rd_kafka_topic_t* topic_;
  rd_kafka_queue_t* queue_;
  int num_partitions_ = 0;
};

}  // namespace sluice::limit
