// MySQL and MariaDB: the dialect, what fits into their columns, and the parameters of Connector/J.
#include <algorithm>

#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/mysql_connection.h"
#include "connectors/jdbc/server_url.h"
#include "types/time_zone.h"

namespace sluice {
namespace {

// At most so many keys in a query: the time to read the text of one grows with it.
constexpr int32_t kLookupSizes[] = {1024};

constexpr std::string_view kNoProperties =
    "stores of Java's keys cannot be read; give PEM files "
    "in 'serverSslCert'";
constexpr UrlParameter kParameters[] = {
    // Honoured.
    {"connectTimeout", ""},
    {"socketTimeout", ""},
    {"useSSL", ""},
    {"requireSSL", ""},
    {"sslMode", ""},
    {"verifyServerCertificate", ""},
    {"serverSslCert", ""},
    {"zeroDateTimeBehavior", ""},
    {"sessionVariables", ""},
    {"useCompression", ""},
    // As it is done anyway, or about how rows travel.
    {"useUnicode", ""},
    {"rewriteBatchedStatements", ""},
    {"allowPublicKeyRetrieval", ""},
    {"autoReconnect", ""},
    {"autoReconnectForPools", ""},
    {"maxReconnects", ""},
    {"initialTimeout", ""},
    {"failOverReadOnly", ""},
    {"tcpKeepAlive", ""},
    {"tcpNoDelay", ""},
    {"tinyInt1isBit", ""},
    {"transformedBitIsBoolean", ""},
    {"yearIsDateType", ""},
    {"useServerPrepStmts", ""},
    {"cachePrepStmts", ""},
    {"prepStmtCacheSize", ""},
    {"prepStmtCacheSqlLimit", ""},
    {"useCursorFetch", ""},
    {"defaultFetchSize", ""},
    {"allowMultiQueries", ""},
    {"useLocalSessionState", ""},
    {"useLocalTransactionState", ""},
    {"elideSetAutoCommits", ""},
    {"cacheServerConfiguration", ""},
    {"cacheResultSetMetadata", ""},
    {"maintainTimeStats", ""},
    {"useInformationSchema", ""},
    {"nullCatalogMeansCurrent", ""},
    {"nullDatabaseMeansCurrent", ""},
    {"noAccessToProcedureBodies", ""},
    {"useLegacyDatetimeCode", ""},
    {"useTimezone", ""},
    {"useJDBCCompliantTimezoneShift", ""},
    {"jdbcCompliantTruncation", ""},
    {"dontTrackOpenResources", ""},
    {"remarks", ""},
    // Looked at below.
    {"characterEncoding", ""},
    {"connectionCollation", ""},
    {"serverTimezone", ""},
    {"connectionTimeZone", ""},
    // Without effect.
    {"trustCertificateKeyStoreUrl", kNoProperties},
    {"trustCertificateKeyStorePassword", kNoProperties},
    {"trustCertificateKeyStoreType", kNoProperties},
    {"clientCertificateKeyStoreUrl", kNoProperties},
    {"clientCertificateKeyStorePassword", kNoProperties},
    {"clientCertificateKeyStoreType", kNoProperties},
    {"enabledTLSProtocols", "the TLS library chooses the newest version that both sides know"},
    {"tlsVersions", "the TLS library chooses the newest version that both sides know"},
    {"loadBalanceStrategy", "hosts are tried in the order of the URL"},
    {"forceConnectionTimeZoneToSession", "sessions are in UTC and instants are converted"},
    {"preserveInstants", "instants are always preserved"},
};

// Kinds of columns, by what they hold.
enum class Holds : uint8_t {
  kInteger,
  kBit,
  kDecimal,
  kNumber,
  kText,
  kBytes,
  kDate,
  kTime,
  kTimestamp,
  kNothing,  // that a row could hold
};

Holds HoldsOf(std::string_view base) {
  const auto is = [base](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), base) != names.end();
  };
  if (is({"tinyint", "smallint", "mediumint", "int", "bigint", "year"})) return Holds::kInteger;
  if (base == "bit") return Holds::kBit;
  if (base == "decimal") return Holds::kDecimal;
  if (is({"float", "double"})) return Holds::kNumber;
  if (is({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json",
          "uuid", "inet4", "inet6"})) {
    return Holds::kText;
  }
  if (is({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})) {
    return Holds::kBytes;
  }
  if (base == "date") return Holds::kDate;
  if (base == "time") return Holds::kTime;
  if (is({"datetime", "timestamp"})) return Holds::kTimestamp;
  return Holds::kNothing;
}

