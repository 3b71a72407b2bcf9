// Dialect: how the jdbc connector speaks to one kind of database. jdbc.cc finds it by the beginning
// of the URL.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "connectors/connector.h"

namespace sluice {

struct Dialect {
  std::string_view url_prefix;  // "jdbc:sqlite:"
  // Null: the database is known, but cannot be reached yet.
  StatusOr<std::unique_ptr<Source>> (*make_source)(const TableInfo&, const ScanSpec&,
                                                   const Session&) = nullptr;
  StatusOr<std::unique_ptr<Sink>> (*make_sink)(const TableInfo&, const SinkSpec&,
                                               const Session&) = nullptr;
  StatusOr<std::unique_ptr<LookupSource>> (*make_lookup)(const TableInfo&, const LookupSpec&,
                                                         const Session&) = nullptr;
};

// Each in a file of its own.
Dialect SqliteDialect();

std::span<const OptionSpec> JdbcOptions();

// The part of the column `scan.partition.column` that one query reads, both ends included.
struct ScanPartition {
  int64_t lower = 0;
  int64_t upper = 0;
};
// As Flink cuts them; empty when the table is not partitioned.
std::vector<ScanPartition> ScanPartitions(const TableInfo& table);

// What the sink options say about rows that are there already.
struct UpsertRules {
  // Columns of the table that are written, with the place in the batch (-1: always NULL).
  struct Column {
    int32_t column;
    int32_t place;
  };
  std::vector<Column> columns;
  bool partial = false;      // columns that are not named keep their value
  bool ignore_null = false;  // a NULL does not overwrite
  int32_t version_column = -1;
  // Of several changes of a key only the last one counts.
  bool MayFold() const { return !partial && !ignore_null && version_column < 0; }
};
StatusOr<UpsertRules> MakeUpsertRules(const TableInfo& table, const SinkSpec& spec);

}  // namespace sluice
