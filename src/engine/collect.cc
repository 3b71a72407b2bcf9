#include "engine/collect.h"

namespace sluice {

namespace {

class Collect : public Operator {
 public:
  explicit Collect(RowReceiver* receiver) : receiver_(receiver) {}

  Status Open(OperatorContext& context) override {
    rows_out_ = context.metrics->Register(context.operator_name, metric::kRecordsOut);
    return OkStatus();
  }
  Status AddInput(int, Batch batch) override {
    rows_out_->Add(batch.num_rows);
    return receiver_->OnBatch(batch);
  }
  StatusOr<Progress> Advance(Output&) override { return Progress::kNeedsInput; }
  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  RowReceiver* receiver_;
  Counter* rows_out_ = nullptr;
};

}  // namespace

std::unique_ptr<Operator> MakeCollect(RowReceiver* receiver) {
  return std::make_unique<Collect>(receiver);
}

}  // namespace sluice
