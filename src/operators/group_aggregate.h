// GroupAggregate: GROUP BY without windows. One change per key and batch: +I for a new group, -U/+U
// when the result changed, -D when its last row was retracted; nothing when the result is the same.
// State is kept for ever, in memory.
#pragma once

#include <memory>
#include <vector>

#include "functions/aggregate_function.h"
#include "operators/operator.h"

namespace sluice {

struct GroupAggregateSpec {
  std::vector<int32_t>
      keys;  // input columns; none: one global group, which emits nothing before its first row
  std::vector<AggregateCall> calls;  // none: SELECT DISTINCT
  std::vector<Type> input_types;
  bool input_is_append_only = true;
  bool emit_update_before = true;  // false when everything downstream understands +U alone
};
// Output: the keys, then the results.
std::unique_ptr<Operator> MakeGroupAggregate(GroupAggregateSpec spec);

}  // namespace sluice
