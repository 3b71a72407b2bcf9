#include "connectors/kafka/kafka_client.h"

#include <librdkafka/rdkafka.h>
#include <syslog.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "base/check.h"
#include "base/env.h"
#include "base/log.h"
#include "base/strings.h"

namespace sluice {
namespace {

constexpr int kAskMs = 1000;
constexpr int kPauseMs = 100;  // before asking again
// The end of a job waits for questions that are asked beside it.
constexpr int64_t kBesideTaskMs = 3000;
// Not every broker knows at once of a topic that has just been made.
constexpr int64_t kUnknownTopicMs = 2000;

using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                      decltype(&rd_kafka_topic_partition_list_destroy)>;

PartitionList ListOf(const std::vector<KafkaPartition>& partitions, int64_t offset) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())),
                     rd_kafka_topic_partition_list_destroy);
  for (const KafkaPartition& each : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), each.topic.c_str(), each.partition)->offset =
        offset;
  }
  return list;
}

// Called by threads of librdkafka.
void OnLog(const rd_kafka_t*, int level, const char* facility, const char* text) {
  const std::string_view kind(facility);
  // A table that is read and written carries properties of both clients; a lost connection is
  // reported as an error as well.
  if (kind == "CONFWARN" || kind == "FAIL" || level > LOG_NOTICE) return;
  LogWarning(StrCat("kafka: ", text));
}

// The cluster turns the client away, for all that it might ask. (A group that may not be used only
// costs the commits.)
bool IsRefusal(int error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: return true;
    default: return false;
  }
}

// Somebody has not answered, or cannot be reached.
bool IsConnection(int error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT: return true;
    default: return false;
  }
}

std::string_view Remedy(int error) {
  if (IsConnection(error))
    return "; check 'properties.bootstrap.servers' and that the broker can be reached";
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return "; check 'properties.sasl.jaas.config', 'properties.sasl.mechanism' and "
             "'properties.security.protocol'";
    case RD_KAFKA_RESP_ERR__SSL:
      return "; check 'properties.security.protocol', and that the certificate of whoever signed "
             "the broker's is in the file of 'properties.ssl.truststore.location'";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return "; ask for the rights on it (an ACL of the cluster)";
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return "; create the topic, or correct 'topic'";
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return "; raise 'properties.max.request.size' and the topic's max.message.bytes";
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return "; messages that were still to be read are gone: set 'properties.auto.offset.reset' "
             "= 'earliest' to go on with the oldest that are left, and give the topic a longer "
             "retention";
    default: return "";
  }
}

// What the client library itself may be to blame for. It sent its nonce twice before 2.6.1, which
// brokers used to overlook (librdkafka pull request 4895).
std::string_view LibraryRemedy(std::string_view reason) {
  constexpr int kSendsNonceOnce = 0x020601ff;
  const bool is_scram = reason.find("mechanism SCRAM") != std::string_view::npos;
  return is_scram && rd_kafka_version() < kSendsNonceOnce
             ? "; if they are right: librdkafka before 2.6.1 cannot log in with SCRAM at Kafka 4, "
               "use another mechanism there, as PLAIN over TLS"
             : "";
}

absl::StatusCode CodeOf(int error) {
  if (IsRefusal(error) || error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    return absl::StatusCode::kFailedPrecondition;
  switch (error) {
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return absl::StatusCode::kNotFound;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: return absl::StatusCode::kDataLoss;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT: return absl::StatusCode::kDeadlineExceeded;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return absl::StatusCode::kFailedPrecondition;
    default: return absl::StatusCode::kUnavailable;
  }
}

// "127.0.0.1:9092/bootstrap: Connect to … failed" -> without the address, which is said anyway.
std::string WithoutAddress(std::string_view reason) {
  const size_t end = reason.find(": ");
  return std::string(end == std::string_view::npos ? reason : reason.substr(end + 2));
}

}  // namespace

std::string PartitionName(const KafkaPartition& partition) {
  return StrCat(partition.topic, "[", partition.partition, "]");
}

