// Breaks an event in one of the ways in which producers break them: what `bad_share` asks for.
#pragma once

#include <cstddef>
#include <string>

#include "events/random.h"

namespace sluice {

// Damages the event that lies in `out` from `begin` on and has no line end yet. The result stays on
// one line. Not every damaged event is an error: a repeated key or a payload inside a string is
// legal, only rare.
void DamageEvent(Random& random, size_t begin, std::string* out);

}  // namespace sluice
