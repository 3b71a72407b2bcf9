// A small seeded generator (splitmix64). The standard distributions differ between libraries, so
// the draws are made here: one seed gives the same events on every machine. Not for secrets. One
// object per thread.
#pragma once

#include <cstdint>

namespace sluice {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // An independent stream for item `index` of a seed, so that item n does not depend on the items
  // before it.
  static Random ForItem(uint64_t seed, uint64_t index) {
    Random seeded(seed);
    return Random(seeded.Next() ^ (index * 0xd1342543de82ef95u));
  }

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // Evenly from [0, bound), by the high half of a product of 32 bits. REQUIRES: bound > 0.
  uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>(((Next() >> 32) * uint64_t{bound}) >> 32);
  }

  bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

}  // namespace sluice
