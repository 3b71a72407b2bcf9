// The logical plan: what a query means, as a tree of relational nodes over typed columns. The
// binder makes it, the optimiser replaces nodes; nodes are immutable once built and may be shared
// (two readers of one node = one computation).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "expr/expr.h"
#include "functions/aggregate_function.h"
#include "operators/lookup_join.h"
#include "operators/regular_join.h"
#include "operators/top_n.h"
#include "plan/catalog.h"

namespace sluice {

// What event time or processing time a column stands for; lost by anything but passing it on.
enum class TimeAttribute : uint8_t { kNone, kProctime, kRowtime };

struct PlanColumn {
  std::string name;
  Type type;
  TimeAttribute time = TimeAttribute::kNone;
};
using PlanColumns = std::vector<PlanColumn>;

struct LogicalNode;
using NodePtr = std::shared_ptr<const LogicalNode>;

// A column that a scan hands out.
struct ScanColumn {
  bool is_metadata = false;
  std::string metadata_key;  // of metadata
  DecodedColumn decoded;     // of everything else
};

// Reads a table. `table` has its hints and secrets applied; equal pointers mean the same reading of
// the same table.
struct LogicalScan {
  std::shared_ptr<const TableInfo> table;
  std::string name;  // for people
  std::vector<ScanColumn> columns;
  std::vector<DecodeFilter> filters;  // on columns of this scan; dropped rows count as filtered
};
struct LogicalValues {
  std::vector<std::vector<Value>> rows;
};
// Filter first, then projection.
struct LogicalCalc {
  ExprPtr filter;  // null: none
  std::vector<ExprPtr> projections;
};
struct LogicalJoin {
  JoinType type;
  std::vector<int32_t> left_keys = {};
  std::vector<int32_t> right_keys = {};
  std::vector<bool> null_safe = {};  // per key: NULL equals NULL; empty: nowhere
  ExprPtr condition = nullptr;       // over left, then right columns
  bool null_aware = false;
};
struct LogicalLookupJoin {
  std::shared_ptr<const TableInfo> table;
  std::string name;
  std::vector<int32_t> key_columns;     // of `table`
  std::vector<ExprPtr> keys;            // over the input
  std::vector<int32_t> lookup_columns;  // of `table`; the output is the input, then these
  bool left_outer = false;
  ExprPtr condition;  // over the input, then lookup_columns
};
// Output: keys, then results.
struct LogicalAggregate {
  std::vector<int32_t> keys;
  std::vector<AggregateCall> calls;
};
// Output: the input, then `num_elements` columns of the elements of one of its columns; see
// UnnestSpec.
struct LogicalUnnest {
  int32_t column = 0;
  bool left_outer = false;
  bool with_ordinality = false;
  int32_t num_elements = 0;
};
struct LogicalUnion {};  // UNION ALL of all inputs
// The rows from `offset` + 1 to `offset` + `limit` of each partition.
struct LogicalTopN {
  std::vector<SortColumn> order;
  int64_t offset = 0;
  int64_t limit = 0;
  std::vector<int32_t> partition = {};
  bool row_number = false;                          // ROW_NUMBER(): the last column is the rank
  bool latest_first = false;                        // of rows that sort alike
  TimeAttribute order_time = TimeAttribute::kNone;  // what ROW_NUMBER() orders by

  bool IsUnbounded() const { return row_number && limit == INT64_MAX; }
};

struct LogicalNode {
  std::variant<LogicalScan, LogicalValues, LogicalCalc, LogicalJoin, LogicalLookupJoin,
               LogicalAggregate, LogicalUnnest, LogicalUnion, LogicalTopN>
      body;
  std::vector<NodePtr> inputs;
  PlanColumns columns;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&body);
  }
  std::vector<Type> types() const;
};

// One INSERT INTO, or the SELECT whose rows are shown.
struct LogicalSink {
  std::shared_ptr<const TableInfo> table;  // null: the rows are collected
  std::string name;
  std::vector<int32_t> columns;  // of `table`, in the order of the query's columns
  NodePtr input;              // its columns have the sink's types, but for length and nullability
  PlanColumns query_columns;  // as the query named them, for lint
  SourceSpan span;
};

NodePtr MakeNode(LogicalNode node);
// A Calc over `input`; folded into it when it is a Calc whose projections may be computed once more
// without harm. Returns `input` itself for a pure identity with the same names.
NodePtr MakeCalcNode(NodePtr input, ExprPtr filter, std::vector<ExprPtr> projections,
                     PlanColumns columns);
// The identity projections of a node.
std::vector<ExprPtr> AllColumns(const NodePtr& node);
// The conjunction of the parts; null for none.
ExprPtr AndAll(std::vector<ExprPtr> parts);

}  // namespace sluice
