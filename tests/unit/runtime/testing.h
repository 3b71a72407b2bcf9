// Small batches for the tests of the runtime.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "types/batch.h"
#include "types/text.h"

namespace sluice {

inline Vector Numbers(const std::vector<int64_t>& values) {
  VectorBuilder builder(Type::BigInt().NotNull(), static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) builder.values<int64_t>()[i] = values[i];
  return builder.Finish();
}

inline Vector Texts(const std::vector<std::string>& values) {
  VectorBuilder builder(Type::String(), static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    builder.values<Text>()[i] = Text(builder.arena().Copy(values[i]));
  }
  return builder.Finish();
}

inline Batch NumberBatch(const std::vector<int64_t>& values) {
  Batch batch;
  batch.columns = {Numbers(values)};
  batch.num_rows = static_cast<int32_t>(values.size());
  return batch;
}

inline std::vector<int64_t> NumbersOf(const Batch& batch, int column = 0) {
  std::vector<int64_t> values;
  const VectorView<int64_t> view = batch.columns[column].View<int64_t>();
  for (int32_t i = 0; i < batch.num_rows; ++i) values.push_back(view[i]);
  return values;
}

}  // namespace sluice
