#include "engine/engine.h"
#include "formats/json_blocks.h"

namespace sluice {

std::vector<std::string> CpuKernels() {
  std::vector<std::string> names;
  for (const JsonBlocks::Kernel& kernel : JsonBlocks::Kernels()) names.emplace_back(kernel.name);
  return names;
}

}  // namespace sluice
