#include "connectors/unavailable.h"

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

using enum OptionType;

constexpr OptionSpec kUpsertKafkaOptions[] = {
    {.key = "topic", .required = true},
    {.key = "properties.bootstrap.servers", .required = true},
    {.key = "properties.*"},
    {.key = "key.format", .required = true},
    {.key = "key.fields-prefix"},
    {.key = "key.*"},
    {.key = "value.format", .required = true},
    {.key = "value.fields-include", .type = kEnum, .choices = "ALL, EXCEPT_KEY"},
    {.key = "value.*"},
    {.key = "scan.bounded.mode",
     .type = kEnum,
     .choices = "unbounded, latest-offset, group-offsets, timestamp, specific-offsets"},
    {.key = "scan.bounded.specific-offsets"},
    {.key = "scan.bounded.timestamp-millis", .type = kInt},
    {.key = "scan.parallelism", .type = kInt},
    {.key = "sink.parallelism", .type = kInt},
    {.key = "sink.buffer-flush.max-rows", .type = kInt},
    {.key = "sink.buffer-flush.interval", .type = kDuration},
    {.key = "sink.delivery-guarantee",
     .type = kEnum,
     .choices = "at-least-once, exactly-once, none"},
    {.key = "sink.transactional-id-prefix"},
};

constexpr OptionSpec kElasticsearchOptions[] = {
    {.key = "hosts", .required = true},
    {.key = "index", .required = true},
    {.key = "document-type"},
    {.key = "document-id.key-delimiter"},
    {.key = "username"},
    {.key = "password"},
    {.key = "failure-handler"},
    {.key = "sink.delivery-guarantee"},
    {.key = "sink.flush-on-checkpoint", .type = kBool},
    {.key = "sink.bulk-flush.max-actions", .type = kInt},
    {.key = "sink.bulk-flush.max-size", .type = kMemory},
    {.key = "sink.bulk-flush.interval", .type = kDuration},
    {.key = "sink.bulk-flush.max-buffered-actions", .type = kInt},
    {.key = "sink.bulk-flush.max-in-flight-actions", .type = kInt},
    {.key = "sink.bulk-flush.backoff.strategy",
     .type = kEnum,
     .choices = "DISABLED, CONSTANT, EXPONENTIAL"},
    {.key = "sink.bulk-flush.backoff.max-retries", .type = kInt},
    {.key = "sink.bulk-flush.backoff.delay", .type = kDuration},
    {.key = "sink.parallelism", .type = kInt},
    {.key = "ssl.certificate-fingerprint"},
    {.key = "connection.path-prefix"},
    {.key = "connection.request-timeout", .type = kDuration},
    {.key = "connection.timeout", .type = kDuration},
    {.key = "socket.timeout", .type = kDuration},
};

constexpr OptionSpec kMysqlCdcOptions[] = {
    {.key = "hostname", .required = true},
    {.key = "port", .type = kInt},
    {.key = "username", .required = true},
    {.key = "password", .required = true},
    {.key = "database-name", .required = true},
    {.key = "table-name", .required = true},
    {.key = "server-id"},
    {.key = "server-time-zone"},
    {.key = "scan.startup.mode",
     .type = kEnum,
     .choices = "initial, earliest-offset, latest-offset, specific-offset, timestamp, snapshot"},
    {.key = "scan.startup.*"},
    {.key = "scan.incremental.*"},
    {.key = "scan.snapshot.fetch.size", .type = kInt},
    {.key = "scan.newly-added-table.enabled", .type = kBool},
    {.key = "scan.read-changelog-as-append-only.enabled", .type = kBool},
    {.key = "connect.timeout", .type = kDuration},
    {.key = "connect.max-retries", .type = kInt},
    {.key = "connection.pool.size", .type = kInt},
    {.key = "heartbeat.interval", .type = kDuration},
    {.key = "jdbc.properties.*"},
    {.key = "debezium.*"},
};

// The vendor documents these connectors, whose options differ from version to version; every key is
// let through.
constexpr OptionSpec kAnyOption[] = {{.key = "*"}};

constexpr std::string_view kKafkaMetadata[] = {
    "topic", "partition", "headers", "leader-epoch", "offset", "timestamp", "timestamp-type"};
constexpr std::string_view kMysqlCdcMetadata[] = {"database_name", "table_name", "op_ts",
                                                  "row_kind"};

const Type* KafkaMetadataType(std::string_view key) {
  static const Type* const kString = new Type(Type::String().NotNull());
  static const Type* const kInt32 = new Type(Type::Int().NotNull());
  static const Type* const kNullableInt32 = new Type(Type::Int());
  static const Type* const kInt64 = new Type(Type::BigInt().NotNull());
  static const Type* const kTime = new Type(Type::TimestampLtz(3).NotNull());
  static const Type* const kHeaders =
      new Type(Type::Map(Type::String().NotNull(), Type::Bytes().NotNull()).NotNull());
  if (key == "topic" || key == "timestamp-type") return kString;
  if (key == "partition") return kInt32;
  if (key == "leader-epoch") return kNullableInt32;
  if (key == "offset") return kInt64;
  if (key == "timestamp") return kTime;
  return key == "headers" ? kHeaders : nullptr;
}

