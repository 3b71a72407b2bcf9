// Findings about a script, for people on a terminal.
#pragma once

#include <string>

#include "plan/script.h"

namespace sluice {

// All findings of the script, errors first; in colour if wanted. Empty if there are none.
std::string RenderFindings(const Script& script, bool color);

// The same, to standard error.
void PrintFindings(const Script& script);

}  // namespace sluice
