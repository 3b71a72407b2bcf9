// The sink: rows as messages, through one librdkafka producer for each instance. The task encodes a
// batch and hands it over without blocking; librdkafka fills its own batches and sends one when it
// is full or its oldest message is `sink.linger` old. At-least-once: a flush is done when the
// brokers have acknowledged every message.
//
// Everything runs on the task's thread but the wake-ups, which come from librdkafka's threads.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "connectors/kafka/kafka.h"
#include "connectors/kafka/kafka_client.h"
#include "connectors/table_format.h"
#include "types/timestamp.h"
#include "types/value.h"

namespace sluice {
namespace {

constexpr std::string_view kDefaultBufferBytes = "33554432";  // 'buffer.memory' of the Java client

// Keys or values of a batch, one after another in one text.
class EncodedColumn {
 public:
  static StatusOr<EncodedColumn> Make(const TableInfo& table, const TableFormat& format,
                                      const SinkSpec& spec, const Session& session) {
    EncodedColumn made;
    const Format* found = format.Find();
    if (found == nullptr || found->make_encoder == nullptr)
      return absl::InvalidArgumentError(StrCat("format '", format.name, "' cannot write"));
    SL_ASSIGN(made.encoder_, found->make_encoder(format.OwnOptions(table), format.schema, session));
    for (const int32_t column : format.columns) {
      const auto given = std::find(spec.columns.begin(), spec.columns.end(), column);
      made.batch_column_.push_back(
          given == spec.columns.end() ? -1 : static_cast<int32_t>(given - spec.columns.begin()));
      made.types_.push_back(table.columns[column].type);
    }
    made.is_raw_ = format.name == "raw";
    return made;
  }

  Status Encode(const Batch& batch) {
    text_.clear();
    ends_.clear();
    // The columns that the INSERT does not give are NULL.
    Batch columns;
    columns.num_rows = batch.num_rows;
    for (size_t c = 0; c < types_.size(); ++c) {
      columns.columns.push_back(
          batch_column_[c] >= 0
              ? batch.columns[batch_column_[c]]
              : MakeConstant(types_[c].Nullable(), Value::Null(), batch.num_rows));
    }
    SL_TRY(encoder_->Encode(columns, 0, batch.num_rows, "", &text_, &ends_));
    if (is_raw_) nulls_ = columns.columns[0];
    return OkStatus();
  }

  // The bytes of a row; without data() where the raw format has a NULL to write.
  std::string_view Row(int32_t row) const {
    if (is_raw_ && nulls_->IsNull(row)) return {};
    const size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(text_).substr(begin, ends_[row] - begin);
  }

 private:
  std::unique_ptr<Encoder> encoder_;
  std::vector<int32_t> batch_column_;  // of each column of the format; -1: not given
  std::vector<Type> types_;
  bool is_raw_ = false;
  std::string text_;
  std::vector<size_t> ends_;
  std::optional<Vector> nulls_;
};

class KafkaSink : public Sink {
 public:
  KafkaSink(const TableInfo& table, const SinkSpec& spec, EncodedColumn values,
            std::optional<EncodedColumn> keys)
      : table_(table), values_(std::move(values)), keys_(std::move(keys)) {
    for (size_t i = 0; i < spec.columns.size(); ++i) {
      const TableColumn& column = table.columns[spec.columns[i]];
      if (column.role != ColumnRole::kMetadata) continue;
      (column.metadata_key == "headers" ? headers_column_ : timestamp_column_) =
          static_cast<int32_t>(i);
    }
  }
  ~KafkaSink() override {
    if (client_ != nullptr) client_->SetWaker(nullptr);
    if (topic_ != nullptr) rd_kafka_topic_destroy(topic_);
  }

  Status Open(TaskContext& context) override;
  StatusOr<Progress> Write(const Batch& batch) override;
  StatusOr<Progress> Flush() override;

 private:
  Status Fail(const Status& status) const {
    return Within(StrCat(ErrorCodeName(ErrorCode::kSinkFailed), " table ", table_.name), status);
  }
  Status Produce(int32_t num_rows);
  Status ProduceWithMetadata(const Batch& batch, int32_t row);
  Status ProduceError(int error, size_t bytes) const;
  Status Serve();
  void OnDelivered(rd_kafka_event_t* event);
  void Sent(size_t bytes);

