// FoldedRows: the table that the changes of a query add up to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "operators/top_n.h"
#include "types/batch.h"
#include "types/value.h"

namespace sluice {

struct FoldedRow {
  std::string row;                 // as whoever folds has written it; equal rows are equal texts
  std::vector<Value> sort_values;  // of the columns of the order
};

class FoldedRows {
 public:
  void Apply(RowKind kind, FoldedRow row);
  // The rows by `order`, or as they came: a row takes the place of the one that it replaced.
  // `order[i]` speaks of sort_values[i].
  std::vector<FoldedRow> Take(const std::vector<SortColumn>& order);
  // Rows that were taken back without ever having been there: an error of whoever made the changes.
  int64_t num_unknown() const { return num_unknown_; }

 private:
  void Insert(FoldedRow row);
  void Remove(const FoldedRow& row);

  struct Slot {
    FoldedRow row;
    bool is_live = false;
  };
  std::vector<Slot> slots_;
  absl::flat_hash_map<uint64_t, std::vector<size_t>> slots_of_hash_;
  std::vector<size_t> empty_slots_;
  int64_t num_unknown_ = 0;
};

}  // namespace sluice
