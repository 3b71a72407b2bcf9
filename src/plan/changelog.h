// What kinds of changes a plan node emits, and by which columns its rows are told apart.
#pragma once

#include <vector>

#include "plan/logical_plan.h"

namespace sluice {

struct Changelog {
  bool append_only = true;  // only +I
  // Sets of output columns (sorted) of which each alone identifies a row among the live ones. The
  // empty set: at most one row.
  std::vector<std::vector<int32_t>> unique_keys;
  // A filter stands between the last operator that updates and here: a -U may be all that is left
  // of an update.
  bool update_before_may_stand_alone = false;
};

Changelog InferChangelog(const NodePtr& node);

// True if a unique key has just these columns.
bool HasUniqueKey(const Changelog& changelog, std::vector<int32_t> columns);

}  // namespace sluice
