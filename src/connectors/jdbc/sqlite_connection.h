// A session with a SQLite file.
#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"

namespace sluice {

// NotFound when there is no such file: databases are never created.
StatusOr<std::unique_ptr<Connection>> ConnectSqlite(const TableInfo& table, bool writable,
                                                    const Session& session);

}  // namespace sluice
