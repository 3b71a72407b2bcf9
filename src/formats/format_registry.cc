#include <vector>

#include "formats/format.h"

namespace sluice {

#define SL_FORMAT(name) Format Format_##name();
#include "formats/format_list.inc"
#undef SL_FORMAT

std::span<const Format> AllFormats() {
  static const std::vector<Format>* const kFormats = new std::vector<Format> {
#define SL_FORMAT(name) Format_##name(),
#include "formats/format_list.inc"
#undef SL_FORMAT
  };
  return *kFormats;
}

const Format* FindFormat(std::string_view name) {
  for (const Format& format : AllFormats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace sluice
