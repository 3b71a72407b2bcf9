// How long an event is under way from one topic through a job to another: sends events at a steady
// rate, reads the job's rows, and prints the percentiles of the time between as one JSON line. A
// row belongs to the event whose eventId is its key; the first one counts.
//
//   kafka_latency SERVERS IN OUT EVENTS RATE SECONDS WARM_UP_SECONDS
//
// One thread sends, the main thread reads; what they share is an array of times, each written
// before its event is sent.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>
#include <unordered_map>

#include "bench/limit/kafka_program.h"

namespace sluice::limit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(1);
constexpr auto kDrain = std::chrono::seconds(2);  // for the rows of the last events
constexpr int kReadMs = 100;

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

struct Event {
  std::string_view line;
  std::string_view id;
};

std::vector<Event> EventsIn(const std::string& text, size_t count, const char* path) {
  constexpr std::string_view kLabel = "\"eventId\":\"";
  std::vector<Event> events;
  for (std::string_view rest = text; !rest.empty() && events.size() < count;) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    const size_t at = line.find(kLabel);
    if (at == std::string_view::npos) Fail(path, "an event without eventId");
    const std::string_view id = line.substr(at + kLabel.size());
    events.push_back({line, id.substr(0, id.find('"'))});
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  if (events.size() < count) Fail(path, "too few events");
  return events;
}

class Measurement {
 public:
  Measurement(std::vector<Event> events, int64_t rate, int64_t num_warm_up)
      : events_(std::move(events)),
        rate_(rate),
        num_warm_up_(static_cast<size_t>(num_warm_up)),
        sent_us_(new std::atomic<int64_t>[events_.size()]) {
    for (size_t i = 0; i < events_.size(); ++i) index_.emplace(events_[i].id, i);
  }

  void Run(const char* servers, const char* in, const char* out) {
    rd_kafka_t* consumer =
        MakeClient(RD_KAFKA_CONSUMER, servers, "consumer.", {"consumer.fetch.wait.max.ms=50"});
    {
      TopicReader reader(consumer, out, RD_KAFKA_OFFSET_BEGINNING);
      std::thread sender([&] { Send(servers, in); });
      Clock::time_point end = Clock::time_point::max();
      while (Clock::now() < end) {
        reader.Poll(
            kReadMs,
            [](rd_kafka_message_t* message, void* self) {
              static_cast<Measurement*>(self)->OnRow(*message);
            },
            this);
        if (all_sent_.load() && end == Clock::time_point::max()) end = Clock::now() + kDrain;
      }
      sender.join();
    }
    rd_kafka_destroy(consumer);
  }

  void Report() {
    if (taken_us_.empty()) Fail("latency", "no row arrived");
    std::sort(taken_us_.begin(), taken_us_.end());
    const auto at = [&](double share) {
      return static_cast<double>(taken_us_[static_cast<size_t>(
                 share * static_cast<double>(taken_us_.size() - 1))]) /
             1000;
    };
    std::printf("{\"rows\":%zu,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
                taken_us_.size(), at(0.5), at(0.9), at(0.99), at(1));
  }

 private:
  void Send(const char* servers, const char* in) {
    rd_kafka_t* producer = MakeClient(RD_KAFKA_PRODUCER, servers, "producer.",
                                      {"producer.linger.ms=0", "producer.acks=1"});
    rd_kafka_topic_t* topic = rd_kafka_topic_new(producer, in, nullptr);
    const Clock::time_point begin = Clock::now();
    size_t next = 0;
    for (int64_t tick = 1; next < events_.size(); ++tick) {
      std::this_thread::sleep_until(begin + tick * kTick);
      const auto due = std::min(static_cast<size_t>(rate_ * tick / 1000), events_.size());
      for (; next < due; ++next) {
        sent_us_[next].store(NowUs(), std::memory_order_relaxed);
        const std::string_view line = events_[next].line;
        if (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                             const_cast<char*>(line.data()), line.size(), nullptr, 0, nullptr) != 0)
          Fail(in, rd_kafka_err2str(rd_kafka_last_error()));
      }
    }
    rd_kafka_flush(producer, 10'000);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(producer);
    all_sent_.store(true);
  }

  void OnRow(const rd_kafka_message_t& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      Fail("consume", rd_kafka_message_errstr(&message));
    const auto found =
        index_.find(std::string_view(static_cast<const char*>(message.key), message.key_len));
    if (found == index_.end()) return;
    const size_t event = found->second;
    index_.erase(found);  // only its first row counts
    if (event >= num_warm_up_)
      taken_us_.push_back(NowUs() - sent_us_[event].load(std::memory_order_relaxed));
  }

  const std::vector<Event> events_;
  const int64_t rate_;
  const size_t num_warm_up_;
  const std::unique_ptr<std::atomic<int64_t>[]> sent_us_;
  std::atomic<bool> all_sent_{false};
  // Of the main thread.
  std::unordered_map<std::string_view, size_t> index_;
  std::vector<int64_t> taken_us_;
};

}  // namespace
}  // namespace sluice::limit

int main(int argc, char** argv) {
  using namespace sluice::limit;
  if (argc != 8) {
    std::fprintf(stderr, "usage: %s SERVERS IN OUT EVENTS RATE SECONDS WARM_UP_SECONDS\n", argv[0]);
    return 2;
  }
  const int64_t rate = std::atoll(argv[5]);
  std::ifstream file(argv[4], std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto count = static_cast<size_t>(rate * (std::atoll(argv[6]) + std::atoll(argv[7])));
  Measurement measurement(EventsIn(text, count, argv[4]), rate, rate * std::atoll(argv[7]));
  measurement.Run(argv[1], argv[2], argv[3]);
  measurement.Report();
  return 0;
}