StatusOr<std::shared_ptr<KafkaClient>> KafkaClient::Make(
    const TableInfo& table, KafkaRole role, bool warn,
    const std::vector<std::pair<std::string, std::string>>& settings) {
  KafkaProperties properties = TranslateKafkaProperties(table.options, role);
  for (const OptionProblem& problem : properties.problems) {
    return absl::InvalidArgumentError(StrCat(problem.message, "; ", problem.remedy));
  }
  if (warn) {
    for (const std::string& warning : properties.warnings)
      LogWarning(StrCat("table ", table.name, ": ", warning));
  }
  properties.settings.insert(properties.settings.end(), settings.begin(), settings.end());
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[512];
  for (const auto& [key, value] : properties.settings) {
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), error, sizeof(error)) ==
        RD_KAFKA_CONF_OK) {
      continue;
    }
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(StrCat("the Kafka client does not take '", key, "'"));
  }
  rd_kafka_conf_set_log_cb(conf, OnLog);
  rd_kafka_conf_set_events(conf,
                           RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_OFFSET_COMMIT);
  int64_t timeout_ms = 0;
  if (!absl::SimpleAtoi(KafkaProperty(table.options, "default.api.timeout.ms", "30000"),
                        &timeout_ms)) {
    timeout_ms = 30000;
  }
  rd_kafka_t* handle =
      rd_kafka_new(role == KafkaRole::kConsumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf,
                   error, sizeof(error));
  if (handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(StrCat("the Kafka client cannot be made: ", error));
  }
  return std::shared_ptr<KafkaClient>(
      new KafkaClient(handle, KafkaProperty(table.options, "bootstrap.servers", ""), timeout_ms));
}

KafkaClient::KafkaClient(rd_kafka_t* handle, std::string servers, int64_t timeout_ms)
    : handle_(handle),
      events_(rd_kafka_queue_get_main(handle)),
      servers_(std::move(servers)),
      timeout_ms_(timeout_ms) {}

KafkaClient::~KafkaClient() {
  rd_kafka_queue_cb_event_enable(events_, nullptr, nullptr);
  rd_kafka_queue_destroy(events_);
  rd_kafka_destroy(handle_);
}

void KafkaClient::SetWaker(std::function<void()> waker) {
  rd_kafka_queue_cb_event_enable(events_, nullptr, nullptr);
  waker_ = std::move(waker);
  if (waker_ == nullptr) return;
  is_served_.store(true, std::memory_order_release);
  rd_kafka_queue_cb_event_enable(
      events_, [](rd_kafka_t*, void* self) { static_cast<KafkaClient*>(self)->waker_(); }, this);
}

Status KafkaClient::Serve(const std::function<void(rd_kafka_event_t*)>& on_event, int wait_ms) {
  while (rd_kafka_event_t* event = rd_kafka_queue_poll(events_, std::exchange(wait_ms, 0))) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      OnError(rd_kafka_event_error(event), rd_kafka_event_error_string(event));
    } else if (on_event != nullptr) {
      on_event(event);
    }
    rd_kafka_event_destroy(event);
  }
  std::lock_guard lock(mutex_);
  return fatal_;
}

void KafkaClient::OnError(int error, const char* reason) {
  std::string cause = WithoutAddress(reason == nullptr ? "" : reason);
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    char text[512];
    error = rd_kafka_fatal_error(handle_, text, sizeof(text));
    Status fatal = ErrorStatus(error, text);
    std::lock_guard lock(mutex_);
    fatal_ = std::move(fatal);
    return;
  }
  LogWarning(StrCat("kafka ", servers_, ": ", cause));
  if (IsConnection(error)) ++lost_connections_;
  std::lock_guard lock(mutex_);
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || last_reason_.empty())
    last_reason_ = std::move(cause);
  // A broker that goes down in the middle of a handshake is no reason to end a running job.
  const bool may_pass = error == RD_KAFKA_RESP_ERR__SSL && is_served_;
  if (!IsRefusal(error) || may_pass) return;
  fatal_ = absl::FailedPreconditionError(StrCat("Kafka at ", servers_,
                                                " refuses the client: ", last_reason_,
                                                Remedy(error), LibraryRemedy(last_reason_)));
}

