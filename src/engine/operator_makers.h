// How the operator of a spec is made: one instance a call.
#pragma once

#include <functional>
#include <memory>

#include "plan/physical_plan.h"

namespace sluice {

using OperatorMaker = std::function<std::unique_ptr<Operator>()>;

inline OperatorMaker MakerOf(const CalcSpec& spec) {
  return [spec] { return MakeCalc(spec); };
}
inline OperatorMaker MakerOf(const LookupJoinSpec& spec) {
  return [spec] { return MakeLookupJoin(spec); };
}
inline OperatorMaker MakerOf(const RegularJoinSpec& spec) {
  return [spec] { return MakeRegularJoin(spec); };
}
inline OperatorMaker MakerOf(const GroupAggregateSpec& spec) {
  return [spec] { return MakeGroupAggregate(spec); };
}
inline OperatorMaker MakerOf(const UnnestSpec& spec) {
  return [spec] { return MakeUnnest(spec); };
}
inline OperatorMaker MakerOf(const TopNSpec& spec) {
  return [spec] { return MakeTopN(spec); };
}
inline OperatorMaker MakerOf(const UpsertMaterializeSpec& spec) {
  return [spec] { return MakeUpsertMaterialize(spec); };
}
inline OperatorMaker MakerOf(const TableSinkSpec& spec) {
  return [spec] { return MakeTableSink(spec); };
}
inline OperatorMaker MakerOf(const RouterSpec& spec) {
  return [spec] { return MakeRouter(spec); };
}

}  // namespace sluice
