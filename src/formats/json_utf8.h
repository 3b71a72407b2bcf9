// UTF-8 validation at the speed of the machine: the kernel is chosen at run time.
#pragma once

#include <string_view>

namespace sluice {

bool IsValidUtf8(std::string_view bytes);

}  // namespace sluice
