// RegularJoin: joins two changelogs on equal keys and a further condition. Keeps both sides in
// memory, for ever.
#pragma once

#include <memory>
#include <vector>

#include "expr/expr.h"
#include "operators/operator.h"

namespace sluice {

enum class JoinType : uint8_t { kInner, kLeft, kRight, kFull, kSemi, kAnti };

struct RegularJoinSpec {
  JoinType type = JoinType::kInner;
  std::vector<int32_t> left_keys;  // none: every pair is a candidate
  std::vector<int32_t> right_keys;
  std::vector<bool> null_safe;  // per key: NULL equals NULL; empty: nowhere
  ExprPtr condition;            // over left columns, then right columns; null: none
  std::vector<Type> left_types;
  std::vector<Type> right_types;
  // NOT IN (subquery): an anti join in which a NULL on either side means "perhaps equal".
  bool null_aware = false;
};
// Output: left columns, then right columns (semi, anti: left only). Kinds as Flink: padding rows
// are +I and -D.
std::unique_ptr<Operator> MakeRegularJoin(RegularJoinSpec spec);

}  // namespace sluice
