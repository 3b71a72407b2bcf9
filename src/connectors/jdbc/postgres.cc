// PostgreSQL: the dialect, what fits into its columns, and the parameters of its driver for Java.
#include <algorithm>

#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/postgres_connection.h"
#include "connectors/jdbc/server_url.h"

namespace sluice {
namespace {

// At most so many keys in a query: the time to read the text of one grows with it.
constexpr int32_t kLookupSizes[] = {1024};

constexpr UrlParameter kParameters[] = {
    // Honoured.
    {"connectTimeout", ""},
    {"loginTimeout", ""},
    {"socketTimeout", ""},
    {"ssl", ""},
    {"sslmode", ""},
    {"sslrootcert", ""},
    {"sslcert", ""},
    {"sslkey", ""},
    {"currentSchema", ""},
    {"ApplicationName", ""},
    {"targetServerType", ""},
    // As it is done anyway, or about how rows travel.
    {"reWriteBatchedInserts", ""},
    {"tcpKeepAlive", ""},
    {"tcpNoDelay", ""},
    {"prepareThreshold", ""},
    {"preparedStatementCacheQueries", ""},
    {"preparedStatementCacheSizeMiB", ""},
    {"defaultRowFetchSize", ""},
    {"binaryTransfer", ""},
    {"stringtype", ""},
    {"autosave", ""},
    {"preferQueryMode", ""},
    {"assumeMinServerVersion", ""},
    {"loggerLevel", ""},
    {"charSet", ""},
    {"characterEncoding", ""},
    {"useUnicode", ""},
    {"useSSL", "write sslmode=disable or sslmode=require"},
    // Without effect.
    {"options", "set the account's defaults on the server"},
    {"sslfactory", "certificates are read from PEM files"},
    {"sslpassword", "the key must lie in a file without a password"},
    {"loadBalanceHosts", "hosts are tried in the order of the URL"},
};

// Types whose values travel as texts in both directions.
constexpr std::string_view kTexts[] = {"character varying",
                                       "text",
                                       "bpchar",
                                       "character",
                                       "name",
                                       "citext",
                                       "\"char\"",
                                       "uuid",
                                       "json",
                                       "jsonb",
                                       "xml",
                                       "inet",
                                       "cidr",
                                       "macaddr",
                                       "macaddr8",
                                       "hstore",
                                       "enum",
                                       "bit",
                                       "\"bit\"",
                                       "bit varying",
                                       "tsvector",
                                       "ltree",
                                       "interval",
                                       "money"};

bool IsOneOf(std::string_view base, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), base) != names.end();
}

bool Fits(const Type& type, const StoredColumn& column, bool written) {
  const std::string_view base = column.base_type;
  const bool is_integer = IsOneOf(base, {"smallint", "integer", "bigint", "oid"});
  const bool is_text = std::find(std::begin(kTexts), std::end(kTexts), base) != std::end(kTexts);
  switch (type.kind()) {
    case TypeKind::kBoolean: return base == "boolean";
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      // A value that is too large for the type or the column is found when it comes.
      return is_integer || (base == "numeric" && (written || column.type.ends_with(",0)")));
    case TypeKind::kDecimal: return is_integer || base == "numeric";
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return IsOneOf(base, {"real", "double precision"}) || (!written && base == "numeric");
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: return base == "bytea";
    case TypeKind::kDate: return base == "date";
    case TypeKind::kTime: return base == "time without time zone";
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
      return IsOneOf(base, {"timestamp without time zone", "timestamp with time zone"});
    default:
      // Most things can be shown as text; as a text they can only be written into texts.
      return is_text ||
             (!written &&
              (is_integer || base.starts_with("time") ||
               IsOneOf(base, {"numeric", "real", "double precision", "boolean", "date"})));
  }
}

constexpr std::string_view kPrefix = "jdbc:postgresql:";

std::vector<OptionProblem> Check(const TableInfo& table) {
  return CheckServerUrl(table, kPrefix, "jdbc:postgresql://HOST:5432/DATABASE");
}

std::vector<std::string> Warnings(const TableInfo& table, const Session&) {
  const StatusOr<ServerUrl> url = ParseServerUrl(table, kPrefix, kPostgresPort);
  if (!url.ok()) return {};
  return UrlWarnings(*url, kParameters);
}

}  // namespace

Dialect PostgresDialect() {
  return {.name = "PostgreSQL",
          .url_prefix = kPrefix,
          .lookup_sizes = kLookupSizes,
          .any_lookup_size = true,
          .is_server = true,
          .connect = ConnectPostgres,
          .fits = Fits,
          .check = Check,
          .warnings = Warnings};
}

}  // namespace sluice
