// What SQLite offers to the jdbc connector.
#pragma once

#include <memory>

#include "connectors/connector.h"

namespace sluice {

StatusOr<std::unique_ptr<Source>> MakeSqliteSource(const TableInfo& table, const ScanSpec& spec,
                                                   const Session& session);
StatusOr<std::unique_ptr<Sink>> MakeSqliteSink(const TableInfo& table, const SinkSpec& spec,
                                               const Session& session);
StatusOr<std::unique_ptr<LookupSource>> MakeSqliteLookup(const TableInfo& table,
                                                         const LookupSpec& spec,
                                                         const Session& session);

}  // namespace sluice
