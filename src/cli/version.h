// What `sluice --version` tells.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// "0.1.0"
std::string_view SluiceVersion();

// The commit that the binary was built from, "-dirty" behind it when files had been changed;
// "unknown" outside of git.
std::string_view SluiceCommit();

// All of it, in lines.
std::string VersionText();

}  // namespace sluice
