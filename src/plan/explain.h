// What a physical plan looks like to people and to the console.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/physical_plan.h"

namespace sluice {

struct ExplainedNode {
  int32_t id = 0;
  int32_t stage = 0;  // nodes of one stage run in one task per instance
  std::string name;
  int32_t parallelism = 1;
  std::string changelog;                                     // "[I]", "[I,UB,UA,D]"
  std::vector<std::string> columns;                          // "name TYPE"
  std::vector<std::pair<std::string, std::string>> details;  // "filter" -> "…"; no secrets
  std::vector<std::pair<int32_t, std::string>>
      inputs;  // node and exchange: "forward", "hash[a, b]", "rebalance", "gather"
};

std::vector<ExplainedNode> ExplainPlan(const PhysicalPlan& plan);

// A tree per sink, from the sink down; a node that several read is shown once and named again.
std::string RenderPlan(const std::vector<ExplainedNode>& nodes);

}  // namespace sluice
