// How datagen makes the values of one column.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/options.h"
#include "base/status.h"
#include "functions/session.h"
#include "types/vector.h"

namespace sluice {

class DatagenColumn {
 public:
  virtual ~DatagenColumn() = default;
  // Writes rows [begin, begin + num_rows) of `out`; the first of them is value number `first` of
  // this instance.
  virtual void Fill(int64_t first, int32_t begin, int32_t num_rows, VectorBuilder& out) = 0;
  // How many values there are for this instance, if they end.
  virtual std::optional<int64_t> num_values() const { return std::nullopt; }
};

struct DatagenPlace {
  Options options;  // of the column, without "fields.<column>."
  int32_t instance = 0;
  int32_t instances = 1;
  const Session* session = nullptr;
  const Env* env = nullptr;
};

StatusOr<std::unique_ptr<DatagenColumn>> MakeDatagenColumn(const Type& type,
                                                           const DatagenPlace& place);

// What is wrong with the options of a column; `prefix` as in "fields.a.".
void CheckDatagenColumn(const Type& type, const std::string& prefix, const Options& options,
                        std::vector<OptionProblem>* problems);

}  // namespace sluice
