#include "operators/calc.h"

#include <optional>

namespace sluice {
namespace {

class Calc : public Operator {
 public:
  explicit Calc(CalcSpec spec)
      : program_(Program::Compile(std::move(spec.filter), std::move(spec.projections))) {}

  Status Open(OperatorContext& context) override {
    context_ = &context;
    evaluator_.emplace(program_, *context.session);
    filtered_ = context.metrics->Register(context.operator_name, metric::kRecordsFiltered);
    return OkStatus();
  }

  Status AddInput(int, Batch batch) override {
    input_ = std::move(batch);
    return OkStatus();
  }

  StatusOr<Progress> Advance(Output& out) override {
    if (!input_.has_value()) return Progress::kNeedsInput;
    const Batch input = *std::move(input_);
    input_.reset();
    evaluator_->Run(input.columns, input.num_rows, context_->env->WallMs(), result_);
    int64_t num_failed = 0;
    if (!result_.errors.empty()) {
      SL_TRY(context_->errors->OnRowErrors(context_->operator_name, input, result_.errors));
      num_failed = DropFailed();
    }
    filtered_->Add(input.num_rows - result_.num_rows - num_failed);
    if (result_.num_rows > 0) out.Emit(Project(input));
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  // Takes the failed rows out of the result; returns how many rows of the input failed.
  int64_t DropFailed() {
    const int32_t num_rows = result_.num_rows;
    std::shared_ptr<int32_t[]> kept_inputs(new int32_t[num_rows]);
    std::shared_ptr<int32_t[]> kept_outputs(new int32_t[num_rows]);
    int32_t num_kept = 0;
    for (int32_t i = 0; i < num_rows; ++i) {
      const int32_t row = result_.selection == nullptr ? i : result_.selection[i];
      if (result_.errors.Find(row) != nullptr) continue;
      kept_inputs[num_kept] = row;
      kept_outputs[num_kept++] = i;
    }
    for (Vector& column : result_.columns) column = column.Select(kept_outputs, num_kept);
    result_.selection = std::move(kept_inputs);
    result_.num_rows = num_kept;
    return static_cast<int64_t>(result_.errors.errors().size());
  }

  Batch Project(const Batch& input) {
    Batch rest = input;
    rest.columns.clear();
    if (result_.selection != nullptr) rest = rest.Select(result_.selection, result_.num_rows);
    rest.columns = std::move(result_.columns);
    return rest;
  }

  const std::shared_ptr<const Program> program_;
  OperatorContext* context_ = nullptr;
  std::optional<Evaluator> evaluator_;
  EvalResult result_;
  std::optional<Batch> input_;
  Counter* filtered_ = nullptr;
};

}  // namespace

std::unique_ptr<Operator> MakeCalc(CalcSpec spec) {
  return std::make_unique<Calc>(std::move(spec));
}

}  // namespace sluice
