// TopN: ORDER BY … LIMIT on a changelog. Emits +I for rows that enter the top, -D for rows that
// leave it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "operators/operator.h"

namespace sluice {

struct SortColumn {
  int32_t column = 0;
  bool descending = false;
  bool nulls_last = false;  // Flink: NULLs are low: first when ascending, last when descending
};

struct TopNSpec {
  std::vector<SortColumn> order;  // none: order of arrival
  int64_t offset = 0;
  int64_t limit = 0;
  std::vector<Type> input_types;
  bool input_is_append_only = true;
};
// Output: the columns of the input.
std::unique_ptr<Operator> MakeTopN(TopNSpec spec);

}  // namespace sluice
