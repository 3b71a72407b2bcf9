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

// The vector instructions that this machine offers to the kernels, widest first: "AVX-512, AVX2,
// SSE4.2".
std::string CpuKernels();

// All of it, in lines.
std::string VersionText();

}  // namespace sluice
