// The physical plan: operators with their specs and the exchanges between them. The engine turns it
// into a job graph; EXPLAIN prints it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "operators/calc.h"
#include "operators/group_aggregate.h"
#include "operators/lookup_join.h"
#include "operators/regular_join.h"
#include "operators/router.h"
#include "operators/scan.h"
#include "operators/table_sink.h"
#include "operators/top_n.h"
#include "operators/unnest.h"
#include "operators/upsert_materialize.h"
#include "operators/values.h"
#include "plan/changelog.h"
#include "plan/logical_plan.h"
#include "plan/settings.h"
#include "runtime/job_graph.h"

namespace sluice {

// Hands rows to whoever asked the query (a terminal, a test).
struct CollectSpec {};

struct PhysicalNode {
  std::string name;  // "LookupJoin: pattern"
  std::variant<TableScanSpec, ValuesSpec, CalcSpec, LookupJoinSpec, RegularJoinSpec,
               GroupAggregateSpec, UnnestSpec, TopNSpec, UpsertMaterializeSpec, TableSinkSpec,
               CollectSpec, RouterSpec>
      spec;
  std::vector<JobEdge> inputs;
  std::vector<int32_t> input_of_edge;
  PlanColumns columns;  // of its output; of its input for sinks
  Changelog changelog;  // of its output; of its input for sinks
  int32_t parallelism = 1;
};

struct PhysicalPlan {
  std::vector<PhysicalNode> nodes;  // each after its inputs
};

// A reading of the table that wants nothing of it yet.
TableScanSpec ScanOf(const TableInfo& table);
// A sink for rows that have `columns` of the table.
TableSinkSpec SinkOf(const TableInfo& table, std::vector<int32_t> columns,
                     const Settings& settings);

// Errors (a sink that cannot take updates; `for_run`: a connector that is not there yet) go to the
// script that the sinks' spans belong to. REQUIRES: the sinks are optimised.
PhysicalPlan BuildPhysicalPlan(const std::vector<LogicalSink>& sinks, const Settings& settings,
                               int32_t parallelism, bool for_run, Script& script);

}  // namespace sluice
