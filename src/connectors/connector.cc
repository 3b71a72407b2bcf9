#include "connectors/connector.h"

#include "connectors/unavailable.h"

namespace sluice {

#define SL_CONNECTOR(name) Connector Connector_##name();
#include "connectors/connector_list.inc"
#undef SL_CONNECTOR

Schema TableInfo::PhysicalSchema() const {
  Schema schema;
  for (const TableColumn& column : columns) {
    if (column.role == ColumnRole::kPhysical) schema.push_back({column.name, column.type});
  }
  return schema;
}

std::span<const Connector> AllConnectors() {
  static const std::vector<Connector>* const kConnectors = [] {
    auto* connectors = new std::vector<Connector> {
#define SL_CONNECTOR(name) Connector_##name(),
#include "connectors/connector_list.inc"
#undef SL_CONNECTOR
    };
    for (const Connector& connector : UnavailableConnectors()) connectors->push_back(connector);
    return connectors;
  }();
  return *kConnectors;
}

const Connector* FindConnector(std::string_view name) {
  for (const Connector& connector : AllConnectors()) {
    if (connector.name == name) return &connector;
  }
  return nullptr;
}

}  // namespace sluice
