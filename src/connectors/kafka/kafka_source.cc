// The source: one librdkafka consumer for each instance, which reads the partitions that fall to
// it. Partitions are assigned here, as Flink assigns them, never by the group: `group.id` only
// names where offsets are kept, so two jobs with one group both read everything.
//
// Everything runs on the task's thread but the questions to the cluster, which run on the I/O pool,
// and the wake-ups, which come from librdkafka's threads.
#include <librdkafka/rdkafka.h>
#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "connectors/kafka/broker_watch.h"
#include "connectors/kafka/kafka.h"
#include "connectors/kafka/kafka_client.h"
#include "connectors/kafka/kafka_offsets.h"
#include "connectors/kafka/message_blocks.h"

namespace sluice {
namespace {

// What one call takes from librdkafka's queue.
constexpr int64_t kPollMessages = kMaxBatchRows;
constexpr int64_t kPollBytes = int64_t{1} << 20;
// librdkafka 2.0 stops fetching when its queue is full, and looks again only a second later unless
// something is asked of the broker. So the ends of the partitions are asked for whenever half a
// queue has been read, which tells how much is waiting as well.
constexpr int64_t kAskEndsBytes = int64_t{8} << 20;
constexpr int64_t kAskEndsUs = 1'000'000;
constexpr int64_t kCommitWaitMs = 5000;

// As in Flink: the partitions of a topic go to the instances in turn, beginning with one that the
// topic's name chooses.
int32_t InstanceOf(const KafkaPartition& partition, int32_t parallelism) {
  uint32_t hash = 0;  // String.hashCode; the names of topics are ASCII
  for (const char c : partition.topic) hash = hash * 31 + static_cast<unsigned char>(c);
  const auto first =
      static_cast<int32_t>((hash * 31 & 0x7fffffffu) % static_cast<uint32_t>(parallelism));
  return (first + partition.partition) % parallelism;
}

// Those of this instance that are not read yet.
std::vector<KafkaPartition> NewOf(std::vector<KafkaPartition> all,
                                  const std::set<KafkaPartition>& known,
                                  const TaskContext& context) {
  std::erase_if(all, [&](const KafkaPartition& each) {
    return InstanceOf(each, context.parallelism) != context.subtask || known.count(each) != 0;
  });
  return all;
}

struct Assigned {
  BlockOrigin origin;
  rd_kafka_topic_t* topic = nullptr;
  int64_t end = INT64_MAX;  // behind the last message to read
  int64_t next_offset = 0;  // behind what has been handed out
  int64_t known_end = 0;    // of the partition
  int64_t committed = -1;   // in the group, by us
  bool finished = false;    // all up to `end` has been taken
  bool started = false;     // librdkafka fetches it
};

class KafkaSource : public Source {
 public:
  KafkaSource(const TableInfo& table, const ScanSpec& spec)
      : table_(table),
        blocks_(table, spec),
        is_bounded_(IsBoundedKafkaTable(table)),
        commits_(!KafkaProperty(table.options, "group.id", "").empty() &&
                 KafkaProperty(table.options, "commit.offsets.on.checkpoint", "true") != "false"),
        discovery_ms_(table.options.GetDurationMs(KafkaOptions(),
                                                  "scan.topic-partition-discovery.interval")) {}
  ~KafkaSource() override;

  Status Open(const SourcePosition& resume_from, TaskContext& context) override;
  StatusOr<Progress> Poll(SourceOutput& out) override;
  SourcePosition Position() const override { return position_; }
  Status OnDurable(const SourcePosition& position) override;

 private:
  // What the I/O pool found out.
  struct Discovery {
    std::atomic<bool> done{false};
    // Once done:
    StatusOr<std::vector<KafkaRange>> ranges;
  };
  struct Ends {
    std::atomic<bool> done{false};
    // Once done:
    std::map<KafkaPartition, int64_t> ends;
  };

  Status Fail(const Status& status) const {
    return Within(StrCat(ErrorCodeName(ErrorCode::kSourceFailed), " table ", table_.name), status);
  }
  static StatusOr<std::vector<KafkaPartition>> ListPartitions(const TableInfo& table,
                                                              KafkaClient& client);
  Status Assign(const KafkaRange& range);
  static void OnMessage(rd_kafka_message_t* message, void* source);
  void Take(rd_kafka_message_t& message);
  void OnMessageError(const rd_kafka_message_t& message, Assigned& from);
  void HandOut(SourceOutput* out);
  void Discover();
  Status TakeDiscovered();
  void AskEnds();
  void TakeEnds();
  std::vector<KafkaPartition> UnfinishedPartitions() const;
  int64_t Lag() const;
  void OnEvent(rd_kafka_event_t* event);
  bool AllFinished() const;

