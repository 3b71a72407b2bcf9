// Where a job begins to read each partition, and where it ends: Flink's startup and bounded modes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/kafka/kafka_client.h"

namespace sluice {

struct KafkaRange {
  KafkaPartition partition;
  int64_t begin = 0;
  int64_t end = INT64_MAX;  // behind the last message to read
  int64_t known_end = 0;    // of the partition, when it was asked
};

// "partition:0,offset:42;partition:1,offset:300"
StatusOr<std::map<int32_t, int64_t>> ParseSpecificOffsets(std::string_view option,
                                                          std::string_view text);

bool IsBoundedKafkaTable(const TableInfo& table);
std::vector<OptionProblem> CheckKafkaModes(const TableInfo& table);
// What librdkafka does when the offset to be read is gone: "earliest", "latest" or "error".
std::string OffsetResetOf(const TableInfo& table);

// Blocks. A partition in `resume_from` goes on there, whatever the startup mode says. `appeared`
// while the job was running: those partitions are read from their first message.
StatusOr<std::vector<KafkaRange>> ResolveRanges(const TableInfo& table, KafkaClient& client,
                                                const std::vector<KafkaPartition>& partitions,
                                                const SourcePosition& resume_from, bool appeared);

}  // namespace sluice
