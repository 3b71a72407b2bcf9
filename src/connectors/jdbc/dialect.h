// Dialect: what the jdbc connector must know of one kind of database. Everything else is the same
// for all: reading, looking up and writing are written once, over Connection.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"

namespace sluice {

enum class UpsertStyle : uint8_t {
  kOnConflict,      // ON CONFLICT (key) DO UPDATE SET a = excluded.a WHERE …
  kOnDuplicateKey,  // ON DUPLICATE KEY UPDATE a = VALUES(a), from left to right
};
enum class LookupStyle : uint8_t {
  kValues,    // WITH asked(place, k0) AS (VALUES (0, …), …) SELECT … FROM asked JOIN …
  kUnionAll,  // SELECT … FROM (SELECT 0 AS place, … AS k0 UNION ALL SELECT …) AS asked JOIN …
};

struct Dialect {
  std::string_view name;
  std::string_view url_prefix;  // "jdbc:sqlite:"
  UpsertStyle upsert_style = UpsertStyle::kOnConflict;
  LookupStyle lookup_style = LookupStyle::kValues;
  char quote = '"';
  // Between `asked` and the table: keeps the optimizer from looping over the table instead.
  std::string_view lookup_join = " JOIN ";
  // One INSERT may write a key twice.
  bool repeats_keys = false;
  // Keys are asked for in groups of these sizes, descending, the last one 1 or any up to the first.
  std::span<const int32_t> lookup_sizes;
  bool any_lookup_size = false;
  // A server: connections fail and come back.
  bool is_server = false;

  StatusOr<std::unique_ptr<Connection>> (*connect)(const TableInfo&, bool writable,
                                                   const Session&) = nullptr;
  // Values of the type can be kept in the column, or only read from it.
  bool (*fits)(const Type&, const StoredColumn&, bool written) = nullptr;
  // Problems of the URL and the options around it.
  std::vector<OptionProblem> (*check)(const TableInfo&) = nullptr;
  // Parameters of the URL that have no effect here though they might be meant to.
  std::vector<std::string> (*warnings)(const TableInfo&, const Session&) = nullptr;

  // "a", with quotes inside doubled.
  std::string Quote(std::string_view name) const;
};

// Each in a file of its own.
Dialect SqliteDialect();
Dialect MysqlDialect();
Dialect PostgresDialect();

// By the beginning of the URL; null: no database that is known.
const Dialect* FindDialect(std::string_view url);
// REQUIRES: the options have been checked.
const Dialect& DialectOf(const TableInfo& table);

}  // namespace sluice
