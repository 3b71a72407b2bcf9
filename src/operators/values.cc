#include "operators/values.h"

#include <algorithm>

namespace sluice {

namespace {

class Values : public SourceOperator {
 public:
  explicit Values(ValuesSpec spec) : spec_(std::move(spec)) {}

  Status Open(OperatorContext& context) override {
    if (context.subtask != 0) next_ = spec_.rows.size();
    rows_in_ = context.metrics->Register(context.operator_name, metric::kRecordsIn);
    return OkStatus();
  }
  Status AddInput(int, Batch) override { return absl::InternalError("VALUES has no input"); }
  Status OnControl(int, const Control&) override { return OkStatus(); }
  SourcePosition Position() const override { return {}; }
  Status OnDurable(const SourcePosition&) override { return OkStatus(); }

  StatusOr<Progress> Advance(Output& out) override {
    if (next_ == spec_.rows.size()) return Progress::kFinished;
    const size_t count = std::min(spec_.rows.size() - next_, static_cast<size_t>(kMaxBatchRows));
    Batch batch;
    batch.num_rows = static_cast<int32_t>(count);
    for (size_t c = 0; c < spec_.types.size(); ++c) {
      VectorBuilder builder(spec_.types[c], batch.num_rows);
      for (int32_t i = 0; i < batch.num_rows; ++i) SetValue(builder, i, spec_.rows[next_ + i][c]);
      batch.columns.push_back(builder.Finish());
    }
    next_ += count;
    rows_in_->Add(batch.num_rows);
    out.Emit(std::move(batch));
    return next_ == spec_.rows.size() ? Progress::kFinished : Progress::kHasMore;
  }

 private:
  ValuesSpec spec_;
  size_t next_ = 0;
  Counter* rows_in_ = nullptr;
};

}  // namespace

std::unique_ptr<SourceOperator> MakeValues(ValuesSpec spec) {
  return std::make_unique<Values>(std::move(spec));
}

}  // namespace sluice
