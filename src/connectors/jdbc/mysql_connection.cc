// Statements travel as text with their values as literals, results as text. The session is in UTC,
// strict, and takes a backslash for an escape, whatever the server's defaults are. A host that the
// name stands for is looked up anew for every connection, so that a fail-over is followed.
#include "connectors/jdbc/mysql_connection.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <utility>

#include "base/error_code.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/literals.h"
#include "connectors/jdbc/row_reader.h"
#include "connectors/jdbc/server_url.h"

namespace sluice {
namespace {

constexpr unsigned int kConnectTimeoutS = 10;
// A server that says nothing for so long is taken for lost.
constexpr unsigned int kReadTimeoutS = 300;
constexpr size_t kStatementBytes = size_t{1} << 20;
// What a statement may have besides its rows, of the packet that the server takes.
constexpr size_t kPacketReserve = 4096;

constexpr std::string_view kSessionSetup =
    "SET time_zone = '+00:00', net_write_timeout = 600, autocommit = 1, "
    "sql_mode = CONCAT(REPLACE(REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), 'ANSI_QUOTES', "
    "''), ',STRICT_TRANS_TABLES')";

struct CloseMysql {
  void operator()(MYSQL* mysql) const { mysql_close(mysql); }
};
using Mysql = std::unique_ptr<MYSQL, CloseMysql>;
struct FreeResult {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};

// Errors that the headers of MariaDB do not name.
enum : unsigned int {
  kConnectionKilled = 1927,
  kStatementTimeout = 1969,
  kMysqlStatementTimeout = 3024,
  kInvalidJson = 3140,
  kMysqlSessionKilled = 3169,
  kMysqlCheckViolated = 3819,
  kMysqlRowLockBusy = 3572,
};

bool IsOneOf(unsigned int code, std::initializer_list<unsigned int> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// The connection is gone, or useless because another server is the one that can be written now.
bool IsLost(unsigned int code) {
  return IsOneOf(code, {CR_CONNECTION_ERROR,
                        CR_CONN_HOST_ERROR,
                        CR_UNKNOWN_HOST,
                        CR_SERVER_GONE_ERROR,
                        CR_SERVER_LOST,
                        CR_SERVER_LOST_EXTENDED,
                        CR_MALFORMED_PACKET,
                        CR_SERVER_HANDSHAKE_ERR,
                        CR_COMMANDS_OUT_OF_SYNC,
                        ER_OPTION_PREVENTS_STATEMENT,
                        ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
                        ER_READ_ONLY_MODE,
                        ER_SERVER_SHUTDOWN,
                        ER_NORMAL_SHUTDOWN,
                        ER_SHUTDOWN_COMPLETE,
                        ER_NEW_ABORTING_CONNECTION,
                        ER_ABORTING_CONNECTION,
                        ER_NET_READ_ERROR,
                        ER_NET_READ_INTERRUPTED,
                        ER_NET_ERROR_ON_WRITE,
                        ER_NET_WRITE_INTERRUPTED,
                        ER_NET_PACKETS_OUT_OF_ORDER,
                        ER_UNKNOWN_COM_ERROR,
                        ER_CON_COUNT_ERROR,
                        ER_TOO_MANY_USER_CONNECTIONS,
                        kConnectionKilled,
                        kMysqlSessionKilled});
}

bool IsBusy(unsigned int code) {
  return IsOneOf(
      code, {ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_QUERY_INTERRUPTED, ER_TABLE_DEF_CHANGED,
             kStatementTimeout, kMysqlStatementTimeout, kMysqlRowLockBusy});
}

bool IsBadValue(unsigned int code) {
  return IsOneOf(code, {ER_BAD_NULL_ERROR,
                        ER_DUP_ENTRY,
                        ER_DUP_ENTRY_WITH_KEY_NAME,
                        ER_WARN_DATA_OUT_OF_RANGE,
                        WARN_DATA_TRUNCATED,
                        ER_TRUNCATED_WRONG_VALUE,
                        ER_TRUNCATED_WRONG_VALUE_FOR_FIELD,
                        ER_DATA_TOO_LONG,
                        ER_NO_REFERENCED_ROW,
                        ER_NO_REFERENCED_ROW_2,
                        ER_ROW_IS_REFERENCED,
                        ER_ROW_IS_REFERENCED_2,
                        ER_NO_PARTITION_FOR_GIVEN_VALUE,
                        ER_DATA_OUT_OF_RANGE,
                        ER_NO_DEFAULT_FOR_FIELD,
                        ER_CONSTRAINT_FAILED,
                        ER_SIGNAL_EXCEPTION,
                        ER_TOO_BIG_ROWSIZE,
                        kInvalidJson,
                        kMysqlCheckViolated});
}

std::string_view RemedyOf(unsigned int code) {
  switch (code) {
    case ER_ACCESS_DENIED_ERROR: return "; check 'username' and 'password'";
    case ER_DBACCESS_DENIED_ERROR:
    case ER_TABLEACCESS_DENIED_ERROR:
    case ER_COLUMNACCESS_DENIED_ERROR: return "; grant the user the right to it";
    case ER_BAD_DB_ERROR: return "; check the database in the URL";
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR: return "; check that the server runs and that the URL names it";
    case CR_UNKNOWN_HOST: return "; check the host in the URL";
    case ER_OPTION_PREVENTS_STATEMENT:
    case ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION:
    case ER_READ_ONLY_MODE: return "; the server is read-only, another one may have taken over";
    case ER_DISK_FULL:
    case ER_RECORD_FILE_FULL: return "; free some space for the server";
    default: return {};
  }
}

class MysqlConnection : public Connection {
 public:
  MysqlConnection(Mysql mysql, std::string server, const ServerUrl& url, const TableInfo& table,
                  const Session& session)
      : mysql_(std::move(mysql)),
        server_(std::move(server)),
        zero_dates_(url.Find("zeroDateTimeBehavior")),
        table_(TableNameParts(table)),
        literals_(LiteralStyle::kMysql, session) {}

  Status SetUp(std::string_view variables) {
    SL_TRY(Execute(kSessionSetup));
    if (!variables.empty()) SL_TRY(Execute(StrCat("SET ", variables)));
    SL_ASSIGN(const auto rows, Rows("SELECT @@max_allowed_packet"));
    if (!rows.empty()) max_packet_ = std::strtoull(rows[0][0].c_str(), nullptr, 10);
    return OkStatus();
  }

  // The latest failure of the session.
  Status Failure() const {
    const unsigned int code = mysql_errno(mysql_.get());
    const std::string message =
        StrCat("MySQL at ", server_, ": ", std::string_view(mysql_error(mysql_.get())), " (error ",
               code, ")", RemedyOf(code));
    if (IsLost(code)) return absl::UnavailableError(message);
    if (IsBusy(code)) return absl::DeadlineExceededError(message);
    if (IsBadValue(code)) return BadRowError(message);
    if (code == ER_DISK_FULL || code == ER_RECORD_FILE_FULL || code == ER_OUT_OF_RESOURCES) {
      return absl::ResourceExhaustedError(message);
    }
    return absl::FailedPreconditionError(message);
  }

  StatusOr<StoredTable> Describe() override;

  Status Write(std::span<const Batch> batches, std::span<const WriteStep> steps) override {
    std::string text;
    bool in_transaction = false;
    Status status;
    for (size_t s = 0; s < steps.size() && status.ok(); ++s) {
      const ValueRows rows{batches, steps[s].rows};
      for (size_t next = 0; next < rows.rows.size() && status.ok();) {
        text.clear();
        const size_t max_bytes = std::min(kStatementBytes, max_packet_ / 2);
        auto end = literals_.AppendStatement(*steps[s].sql, rows, next, max_bytes, &text);
        status = end.status();
        if (!status.ok()) break;
        next = *end;
        const bool is_only = !in_transaction && s + 1 == steps.size() && next == rows.rows.size();
        if (!is_only && !std::exchange(in_transaction, true)) status = Execute("START TRANSACTION");
        if (status.ok()) status = ExecuteSized(text);
      }
    }
    if (!in_transaction) return status;
    if (status.ok()) return Execute("COMMIT");
    if (!absl::IsUnavailable(status)) {
      const Status rolled_back = Execute("ROLLBACK");
      if (!rolled_back.ok()) return rolled_back;
    }
    return status;
  }

  Status Query(const ValuesSql& sql, const ValueRows& rows) override {
    std::string text;
    if (rows.rows.empty()) {
      text = sql.before;
    } else {
      SL_TRY(literals_.AppendStatement(sql, rows, 0, SIZE_MAX, &text).status());
    }
    SL_TRY(ExecuteSized(text));
    result_.reset(mysql_use_result(mysql_.get()));
    return result_ == nullptr ? Failure() : OkStatus();
  }

  StatusOr<bool> Fetch(RowReader& reader, int32_t max_rows) override {
    const auto num_fields = static_cast<int32_t>(mysql_num_fields(result_.get()));
    const MYSQL_FIELD* const fields = mysql_fetch_fields(result_.get());
    const int32_t num_results = std::min(num_fields, reader.num_results());
    while (reader.num_rows() < max_rows) {
      const MYSQL_ROW row = mysql_fetch_row(result_.get());
      if (row == nullptr) {
        const bool failed = mysql_errno(mysql_.get()) != 0;
        const Status failure = failed ? Failure() : OkStatus();
        result_ = nullptr;
        SL_TRY(failure);
        return false;
      }
      const unsigned long* const lengths = mysql_fetch_lengths(result_.get());
      for (int32_t i = 0; i < num_results; ++i) {
        Cell cell;
        if (row[i] != nullptr) {
          cell = {.kind = Cell::Kind::kText, .text = {row[i], lengths[i]}};
          SL_TRY(Convert(fields[i].type, reader, i, &cell));
        }
        SL_TRY(reader.Add(i, cell));
      }
      reader.EndRow();
    }
    return true;
  }

  // Reads what is left of it: the session can only do one thing at a time.
  void EndQuery() override { result_ = nullptr; }

 private:
  Status Execute(std::string_view sql) {
    if (mysql_real_query(mysql_.get(), sql.data(), sql.size()) == 0) return OkStatus();
    return Failure();
  }

  // One row alone can be too long; sent all the same, it would end the session.
  Status ExecuteSized(const std::string& sql) {
    if (sql.size() + kPacketReserve <= max_packet_) return Execute(sql);
    return BadRowError(StrCat("a statement of ", sql.size(), " bytes is longer than the server's ",
                              "max_allowed_packet of ", max_packet_, "; raise it"));
  }

  StatusOr<std::vector<std::vector<std::string>>> Rows(std::string_view sql) {
    SL_TRY(Execute(sql));
    const std::unique_ptr<MYSQL_RES, FreeResult> result(mysql_store_result(mysql_.get()));
    if (result == nullptr) return Failure();
    std::vector<std::vector<std::string>> rows;
    while (const MYSQL_ROW row = mysql_fetch_row(result.get())) {
      const unsigned long* const lengths = mysql_fetch_lengths(result.get());
      std::vector<std::string>& out = rows.emplace_back();
      for (unsigned int i = 0; i < mysql_num_fields(result.get()); ++i) {
        out.emplace_back(row[i] == nullptr ? "" : row[i], row[i] == nullptr ? 0 : lengths[i]);
      }
    }
    return rows;
  }

  // What is not the text of a value.
  Status Convert(enum_field_types type, const RowReader& reader, int32_t result, Cell* cell) const {
    if (type == MYSQL_TYPE_BIT && !reader.WantsBytes(result)) {
      uint64_t bits = 0;
      for (char byte : cell->text) bits = bits << 8 | static_cast<unsigned char>(byte);
      *cell = {.kind = Cell::Kind::kInteger, .integer = static_cast<int64_t>(bits)};
      return OkStatus();
    }
    const bool has_date = type == MYSQL_TYPE_DATE || type == MYSQL_TYPE_NEWDATE ||
                          type == MYSQL_TYPE_DATETIME || type == MYSQL_TYPE_TIMESTAMP;
    if (!has_date || !cell->text.starts_with("0000-00-00")) return OkStatus();
    if (EqualsIgnoreCase(zero_dates_, "CONVERT_TO_NULL") ||
        EqualsIgnoreCase(zero_dates_, "convertToNull")) {
      *cell = {};
      return OkStatus();
    }
    if (EqualsIgnoreCase(zero_dates_, "ROUND")) {
      cell->text = type == MYSQL_TYPE_DATE || type == MYSQL_TYPE_NEWDATE ? "0001-01-01"
                                                                         : "0001-01-01 00:00:00";
      return OkStatus();
    }
    return absl::InvalidArgumentError(
        StrCat("column '", reader.name(result), "' holds the date '", cell->text,
               "', which does not exist; add zeroDateTimeBehavior=CONVERT_TO_NULL to the URL"));
  }

  const Mysql mysql_;
  const std::string server_;  // for messages
  const std::string zero_dates_;
  const std::vector<std::string> table_;  // [database,] name
  LiteralWriter literals_;
  size_t max_packet_ = size_t{1} << 20;
  std::unique_ptr<MYSQL_RES, FreeResult> result_;  // of the query under way
};

// How an asked value becomes comparable with the column so that its index serves.
std::string MatchingOf(const std::string& base_type, const std::string& charset,
                       const std::string& collation) {
  if (!charset.empty()) {
    return charset == "utf8mb4" ? StrCat("? COLLATE ", collation)
                                : StrCat("CONVERT(? USING ", charset, ") COLLATE ", collation);
  }
  if (base_type == "date") return "CAST(? AS DATE)";
  if (base_type == "time") return "CAST(? AS TIME(6))";
  if (base_type == "datetime" || base_type == "timestamp") return "CAST(? AS DATETIME(6))";
  return {};
}

StatusOr<StoredTable> MysqlConnection::Describe() {
  StoredTable stored;
  const Dialect dialect = MysqlDialect();
  stored.quoted_name = StrJoin(table_, ".", [&](std::string* out, const std::string& part) {
    out->append(dialect.Quote(part));
  });
  std::string where = " WHERE table_schema = ";
  if (table_.size() > 1) {
    literals_.AppendText(table_.front(), &where);
  } else {
    where += "DATABASE()";
  }
  where += " AND table_name = ";
  literals_.AppendText(table_.empty() ? "" : table_.back(), &where);
  SL_ASSIGN(const auto columns,
            Rows(StrCat("SELECT column_name, data_type, column_type, is_nullable = 'NO' AND "
                        "column_default IS NULL AND extra NOT LIKE '%auto_increment%', "
                        "extra LIKE '%GENERATED%' AND extra NOT LIKE '%DEFAULT_GENERATED%', "
                        "character_set_name, collation_name FROM information_schema.columns",
                        where, " ORDER BY ordinal_position")));
  for (const std::vector<std::string>& row : columns) {
    StoredColumn& column = stored.columns.emplace_back();
    column.name = row[0];
    column.base_type = row[1];
    column.type = row[2];
    column.generated = row[4] == "1";
    column.needs_value = row[3] == "1" && !column.generated;
    column.matching = MatchingOf(row[1], row[5], row[6]);
    column.is_instant = row[1] == "timestamp";
  }
  SL_ASSIGN(const auto keys,
            Rows(StrCat("SELECT index_name, column_name FROM information_schema.statistics", where,
                        " AND non_unique = 0 ORDER BY index_name, seq_in_index")));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i == 0 || keys[i][0] != keys[i - 1][0]) stored.unique_keys.emplace_back();
    stored.unique_keys.back().push_back(keys[i][1]);
  }
  return stored;
}

// ---- Connecting ----

enum class Tls : uint8_t { kDisabled, kPreferred, kRequired, kVerified };

Tls TlsOf(const ServerUrl& url) {
  const std::string_view mode = url.Find("sslMode");
  if (EqualsIgnoreCase(mode, "DISABLED") || EqualsIgnoreCase(mode, "disable"))
    return Tls::kDisabled;
  if (EqualsIgnoreCase(mode, "REQUIRED") || EqualsIgnoreCase(mode, "trust")) return Tls::kRequired;
  if (EqualsIgnoreCase(mode, "VERIFY_CA") || EqualsIgnoreCase(mode, "VERIFY_IDENTITY") ||
      EqualsIgnoreCase(mode, "verify-ca") || EqualsIgnoreCase(mode, "verify-full")) {
    return Tls::kVerified;
  }
  if (EqualsIgnoreCase(url.Find("useSSL"), "false")) return Tls::kDisabled;
  if (url.IsTrue("verifyServerCertificate")) return Tls::kVerified;
  return url.IsTrue("requireSSL") ? Tls::kRequired : Tls::kPreferred;
}

unsigned int Seconds(std::string_view millis, unsigned int fallback) {
  const auto value =
      static_cast<unsigned int>(std::strtoul(std::string(millis).c_str(), nullptr, 10));
  return value == 0 ? fallback : (value + 999) / 1000;
}

Mysql Prepare(const ServerUrl& url, Tls tls) {
  Mysql mysql(mysql_init(nullptr));
  MYSQL* const handle = mysql.get();
  const unsigned int connect_s = Seconds(url.Find("connectTimeout"), kConnectTimeoutS);
  const unsigned int read_s = Seconds(url.Find("socketTimeout"), kReadTimeoutS);
  const unsigned int protocol = MYSQL_PROTOCOL_TCP;
  const unsigned int no_files = 0;
  mysql_optionsv(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
  mysql_optionsv(handle, MYSQL_OPT_READ_TIMEOUT, &read_s);
  mysql_optionsv(handle, MYSQL_OPT_WRITE_TIMEOUT, &read_s);
  mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_optionsv(handle, MYSQL_OPT_LOCAL_INFILE, &no_files);
  mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (url.IsTrue("useCompression")) mysql_optionsv(handle, MYSQL_OPT_COMPRESS, nullptr);
  if (tls == Tls::kDisabled) return mysql;
  const my_bool yes = 1, verify = tls == Tls::kVerified;
  mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &yes);
  mysql_optionsv(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  const std::string authority(url.Find("serverSslCert"));
  if (!authority.empty()) mysql_optionsv(handle, MYSQL_OPT_SSL_CA, authority.c_str());
  return mysql;
}

}  // namespace

StatusOr<std::unique_ptr<Connection>> ConnectMysql(const TableInfo& table, bool,
                                                   const Session& session) {
  static const int kLibrary = mysql_library_init(0, nullptr, nullptr);
  if (kLibrary != 0) return absl::InternalError("libmariadb cannot be initialised");
  SL_ASSIGN(const ServerUrl url, ParseServerUrl(table, MysqlDialect().url_prefix, kMysqlPort));
  Status failure;
  for (const ServerUrl::Host& host : url.hosts) {
    const Tls wanted = TlsOf(url);
    for (Tls tls = wanted;; tls = Tls::kDisabled) {
      Mysql mysql = Prepare(url, tls);
      MYSQL* const handle = mysql.get();
      const bool connected =
          mysql_real_connect(handle, host.name.c_str(), url.user.c_str(), url.password.c_str(),
                             url.database.c_str(), static_cast<unsigned int>(host.port), nullptr,
                             0) != nullptr;
      const bool no_tls = !connected && mysql_errno(handle) == CR_SSL_CONNECTION_ERROR;
      auto connection = std::make_unique<MysqlConnection>(
          std::move(mysql), StrCat(host.name, ":", host.port, ", database '", url.database, "'"),
          url, table, session);
      if (!connected) {
        failure = connection->Failure();
      } else if (wanted >= Tls::kRequired && mysql_get_ssl_cipher(handle) == nullptr) {
        // The library goes on in the clear when a server offers no TLS.
        return absl::FailedPreconditionError(
            StrCat("MySQL at ", host.name, ":", host.port,
                   " does not support SSL, which the URL requires; check 'sslMode'"));
      } else {
        failure = connection->SetUp(url.Find("sessionVariables"));
      }
      if (failure.ok()) return connection;
      if (!no_tls || tls != Tls::kPreferred) break;
    }
    if (!absl::IsUnavailable(failure)) break;
  }
  return failure;
}

}  // namespace sluice
