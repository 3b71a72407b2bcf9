// Statements travel as text with their values as literals, results as text. Several statements in
// one message are one transaction for the server, so that a batch mostly costs one way there and
// back. A scan reads through a cursor, in blocks. The session is in UTC and shows values in the ISO
// forms, whatever the server's defaults are. libpq is used without blocking, so that a server that
// says nothing is noticed.
#include "connectors/jdbc/postgres_connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/env.h"
#include "base/error_code.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/literals.h"
#include "connectors/jdbc/row_reader.h"
#include "connectors/jdbc/server_url.h"

namespace sluice {
namespace {

constexpr int64_t kConnectTimeoutMs = 10'000;
// A server that says nothing for so long is taken for lost.
constexpr int64_t kReadTimeoutMs = 300'000;
// What the server spends on a row grows with the rows of its statement: several short statements
// are sent as one request.
constexpr size_t kStatementBytes = size_t{32} << 10;
constexpr size_t kRequestBytes = size_t{1} << 20;
constexpr Oid kByteaOid = 17;

constexpr std::string_view kSessionSetup =
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET standard_conforming_strings = on; "
    "SET bytea_output = 'hex'; SET extra_float_digits = 1";

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Handle = std::unique_ptr<PGconn, FinishConnection>;
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

std::string_view RemedyOf(std::string_view state) {
  if (state.starts_with("28")) return "; check 'username' and 'password'";
  if (state == "3D000") return "; check the database in the URL";
  if (state == "42501") return "; grant the user the right to it";
  if (state == "25006") return "; the server is read-only, another one may have taken over";
  if (state == "53100") return "; free some space for the server";
  if (state.empty()) return "; check that the server runs and that the URL names it";
  return {};
}

// The classes of SQLSTATE say what to do; without one the server has not answered.
Status StatusOf(std::string_view state, std::string_view text) {
  const std::string message =
      StrCat(text, state.empty() ? "" : StrCat(" (SQLSTATE ", state, ")"), RemedyOf(state));
  const auto in_class = [state](std::string_view prefix) { return state.starts_with(prefix); };
  if (state.empty() || in_class("08") || in_class("57P") || state == "25006" || state == "53300") {
    return absl::UnavailableError(message);
  }
  if (in_class("40") || state == "55P03" || state == "57014") {
    return absl::DeadlineExceededError(message);
  }
  if (in_class("53")) return absl::ResourceExhaustedError(message);
  if (in_class("22") || in_class("23")) return BadRowError(message);
  return absl::FailedPreconditionError(message);
}

std::string OneLine(std::string_view text) {
  text = text.substr(0, text.find("\nLOCATION"));
  std::string line;
  for (char c : StripAsciiWhitespace(text)) {
    if (c == '\n') {
      line += "; ";
    } else if (c != '\t') {
      line += c;
    }
  }
  return line;
}

// The state in a verbose message, "FATAL:  28P01: …": there is no other way to learn why a
// connection was refused.
std::string_view StateIn(std::string_view message) {
  for (size_t at = message.find(":  "); at != std::string_view::npos;
       at = message.find(":  ", at + 1)) {
    const std::string_view state = message.substr(at + 3, 5);
    const auto is_part = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (state.size() == 5 && std::all_of(state.begin(), state.end(), is_part) &&
        message.substr(at + 8, 2) == ": ") {
      return state;
    }
  }
  return {};
}

// Waits until the socket can be read (and written, if wanted); false: not in time.
bool WaitFor(PGconn* connection, bool to_read, bool to_write, int64_t deadline_ms) {
  const auto events = static_cast<short>((to_read ? POLLIN : 0) | (to_write ? POLLOUT : 0));
  pollfd socket{.fd = PQsocket(connection), .events = events, .revents = 0};
  while (true) {
    const int64_t left_ms = deadline_ms - Env::Posix()->MonotonicUs() / 1000;
    if (left_ms <= 0) return false;
    const int ready = poll(&socket, 1, static_cast<int>(std::min<int64_t>(left_ms, INT32_MAX)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

int64_t DeadlineIn(int64_t ms) { return Env::Posix()->MonotonicUs() / 1000 + ms; }

class PostgresConnection : public Connection {
 public:
  PostgresConnection(Handle handle, std::string server, int64_t read_timeout_ms,
                     const TableInfo& table, const Session& session)
      : handle_(std::move(handle)),
        server_(std::move(server)),
        read_timeout_ms_(read_timeout_ms),
        table_(TableNameParts(table)),
        literals_(LiteralStyle::kPostgres, session) {}

  Status SetUp(std::string_view schemas) {
    std::string setup(kSessionSetup);
    for (char separator = ' '; !schemas.empty(); separator = ',') {
      const size_t end = std::min(schemas.find(','), schemas.size());
      StrAppend(&setup, separator == ' ' ? "; SET search_path = " : ", ",
                PostgresDialect().Quote(StripAsciiWhitespace(schemas.substr(0, end))));
      schemas.remove_prefix(std::min(end + 1, schemas.size()));
    }
    return Execute(setup);
  }

  StatusOr<StoredTable> Describe() override;

  Status Write(std::span<const Batch> batches, std::span<const WriteStep> steps) override {
    std::string text;
    bool in_transaction = false;
    Status status;
    for (const WriteStep& step : steps) {
      const ValueRows rows{batches, step.rows};
      for (size_t next = 0; status.ok() && next < rows.rows.size();) {
        if (text.size() >= kRequestBytes) {
          if (!std::exchange(in_transaction, true)) status = Execute("BEGIN");
          if (status.ok()) status = Execute(text);
          text.clear();
          if (!status.ok()) break;
        }
        if (!text.empty()) text += "; ";
        auto end = literals_.AppendStatement(*step.sql, rows, next, kStatementBytes, &text);
        status = end.status();
        if (status.ok()) next = *end;
      }
    }
    if (status.ok()) status = Execute(text);
    if (!in_transaction) return status;
    if (status.ok()) return Execute("COMMIT");
    if (!absl::IsUnavailable(status)) {
      const Status rolled_back = Execute("ROLLBACK");
      if (!rolled_back.ok()) return rolled_back;
    }
    return status;
  }

  Status Query(const ValuesSql& sql, const ValueRows& rows) override {
    next_row_ = 0;
    if (rows.rows.empty()) {
      SL_TRY(Execute(StrCat("BEGIN READ ONLY; DECLARE scan NO SCROLL CURSOR FOR ", sql.before)));
      has_cursor_ = true;
      result_ = nullptr;
      return OkStatus();
    }
    std::string text;
    SL_TRY(literals_.AppendStatement(sql, rows, 0, SIZE_MAX, &text).status());
    SL_ASSIGN(result_, Run(text));
    return OkStatus();
  }

  StatusOr<bool> Fetch(RowReader& reader, int32_t max_rows) override {
    while (true) {
      const int num_rows = result_ == nullptr ? 0 : PQntuples(result_.get());
      for (; next_row_ < num_rows && reader.num_rows() < max_rows; ++next_row_) {
        SL_TRY(AddRow(reader));
      }
      if (next_row_ < num_rows) return true;
      const bool was_last = !has_cursor_ || (result_ != nullptr && num_rows < kMaxBatchRows);
      if (was_last) {
        EndQuery();
        return false;
      }
      if (reader.num_rows() >= max_rows) return true;
      SL_ASSIGN(result_, Run(StrCat("FETCH ", kMaxBatchRows, " FROM scan")));
      next_row_ = 0;
    }
  }

  void EndQuery() override {
    result_ = nullptr;
    // Ends the transaction and with it the cursor. If that fails, the next statement tells.
    if (std::exchange(has_cursor_, false)) static_cast<void>(Execute("ROLLBACK"));
  }

 private:
  Status AddRow(RowReader& reader) {
    PGresult* const result = result_.get();
    const int num_results = std::min(PQnfields(result), reader.num_results());
    for (int i = 0; i < num_results; ++i) {
      Cell cell;
      if (PQgetisnull(result, next_row_, i) == 0) {
        cell.kind = Cell::Kind::kText;
        cell.text = {PQgetvalue(result, next_row_, i),
                     static_cast<size_t>(PQgetlength(result, next_row_, i))};
        if (PQftype(result, i) == kByteaOid) cell.text = Unhex(cell.text);
      }
      SL_TRY(reader.Add(i, cell));
    }
    reader.EndRow();
    return OkStatus();
  }

  // \x0a1b
  std::string_view Unhex(std::string_view text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    bytes_.clear();
    for (size_t i = 2; i + 1 < text.size(); i += 2) {
      bytes_.push_back(static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1])));
    }
    return bytes_;
  }

  Status Execute(const std::string& sql) { return Run(sql).status(); }
  Status Execute(std::string_view sql) { return Execute(std::string(sql)); }
  Status Execute(const char* sql) { return Execute(std::string(sql)); }

  // Runs statements to their end; the result of the last one that has rows.
  StatusOr<Result> Run(const std::string& sql) {
    PGconn* const connection = handle_.get();
    if (PQsendQuery(connection, sql.c_str()) == 0) return Failure();
    Result rows;
    Status failure;
    while (true) {
      SL_TRY(AwaitResult());
      Result result(PQgetResult(connection));
      if (result == nullptr) break;
      const ExecStatusType status = PQresultStatus(result.get());
      if (status == PGRES_TUPLES_OK) {
        rows = std::move(result);
      } else if (status != PGRES_COMMAND_OK && failure.ok()) {
        failure = FailureOf(*result);
      }
    }
    SL_TRY(failure);
    return rows;
  }

  Status AwaitResult() {
    PGconn* const connection = handle_.get();
    const int64_t deadline_ms = DeadlineIn(read_timeout_ms_);
    while (true) {
      const int unsent = PQflush(connection);
      if (unsent < 0) return Failure();
      if (unsent == 0 && PQisBusy(connection) == 0) return OkStatus();
      if (!WaitFor(connection, true, unsent > 0, deadline_ms)) {
        return absl::UnavailableError(StrCat("PostgreSQL at ", server_, " has not answered for ",
                                             read_timeout_ms_ / 1000, " s"));
      }
      if (PQconsumeInput(connection) == 0) return Failure();
    }
  }

  // Of the session itself.
  Status Failure() const {
    return StatusOf(
        "", StrCat("PostgreSQL at ", server_, ": ", OneLine(PQerrorMessage(handle_.get()))));
  }

  Status FailureOf(const PGresult& result) const {
    const char* const state = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
    if (state == nullptr) return Failure();
    const char* const primary = PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY);
    const char* const detail = PQresultErrorField(&result, PG_DIAG_MESSAGE_DETAIL);
    std::string message =
        StrCat("PostgreSQL at ", server_, ": ", OneLine(primary == nullptr ? "" : primary));
    if (detail != nullptr) StrAppend(&message, " (", OneLine(detail), ")");
    return StatusOf(state, message);
  }

  const Handle handle_;
  const std::string server_;  // for messages
  const int64_t read_timeout_ms_;
  const std::vector<std::string> table_;  // [schema,] name
  LiteralWriter literals_;
  // Of the query under way.
  Result result_;
  int next_row_ = 0;
  bool has_cursor_ = false;
  std::string bytes_;  // of the latest cell of bytes
};

StatusOr<StoredTable> PostgresConnection::Describe() {
  StoredTable stored;
  // As it is written, else in lower case, as a name without quotes would be read.
  const Dialect dialect = PostgresDialect();
  std::string exact, folded;
  for (const std::string& part : table_) {
    const std::string quoted = dialect.Quote(part);
    StrAppend(&exact, exact.empty() ? "" : ".", quoted);
    StrAppend(&folded, folded.empty() ? "" : ".");
    for (char c : quoted) folded.push_back(ToLowerAscii(c));
  }
  std::string place = "COALESCE(to_regclass(";
  literals_.AppendText(exact, &place);
  place += "), to_regclass(";
  literals_.AppendText(folded, &place);
  place += "))";
  SL_ASSIGN(const Result columns,
            Run(StrCat("SELECT a.attrelid::regclass::text, a.attname, "
                       "format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), "
                       "CASE t.typtype WHEN 'e' THEN 'enum' "
                       "WHEN 'd' THEN format_type(t.typbasetype, -1) "
                       "ELSE format_type(a.atttypid, -1) END, "
                       "a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', "
                       "a.attidentity = 'a' OR COALESCE(to_jsonb(a)->>'attgenerated', '') <> '' "
                       "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
                       "WHERE a.attrelid = ",
                       place, " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum")));
  const auto text = [&](const Result& result, int row, int column) {
    return std::string(PQgetvalue(result.get(), row, column));
  };
  for (int row = 0; row < PQntuples(columns.get()); ++row) {
    stored.quoted_name = text(columns, row, 0);
    StoredColumn& column = stored.columns.emplace_back();
    column.name = text(columns, row, 1);
    column.type = text(columns, row, 2);
    column.base_type = text(columns, row, 4);
    // A number too large for the column is not in it, which is no reason to fail.
    const bool is_integer = column.base_type == "smallint" || column.base_type == "integer";
    column.matching = StrCat("?::", is_integer ? "bigint" : text(columns, row, 3));
    column.needs_value = text(columns, row, 5) == "t";
    column.generated = text(columns, row, 6) == "t";
    column.is_instant = column.base_type == "timestamp with time zone";
  }
  SL_ASSIGN(const Result keys,
            Run(StrCat("SELECT i.indexrelid, a.attname FROM pg_index i JOIN pg_attribute a "
                       "ON a.attrelid = i.indrelid AND "
                       "a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) "
                       "WHERE i.indrelid = ",
                       place,
                       " AND i.indisunique AND i.indisvalid AND i.indimmediate "
                       "AND i.indpred IS NULL AND i.indexprs IS NULL ORDER BY 1")));
  for (int row = 0; row < PQntuples(keys.get()); ++row) {
    if (row == 0 || text(keys, row, 0) != text(keys, row - 1, 0)) stored.unique_keys.emplace_back();
    stored.unique_keys.back().push_back(text(keys, row, 1));
  }
  return stored;
}

// ---- Connecting ----

// libpq's names and values.
using Keywords = std::vector<std::pair<const char*, std::string>>;

Keywords KeywordsOf(const ServerUrl& url, bool writable) {
  const auto join = [&](auto append) { return StrJoin(url.hosts, ",", append); };
  Keywords keywords = {
      {"host", join([](std::string* out, const auto& host) { out->append(host.name); })},
      {"port", join([](std::string* out, const auto& host) { StrAppend(out, host.port); })},
      {"dbname", url.database},
      {"user", url.user},
      {"password", url.password},
      {"client_encoding", "UTF8"},
      {"gssencmode", "disable"},
      {"application_name", "sluice"}};
  if (const auto name = url.Find("ApplicationName"); !name.empty()) keywords.back().second = name;
  for (const char* file : {"sslrootcert", "sslcert", "sslkey"}) {
    if (const auto path = url.Find(file); !path.empty()) keywords.emplace_back(file, path);
  }
  const std::string_view mode = url.Find("sslmode");
  const bool has_ssl = url.IsTrue("ssl");
  if (!mode.empty() || has_ssl)
    keywords.emplace_back("sslmode", mode.empty() ? "verify-full" : mode);
  const std::string_view server = url.Find("targetServerType");
  if (server == "primary" || server == "master" ||
      (server.empty() && writable && url.hosts.size() > 1)) {
    keywords.emplace_back("target_session_attrs", "read-write");
  } else if (server == "secondary" || server == "slave") {
    keywords.emplace_back("target_session_attrs", "standby");
  } else if (server == "preferSecondary" || server == "preferSlave") {
    keywords.emplace_back("target_session_attrs", "prefer-standby");
  }
  return keywords;
}

int64_t Millis(std::string_view seconds, int64_t fallback) {
  const int64_t value = std::strtoll(std::string(seconds).c_str(), nullptr, 10);
  return value <= 0 ? fallback : value * 1000;
}

StatusOr<Handle> Connect(const Keywords& keywords, const std::string& server, int64_t timeout_ms) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : keywords) {
    names.push_back(name);
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  Handle handle(PQconnectStartParams(names.data(), values.data(), 0));
  if (handle == nullptr) return absl::ResourceExhaustedError("out of memory");
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
  const int64_t deadline_ms = DeadlineIn(timeout_ms);
  PostgresPollingStatusType status =
      PQstatus(handle.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
    const bool to_read = status == PGRES_POLLING_READING;
    if (!WaitFor(handle.get(), to_read, !to_read, deadline_ms)) {
      return absl::UnavailableError(StrCat("PostgreSQL at ", server, " has not answered for ",
                                           timeout_ms / 1000, " s", RemedyOf("")));
    }
    status = PQconnectPoll(handle.get());
  }
  if (status == PGRES_POLLING_OK) {
    PQsetErrorVerbosity(handle.get(), PQERRORS_DEFAULT);
    PQsetnonblocking(handle.get(), 1);
    return handle;
  }
  const std::string message = OneLine(PQerrorMessage(handle.get()));
  // What no later try would change.
  for (std::string_view mistake : {"does not support SSL", "certificate"}) {
    if (message.find(mistake) == std::string::npos) continue;
    return absl::FailedPreconditionError(StrCat("PostgreSQL at ", server, ": ", message,
                                                "; check 'sslmode' and 'sslrootcert' in the URL"));
  }
  return StatusOf(StateIn(message), StrCat("PostgreSQL at ", server, ": ", message));
}

}  // namespace

StatusOr<std::unique_ptr<Connection>> ConnectPostgres(const TableInfo& table, bool writable,
                                                      const Session& session) {
  SL_ASSIGN(const ServerUrl url,
            ParseServerUrl(table, PostgresDialect().url_prefix, kPostgresPort));
  const std::string server = StrCat(url.ShowHosts(), ", database '", url.database, "'");
  const std::string_view wanted =
      url.Find("connectTimeout").empty() ? url.Find("loginTimeout") : url.Find("connectTimeout");
  const int64_t timeout_ms =
      Millis(wanted, kConnectTimeoutMs) * static_cast<int64_t>(url.hosts.size());
  SL_ASSIGN(Handle handle, Connect(KeywordsOf(url, writable), server, timeout_ms));
  auto connection = std::make_unique<PostgresConnection>(
      std::move(handle), server, Millis(url.Find("socketTimeout"), kReadTimeoutMs), table, session);
  SL_TRY(connection->SetUp(url.Find("currentSchema")));
  return connection;
}

}  // namespace sluice
