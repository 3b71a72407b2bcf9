// LookupJoin: enriches rows from a dimension table through a cache. Probes the whole batch, asks
// the store once for all distinct misses (off the worker thread), keeps the order of rows. Row
// kinds pass through; rows with a NULL key find nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "expr/expr.h"
#include "operators/operator.h"

namespace sluice {

enum class LookupCache : uint8_t { kNone, kPartial, kFull };

struct LookupCacheSpec {
  LookupCache kind = LookupCache::kNone;
  int64_t max_rows = -1;               // PARTIAL; -1: no bound
  int64_t expire_after_write_ms = -1;  // -1: never
  int64_t expire_after_access_ms = -1;
  bool cache_missing_key = true;
  int64_t reload_interval_ms = -1;  // FULL, PERIODIC
};

struct LookupJoinSpec {
  const Connector* connector = nullptr;
  TableInfo table;
  LookupSpec lookup;          // key columns and fetched columns of the dimension
  std::vector<ExprPtr> keys;  // per key column, over the input, of the key column's type
  bool left_outer = false;
  int32_t num_input_columns = 0;
  ExprPtr condition;  // the rest of ON: over input columns, then fetched columns; null: none
  std::vector<int32_t> output_input;   // which input columns go on …
  std::vector<int32_t> output_lookup;  // … followed by these of the fetched columns
  LookupCacheSpec cache;
  int32_t max_retries = 3;
};

std::unique_ptr<Operator> MakeLookupJoin(LookupJoinSpec spec);

}  // namespace sluice