std::string KafkaClient::LastReason() const {
  std::lock_guard lock(mutex_);
  return last_reason_;
}

Status KafkaClient::ErrorStatus(int error, std::string_view what) const {
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  std::string message = StrCat("Kafka at ", servers_, ": ", what, ": ", rd_kafka_err2str(code));
  if (const std::string reason = LastReason(); IsConnection(error) && !reason.empty())
    StrAppend(&message, " (", reason, ")");
  StrAppend(&message, Remedy(error));
  return Status(CodeOf(error), message);
}

// Before a question is asked again: OK unless the cluster has turned the client away.
Status KafkaClient::Pause() {
  if (!is_served_.load(std::memory_order_acquire)) return Serve(nullptr, kPauseMs);
  rd_kafka_queue_t* nothing = rd_kafka_queue_new(handle_);
  rd_kafka_event_t* event = rd_kafka_queue_poll(nothing, kPauseMs);
  SL_CHECK(event == nullptr);
  rd_kafka_queue_destroy(nothing);
  std::lock_guard lock(mutex_);
  return fatal_;
}

Status KafkaClient::Retry(std::string_view what, const std::function<int(int timeout_ms)>& ask) {
  const int64_t start_us = Env::Posix()->MonotonicUs();
  const int64_t timeout_ms = is_served_ ? std::min(timeout_ms_, kBesideTaskMs) : timeout_ms_;
  int64_t deadline_us = start_us + timeout_ms * 1000;
  while (true) {
    const int error = ask(static_cast<int>(std::min<int64_t>(kAskMs, timeout_ms)));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return OkStatus();
    SL_TRY(Pause());
    switch (error) {
      case RD_KAFKA_RESP_ERR__TRANSPORT:
      case RD_KAFKA_RESP_ERR__TIMED_OUT:
      case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      case RD_KAFKA_RESP_ERR__WAIT_COORD:
      case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
      case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
      case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
      case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
      case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: break;
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        deadline_us = std::min(deadline_us, start_us + kUnknownTopicMs * 1000);
        break;
      default: return ErrorStatus(error, what);
    }
    if (Env::Posix()->MonotonicUs() >= deadline_us) return ErrorStatus(error, what);
  }
}

StatusOr<std::vector<KafkaTopic>> KafkaClient::Topics(const std::vector<std::string>& names) {
  std::vector<KafkaTopic> topics;
  const auto take = [&](const rd_kafka_metadata_t* metadata) {
    int error = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int t = 0; t < metadata->topic_cnt; ++t) {
      const rd_kafka_metadata_topic& topic = metadata->topics[t];
      if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) error = topic.err;
      KafkaTopic& each = topics.emplace_back();
      each.name = topic.topic;
      each.leaders.assign(topic.partition_cnt, -1);
      for (int p = 0; p < topic.partition_cnt; ++p) {
        const auto& partition = topic.partitions[p];
        if (partition.id < topic.partition_cnt) each.leaders[partition.id] = partition.leader;
      }
    }
    rd_kafka_metadata_destroy(metadata);
    return error;
  };
  if (names.empty()) {
    SL_TRY(Retry("the list of topics", [&](int timeout_ms) -> int {
      const rd_kafka_metadata_t* metadata = nullptr;
      const auto error = rd_kafka_metadata(handle_, 1, nullptr, &metadata, timeout_ms);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
      take(metadata);  // a topic under way to be deleted is no reason to fail
      return RD_KAFKA_RESP_ERR_NO_ERROR;
    }));
    return topics;
  }
  for (const std::string& name : names) {
    rd_kafka_topic_t* topic = rd_kafka_topic_new(handle_, name.c_str(), nullptr);
    const size_t before = topics.size();
    Status status = Retry(StrCat("topic ", name), [&](int timeout_ms) -> int {
      topics.resize(before);
      const rd_kafka_metadata_t* metadata = nullptr;
      const auto error = rd_kafka_metadata(handle_, 0, topic, &metadata, timeout_ms);
      return error != RD_KAFKA_RESP_ERR_NO_ERROR ? error : take(metadata);
    });
    rd_kafka_topic_destroy(topic);
    SL_TRY(status);
  }
  return topics;
}

