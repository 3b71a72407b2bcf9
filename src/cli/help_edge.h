// How `--help` reads: usage, what it is for, options, examples; never wider than 100 columns.
#pragma once

#include <span>
#include <string>

#include "cli/verb.h"

namespace sluice {

// Of `sluice --help`. `color`: headings in bold.
std::string RootHelp(std::span<const VerbEntry> verbs, bool color);

// Of `sluice VERB --help`.
std::string VerbHelp(const VerbEntry& verb, const CLI::App& command, bool color);

}  // namespace sluice
