// Whether the stores of a job can be reached and fit, without running it and without changing
// anything.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace sluice {

struct ConnectionTry {
  std::string table;
  std::string use;  // "read", "lookup", "write"
  std::string connector;
  bool connects = false;  // false: its connector has nothing to connect to, or cannot try it
  Status status;          // if connects
};

// Every table of the job in the order of its plan. Blocks.
std::vector<ConnectionTry> TryConnections(const CompiledJob& job);

}  // namespace sluice
