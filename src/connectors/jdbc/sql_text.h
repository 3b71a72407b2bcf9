// The statements of the jdbc connector, in the words of a dialect and with the names of the stored
// table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/upsert_rules.h"

namespace sluice {

// The part of the column `scan.partition.column` that one query reads, both ends included.
struct ScanPartition {
  int64_t lower = 0;
  int64_t upper = 0;
};
// As Flink cuts them; empty when the table is not partitioned.
std::vector<ScanPartition> ScanPartitions(const TableInfo& table);

// A table as the declaration and the database see it.
class SqlText {
 public:
  SqlText(const Dialect& dialect, const TableInfo& table, const StoredTable& stored)
      : dialect_(dialect), table_(table), stored_(stored) {}

  ValuesSql Select(const std::vector<int32_t>& columns,
                   const std::optional<ScanPartition>& partition) const;
  // The row's values are the columns of LookupSpec::key_columns, in that order. The query gives the
  // place of the key, then LookupSpec::columns.
  ValuesSql Lookup(const LookupSpec& spec) const;
  ValuesSql Upsert(const UpsertRules& rules) const;
  ValuesSql Delete(const UpsertRules& rules) const;

 private:
  // Quoted names.
  std::string Name(int32_t column) const;
  std::string Names(const std::vector<int32_t>& columns) const;
  std::string Excluded(const std::string& name) const;
  std::string ConflictClause(const UpsertRules& rules) const;
  std::vector<std::string> Assignments(const UpsertRules& rules, const std::string& newer) const;
  ValuesSql::Slot Value(std::string before, int32_t column, int32_t place) const;

  const Dialect& dialect_;
  const TableInfo& table_;
  const StoredTable& stored_;
};

}  // namespace sluice
