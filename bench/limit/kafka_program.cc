#include "bench/limit/kafka_program.h"

namespace sluice::limit {
namespace {

constexpr int kAnswerMs = 10'000;

}  // namespace

void Fail(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(1);
}

rd_kafka_t* MakeClient(rd_kafka_type_t type, const char* servers, std::string_view prefix,
                       const std::vector<std::string_view>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[512];
  const auto set = [&](const std::string& key, const std::string& value) {
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), error, sizeof(error)) != 0)
      Fail(key, error);
  };
  set("bootstrap.servers", servers);
  for (const std::string_view setting : settings) {
    if (!setting.starts_with(prefix)) continue;
    const std::string_view pair = setting.substr(prefix.size());
    const size_t end = pair.find('=');
    if (end == std::string_view::npos) Fail(setting, "a setting needs a value");
    set(std::string(pair.substr(0, end)), std::string(pair.substr(end + 1)));
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, error, sizeof(error));
  if (client == nullptr) Fail(servers, error);
  return client;
}

TopicReader::TopicReader(rd_kafka_t* consumer, const char* topic, int64_t from)
    : topic_(rd_kafka_topic_new(consumer, topic, nullptr)), queue_(rd_kafka_queue_new(consumer)) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(consumer, 0, topic_, &metadata, kAnswerMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Fail(topic, rd_kafka_err2str(error));
  num_partitions_ = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  for (int32_t p = 0; p < num_partitions_; ++p) {
    if (rd_kafka_consume_start_queue(topic_, p, from, queue_) != 0)
      Fail(topic, rd_kafka_err2str(rd_kafka_last_error()));
  }
}

TopicReader::~TopicReader() {
  for (int32_t p = 0; p < num_partitions_; ++p) rd_kafka_consume_stop(topic_, p);
  rd_kafka_queue_destroy(queue_);
  rd_kafka_topic_destroy(topic_);
}

}  // namespace sluice::limit
