// Whether a declared table fits the one in the database; everything that does not fit is told in
// one error.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"
#include "connectors/jdbc/dialect.h"

namespace sluice {

struct TableNeeds {
  std::vector<int32_t> columns;  // of TableInfo::columns
  bool written = false;          // rows are inserted with these columns
  bool upsert = false;           // a unique index on the primary key is needed
};
Status CheckTable(const Dialect& dialect, const TableInfo& table, const StoredTable& stored,
                  const TableNeeds& needs);

}  // namespace sluice
