// What the tests of single operators need of a task.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "operators/operator.h"
#include "types/text.h"
#include "types/value.h"

namespace sluice {

// Notes what it gets; lets the operator go on.
class ErrorCollector : public ErrorPolicy {
 public:
  Status OnRowErrors(std::string_view where, const Batch&, const RowErrors& errors) override {
    return Note(where, errors);
  }
  Status OnRecordErrors(std::string_view where, const RawRecords&,
                        const RowErrors& errors) override {
    return Note(where, errors);
  }
  bool KeepsOrigins() const override { return keeps_origins; }

  std::vector<RowError> errors;
  Status answer;
  bool keeps_origins = false;

 private:
  Status Note(std::string_view, const RowErrors& found) {
    errors.insert(errors.end(), found.errors().begin(), found.errors().end());
    return answer;
  }
};

class SingleOutput : public Output {
 public:
  void EmitTo(int32_t, Batch emitted) override { batch = std::move(emitted); }
  std::optional<Batch> batch;
};

class OperatorTest : public testing::Test {
 protected:
  OperatorTest() {
    context_.session = &session_;
    context_.env = Env::Posix();
    context_.metrics = &metrics_;
    context_.operator_name = "op";
    context_.errors = &errors_;
    context_.wake = [] {};
    context_.wake_at = [](int64_t) {};
  }
  // All that comes out of one batch.
  std::vector<Batch> Feed(Operator& op, Batch batch) {
    EXPECT_TRUE(op.AddInput(0, std::move(batch)).ok());
    return Drain(op);
  }
  std::vector<Batch> Drain(Operator& op) {
    std::vector<Batch> batches;
    while (true) {
      SingleOutput out;
      auto progress = op.Advance(out);
      EXPECT_TRUE(progress.ok()) << progress.status();
      if (out.batch.has_value()) batches.push_back(*std::move(out.batch));
      if (!progress.ok() || *progress != Progress::kHasMore) return batches;
    }
  }
  int64_t Counted(std::string_view name) const { return metrics_.Total(name); }

  Session session_;
  Metrics metrics_;
  ErrorCollector errors_;
  OperatorContext context_;
};

inline Vector Column(const Type& type, const std::vector<Value>& values) {
  VectorBuilder builder(type, static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    SetValue(builder, static_cast<int32_t>(i), values[i]);
  }
  return builder.Finish();
}

inline Batch Columns(std::vector<Vector> columns) {
  Batch batch;
  batch.num_rows = columns.front().num_rows();
  batch.columns = std::move(columns);
  return batch;
}

}  // namespace sluice
