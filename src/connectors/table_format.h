// Which formats a table uses, for which columns: 'format' (or 'value.format') for the rows, and
// 'key.format' for the keys of sources and sinks whose records have keys. The rules are those of
// Flink's KafkaConnectorOptionsUtil.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "connectors/connector.h"
#include "formats/format.h"

namespace sluice {

struct TableFormat {
  std::string option;  // that names it: "format", "value.format" or "key.format"
  std::string name;    // "json"
  std::string prefix;  // of its options: "json.", "value.json.", "key.json."
  // The columns of TableInfo that it holds, in its order, and what they are called in it.
  std::vector<int32_t> columns;
  Schema schema;

  const Format* Find() const { return FindFormat(name); }
  // Its options, without the prefix.
  Options OwnOptions(const TableInfo& table) const { return table.options.WithPrefix(prefix); }
};

// Of the rows; nothing when the table names none.
std::optional<TableFormat> ValueFormatOf(const TableInfo& table);
// Of the keys; nothing when they are not looked at.
std::optional<TableFormat> KeyFormatOf(const TableInfo& table);

// What is wrong with 'key.fields' and its like, in Flink's words.
std::vector<OptionProblem> CheckKeyFields(const TableInfo& table);

// The format that a physical column is read with, or null.
const Format* FormatOfColumn(const TableInfo& table, std::string_view column);

}  // namespace sluice
