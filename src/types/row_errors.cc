#include "types/row_errors.h"

#include <algorithm>

namespace sluice {

namespace {
bool RowLess(const RowError& error, int32_t row) { return error.row < row; }
}  // namespace

void RowErrors::Add(int32_t row, ErrorCode code, std::string detail) {
  if (errors_.empty() || errors_.back().row < row) {
    errors_.push_back({row, code, std::move(detail)});
    return;
  }
  auto place = std::lower_bound(errors_.begin(), errors_.end(), row, RowLess);
  if (place != errors_.end() && place->row == row) return;
  errors_.insert(place, {row, code, std::move(detail)});
}

const RowError* RowErrors::Find(int32_t row) const {
  auto place = std::lower_bound(errors_.begin(), errors_.end(), row, RowLess);
  return place != errors_.end() && place->row == row ? &*place : nullptr;
}

}  // namespace sluice