bool Fits(const Type& type, const StoredColumn& column, bool written) {
  const Holds holds = HoldsOf(column.base_type);
  if (holds == Holds::kNothing) return false;
  switch (type.kind()) {
    case TypeKind::kBoolean: return holds == Holds::kInteger || holds == Holds::kBit;
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      // A value that is too large for the type or the column is found when it comes.
      return holds == Holds::kInteger || holds == Holds::kBit ||
             (holds == Holds::kDecimal && (written || column.type.ends_with(",0)")));
    case TypeKind::kDecimal: return holds == Holds::kDecimal || holds == Holds::kInteger;
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return holds == Holds::kNumber || (!written && holds == Holds::kDecimal);
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: return holds == Holds::kBytes || holds == Holds::kBit;
    case TypeKind::kDate: return holds == Holds::kDate;
    case TypeKind::kTime: return holds == Holds::kTime;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return holds == Holds::kTimestamp;
    // Everything but bytes and bits can be shown as text; as a text it can only be written into
    // texts.
    default:
      return holds == Holds::kText || (!written && holds != Holds::kBytes && holds != Holds::kBit);
  }
}

constexpr std::string_view kPrefix = "jdbc:mysql:";

std::vector<OptionProblem> Check(const TableInfo& table) {
  return CheckServerUrl(table, kPrefix, "jdbc:mysql://HOST:3306/DATABASE");
}

std::vector<std::string> Warnings(const TableInfo& table, const Session& session) {
  const StatusOr<ServerUrl> url = ParseServerUrl(table, kPrefix, kMysqlPort);
  if (!url.ok()) return {};
  std::vector<std::string> warnings = UrlWarnings(*url, kParameters);
  const std::string_view encoding = url->Find("characterEncoding");
  if (!encoding.empty() && !EqualsIgnoreCase(encoding, "UTF-8") &&
      !EqualsIgnoreCase(encoding, "utf8") && !EqualsIgnoreCase(encoding, "utf8mb4")) {
    warnings.push_back(
        "the URL's parameter 'characterEncoding' has no effect: texts travel as "
        "utf8mb4, and the server converts them");
  }
  for (std::string_view name : {"serverTimezone", "connectionTimeZone"}) {
    std::string zone(url->Find(name));
    if (zone.empty() || zone == "LOCAL" || zone == "SERVER") continue;
    std::replace(zone.begin(), zone.end(), ' ', '+');  // a plus sign that was not escaped
    const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
    const StatusOr<absl::TimeZone> found = FindTimeZone(zone);
    if (found.ok() && found->At(now).offset == session.zone.At(now).offset) continue;
    warnings.push_back(StrCat("the URL's parameter '", name,
                              "' has no effect: DATETIME is read "
                              "and written as local time of 'table.local-time-zone' (",
                              session.zone_name, "), TIMESTAMP as an instant"));
  }
  return warnings;
}

}  // namespace

Dialect MysqlDialect() {
  return {.name = "MySQL",
          .url_prefix = kPrefix,
          .upsert_style = UpsertStyle::kOnDuplicateKey,
          .lookup_style = LookupStyle::kUnionAll,
          .quote = '`',
          .lookup_join = " STRAIGHT_JOIN ",
          .repeats_keys = true,
          .lookup_sizes = kLookupSizes,
          .any_lookup_size = true,
          .is_server = true,
          .connect = ConnectMysql,
          .fits = Fits,
          .check = Check,
          .warnings = Warnings};
}

}  // namespace sluice
