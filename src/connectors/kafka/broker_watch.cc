#include "connectors/kafka/broker_watch.h"

#include <atomic>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "connectors/kafka/kafka.h"

namespace sluice {

struct BrokerWatch::Question {
  std::atomic<bool> done{false};
  Status answer;  // once done: OK, or who does not answer
};

BrokerWatch::BrokerWatch(const TableInfo& table, std::shared_ptr<KafkaClient> client,
                         TaskContext& context)
    : table_name_(table.name),
      window_ms_(table.options.GetDurationMs(KafkaOptions(), "connection.max-retry-timeout")),
      client_(std::move(client)),
      context_(context),
      retries_(/*max_retries=*/0, window_ms_),
      retrying_(context.metrics->Register(context.operator_name, metric::kRetrying)) {}

Status BrokerWatch::Poll(const std::function<std::vector<KafkaPartition>()>& partitions) {
  const int64_t lost = client_->lost_connections();
  const int64_t now_us = context_.env->MonotonicUs();
  if (std::exchange(lost_connections_, lost) != lost && ask_at_us_ == INT64_MAX)
    ask_at_us_ = now_us;
  if (question_ != nullptr) return TakeAnswer();
  if (ask_at_us_ == INT64_MAX) return OkStatus();
  if (now_us < ask_at_us_) {
    context_.wake_at(ask_at_us_);
    return OkStatus();
  }
  Ask(partitions());
  return OkStatus();
}

void BrokerWatch::Ask(std::vector<KafkaPartition> partitions) {
  ask_at_us_ = INT64_MAX;
  question_ = std::make_shared<Question>();
  context_.io_pool->Run([client = client_, partitions = std::move(partitions), asked = question_,
                         context = &context_] {
    asked->answer = client->AskEnds(partitions).status();
    asked->done.store(true, std::memory_order_release);
    context->wake();
  });
}

Status BrokerWatch::TakeAnswer() {
  if (!question_->done.load(std::memory_order_acquire)) return OkStatus();
  const Status answer = std::exchange(question_, nullptr)->answer;
  if (answer.ok()) {
    if (retries_.num_failures() > 0)
      LogInfo(StrCat("table ", table_name_, ": Kafka at ", client_->servers(), " answers again"));
    retries_.Succeeded();
    retrying_->Set(0);
    return OkStatus();
  }
  retrying_->Set(1);
  const int64_t now_us = context_.env->MonotonicUs();
  const int64_t pause_ms = retries_.PauseMs(answer, now_us / 1000);
  if (pause_ms < 0) {
    return Status(answer.code(),
                  StrCat(answer.message(), "; waited for ", window_ms_ / 1000,
                         " s, as 'connection.max-retry-timeout' says; the job goes on from there "
                         "when it is started again"));
  }
  LogWarning(
      StrCat("table ", table_name_, ": ", answer.message(), "; next try in ", pause_ms, " ms"));
  ask_at_us_ = now_us + pause_ms * 1000;
  context_.wake_at(ask_at_us_);
  return OkStatus();
}

}  // namespace sluice
