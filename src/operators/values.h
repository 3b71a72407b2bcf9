// Values: a source of constant rows, read once, by instance 0.
#pragma once

#include <memory>
#include <vector>

#include "operators/operator.h"
#include "types/value.h"

namespace sluice {

struct ValuesSpec {
  std::vector<Type> types;
  std::vector<std::vector<Value>> rows;
};

std::unique_ptr<SourceOperator> MakeValues(ValuesSpec spec);

}  // namespace sluice
