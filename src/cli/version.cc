#include "cli/version.h"

#include <fmt/format.h>

#include "base/flink_version.h"
#include "engine/engine.h"

namespace sluice {

std::string VersionText() {
  return fmt::format(
      "sluice {}\n"
      "  commit       {}\n"
      "  Flink level  {} (with --flink-version {}: the newer one)\n"
      "  CPU kernels  {}\n",
      SluiceVersion(), SluiceCommit(), FlinkVersionName(FlinkVersion::k1_20),
      FlinkVersionName(FlinkVersion::k2_3), fmt::join(CpuKernels(), ", "));
}

}  // namespace sluice
