// mysql, rds, hologres: the jdbc connector under the names and with the options of Alibaba Cloud's
// Realtime Compute for Apache Flink. Options are rewritten into those of jdbc as soon as a table is
// bound; all else is the jdbc connector.
#include <string>
#include <vector>

#include "base/strings.h"
#include "connectors/jdbc/jdbc.h"
#include "connectors/jdbc/jdbc_options.h"

namespace sluice {
namespace {

using enum OptionType;

constexpr std::string_view kAccepted = "Accepted; has no effect.";

// An option of the vendor and the one of jdbc that it stands for.
struct VendorOption {
  OptionSpec spec;
  std::string_view jdbc;         // empty: it is looked at by the connector's own function, or not
  std::string_view suffix = {};  // behind the value: the unit that the vendor leaves out
};

std::vector<OptionSpec> SpecsOf(std::span<const VendorOption> options) {
  std::vector<OptionSpec> specs;
  for (const VendorOption& option : options) {
    OptionSpec& spec = specs.emplace_back(option.spec);
    if (spec.help.empty() && !option.jdbc.empty()) spec.help = "As the option of jdbc for it.";
  }
  return specs;
}

Options Renamed(const Options& given, std::span<const VendorOption> options) {
  Options result;
  for (std::string_view kept : {"connector", "dead-letter.path"}) {
    if (const auto value = given.Find(kept)) result.Set(std::string(kept), std::string(*value));
  }
  for (const VendorOption& option : options) {
    const auto value = given.Find(option.spec.key);
    if (!value.has_value() || option.jdbc.empty()) continue;
    result.Set(std::string(option.jdbc), StrCat(*value, option.suffix));
  }
  return result;
}

// The strategies None, LRU and ALL with their size and time to live, as jdbc's NONE, PARTIAL, FULL.
void SetCache(std::string_view strategy, std::string_view max_rows, std::string_view ttl,
              Options* out) {
  if (EqualsIgnoreCase(strategy, "LRU")) {
    out->Set("lookup.cache", "PARTIAL");
    out->Set("lookup.partial-cache.max-rows", std::string(max_rows));
    if (!ttl.empty()) out->Set("lookup.partial-cache.expire-after-write", std::string(ttl));
  } else if (EqualsIgnoreCase(strategy, "ALL")) {
    out->Set("lookup.cache", "FULL");
    if (!ttl.empty()) out->Set("lookup.full-cache.periodic-reload.interval", std::string(ttl));
  }
}

std::string PercentEncoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.' || byte >= 0x80;
    if (plain) {
      result.push_back(c);
    } else {
      result += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return result;
}

std::string Value(const Options& options, std::string_view key, std::string_view fallback) {
  return std::string(options.Find(key).value_or(fallback));
}

// ---- mysql ----

constexpr VendorOption kMysql[] = {
    {{.key = "hostname", .help = "The server.", .required = true}, ""},
    {{.key = "port", .type = kInt, .default_value = "3306", .help = "Its port."}, ""},
    {{.key = "database-name", .help = "The database.", .required = true}, ""},
    {{.key = "table-name", .required = true}, "table-name"},
    {{.key = "username", .required = true}, "username"},
    {{.key = "password", .required = true}, "password"},
    {{.key = "jdbc.properties.*", .help = "Parameters of the URL."}, ""},
    {{.key = "connect.timeout",
      .type = kDuration,
      .default_value = "30s",
      .help = "How long a connection may take to be made."},
     ""},
    {{.key = "connect.max-retries", .type = kInt, .help = kAccepted}, ""},
    {{.key = "connection.pool.size", .type = kInt, .help = kAccepted}, ""},
    {{.key = "server-id", .help = "Accepted; of the change log."}, ""},
    {{.key = "server-time-zone", .help = "Accepted; of the change log."}, ""},
    {{.key = "scan.*", .help = "Accepted; of the change log."}, ""},
    {{.key = "debezium.*", .help = "Accepted; of the change log."}, ""},
    {{.key = "heartbeat.interval", .help = "Accepted; of the change log."}, ""},
    {{.key = "lookup.cache.strategy",
      .type = kEnum,
      .default_value = "None",
      .help = "None asks for every batch, LRU remembers what was asked for, ALL holds the table.",
      .choices = "None, LRU, ALL"},
     ""},
    {{.key = "lookup.cache.max-rows",
      .type = kInt,
      .default_value = "100000",
      .help = "Keys remembered at most (LRU)."},
     ""},
    {{.key = "lookup.cache.ttl",
      .type = kDuration,
      .default_value = "10s",
      .help = "A key is asked for again (LRU), or the table is loaded again (ALL), after so long."},
     ""},
    {{.key = "lookup.max-retries", .type = kInt}, "lookup.max-retries"},
    {{.key = "lookup.max-join-rows", .type = kInt, .help = "Accepted; there is no bound."}, ""},
    {{.key = "lookup.filter-push-down.enabled", .type = kBool, .help = kAccepted}, ""},
    {{.key = "sink.max-retries", .type = kInt}, "sink.max-retries"},
    {{.key = "sink.buffer-flush.batch-size", .type = kInt, .help = kAccepted}, ""},
    {{.key = "sink.buffer-flush.buffer-size", .help = kAccepted}, ""},
    {{.key = "sink.buffer-flush.max-rows", .type = kInt}, "sink.buffer-flush.max-rows"},
    {{.key = "sink.buffer-flush.interval", .type = kDuration}, "sink.buffer-flush.interval"},
    {{.key = "sink.ignore-delete", .type = kBool}, "sink.ignore-delete"},
    {{.key = "sink.ignore-null-when-update", .type = kBool}, "sink.ignore-null-when-update"},
    {{.key = "sink.parallelism", .type = kInt}, "sink.parallelism"},
};

Options TranslateMysql(const Options& given) {
  Options result = Renamed(given, kMysql);
  std::string url =
      StrCat("jdbc:mysql://", Value(given, "hostname", ""), ":", Value(given, "port", "3306"), "/",
             PercentEncoded(Value(given, "database-name", "")),
             "?connectTimeout=", given.FindDurationMs("connect.timeout").value_or(30'000));
  const Options parameters = given.WithPrefix("jdbc.properties.");
  for (const auto& [name, value] : parameters.values()) {
    StrAppend(&url, "&", PercentEncoded(name), "=", PercentEncoded(value));
  }
  result.Set("url", std::move(url));
  SetCache(Value(given, "lookup.cache.strategy", "None"),
           Value(given, "lookup.cache.max-rows", "100000"), Value(given, "lookup.cache.ttl", "10s"),
           &result);
  return result;
}

// ---- rds ----

constexpr VendorOption kRds[] = {
    {{.key = "url", .help = "'jdbc:mysql://HOST:PORT/DATABASE'.", .required = true}, "url"},
    {{.key = "tableName", .required = true}, "table-name"},
    {{.key = "userName", .required = true}, "username"},
    {{.key = "password", .required = true}, "password"},
    {{.key = "maxRetryTimes", .type = kInt}, "sink.max-retries"},
    {{.key = "cache",
      .type = kEnum,
      .default_value = "None",
      .help = "None asks for every batch, LRU remembers what was asked for, ALL holds the table.",
      .choices = "None, LRU, ALL"},
     ""},
    {{.key = "cacheSize",
      .type = kInt,
      .default_value = "10000",
      .help = "Keys remembered at most (LRU)."},
     ""},
    {{.key = "cacheTTLMs",
      .type = kInt,
      .help = "A key is asked for again (LRU), or the table is loaded again (ALL), after so many "
              "milliseconds; without it never."},
     ""},
    {{.key = "cacheEmpty", .type = kBool}, "lookup.partial-cache.cache-missing-key"},
    {{.key = "maxJoinRows", .type = kInt, .help = "Accepted; there is no bound."}, ""},
    {{.key = "batchSize", .type = kInt, .help = kAccepted}, ""},
    {{.key = "bufferSize", .type = kInt}, "sink.buffer-flush.max-rows"},
    {{.key = "flushIntervalMs", .type = kInt}, "sink.buffer-flush.interval", " ms"},
    {{.key = "ignoreDelete", .type = kBool}, "sink.ignore-delete"},
    {{.key = "partitionBy", .help = kAccepted}, ""},
    {{.key = "excludeUpdateColumns", .support = OptionSupport::kNotYet}, ""},
};

Options TranslateRds(const Options& given) {
  Options result = Renamed(given, kRds);
  const auto ttl = given.Find("cacheTTLMs");
  SetCache(Value(given, "cache", "None"), Value(given, "cacheSize", "10000"),
           ttl.has_value() ? StrCat(*ttl, " ms") : "", &result);
  return result;
}

// ---- hologres ----

constexpr VendorOption kHologres[] = {
    {{.key = "endpoint", .help = "HOST:PORT of the instance.", .required = true}, ""},
    {{.key = "dbname", .help = "The database.", .required = true}, ""},
    {{.key = "tablename", .required = true}, "table-name"},
    {{.key = "username", .required = true}, "username"},
    {{.key = "password", .required = true}, "password"},
    {{.key = "connection.ssl.mode",
      .type = kEnum,
      .default_value = "disable",
      .help = "How the connection is encrypted.",
      .choices = "disable, require, verify-ca, verify-full"},
     ""},
    {{.key = "connection.ssl.root-cert.location", .help = "The certificate to trust, a PEM file."},
     ""},
    {{.key = "mutatetype",
      .type = kEnum,
      .default_value = "insertOrIgnore",
      .help = "What happens to a row whose key is there: it stays, it is replaced, or the columns "
              "that the INSERT names change.",
      .choices = "insertOrIgnore, insertOrReplace, insertOrUpdate"},
     ""},
    {{.key = "mutateType",
      .type = kEnum,
      .help = "As mutatetype.",
      .choices = "insertOrIgnore, insertOrReplace, insertOrUpdate"},
     ""},
    {{.key = "ignoredelete",
      .type = kBool,
      .default_value = "true",
      .help = "Deletions are left out."},
     ""},
    {{.key = "ignoreDelete", .type = kBool, .help = "As ignoredelete."}, ""},
    {{.key = "ignoreNullWhenUpdate", .type = kBool}, "sink.ignore-null-when-update"},
    {{.key = "cache",
      .type = kEnum,
      .default_value = "None",
      .help = "None asks for every batch, LRU remembers what was asked for.",
      .choices = "None, LRU"},
     ""},
    {{.key = "cacheSize",
      .type = kInt,
      .default_value = "10000",
      .help = "Keys remembered at most (LRU)."},
     ""},
    {{.key = "cacheTTLMs",
      .type = kInt,
      .help = "A key is asked for again after so many milliseconds; without it never."},
     ""},
    {{.key = "cacheEmpty", .type = kBool}, "lookup.partial-cache.cache-missing-key"},
    {{.key = "async", .type = kBool, .help = "Accepted; lookups never hold up the others."}, ""},
    {{.key = "jdbcReadRetryCount", .type = kInt}, "lookup.max-retries"},
    {{.key = "jdbcRetryCount", .type = kInt}, "sink.max-retries"},
    {{.key = "jdbcRetrySleepInitMs", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcRetrySleepStepMs", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcWriteBatchSize", .type = kInt}, "sink.buffer-flush.max-rows"},
    {{.key = "jdbcWriteBatchByteSize", .help = kAccepted}, ""},
    {{.key = "jdbcWriteBatchTotalByteSize", .help = kAccepted}, ""},
    {{.key = "jdbcWriteFlushInterval", .type = kInt}, "sink.buffer-flush.interval", " ms"},
    {{.key = "jdbcReadBatchSize", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcReadBatchQueueSize", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcReadTimeoutMs", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcScanFetchSize", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcScanTimeoutSeconds", .type = kInt, .help = kAccepted}, ""},
    {{.key = "jdbcSharedConnectionPoolName", .help = kAccepted}, ""},
    {{.key = "connectionPoolName", .help = kAccepted}, ""},
    {{.key = "connectionSize", .type = kInt, .help = kAccepted}, ""},
    {{.key = "sdkMode", .help = kAccepted}, ""},
    {{.key = "useRpcMode", .type = kBool, .help = kAccepted}, ""},
    {{.key = "createparttable", .support = OptionSupport::kNotYet}, ""},
    {{.key = "partitionrouter", .support = OptionSupport::kNotYet}, ""},
    {{.key = "binlog", .support = OptionSupport::kNotYet}, ""},
    {{.key = "cdcMode", .support = OptionSupport::kNotYet}, ""},
};

Options TranslateHologres(const Options& given) {
  Options result = Renamed(given, kHologres);
  std::string url = StrCat("jdbc:postgresql://", Value(given, "endpoint", ""), "/",
                           PercentEncoded(Value(given, "dbname", "")),
                           "?sslmode=", Value(given, "connection.ssl.mode", "disable"));
  if (const auto path = given.Find("connection.ssl.root-cert.location")) {
    StrAppend(&url, "&sslrootcert=", PercentEncoded(*path));
  }
  result.Set("url", std::move(url));
  const std::string mutate =
      Value(given, "mutatetype", Value(given, "mutateType", "insertOrIgnore"));
  if (EqualsIgnoreCase(mutate, "insertOrIgnore")) result.Set("sink.ignore-existing", "true");
  if (EqualsIgnoreCase(mutate, "insertOrUpdate")) result.Set("sink.partial-update", "true");
  result.Set("sink.ignore-delete",
             Value(given, "ignoredelete", Value(given, "ignoreDelete", "true")));
  const auto ttl = given.Find("cacheTTLMs");
  SetCache(Value(given, "cache", "None"), Value(given, "cacheSize", "10000"),
           ttl.has_value() ? StrCat(*ttl, " ms") : "", &result);
  return result;
}

// Options that only concern rows with a key have no effect without one.
template <Options (*kTranslate)(const Options&)>
Options Translate(const TableInfo& table) {
  const Options translated = kTranslate(table.options);
  if (!table.primary_key.empty()) return translated;
  Options result;
  for (const auto& [key, value] : translated.values()) {
    if (key == "sink.ignore-existing" || key == "sink.partial-update" ||
        key == "sink.ignore-null-when-update") {
      continue;
    }
    result.Set(key, value);
  }
  return result;
}

template <Options (*kTranslate)(const Options&)>
std::vector<OptionProblem> Check(const TableInfo& table) {
  TableInfo translated = table;
  translated.options = Translate<kTranslate>(table);
  return CheckJdbcOptions(translated);
}

template <Options (*kTranslate)(const Options&)>
Connector Vendor(std::string_view name, std::string_view help, std::span<const OptionSpec> specs) {
  Connector connector = JdbcConnector();
  connector.name = name;
  connector.help = help;
  connector.options = specs;
  connector.check = Check<kTranslate>;
  connector.translate = Translate<kTranslate>;
  return connector;
}

}  // namespace

Connector Connector_mysql() {
  static const auto* const kSpecs = new std::vector<OptionSpec>(SpecsOf(kMysql));
  Connector connector = Vendor<TranslateMysql>(
      "mysql", "MySQL tables, as Alibaba Cloud names the connector.", *kSpecs);
  connector.make_source = nullptr;  // there it reads the change log
  return connector;
}

Connector Connector_rds() {
  static const auto* const kSpecs = new std::vector<OptionSpec>(SpecsOf(kRds));
  Connector connector = Vendor<TranslateRds>("rds", "ApsaraDB RDS for MySQL tables.", *kSpecs);
  connector.make_source = nullptr;
  return connector;
}

Connector Connector_hologres() {
  static const auto* const kSpecs = new std::vector<OptionSpec>(SpecsOf(kHologres));
  return Vendor<TranslateHologres>("hologres", "Hologres tables, through PostgreSQL's protocol.",
                                   *kSpecs);
}

}  // namespace sluice
