// What Kafka itself costs a client of the wrongbook job: reads as many messages as the job and
// sends as many rows, which it only copies from a file, and does nothing in between. A bare loop
// over librdkafka's cheapest calls, without delivery reports.
//
//   limit_kafka SERVERS IN OUT ROWS NUM_MESSAGES NUM_ROWS [consumer.KEY=VALUE |
//   producer.KEY=VALUE]…
//
// ROWS holds a row a line, its key and its value with a tab between; it is repeated as need be.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "bench/limit/kafka_program.h"

namespace sluice::limit {
namespace {

constexpr int kFlushMs = 60'000;
constexpr int kWaitMs = 1000;
constexpr size_t kBatchRows = 1000;

std::vector<rd_kafka_message_t> RowsIn(const std::string& text, const char* path) {
  std::vector<rd_kafka_message_t> rows;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) Fail(path, "a line without a tab");
    rd_kafka_message_t& row = rows.emplace_back();
    row.key = const_cast<char*>(line.data());
    row.key_len = tab;
    row.payload = const_cast<char*>(line.data() + tab + 1);
    row.len = line.size() - tab - 1;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  if (rows.empty()) Fail(path, "no rows");
  return rows;
}

class Loop {
 public:
  Loop(std::vector<rd_kafka_message_t> rows, int64_t num_messages, int64_t num_rows)
      : rows_(std::move(rows)), num_messages_(num_messages), num_rows_(num_rows) {}

  void Run(TopicReader& reader, rd_kafka_topic_t* out) {
    while (num_read_ < num_messages_) {
      reader.Poll(
          kWaitMs,
          [](rd_kafka_message_t* message, void* loop) {
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
              Fail("consume", rd_kafka_message_errstr(message));
            ++static_cast<Loop*>(loop)->num_read_;
          },
          this);
      Send(out);
    }
  }

 private:
  // What is due for the messages read so far.
  void Send(rd_kafka_topic_t* out) {
    const int64_t due = num_rows_ * num_read_ / num_messages_;
    while (num_sent_ < due) {
      const size_t first = static_cast<size_t>(num_sent_) % rows_.size();
      const size_t count =
          std::min({static_cast<size_t>(due - num_sent_), rows_.size() - first, kBatchRows});
      const int taken = rd_kafka_produce_batch(out, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                               &rows_[first], static_cast<int>(count));
      if (taken != static_cast<int>(count)) Fail("produce", "the queue is full");
      num_sent_ += taken;
    }
  }

  std::vector<rd_kafka_message_t> rows_;
  const int64_t num_messages_;
  const int64_t num_rows_;
  int64_t num_read_ = 0;
  int64_t num_sent_ = 0;
};

int Run(const char* servers, const char* in, const char* out, const char* rows_path,
        int64_t num_messages, int64_t num_rows, const std::vector<std::string_view>& settings) {
  std::ifstream file(rows_path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  rd_kafka_t* consumer = MakeClient(RD_KAFKA_CONSUMER, servers, "consumer.", settings);
  rd_kafka_t* producer = MakeClient(RD_KAFKA_PRODUCER, servers, "producer.", settings);
  rd_kafka_topic_t* topic = rd_kafka_topic_new(producer, out, nullptr);
  {
    TopicReader reader(consumer, in, RD_KAFKA_OFFSET_BEGINNING);
    Loop(RowsIn(text, rows_path), num_messages, num_rows).Run(reader, topic);
  }
  const auto flushed = rd_kafka_flush(producer, kFlushMs);
  if (flushed != RD_KAFKA_RESP_ERR_NO_ERROR) Fail(out, rd_kafka_err2str(flushed));
  rd_kafka_topic_destroy(topic);
  rd_kafka_destroy(producer);
  rd_kafka_destroy(consumer);
  return 0;
}

}  // namespace
}  // namespace sluice::limit

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fprintf(stderr, "usage: %s SERVERS IN OUT ROWS NUM_MESSAGES NUM_ROWS [SETTING]...\n",
                 argv[0]);
    return 2;
  }
  return sluice::limit::Run(argv[1], argv[2], argv[3], argv[4], std::atoll(argv[5]),
                            std::atoll(argv[6]), {argv + 7, argv + argc});
}