const Type* MysqlCdcMetadataType(std::string_view key) {
  static const Type* const kString = new Type(Type::String().NotNull());
  static const Type* const kTime = new Type(Type::TimestampLtz(3).NotNull());
  if (key == "op_ts") return kTime;
  const bool is_text = key == "database_name" || key == "table_name" || key == "row_kind";
  return is_text ? kString : nullptr;
}

Status CannotRun(const TableInfo& table) {
  const std::string connector(table.options.Find("connector").value_or("?"));
  return absl::UnimplementedError(
      absl::StrCat(ErrorCodeName(ErrorCode::kUnavailableConnector), " table ", table.name,
                   ": connector '", connector, "' is known but cannot run yet. ",
                   std::string(FindErrorCode(ErrorCode::kUnavailableConnector).remedy)));
}

StatusOr<std::unique_ptr<Source>> NoSource(const TableInfo& table, const ScanSpec&,
                                           const Session&) {
  return CannotRun(table);
}
StatusOr<std::unique_ptr<Sink>> NoSink(const TableInfo& table, const SinkSpec&, const Session&) {
  return CannotRun(table);
}
StatusOr<std::unique_ptr<LookupSource>> NoLookup(const TableInfo& table, const LookupSpec&,
                                                 const Session&) {
  return CannotRun(table);
}

ChangelogSupport UpsertWithKey(const TableInfo& table) {
  return table.primary_key.empty() ? ChangelogSupport::kAppend : ChangelogSupport::kUpsert;
}

// Stores of the vendor that can be source, sink and lookup table alike.
Connector Vendor(std::string_view name, std::string_view help) {
  return {.name = name,
          .help = help,
          .options = kAnyOption,
          .available = false,
          .make_source = NoSource,
          .make_sink = NoSink,
          .make_lookup = NoLookup,
          .sink_changelog = UpsertWithKey};
}

std::vector<Connector> MakeAll() {
  std::vector<Connector> all;
  all.push_back({.name = "upsert-kafka",
                 .help = "Compacted topics of Apache Kafka, one record a key.",
                 .options = kUpsertKafkaOptions,
                 .available = false,
                 .metadata_keys = kKafkaMetadata,
                 .make_source = NoSource,
                 .make_sink = NoSink,
                 .sink_changelog = UpsertWithKey,
                 .metadata_type = KafkaMetadataType});
  for (std::string_view name : {"elasticsearch-6", "elasticsearch-7", "elasticsearch-8"}) {
    all.push_back({.name = name,
                   .help = "Documents of Elasticsearch.",
                   .options = kElasticsearchOptions,
                   .uses_format = true,
                   .available = false,
                   .make_sink = NoSink,
                   .sink_changelog = UpsertWithKey});
  }
  all.push_back({.name = "mysql-cdc",
                 .help = "The change log of MySQL tables.",
                 .options = kMysqlCdcOptions,
                 .available = false,
                 .metadata_keys = kMysqlCdcMetadata,
                 .make_source = NoSource,
                 .metadata_type = MysqlCdcMetadataType});
  all.push_back(Vendor("odps", "MaxCompute tables."));
  all.push_back(Vendor("sls", "Simple Log Service log stores."));
  all.push_back(Vendor("adb3.0", "AnalyticDB for MySQL tables."));
  all.push_back(Vendor("adbpg", "AnalyticDB for PostgreSQL tables."));
  all.push_back(Vendor("ots", "Tablestore tables."));
  all.push_back(Vendor("datahub", "DataHub topics."));
  all.push_back(Vendor("clickhouse", "ClickHouse tables."));
  all.push_back(Vendor("starrocks", "StarRocks tables."));
  all.push_back(Vendor("doris", "Apache Doris tables."));
  all.push_back(Vendor("redis", "Redis keys."));
  all.push_back(Vendor("mongodb", "MongoDB collections."));
  all.push_back(Vendor("mongodb-cdc", "The change stream of MongoDB collections."));
  all.push_back(Vendor("postgres-cdc", "The change log of PostgreSQL tables."));
  all.push_back(Vendor("paimon", "Apache Paimon tables."));
  all.push_back(Vendor("hbase-2.2", "Apache HBase tables."));
  all.push_back(Vendor("oceanbase", "OceanBase tables."));
  return all;
}

}  // namespace

std::span<const Connector> UnavailableConnectors() {
  static const std::vector<Connector>* const kAll = new std::vector<Connector>(MakeAll());
  return *kAll;
}

}  // namespace sluice
