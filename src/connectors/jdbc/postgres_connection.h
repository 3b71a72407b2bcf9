// A session with a PostgreSQL server, through libpq.
#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"

namespace sluice {

inline constexpr int32_t kPostgresPort = 5432;

// Unavailable while no host of the URL answers.
StatusOr<std::unique_ptr<Connection>> ConnectPostgres(const TableInfo& table, bool writable,
                                                      const Session& session);

}  // namespace sluice
