// The Flink release whose behaviour is in force where releases differ.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice {

enum class FlinkVersion : uint8_t { k1_20, k2_3 };

constexpr std::string_view FlinkVersionName(FlinkVersion version) {
  return version == FlinkVersion::k1_20 ? "1.20" : "2.3";
}

}  // namespace sluice
