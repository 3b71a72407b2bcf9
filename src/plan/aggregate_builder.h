// Aggregate nodes: GROUP BY, DISTINCT, and the single value of a scalar subquery.
#pragma once

#include "plan/expr_binder.h"
#include "plan/logical_plan.h"

namespace sluice {

// The output: keys, values of subqueries, number of the row, calls, as the expressions bound in
// `scope` number them.
NodePtr MakeAggregateNode(NodePtr input, const AggregateScope& scope);

// The columns of the input, perhaps more, and last the number of the row.
NodePtr MakeRowNumberNode(NodePtr input, const RowNumber& number);

NodePtr MakeDistinct(NodePtr node);

// At most one row with one column: the value of a scalar subquery. More than one row at a time fail
// the job.
NodePtr MakeSingleRow(NodePtr node);
// The call that does so for the value of each group.
AggregateScope::Call SingleValueCall(ExprPtr value);

}  // namespace sluice
