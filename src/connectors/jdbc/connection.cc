#include "connectors/jdbc/connection.h"

#include "base/strings.h"

namespace sluice {
namespace {

constexpr char kBadRow[] = "sluice/bad-row";

}  // namespace

const StoredColumn* StoredTable::Find(std::string_view name) const {
  const StoredColumn* similar = nullptr;
  bool ambiguous = false;
  for (const StoredColumn& column : columns) {
    if (column.name == name) return &column;
    if (!EqualsIgnoreCase(column.name, name)) continue;
    ambiguous = similar != nullptr;
    similar = &column;
  }
  return ambiguous ? nullptr : similar;
}

Status BadRowError(std::string_view message) {
  Status status = absl::InvalidArgumentError(StrCat(message));
  status.SetPayload(kBadRow, absl::Cord());
  return status;
}

bool IsBadRow(const Status& status) { return status.GetPayload(kBadRow).has_value(); }

}  // namespace sluice
