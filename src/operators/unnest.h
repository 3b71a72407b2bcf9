// Unnest: each row beside every element of one of its collections. Row kinds pass through.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "operators/operator.h"

namespace sluice {

struct UnnestSpec {
  // An ARRAY, MAP or MULTISET of the input; or a BIGINT, as often as which the row comes, without
  // any element.
  int32_t column = 0;
  bool left_outer = false;       // a row without elements comes once, beside NULLs
  bool with_ordinality = false;  // the last column counts the elements of a row, from 1
  std::vector<Type> element_types;
};
// Output: the columns of the input, then those of the elements: an ARRAY's element or, if that is a
// ROW, its fields; a MAP's key and value. An element that is a NULL instead of a ROW is none.
std::unique_ptr<Operator> MakeUnnest(UnnestSpec spec);

}  // namespace sluice
