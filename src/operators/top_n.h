// TopN: ORDER BY … LIMIT on a changelog, or ROW_NUMBER() <= n for each partition of it. Emits +I
// for rows that enter the top, -D for rows that leave it; -U and +U where a rank goes to another
// row, or the only place does.
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
  std::vector<int32_t> partition;  // none: all rows are one
  std::vector<SortColumn> order;   // none: order of arrival
  bool latest_first = false;       // of rows that sort alike; otherwise the earliest is first
  int64_t offset = 0;
  int64_t limit = 0;
  std::vector<Type> input_types;
  bool input_is_append_only = true;
  bool with_rank = false;
};
// Output: the columns of the input; with_rank: then the rank, a BIGINT from offset + 1.
std::unique_ptr<Operator> MakeTopN(TopNSpec spec);

}  // namespace sluice
