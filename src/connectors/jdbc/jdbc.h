// What the jdbc connector is made of: the same source, lookup and sink for every database.
#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"
#include "connectors/jdbc/table_check.h"

namespace sluice {

StatusOr<std::unique_ptr<Source>> MakeJdbcSource(const TableInfo& table, const ScanSpec& spec,
                                                 const Session& session);
StatusOr<std::unique_ptr<Sink>> MakeJdbcSink(const TableInfo& table, const SinkSpec& spec,
                                             const Session& session);
StatusOr<std::unique_ptr<LookupSource>> MakeJdbcLookup(const TableInfo& table,
                                                       const LookupSpec& spec,
                                                       const Session& session);

// A session whose table is there and fits.
struct TableSession {
  std::unique_ptr<Connection> connection;
  StoredTable stored;
};
StatusOr<TableSession> OpenTable(const TableInfo& table, const TableNeeds& needs,
                                 const Session& session);
Status TryConnectJdbc(const TableInfo& table, const TableUse& use, const Session& session);
// What each use needs of the table.
TableNeeds NeedsOf(const ScanSpec& spec);
TableNeeds NeedsOf(const LookupSpec& spec);
// The same at the start of a job, when a server that cannot be reached is no failure yet: it gives
// a session without connection, and a warning.
StatusOr<TableSession> OpenTableAtStart(const TableInfo& table, const TableNeeds& needs,
                                        const Session& session);

// The connector under its own name.
Connector JdbcConnector();

// How long a lost connection is tried again.
int64_t RetryWindowMs(const TableInfo& table);

}  // namespace sluice
