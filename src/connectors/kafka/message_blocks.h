// MessageBlocks: the messages of a poll as blocks of records, one block for each run of messages
// from one partition. Each message is copied once, into a chunk that batches pin, so that the
// fetched buffers go back at once and records lie close together, as the decoders like it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/chunk_pool.h"
#include "connectors/connector.h"
#include "connectors/kafka/kafka_client.h"
#include "types/raw_records.h"
#include "types/value.h"

struct rd_kafka_message_s;

namespace sluice {

// What a block needs to know of the partition that it comes from.
struct BlockOrigin {
  size_t index = 0;  // among the partitions of the source
  KafkaPartition partition;
  std::shared_ptr<const std::string> name;  // "orders[3]"
};

class MessageBlocks {
 public:
  struct Block {
    const BlockOrigin* origin = nullptr;
    RawRecords records;       // may be empty: tombstones make no records
    int64_t next_offset = 0;  // behind its last message
    int64_t num_skipped = 0;  // messages that make no record
    std::vector<int64_t> timestamps;
    std::vector<int8_t> timestamp_types;
    std::vector<Value::Entries> headers;
  };

  MessageBlocks(const TableInfo& table, const ScanSpec& spec);

  // Copies the message; `origin` lives as long as the block.
  void Add(const rd_kafka_message_s& message, const BlockOrigin* origin);

  bool empty() const { return blocks_.empty(); }
  int64_t num_messages() const { return num_messages_; }  // in all blocks
  int64_t num_bytes() const { return num_bytes_; }
  // The oldest block, with its metadata columns made.
  Block Take();

 private:
  Block& BlockFor(const BlockOrigin* origin, int64_t bytes);
  std::string_view Copy(const void* bytes, size_t size);
  void AddMetadata(Block* block) const;

  std::vector<std::string> metadata_;  // the key of each column of the scan; "" for others
  bool keeps_null_values_ = false;
  bool needs_keys_ = false;
  bool needs_timestamps_ = false;
  bool needs_headers_ = false;
  ChunkPool pool_;
  std::shared_ptr<char> chunk_;
  int64_t chunk_bytes_ = 0;
  int64_t used_ = 0;  // of the chunk
  std::deque<Block> blocks_;
  int64_t num_messages_ = 0;
  int64_t num_bytes_ = 0;
};

}  // namespace sluice