StatusOr<std::pair<int64_t, int64_t>> KafkaClient::Bounds(const KafkaPartition& partition) {
  std::pair<int64_t, int64_t> bounds;
  for (const int64_t end : {RD_KAFKA_OFFSET_BEGINNING, RD_KAFKA_OFFSET_END}) {
    SL_TRY(Retry(StrCat("the offsets of ", PartitionName(partition)), [&](int timeout_ms) -> int {
      const PartitionList list = ListOf({partition}, end);
      const auto error = rd_kafka_offsets_for_times(handle_, list.get(), timeout_ms);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
      const rd_kafka_topic_partition_t& answer = list->elems[0];
      if (answer.err != RD_KAFKA_RESP_ERR_NO_ERROR) return answer.err;
      // What was asked for stands there when nobody has answered; taken for an offset, it would
      // make the partition look empty.
      if (answer.offset < 0) return RD_KAFKA_RESP_ERR__TIMED_OUT;
      (end == RD_KAFKA_OFFSET_END ? bounds.second : bounds.first) = answer.offset;
      return RD_KAFKA_RESP_ERR_NO_ERROR;
    }));
  }
  return bounds;
}

StatusOr<std::map<KafkaPartition, int64_t>> KafkaClient::Committed(
    const std::vector<KafkaPartition>& wanted) {
  const PartitionList list = ListOf(wanted, RD_KAFKA_OFFSET_INVALID);
  SL_TRY(Retry("the committed offsets", [&](int timeout_ms) {
    return rd_kafka_committed(handle_, list.get(), timeout_ms);
  }));
  std::map<KafkaPartition, int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& each = list->elems[i];
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return ErrorStatus(each.err, StrCat("the committed offset of ", each.topic));
    if (each.offset >= 0) offsets[{each.topic, each.partition}] = each.offset;
  }
  return offsets;
}

StatusOr<std::map<KafkaPartition, int64_t>> KafkaClient::OffsetsAt(
    const std::vector<KafkaPartition>& wanted, int64_t timestamp_ms) {
  PartitionList list = ListOf(wanted, timestamp_ms);
  SL_TRY(Retry("the offsets at a time", [&](int timeout_ms) {
    list = ListOf(wanted, timestamp_ms);
    return rd_kafka_offsets_for_times(handle_, list.get(), timeout_ms);
  }));
  std::map<KafkaPartition, int64_t> offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& each = list->elems[i];
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return ErrorStatus(each.err, StrCat("the offset at a time of ", each.topic));
    if (each.offset >= 0) offsets[{each.topic, each.partition}] = each.offset;
  }
  return offsets;
}

StatusOr<std::map<KafkaPartition, int64_t>> KafkaClient::AskEnds(
    const std::vector<KafkaPartition>& partitions) {
  const PartitionList list = ListOf(partitions, RD_KAFKA_OFFSET_END);
  const auto error = rd_kafka_offsets_for_times(handle_, list.get(), kAskMs);
  if (IsConnection(error)) {
    std::string names;
    for (const KafkaPartition& each : partitions)
      StrAppend(&names, names.empty() ? "" : ", ", PartitionName(each));
    return absl::UnavailableError(ErrorStatus(error, names).message());
  }
  std::map<KafkaPartition, int64_t> ends;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& each = list->elems[i];
    const bool is_answer = each.err == RD_KAFKA_RESP_ERR_NO_ERROR && each.offset >= 0;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && is_answer)
      ends[{each.topic, each.partition}] = each.offset;
  }
  return ends;
}

}  // namespace sluice
