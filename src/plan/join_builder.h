// Join nodes from their condition: equalities between the sides become keys, the rest stays a
// condition. FROM, subqueries and set operations all make their joins here.
#pragma once

#include <vector>

#include "plan/logical_plan.h"

namespace sluice {

// Which of two inputs an expression over both, left columns first, reads.
enum class Side : uint8_t { kNone, kLeft, kRight, kBoth };
Side SideOf(const Expr& expr, size_t left_count);

// a = b
bool IsEquality(const Expr& expr);

// A join of all columns of both nodes. `columns` are those of left, then right, as they are to be
// called; `condition`, over the same, may be null. The result has these columns (semi, anti: the
// left ones alone), nullable where the join pads them.
NodePtr MakeJoinNode(JoinType type, NodePtr left, NodePtr right, const PlanColumns& columns,
                     const ExprPtr& condition);

// NOT IN: `condition` is a conjunction of equalities between the sides, each of which may also be
// unknown. The result has the columns of `left`.
NodePtr MakeNullAwareAntiJoin(NodePtr left, NodePtr right, PlanColumns columns,
                              const ExprPtr& condition);

// left IS NOT DISTINCT FROM right in all columns, which have the same types but for nullability:
// the rows of `left` that are (kSemi) or are not (kAnti) in `right`.
NodePtr MakeSetJoin(JoinType type, NodePtr left, NodePtr right);

}  // namespace sluice
