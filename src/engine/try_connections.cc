#include "engine/try_connections.h"

#include "operators/lookup_join.h"
#include "operators/scan.h"
#include "operators/table_sink.h"

namespace sluice {

std::vector<ConnectionTry> TryConnections(const CompiledJob& job) {
  std::vector<ConnectionTry> tries;
  const auto attempt = [&](std::string_view use_name, const Connector& connector,
                           const TableInfo& table, const TableUse& use) {
    ConnectionTry& result = tries.emplace_back();
    result.table = table.name;
    result.use = use_name;
    result.connector = connector.name;
    result.connects = connector.try_connect != nullptr;
    if (result.connects) result.status = connector.try_connect(table, use, *job.session);
  };
  for (const PhysicalNode& node : job.plan.nodes) {
    if (const auto* scan = std::get_if<TableScanSpec>(&node.spec)) {
      attempt("read", *scan->connector, scan->table, {.scan = &scan->scan});
    } else if (const auto* lookup = std::get_if<LookupJoinSpec>(&node.spec)) {
      attempt("lookup", *lookup->connector, lookup->table, {.lookup = &lookup->lookup});
    } else if (const auto* sink = std::get_if<TableSinkSpec>(&node.spec)) {
      attempt("write", *sink->connector, sink->table, {.sink = &sink->sink});
    }
  }
  return tries;
}

}  // namespace sluice
