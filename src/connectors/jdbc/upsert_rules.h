// UpsertRules: what a sink's options say about rows that are there already; and the order in which
// changes of equal keys have to be written.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"
#include "connectors/jdbc/table_check.h"

namespace sluice {

struct UpsertRules {
  // Columns of the table that are written, with the place in the batch (-1: always NULL).
  struct Column {
    int32_t column;
    int32_t place;
  };
  std::vector<Column> columns;
  std::vector<int32_t> key_places;  // of the primary key, in the batch
  bool partial = false;             // columns that are not named keep their value
  bool ignore_null = false;         // a NULL does not overwrite
  bool ignore_delete = false;
  bool ignore_existing = false;  // a row that is there stays as it is
  int32_t version_column = -1;
  int32_t version_place = -1;

  // Of the table that is written.
  TableNeeds Needs() const;
  bool has_key() const { return !key_places.empty(); }
  // Of several changes of a key with the same kind only the last one counts …
  bool LastOfKindCounts() const { return !ignore_null && !ignore_existing && version_column < 0; }
  // … and of all kinds.
  bool LastCounts() const { return LastOfKindCounts() && !partial; }
};
StatusOr<UpsertRules> MakeUpsertRules(const TableInfo& table, const SinkSpec& spec);

// Changes that may be written in one go: of each key at most one change, or with `repeats_keys`
// several of the same kind, in order.
struct Wave {
  std::vector<RowRef> upserts;
  std::vector<RowRef> deletes;
};
struct WaveStyle {
  bool repeats_keys = false;
  // Every writer of a table takes keys in the same order, so that no two of them wait for each
  // other.
  bool same_order = false;
};
// The rows in waves, one after the other; what is superseded by a later row is left out.
std::vector<Wave> PlanWaves(std::span<const Batch> batches, std::span<const RowRef> rows,
                            const UpsertRules& rules, WaveStyle style);

}  // namespace sluice