  const TableInfo table_;
  EncodedColumn values_;
  std::optional<EncodedColumn> keys_;
  int32_t headers_column_ = -1;
  int32_t timestamp_column_ = -1;
  std::shared_ptr<KafkaClient> client_;
  rd_kafka_topic_t* topic_ = nullptr;
  int32_t partition_ = RD_KAFKA_PARTITION_UA;
  int64_t max_waiting_bytes_ = 0;
  std::vector<rd_kafka_message_t> messages_;
  int64_t waiting_messages_ = 0;  // handed over, not acknowledged yet
  int64_t waiting_bytes_ = 0;
  std::atomic<bool> wants_wake_{false};
  Status failure_;
  Counter* bytes_out_ = nullptr;
};

Status KafkaSink::Open(TaskContext& context) {
  bytes_out_ = context.metrics->Register(context.operator_name, metric::kBytesOut);
  std::vector<std::pair<std::string, std::string>> settings = {
      // As the Java client: equal keys go where its producers put them.
      {"partitioner", "murmur2_random"}};
  if (KafkaProperty(table_.options, "linger.ms", "").empty()) {
    settings.emplace_back("linger.ms",
                          StrCat(table_.options.GetDurationMs(KafkaOptions(), "sink.linger")));
  }
  auto client = KafkaClient::Make(table_, KafkaRole::kProducer, context.subtask == 0, settings);
  if (!client.ok()) return Fail(client.status());
  client_ = *std::move(client);
  max_waiting_bytes_ =
      ParseMemoryBytes(KafkaProperty(table_.options, "buffer.memory", kDefaultBufferBytes))
          .value_or(int64_t{32} << 20);
  const std::string name(table_.options.Find("topic").value_or(""));
  auto topics = client_->Topics({name});
  if (!topics.ok()) return Fail(topics.status());
  topic_ = rd_kafka_topic_new(client_->handle(), name.c_str(), nullptr);
  const auto num_partitions = static_cast<int32_t>(topics->front().leaders.size());
  if (EqualsIgnoreCase(table_.options.GetString(KafkaOptions(), "sink.partitioner"), "fixed"))
    partition_ = context.subtask % std::max(num_partitions, 1);
  client_->SetWaker([this, &context] {
    if (wants_wake_.exchange(false, std::memory_order_acq_rel)) context.wake();
  });
  return OkStatus();
}

StatusOr<Progress> KafkaSink::Write(const Batch& batch) {
  SL_TRY(Serve());
  SL_TRY(values_.Encode(batch));
  if (keys_.has_value()) SL_TRY(keys_->Encode(batch));
  if (headers_column_ < 0 && timestamp_column_ < 0) {
    SL_TRY(Produce(batch.num_rows));
  } else {
    for (int32_t row = 0; row < batch.num_rows; ++row) SL_TRY(ProduceWithMetadata(batch, row));
  }
  if (waiting_bytes_ <= max_waiting_bytes_) return Progress::kNeedsInput;
  wants_wake_.store(true, std::memory_order_release);
  SL_TRY(Serve());
  return waiting_bytes_ <= max_waiting_bytes_ ? Progress::kNeedsInput : Progress::kBlocked;
}

StatusOr<Progress> KafkaSink::Flush() {
  wants_wake_.store(true, std::memory_order_release);
  SL_TRY(Serve());
  if (waiting_messages_ > 0) return Progress::kBlocked;
  wants_wake_.store(false, std::memory_order_relaxed);
  return Progress::kNeedsInput;
}

// All rows in one call; librdkafka copies them.
Status KafkaSink::Produce(int32_t num_rows) {
  messages_.assign(static_cast<size_t>(num_rows), rd_kafka_message_t{});
  for (int32_t row = 0; row < num_rows; ++row) {
    rd_kafka_message_t& message = messages_[row];
    const std::string_view value = values_.Row(row);
    message.payload = const_cast<char*>(value.data());
    message.len = value.size();
    if (!keys_.has_value()) continue;
    const std::string_view key = keys_->Row(row);
    message.key = const_cast<char*>(key.data());
    message.key_len = key.size();
  }
  const int taken =
      rd_kafka_produce_batch(topic_, partition_, RD_KAFKA_MSG_F_COPY, messages_.data(), num_rows);
  for (const rd_kafka_message_t& message : messages_) {
    const size_t bytes = message.len + message.key_len;
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      Sent(bytes);
    } else if (taken < num_rows && failure_.ok()) {
      failure_ = ProduceError(message.err, bytes);
    }
  }
  return failure_;
}

// A call for each row: batches cannot carry headers and timestamps.
Status KafkaSink::ProduceWithMetadata(const Batch& batch, int32_t row) {
  std::vector<rd_kafka_vu_t> parts;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    parts.push_back({.vtype = type, .u = {}});
    return parts.back();
  };
  const std::string_view value = values_.Row(row);
  const std::string_view key = keys_.has_value() ? keys_->Row(row) : std::string_view();
  add(RD_KAFKA_VTYPE_RKT).u.rkt = topic_;
  add(RD_KAFKA_VTYPE_PARTITION).u.i32 = partition_;
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  add(RD_KAFKA_VTYPE_VALUE).u.mem = {const_cast<char*>(value.data()), value.size()};
  add(RD_KAFKA_VTYPE_KEY).u.mem = {const_cast<char*>(key.data()), key.size()};
  if (timestamp_column_ >= 0 && !batch.columns[timestamp_column_].IsNull(row)) {
    add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 =
        batch.columns[timestamp_column_].View<Timestamp>()[row].millis;
  }
  rd_kafka_headers_t* headers = nullptr;
  if (headers_column_ >= 0 && !batch.columns[headers_column_].IsNull(row)) {
    const Value entries = GetValue(batch.columns[headers_column_], row);
    headers = rd_kafka_headers_new(entries.as_entries().size());
    for (const auto& [name, content] : entries.as_entries()) {
      if (name.is_null()) continue;
      const std::string& text = name.as_text();
      rd_kafka_header_add(headers, text.data(), static_cast<ssize_t>(text.size()),
                          content.is_null() ? nullptr : content.as_text().data(),
                          content.is_null() ? 0 : static_cast<ssize_t>(content.as_text().size()));
    }
    add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers;
  }
  rd_kafka_error_t* error = rd_kafka_produceva(client_->handle(), parts.data(), parts.size());
  const size_t bytes = value.size() + key.size();
  if (error == nullptr) {
    Sent(bytes);
    return OkStatus();
  }
  const int code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  if (headers != nullptr) rd_kafka_headers_destroy(headers);  // else librdkafka's
  return ProduceError(code, bytes);
}

