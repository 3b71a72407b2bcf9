#include "cli/folded_rows.h"

#include <algorithm>
#include <functional>

namespace sluice {
namespace {

uint64_t HashOf(const std::string& text) { return std::hash<std::string>()(text); }

// Below, equal, above: -1, 0, 1. NULL is below everything. Values of one column.
int Compare(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null())
    return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
  return std::visit(
      [&](const auto& left) -> int {
        using T = std::decay_t<decltype(left)>;
        if constexpr (std::is_same_v<T, std::monostate> || std::is_same_v<T, Value::List> ||
                      std::is_same_v<T, Value::Entries>) {
          return 0;  // has no order
        } else {
          const T& right = std::get<T>(b.variant());
          return left < right ? -1 : right < left ? 1 : 0;
        }
      },
      a.variant());
}

bool IsBefore(const FoldedRow& a, const FoldedRow& b, const std::vector<SortColumn>& order) {
  for (size_t i = 0; i < order.size(); ++i) {
    const Value& left = a.sort_values[i];
    const Value& right = b.sort_values[i];
    if (left.is_null() != right.is_null()) return left.is_null() != order[i].nulls_last;
    const int compared = Compare(left, right);
    if (compared != 0) return (compared < 0) != order[i].descending;
  }
  return false;
}

}  // namespace

void FoldedRows::Apply(RowKind kind, FoldedRow row) {
  if (kind == RowKind::kInsert || kind == RowKind::kUpdateAfter) {
    Insert(std::move(row));
  } else {
    Remove(row);
  }
}

void FoldedRows::Insert(FoldedRow row) {
  size_t place = slots_.size();
  if (empty_slots_.empty()) {
    slots_.emplace_back();
  } else {
    place = empty_slots_.back();
    empty_slots_.pop_back();
  }
  slots_of_hash_[HashOf(row.row)].push_back(place);
  slots_[place] = {std::move(row), true};
}

void FoldedRows::Remove(const FoldedRow& row) {
  const auto found = slots_of_hash_.find(HashOf(row.row));
  if (found != slots_of_hash_.end()) {
    std::vector<size_t>& places = found->second;
    for (size_t i = places.size(); i-- > 0;) {
      const size_t place = places[i];
      if (slots_[place].row.row != row.row) continue;
      places.erase(places.begin() + static_cast<ptrdiff_t>(i));
      if (places.empty()) slots_of_hash_.erase(found);
      slots_[place] = {};
      empty_slots_.push_back(place);
      return;
    }
  }
  ++num_unknown_;
}

std::vector<FoldedRow> FoldedRows::Take(const std::vector<SortColumn>& order) {
  std::vector<FoldedRow> rows;
  for (Slot& slot : slots_) {
    if (slot.is_live) rows.push_back(std::move(slot.row));
  }
  slots_.clear();
  slots_of_hash_.clear();
  empty_slots_.clear();
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const FoldedRow& a, const FoldedRow& b) { return IsBefore(a, b, order); });
  return rows;
}

}  // namespace sluice
