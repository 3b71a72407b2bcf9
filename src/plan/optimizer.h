// The optimiser: rules that replace logical plans by cheaper ones with the same meaning, in a fixed
// order:
//   fold constants → push filters towards the scans → bound ROW_NUMBER() → push JSON paths and ROW
//   fields into the scans → drop unused columns → push equality filters into the decoders → share
//   scans between all sinks.
#pragma once

#include <functional>
#include <vector>

#include "plan/logical_plan.h"

namespace sluice {

std::vector<LogicalSink> Optimize(std::vector<LogicalSink> sinks, const Session& session);

// The single rules, for tests and for EXPLAIN.
NodePtr FoldConstantsInPlan(const NodePtr& node, const Session& session);
NodePtr PushFilters(const NodePtr& node);
NodePtr BoundRanks(const NodePtr& node);
NodePtr PushPaths(const NodePtr& node);
std::vector<LogicalSink> PruneColumns(std::vector<LogicalSink> sinks);
NodePtr PushDecodeFilters(const NodePtr& node);
std::vector<LogicalSink> ShareScans(std::vector<LogicalSink> sinks);

// Rebuilds a plan from its leaves up: `rewrite` gets each node with its inputs already rewritten,
// once per node.
NodePtr RewriteBottomUp(const NodePtr& root, const std::function<NodePtr(const NodePtr&)>& rewrite);
// The same node over other inputs, which have the same columns.
NodePtr WithInputs(const NodePtr& node, std::vector<NodePtr> inputs);
// All nodes, each after its inputs, without duplicates.
std::vector<NodePtr> TopologicalOrder(const std::vector<LogicalSink>& sinks);

}  // namespace sluice
