// A session with a MySQL or MariaDB server, through libmariadb.
#pragma once

#include <memory>

#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"

namespace sluice {

inline constexpr int32_t kMysqlPort = 3306;

// Unavailable while no host of the URL answers.
StatusOr<std::unique_ptr<Connection>> ConnectMysql(const TableInfo& table, bool writable,
                                                   const Session& session);

}  // namespace sluice