  const TableInfo table_;
  MessageBlocks blocks_;
  const bool is_bounded_;
  const bool commits_;
  const int64_t discovery_ms_;
  TaskContext* context_ = nullptr;
  std::shared_ptr<KafkaClient> client_;
  rd_kafka_queue_t* queue_ = nullptr;
  std::map<std::string, rd_kafka_topic_t*> topics_;
  std::deque<Assigned> assigned_;  // never moves: messages point at it
  Assigned* last_from_ = nullptr;
  std::set<KafkaPartition> known_;
  SourcePosition position_;
  Status failure_;  // found while messages were taken
  std::optional<BrokerWatch> watch_;
  std::shared_ptr<Discovery> discovery_;
  int64_t next_discovery_us_ = INT64_MAX;
  std::shared_ptr<Ends> asked_ends_;
  int64_t bytes_since_asked_ = 0;
  int64_t next_ask_us_ = 0;
  int commits_under_way_ = 0;
  std::string last_commit_error_;
  Counter* records_in_ = nullptr;
  Counter* records_skipped_ = nullptr;
};

KafkaSource::~KafkaSource() {
  if (client_ == nullptr) return;
  client_->SetWaker(nullptr);
  if (queue_ != nullptr) rd_kafka_queue_cb_event_enable(queue_, nullptr, nullptr);
  const int64_t deadline_us = context_->env->MonotonicUs() + kCommitWaitMs * 1000;
  while (commits_under_way_ > 0 && context_->env->MonotonicUs() < deadline_us) {
    const Status served =
        client_->Serve([this](rd_kafka_event_t* event) { OnEvent(event); }, /*wait_ms=*/100);
    if (!served.ok()) break;
  }
  for (const Assigned& each : assigned_) {
    if (each.started) rd_kafka_consume_stop(each.topic, each.origin.partition.partition);
  }
  for (const auto& [name, topic] : topics_) rd_kafka_topic_destroy(topic);
  if (queue_ != nullptr) rd_kafka_queue_destroy(queue_);
}

Status KafkaSource::Open(const SourcePosition& resume_from, TaskContext& context) {
  context_ = &context;
  records_in_ = context.metrics->Register(context.operator_name, metric::kRecordsIn);
  records_skipped_ = context.metrics->Register(context.operator_name, metric::kRecordsSkipped);
  auto client = KafkaClient::Make(table_, KafkaRole::kConsumer, context.subtask == 0,
                                  {{"auto.offset.reset", OffsetResetOf(table_)},
                                   {"enable.partition.eof", is_bounded_ ? "true" : "false"}});
  if (!client.ok()) return Fail(client.status());
  client_ = *std::move(client);
  watch_.emplace(table_, client_, context);
  queue_ = rd_kafka_queue_new(client_->handle());
  auto all = ListPartitions(table_, *client_);
  if (!all.ok()) return Fail(all.status());
  auto ranges =
      ResolveRanges(table_, *client_, NewOf(*std::move(all), known_, context), resume_from,
                    /*appeared=*/false);
  if (!ranges.ok()) return Fail(ranges.status());
  for (const KafkaRange& range : *ranges) {
    const Status assigned = Assign(range);
    if (!assigned.ok()) return Fail(assigned);
  }
  if (!is_bounded_ && discovery_ms_ > 0)
    next_discovery_us_ = context.env->MonotonicUs() + discovery_ms_ * 1000;
  client_->SetWaker([&context] { context.wake(); });
  rd_kafka_queue_cb_event_enable(
      queue_, [](rd_kafka_t*, void* task) { static_cast<TaskContext*>(task)->wake(); }, &context);
  return OkStatus();
}

StatusOr<std::vector<KafkaPartition>> KafkaSource::ListPartitions(const TableInfo& table,
                                                                  KafkaClient& client) {
  std::vector<std::string> names;
  for (std::string_view rest = table.options.Find("topic").value_or(""); !rest.empty();) {
    const size_t end = rest.find(';');
    const std::string_view name = StripAsciiWhitespace(rest.substr(0, end));
    if (!name.empty()) names.emplace_back(name);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  SL_ASSIGN(const std::vector<KafkaTopic> topics, client.Topics(names));
  std::optional<RE2> pattern;
  if (names.empty()) {
    pattern.emplace(std::string(table.options.Find("topic-pattern").value_or("")), RE2::Quiet);
  }
  std::vector<KafkaPartition> partitions;
  for (const KafkaTopic& topic : topics) {
    if (pattern.has_value() && !RE2::FullMatch(topic.name, *pattern)) continue;
    for (size_t p = 0; p < topic.leaders.size(); ++p)
      partitions.push_back({topic.name, static_cast<int32_t>(p)});
  }
  return partitions;
}

Status KafkaSource::Assign(const KafkaRange& range) {
  known_.insert(range.partition);
  rd_kafka_topic_t*& topic = topics_[range.partition.topic];
  if (topic == nullptr)
    topic = rd_kafka_topic_new(client_->handle(), range.partition.topic.c_str(), nullptr);
  Assigned& each = assigned_.emplace_back();
  each.origin.index = assigned_.size() - 1;
  each.origin.partition = range.partition;
  each.origin.name = std::make_shared<const std::string>(PartitionName(range.partition));
  each.topic = topic;
  each.end = range.end;
  each.next_offset = range.begin;
  each.known_end = range.known_end;
  position_.offsets[*each.origin.name] = range.begin;
  each.finished = range.begin >= range.end;
  if (each.finished) return OkStatus();
  each.started = true;
  if (rd_kafka_consume_start_queue(topic, range.partition.partition, range.begin, queue_) == 0)
    return OkStatus();
  return client_->ErrorStatus(rd_kafka_last_error(), *each.origin.name);
}

StatusOr<Progress> KafkaSource::Poll(SourceOutput& out) {
  const Status served = client_->Serve([this](rd_kafka_event_t* event) { OnEvent(event); });
  if (!served.ok()) return Fail(served);
  const Status watched = watch_->Poll([this] { return UnfinishedPartitions(); });
  if (!watched.ok()) return Fail(watched);
  SL_TRY(TakeDiscovered());
  TakeEnds();
  if (blocks_.empty()) {
    rd_kafka_consume_callback_queue(queue_, 0, OnMessage, this);
    if (!failure_.ok()) return Fail(failure_);
  }
  const bool has_read = !blocks_.empty();
  if (has_read) HandOut(&out);
  AskEnds();
  Discover();
  out.lag_records = Lag();
  if (has_read) return Progress::kHasMore;
  if (is_bounded_ && AllFinished()) return Progress::kFinished;
  if (discovery_ == nullptr && next_discovery_us_ != INT64_MAX)
    context_->wake_at(next_discovery_us_);
  return Progress::kBlocked;
}

void KafkaSource::HandOut(SourceOutput* out) {
  MessageBlocks::Block block = blocks_.Take();
  position_.offsets[*block.origin->name] = block.next_offset;
  assigned_[block.origin->index].next_offset = block.next_offset;
  bytes_since_asked_ += static_cast<int64_t>(block.records.pinned_bytes);
  if (block.num_skipped > 0) {
    records_in_->Add(block.num_skipped);
    records_skipped_->Add(block.num_skipped);
  }
  if (!block.records.records.empty()) out->records = std::move(block.records);
}

// Called by librdkafka, on the task's thread, inside Poll.
void KafkaSource::OnMessage(rd_kafka_message_t* message, void* source) {
  static_cast<KafkaSource*>(source)->Take(*message);
}

void KafkaSource::Take(rd_kafka_message_t& message) {
  if (!failure_.ok()) return;
  const auto is_from = [&](const Assigned& each) {
    return each.topic == message.rkt && each.origin.partition.partition == message.partition;
  };
  // Messages come in runs of one partition.
  Assigned* from = last_from_;
  if (from == nullptr || !is_from(*from))
    from = last_from_ = &*std::find_if(assigned_.begin(), assigned_.end(), is_from);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return OnMessageError(message, *from);
  if (message.offset < from->end) blocks_.Add(message, &from->origin);
  if (message.offset + 1 >= from->end) from->finished = true;
  if (blocks_.num_messages() >= kPollMessages || blocks_.num_bytes() >= kPollBytes)
    rd_kafka_yield(client_->handle());
}

void KafkaSource::OnMessageError(const rd_kafka_message_t& message, Assigned& from) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // What lies before the end may be no messages but marks of transactions, or be compacted away.
    if (message.offset >= from.end) from.finished = true;
    return;
  }
  failure_ = client_->ErrorStatus(message.err, *from.origin.name);
}

bool KafkaSource::AllFinished() const {
  return std::all_of(assigned_.begin(), assigned_.end(),
                     [](const Assigned& each) { return each.finished; });
}

// Looks for new partitions beside the task, when it is time.
void KafkaSource::Discover() {
  if (context_->env->MonotonicUs() < next_discovery_us_ || discovery_ != nullptr) return;
  next_discovery_us_ = context_->env->MonotonicUs() + discovery_ms_ * 1000;
  discovery_ = std::make_shared<Discovery>();
  context_->io_pool->Run([known = known_, table = table_, client = client_, result = discovery_,
                          context = context_] {
    auto all = ListPartitions(table, *client);
    result->ranges = all.ok()
                         ? ResolveRanges(table, *client, NewOf(*std::move(all), known, *context),
                                         SourcePosition(), /*appeared=*/true)
                         : all.status();
    result->done.store(true, std::memory_order_release);
    context->wake();
  });
}

Status KafkaSource::TakeDiscovered() {
  if (discovery_ == nullptr || !discovery_->done.load(std::memory_order_acquire)) return OkStatus();
  const std::shared_ptr<Discovery> discovery = std::exchange(discovery_, nullptr);
  if (!discovery->ranges.ok()) {
    // The cluster may be away for a while; what is being read says so by itself.
    LogWarning(StrCat("table ", table_.name,
                      ": looking for new partitions: ", discovery->ranges.status().message()));
    return OkStatus();
  }
  for (const KafkaRange& range : *discovery->ranges) {
    LogInfo(StrCat("table ", table_.name, ": reads the new partition ",
                   PartitionName(range.partition)));
    const Status assigned = Assign(range);
    if (!assigned.ok()) return Fail(assigned);
  }
  return OkStatus();
}

std::vector<KafkaPartition> KafkaSource::UnfinishedPartitions() const {
  std::vector<KafkaPartition> partitions;
  for (const Assigned& each : assigned_) {
    if (!each.finished) partitions.push_back(each.origin.partition);
  }
  return partitions;
}

void KafkaSource::AskEnds() {
  const int64_t now_us = context_->env->MonotonicUs();
  const bool is_time =
      bytes_since_asked_ >= kAskEndsBytes || (bytes_since_asked_ > 0 && now_us >= next_ask_us_);
  if (!is_time || asked_ends_ != nullptr) return;
  bytes_since_asked_ = 0;
  next_ask_us_ = now_us + kAskEndsUs;
  asked_ends_ = std::make_shared<Ends>();
  context_->io_pool->Run(
      [client = client_, partitions = UnfinishedPartitions(), result = asked_ends_] {
        // Without an answer the next question tells; whether brokers are away is watch_'s to say.
        if (auto ends = client->AskEnds(partitions); ends.ok()) result->ends = *std::move(ends);
        result->done.store(true, std::memory_order_release);
      });
}

void KafkaSource::TakeEnds() {
  if (asked_ends_ == nullptr || !asked_ends_->done.load(std::memory_order_acquire)) return;
  for (const auto& [partition, end] : asked_ends_->ends) {
    for (Assigned& each : assigned_) {
      if (each.origin.partition == partition) each.known_end = std::max(each.known_end, end);
    }
  }
  asked_ends_.reset();
}

int64_t KafkaSource::Lag() const {
  int64_t lag = 0;
  for (const Assigned& each : assigned_)
    lag += std::max<int64_t>(std::min(each.known_end, each.end) - each.next_offset, 0);
  return lag;
}

Status KafkaSource::OnDurable(const SourcePosition& position) {
  if (!commits_) return OkStatus();
  rd_kafka_topic_partition_list_t* list =
      rd_kafka_topic_partition_list_new(static_cast<int>(assigned_.size()));
  for (Assigned& each : assigned_) {
    const auto found = position.offsets.find(*each.origin.name);
    if (found == position.offsets.end() || found->second == each.committed) continue;
    each.committed = found->second;
    const KafkaPartition& partition = each.origin.partition;
    rd_kafka_topic_partition_list_add(list, partition.topic.c_str(), partition.partition)->offset =
        found->second;
  }
  if (list->cnt > 0) {
    const rd_kafka_resp_err_t error =
        rd_kafka_commit_queue(client_->handle(), list, client_->events(), nullptr, nullptr);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++commits_under_way_;
    } else {
      LogWarning(StrCat("table ", table_.name,
                        ": offsets cannot be committed: ", rd_kafka_err2str(error)));
    }
  }
  rd_kafka_topic_partition_list_destroy(list);
  return OkStatus();
}

// A commit that fails costs nothing but repeats: the next one says the same and more.
void KafkaSource::OnEvent(rd_kafka_event_t* event) {
  if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_OFFSET_COMMIT) return;
  --commits_under_way_;
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    last_commit_error_.clear();
    return;
  }
  for (Assigned& each : assigned_) each.committed = -1;
  std::string text = rd_kafka_err2str(error);
  if (text != last_commit_error_) {
    LogWarning(StrCat("table ", table_.name, ": offsets cannot be committed to the group: ", text));
  }
  last_commit_error_ = std::move(text);
}

}  // namespace

StatusOr<std::unique_ptr<Source>> MakeKafkaSource(const TableInfo& table, const ScanSpec& spec,
                                                  const Session&) {
  return std::make_unique<KafkaSource>(table, spec);
}

}  // namespace sluice
