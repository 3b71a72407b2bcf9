// UpsertMaterialize: Flink's SinkUpsertMaterializer. Before an upsert sink whose key is not the key
// of the changes: keeps the live rows of each sink key in order of arrival and emits the last one
// (+I/+U), -D when none is left.
#pragma once

#include <memory>
#include <vector>

#include "operators/operator.h"

namespace sluice {

struct UpsertMaterializeSpec {
  std::vector<int32_t> key;  // input columns
  std::vector<Type> input_types;
};
std::unique_ptr<Operator> MakeUpsertMaterialize(UpsertMaterializeSpec spec);

}  // namespace sluice
