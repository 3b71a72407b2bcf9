// Connectors of Flink, its CDC project and Alibaba Cloud that scripts name but that cannot run here
// yet: their tables validate, so that a script can be checked, explained, and run with --replace.
#pragma once

#include <span>

#include "connectors/connector.h"

namespace sluice {

std::span<const Connector> UnavailableConnectors();

}  // namespace sluice