void KafkaSink::Sent(size_t bytes) {
  ++waiting_messages_;
  waiting_bytes_ += static_cast<int64_t>(bytes);
  bytes_out_->Add(static_cast<int64_t>(bytes));
}

Status KafkaSink::ProduceError(int error, size_t bytes) const {
  return Fail(client_->ErrorStatus(
      error, StrCat("topic ", rd_kafka_topic_name(topic_), ", a message of ", bytes, " bytes")));
}

Status KafkaSink::Serve() {
  const Status served = client_->Serve([this](rd_kafka_event_t* event) { OnDelivered(event); });
  if (!failure_.ok()) return failure_;
  return served.ok() ? served : Fail(served);
}

void KafkaSink::OnDelivered(rd_kafka_event_t* event) {
  if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_DR) return;
  while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
    const size_t bytes = message->len + message->key_len;
    --waiting_messages_;
    waiting_bytes_ -= static_cast<int64_t>(bytes);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || !failure_.ok()) continue;
    const KafkaPartition to{rd_kafka_topic_name(message->rkt), message->partition};
    failure_ = Fail(client_->ErrorStatus(
        message->err, StrCat(PartitionName(to), ", a message of ", bytes, " bytes")));
  }
}

}  // namespace

StatusOr<std::unique_ptr<Sink>> MakeKafkaSink(const TableInfo& table, const SinkSpec& spec,
                                              const Session& session) {
  const std::string_view topic = table.options.Find("topic").value_or("");
  if (topic.empty() || topic.find(';') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        StrCat("table ", table.name, ": a sink writes one topic; set 'topic'"));
  }
  SL_ASSIGN(EncodedColumn values, EncodedColumn::Make(table, *ValueFormatOf(table), spec, session));
  std::optional<EncodedColumn> keys;
  if (const auto key_format = KeyFormatOf(table)) {
    SL_ASSIGN(keys, EncodedColumn::Make(table, *key_format, spec, session));
  }
  return std::make_unique<KafkaSink>(table, spec, std::move(values), std::move(keys));
}

}  // namespace sluice
