// The options of the jdbc connector and what can be checked of them without a connection.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "connectors/connector.h"

namespace sluice {

std::span<const OptionSpec> JdbcOptions();

// All problems at once.
std::vector<OptionProblem> CheckJdbcOptions(const TableInfo& table);

// The column of this name, or -1.
int32_t FindColumn(const TableInfo& table, std::string_view name);

}  // namespace sluice
