// jdbc: tables of relational databases. Which database it is follows from the URL (dialect.h).
#include "connectors/jdbc/jdbc.h"

#include <algorithm>

#include "base/log.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/jdbc_options.h"
#include "connectors/jdbc/upsert_rules.h"

namespace sluice {

namespace {

StatusOr<TableSession> OpenToRead(const TableInfo& table, const TableNeeds& needs,
                                  const Session& session) {
  const Dialect& dialect = DialectOf(table);
  TableSession result;
  SL_ASSIGN(result.connection, dialect.connect(table, needs.written, session));
  SL_ASSIGN(result.stored, result.connection->Describe());
  SL_TRY(CheckTable(dialect, table, result.stored, needs));
  return result;
}

}  // namespace

TableNeeds NeedsOf(const ScanSpec& spec) { return {.columns = spec.columns}; }

TableNeeds NeedsOf(const LookupSpec& spec) {
  TableNeeds needs{.columns = spec.columns};
  for (int32_t key : spec.key_columns) {
    if (std::find(needs.columns.begin(), needs.columns.end(), key) == needs.columns.end()) {
      needs.columns.push_back(key);
    }
  }
  return needs;
}

StatusOr<TableSession> OpenTable(const TableInfo& table, const TableNeeds& needs,
                                 const Session& session) {
  SL_ASSIGN(TableSession result, OpenToRead(table, needs, session));
  if (needs.written) SL_TRY(result.connection->PrepareForWriting());
  return result;
}

Status TryConnectJdbc(const TableInfo& table, const TableUse& use, const Session& session) {
  TableNeeds needs;
  if (use.scan != nullptr) {
    needs = NeedsOf(*use.scan);
  } else if (use.lookup != nullptr) {
    needs = NeedsOf(*use.lookup);
  } else {
    SL_ASSIGN(const UpsertRules rules, MakeUpsertRules(table, *use.sink));
    needs = rules.Needs();
  }
  return OpenToRead(table, needs, session).status();
}

StatusOr<TableSession> OpenTableAtStart(const TableInfo& table, const TableNeeds& needs,
                                        const Session& session) {
  const Dialect& dialect = DialectOf(table);
  for (const std::string& warning : dialect.warnings(table, session)) {
    LogWarning(StrCat("table ", table.name, ": ", warning));
  }
  StatusOr<TableSession> opened = OpenTable(table, needs, session);
  if (opened.ok() || !dialect.is_server || !absl::IsUnavailable(opened.status())) return opened;
  LogWarning(StrCat("table ", table.name, ": ", opened.status().message(),
                    "; it is tried again for ", RetryWindowMs(table) / 1000, " s"));
  return TableSession();
}

int64_t RetryWindowMs(const TableInfo& table) {
  if (!DialectOf(table).is_server) return 0;
  return table.options.GetDurationMs(JdbcOptions(), "connection.max-retry-timeout");
}

Connector JdbcConnector() {
  return {.name = "jdbc",
          .help = "Tables of relational databases: MySQL, MariaDB, PostgreSQL, SQLite files.",
          .options = JdbcOptions(),
          // One writer keeps the order of changes and needs no lock of another.
          .single_sink_task = true,
          .make_source = MakeJdbcSource,
          .make_sink = MakeJdbcSink,
          .make_lookup = MakeJdbcLookup,
          .sink_changelog =
              [](const TableInfo& table) {
                return table.primary_key.empty() ? ChangelogSupport::kAppend
                                                 : ChangelogSupport::kUpsert;
              },
          .is_bounded = [](const TableInfo&) { return true; },
          .check = CheckJdbcOptions,
          .try_connect = TryConnectJdbc};
}

Connector Connector_jdbc() { return JdbcConnector(); }

}  // namespace sluice
