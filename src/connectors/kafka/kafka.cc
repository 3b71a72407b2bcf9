// kafka: the options of the connector, their checks, and what it offers.
#include "connectors/kafka/kafka.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/strings.h"
#include "connectors/kafka/kafka_offsets.h"
#include "connectors/kafka/kafka_properties.h"

namespace sluice {
namespace {

using enum OptionType;

constexpr OptionSpec kOptions[] = {
    {.key = "topic", .help = "The topic, or for a source several ones separated by ';'."},
    {.key = "topic-pattern",
     .help = "A source reads all topics whose whole name matches this regular expression."},
    {.key = "properties.bootstrap.servers",
     .help = "The addresses of some brokers: 'host:port,host:port'.",
     .required = true},
    {.key = "properties.*",
     .help = "Any property of Kafka's Java client, which is translated where librdkafka's name is "
             "another; what has no effect is named in a warning."},
    {.key = "value.format", .help = "The same as 'format'."},
    {.key = "key.format", .help = "The format of the keys; without it keys are not looked at."},
    {.key = "key.fields", .help = "The columns that make up the key, separated by ';'."},
    {.key = "key.fields-prefix",
     .help = "A prefix that the key's columns have in the table, but not in the key."},
    {.key = "value.fields-include",
     .type = kEnum,
     .default_value = "ALL",
     .help = "Whether the columns of the key are fields of the value too.",
     .choices = "ALL, EXCEPT_KEY"},
    {.key = "scan.startup.mode",
     .type = kEnum,
     .default_value = "group-offsets",
     .help = "Where the first start of a job begins to read.",
     .choices = "earliest-offset, latest-offset, group-offsets, timestamp, specific-offsets"},
    {.key = "scan.startup.specific-offsets",
     .help = "Where to begin: 'partition:0,offset:42;partition:1,offset:300'."},
    {.key = "scan.startup.timestamp-millis",
     .type = kInt,
     .help = "Begins with the first messages that are not older, in epoch milliseconds."},
    {.key = "scan.bounded.mode",
     .type = kEnum,
     .default_value = "unbounded",
     .help = "Where reading ends; 'latest-offset' is the end at the start of the job.",
     .choices = "unbounded, latest-offset, group-offsets, timestamp, specific-offsets"},
    {.key = "scan.bounded.specific-offsets",
     .help = "The offsets behind the last messages: 'partition:0,offset:42'."},
    {.key = "scan.bounded.timestamp-millis",
     .type = kInt,
     .help = "Ends before the first messages that are not older, in epoch milliseconds."},
    {.key = "scan.topic-partition-discovery.interval",
     .type = kDuration,
     .default_value = "5 min",
     .help = "How often to look for new partitions, which are read from their first message; 0: "
             "never."},
    {.key = "connection.max-retry-timeout",
     .type = kDuration,
     .default_value = "5 min",
     .help = "How long a running source waits for brokers that do not answer; then the job fails. "
             "For a sink 'properties.delivery.timeout.ms' says that."},
    {.key = "scan.parallelism",
     .type = kInt,
     .help = "Accepted; a source has the parallelism of the job."},
    {.key = "scan.watermark.*", .support = OptionSupport::kNotYet},
    {.key = "sink.partitioner",
     .type = kEnum,
     .default_value = "default",
     .help = "'default' hashes the key, or fills one batch after another where there is none; "
             "'fixed' sends all of an instance to one partition; 'round-robin' is for rows without "
             "key.",
     .choices = "default, fixed, round-robin"},
    {.key = "sink.linger",
     .type = kDuration,
     .default_value = "2 ms",
     .help =
         "How long a row may wait for its batch to fill; 'properties.linger.ms' does the same."},
    {.key = "sink.delivery-guarantee",
     .type = kEnum,
     .default_value = "at-least-once",
     .help = "'at-least-once' and 'none' both wait for the brokers at every flush.",
     .choices = "at-least-once, none"},
    {.key = "sink.semantic", .support = OptionSupport::kNotYet},
    {.key = "sink.transactional-id-prefix", .support = OptionSupport::kNotYet},
    {.key = "sink.transaction-naming-strategy", .support = OptionSupport::kNotYet},
    {.key = "sink.parallelism",
     .type = kInt,
     .help = "Accepted; a sink has the parallelism of the job."},
};

constexpr std::string_view kMetadataKeys[] = {
    "topic", "partition", "headers", "leader-epoch", "offset", "timestamp", "timestamp-type"};
constexpr std::string_view kWritableMetadata[] = {"headers", "timestamp"};

void CheckTopics(const TableInfo& table, std::vector<OptionProblem>* problems) {
  const auto topic = table.options.Find("topic");
  const auto pattern = table.options.Find("topic-pattern");
  if (!topic.has_value() && !pattern.has_value()) {
    problems->push_back({"topic", ErrorCode::kMissingOption,
                         "Either 'topic' or 'topic-pattern' must be set.", "add 'topic'"});
  }
  if (topic.has_value() && pattern.has_value()) {
    problems->push_back({"topic-pattern", ErrorCode::kInvalidOption,
                         "Option 'topic' and 'topic-pattern' shouldn't be set together.",
                         "leave one of them out"});
  }
  if (pattern.has_value()) {
    const RE2 regex(re2::StringPiece(pattern->data(), pattern->size()), RE2::Quiet);
    if (!regex.ok()) {
      problems->push_back({"topic-pattern", ErrorCode::kUnsupportedPattern,
                           StrCat("the pattern cannot be used: ", regex.error()),
                           "rewrite it without look-around and back-references"});
    }
  }
}

std::vector<OptionProblem> Check(const TableInfo& table) {
  std::vector<OptionProblem> problems = CheckKafkaModes(table);
  CheckTopics(table, &problems);
  const std::string partitioner = table.options.GetString(kOptions, "sink.partitioner");
  if (EqualsIgnoreCase(partitioner, "round-robin") && table.options.Find("key.fields")) {
    problems.push_back({"sink.partitioner", ErrorCode::kInvalidOption,
                        "Currently 'round-robin' partitioner only works when option 'key.fields' "
                        "is not specified.",
                        "leave 'sink.partitioner' out: equal keys go to one partition"});
  }
  // A wrong value may be one of either client.
  for (const KafkaRole role : {KafkaRole::kConsumer, KafkaRole::kProducer}) {
    for (OptionProblem& problem : TranslateKafkaProperties(table.options, role).problems) {
      const bool known =
          std::any_of(problems.begin(), problems.end(),
                      [&](const OptionProblem& each) { return each.message == problem.message; });
      if (!known) problems.push_back(std::move(problem));
    }
  }
  return problems;
}

}  // namespace

std::span<const OptionSpec> KafkaOptions() { return kOptions; }

const Type* KafkaMetadataType(std::string_view key) {
  static const Type* const kString = new Type(Type::String().NotNull());
  static const Type* const kInt32 = new Type(Type::Int().NotNull());
  static const Type* const kNullableInt32 = new Type(Type::Int());
  static const Type* const kInt64 = new Type(Type::BigInt().NotNull());
  static const Type* const kTime = new Type(Type::TimestampLtz(3).NotNull());
  static const Type* const kHeaders =
      new Type(Type::Map(Type::String().NotNull(), Type::Bytes()).NotNull());
  if (key == "topic" || key == "timestamp-type") return kString;
  if (key == "partition") return kInt32;
  if (key == "leader-epoch") return kNullableInt32;
  if (key == "offset") return kInt64;
  if (key == "timestamp") return kTime;
  return key == "headers" ? kHeaders : nullptr;
}

Connector Connector_kafka() {
  return {.name = "kafka",
          .help = "Topics of Apache Kafka: one row a message.",
          .options = kOptions,
          .uses_format = true,
          .raw_source = true,
          .has_keys = true,
          .metadata_keys = kMetadataKeys,
          .writable_metadata = kWritableMetadata,
          .make_source = MakeKafkaSource,
          .make_decoder = MakeKafkaDecoder,
          .make_sink = MakeKafkaSink,
          .sink_changelog = [](const TableInfo&) { return ChangelogSupport::kAppend; },
          .metadata_type = KafkaMetadataType,
          .is_bounded = IsBoundedKafkaTable,
          .check = Check};
}

}  // namespace sluice
