#include "connectors/kafka/message_blocks.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "connectors/kafka/kafka.h"
#include "connectors/table_format.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {
namespace {

constexpr int64_t kChunkBytes = int64_t{1} << 20;

std::string_view TimestampTypeName(int8_t type) {
  switch (type) {
    case RD_KAFKA_TIMESTAMP_CREATE_TIME: return "CreateTime";
    case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME: return "LogAppendTime";
    default: return "NoTimestampType";
  }
}

// Of headers with the same name the last counts, as in Flink's map.
Value::Entries HeadersOf(const rd_kafka_message_t& message) {
  Value::Entries entries;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return entries;
  const char* name;
  const void* value;
  size_t size;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    Value key = Value::OfText(name);
    Value bytes = value == nullptr
                      ? Value::Null()
                      : Value::OfText(std::string(static_cast<const char*>(value), size));
    const auto known = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    if (known != entries.end()) {
      known->second = std::move(bytes);
    } else {
      entries.emplace_back(std::move(key), std::move(bytes));
    }
  }
  return entries;
}

}  // namespace

MessageBlocks::MessageBlocks(const TableInfo& table, const ScanSpec& spec) : pool_(kChunkBytes) {
  const auto value_format = ValueFormatOf(table);
  keeps_null_values_ = value_format.has_value() && value_format->name == "raw";
  needs_keys_ = KeyFormatOf(table).has_value();
  for (const int32_t column : spec.columns) {
    const TableColumn& each = table.columns[column];
    metadata_.push_back(each.role == ColumnRole::kMetadata ? each.metadata_key : "");
    needs_timestamps_ |= metadata_.back().starts_with("timestamp");
    needs_headers_ |= metadata_.back() == "headers";
  }
}

std::string_view MessageBlocks::Copy(const void* bytes, size_t size) {
  char* place = chunk_.get() + used_;
  if (size != 0) std::memcpy(place, bytes, size);
  // A line end between two records: no sequence of UTF-8 reaches from one into the next.
  place[size] = '\n';
  used_ += static_cast<int64_t>(size) + 1;
  return {place, size};
}

// The block that takes the next message, which needs `bytes` of its chunk.
MessageBlocks::Block& MessageBlocks::BlockFor(const BlockOrigin* origin, int64_t bytes) {
  const bool needs_chunk = chunk_ == nullptr || used_ + bytes > chunk_bytes_;
  if (needs_chunk) {
    chunk_bytes_ = std::max(bytes, pool_.chunk_bytes());
    chunk_ = pool_.Take(chunk_bytes_);
    used_ = 0;
  }
  const bool fits = !blocks_.empty() && !needs_chunk && blocks_.back().origin == origin &&
                    blocks_.back().records.records.size() < static_cast<size_t>(kMaxBatchRows);
  if (!fits) {
    Block& block = blocks_.emplace_back();
    block.origin = origin;
    block.records.pin = chunk_;
    block.records.origin = origin->name;
  }
  return blocks_.back();
}

void MessageBlocks::Add(const rd_kafka_message_t& message, const BlockOrigin* origin) {
  const bool has_value = message.payload != nullptr;
  const bool has_key = needs_keys_ && message.key != nullptr;
  const size_t bytes = (has_value ? message.len + 1 : 0) + (has_key ? message.key_len + 1 : 0);
  Block& block = BlockFor(origin, static_cast<int64_t>(bytes));
  block.next_offset = message.offset + 1;
  ++num_messages_;
  if (!has_value && !keeps_null_values_) {
    ++block.num_skipped;
    return;
  }
  RawRecords& records = block.records;
  records.pinned_bytes += bytes;
  num_bytes_ += static_cast<int64_t>(bytes);
  records.offsets.push_back(message.offset);
  records.records.push_back(has_value ? Copy(message.payload, message.len) : std::string_view());
  if (needs_keys_)
    records.keys.push_back(has_key ? Copy(message.key, message.key_len) : std::string_view());
  if (needs_timestamps_) {
    rd_kafka_timestamp_type_t type;
    block.timestamps.push_back(rd_kafka_message_timestamp(&message, &type));
    block.timestamp_types.push_back(static_cast<int8_t>(type));
  }
  if (needs_headers_) block.headers.push_back(HeadersOf(message));
}

MessageBlocks::Block MessageBlocks::Take() {
  Block block = std::move(blocks_.front());
  blocks_.pop_front();
  num_messages_ -= static_cast<int64_t>(block.records.records.size()) + block.num_skipped;
  num_bytes_ -= static_cast<int64_t>(block.records.pinned_bytes);
  if (!block.records.records.empty()) AddMetadata(&block);
  return block;
}

void MessageBlocks::AddMetadata(Block* block) const {
  RawRecords& records = block->records;
  const auto num_records = static_cast<int32_t>(records.records.size());
  for (const std::string& key : metadata_) {
    const Type type = key.empty() ? Type::String() : *KafkaMetadataType(key);
    if (key.empty() || key == "leader-epoch") {
      // No reader, or, with this version of librdkafka, nobody who knows it.
      records.metadata.push_back(MakeConstant(type, Value::Null(), num_records));
      continue;
    }
    if (key == "topic" || key == "partition") {
      const KafkaPartition& from = block->origin->partition;
      const Value value = key == "topic" ? Value::OfText(from.topic) : Value::OfInt(from.partition);
      records.metadata.push_back(MakeConstant(type, value, num_records));
      continue;
    }
    VectorBuilder builder(type, num_records);
    for (int32_t i = 0; i < num_records; ++i) {
      if (key == "offset") {
        builder.values<int64_t>()[i] = records.offsets[i];
      } else if (key == "timestamp") {
        builder.values<Timestamp>()[i] = {.millis = block->timestamps[i]};
      } else if (key == "timestamp-type") {
        builder.values<Text>()[i] = Text(TimestampTypeName(block->timestamp_types[i]));
      } else {
        SetValue(builder, i, Value::OfEntries(block->headers[i]));
      }
    }
    records.metadata.push_back(builder.Finish());
  }
}

}  // namespace sluice
