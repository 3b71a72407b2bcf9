// Row kinds as operators with state read and write them.
#pragma once

#include <memory>
#include <span>

#include "types/batch.h"

namespace sluice {

inline bool IsAccumulate(RowKind kind) {
  return kind == RowKind::kInsert || kind == RowKind::kUpdateAfter;
}

// Batch::row_kinds for these kinds: null when all are +I.
inline std::shared_ptr<const RowKind[]> PackRowKinds(std::span<const RowKind> kinds) {
  bool all_inserts = true;
  for (const RowKind kind : kinds) all_inserts &= kind == RowKind::kInsert;
  if (all_inserts) return nullptr;
  std::shared_ptr<RowKind[]> packed(new RowKind[kinds.size()]);
  for (size_t i = 0; i < kinds.size(); ++i) packed[i] = kinds[i];
  return packed;
}

}  // namespace sluice
