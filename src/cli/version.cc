#include "cli/version.h"

#include <fmt/format.h>

#include "base/flink_version.h"

namespace sluice {

std::string CpuKernels() {
#if defined(__x86_64__)
  std::string names;
  const auto add = [&](bool supported, std::string_view name) {
    if (!supported) return;
    if (!names.empty()) names += ", ";
    names += name;
  };
  add(__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2"), "AVX-512");
  add(__builtin_cpu_supports("avx2"), "AVX2");
  add(__builtin_cpu_supports("sse4.2"), "SSE4.2");
  return names;
#elif defined(__aarch64__)
  return "NEON";
#else
  return "portable";
#endif
}

std::string VersionText() {
  return fmt::format(
      "sluice {}\n"
      "  commit       {}\n"
      "  Flink level  {} (with --flink-version {}: the newer one)\n"
      "  CPU kernels  {}\n",
      SluiceVersion(), SluiceCommit(), FlinkVersionName(FlinkVersion::k1_20),
      FlinkVersionName(FlinkVersion::k2_3), CpuKernels());
}

}  // namespace sluice
