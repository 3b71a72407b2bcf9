#include "operators/scan.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sluice {
namespace {

class Scan : public SourceOperator {
 public:
  Scan(TableScanSpec spec, SourcePosition resume_from)
      : spec_(std::move(spec)), position_(std::move(resume_from)) {}

  Status Open(OperatorContext& context) override {
    context_ = &context;
    records_in_ = context.metrics->Register(context.operator_name, metric::kRecordsIn);
    pending_ = context.metrics->Register(context.operator_name, metric::kPendingRecords);
    bytes_in_ = context.metrics->Register(context.operator_name, metric::kBytesIn);
    filtered_ = context.metrics->Register(context.operator_name, metric::kRecordsFiltered);
    skipped_ = context.metrics->Register(context.operator_name, metric::kRecordsSkipped);
    if (spec_.connector->raw_source && !spec_.undecoded) {
      SL_ASSIGN(decoder_, RecordDecoder::Make(spec_, *context.session));
    }
    SL_ASSIGN(source_, spec_.connector->make_source(spec_.table, spec_.scan, *context.session));
    return source_->Open(position_, context);
  }

  Status AddInput(int, Batch) override { return absl::InternalError("a scan has no input"); }
  Status OnControl(int, const Control&) override { return OkStatus(); }

  StatusOr<Progress> Advance(Output& out) override {
    if (decoded_batch_.num_rows > 0) return EmitDecoded(out);
    if (records_ != nullptr) return DecodeBlock(out);
    if (progress_ == Progress::kFinished) return progress_;
    SourceOutput polled;
    SL_ASSIGN(progress_, source_->Poll(polled));
    read_us_ = context_->env->MonotonicUs();
    if (polled.lag_records >= 0) pending_->Set(polled.lag_records);
    if (polled.batch.has_value()) {
      Batch& batch = *polled.batch;
      records_in_->Add(batch.num_rows);
      batch.oldest_row_us = read_us_;
      position_ = source_->Position();
      if (batch.num_rows > 0) out.Emit(std::move(batch));
      return progress_;
    }
    if (!polled.records.has_value() || polled.records->records.empty()) {
      position_ = source_->Position();
      return progress_;
    }
    records_ = std::make_shared<const RawRecords>(*std::move(polled.records));
    first_ = 0;
    CountBytes();
    if (polled.errors.empty()) return DecodeBlock(out);
    records_in_->Add(static_cast<int64_t>(records_->records.size()));
    SL_TRY(context_->errors->OnRecordErrors(context_->operator_name, *records_, polled.errors));
    return FinishBlock();
  }

  SourcePosition Position() const override { return position_; }
  Status OnDurable(const SourcePosition& position) override { return source_->OnDurable(position); }

 private:
  void CountBytes() {
    int64_t bytes = 0;
    for (std::string_view record : records_->records) bytes += static_cast<int64_t>(record.size());
    bytes_in_->Add(bytes);
  }

  // One batch from the block at hand.
  StatusOr<Progress> DecodeBlock(Output& out) {
    size_t next;
    if (spec_.undecoded) {
      next = PassRecords();
    } else {
      SL_ASSIGN(next, decoder_->Decode(records_, first_, context_->errors->KeepsOrigins(),
                                       &decoded_batch_));
      filtered_->Add(decoder_->num_filtered());
      skipped_->Add(decoder_->num_skipped());
      if (!decoder_->errors().empty()) {
        SL_TRY(context_->errors->OnRecordErrors(context_->operator_name, *records_,
                                                decoder_->errors()));
      }
    }
    decoded_batch_.oldest_row_us = read_us_;
    records_in_->Add(static_cast<int64_t>(next - first_));
    first_ = next;
    return EmitDecoded(out);
  }

  // At most max_batch_rows of what is decoded.
  StatusOr<Progress> EmitDecoded(Output& out) {
    const int32_t max_rows = context_->max_batch_rows;
    if (decoded_batch_.num_rows > max_rows) {
      const int32_t rest = decoded_batch_.num_rows - max_rows;
      out.Emit(Rows(decoded_batch_, 0, max_rows));
      decoded_batch_ = Rows(decoded_batch_, max_rows, rest);
      return Progress::kHasMore;
    }
    if (decoded_batch_.num_rows > 0) out.Emit(std::exchange(decoded_batch_, Batch()));
    return first_ == records_->records.size() ? FinishBlock() : Progress::kHasMore;
  }

  static Batch Rows(const Batch& batch, int32_t begin, int32_t num_rows) {
    std::shared_ptr<int32_t[]> rows(new int32_t[num_rows]);
    std::iota(rows.get(), rows.get() + num_rows, begin);
    return batch.Select(std::move(rows), num_rows);
  }

  Progress FinishBlock() {
    records_.reset();
    position_ = source_->Position();
    return progress_;
  }

  // One row for each record that is left, as far as a batch goes.
  size_t PassRecords() {
    const size_t num_rows = std::min<size_t>(records_->records.size() - first_, kMaxBatchRows);
    VectorBuilder indexes(Type::Int().NotNull(), static_cast<int32_t>(num_rows));
    std::iota(indexes.values<int32_t>(), indexes.values<int32_t>() + num_rows,
              static_cast<int32_t>(first_));
    decoded_batch_ = Batch();
    decoded_batch_.num_rows = static_cast<int32_t>(num_rows);
    decoded_batch_.pinned_bytes = static_cast<int64_t>(records_->pinned_bytes);
    decoded_batch_.origins = {records_, indexes.Finish()};
    return first_ + num_rows;
  }

  const TableScanSpec spec_;
  OperatorContext* context_ = nullptr;
  std::unique_ptr<Source> source_;
  std::unique_ptr<RecordDecoder> decoder_;     // of raw sources, unless spec_.undecoded
  Progress progress_ = Progress::kHasMore;     // what the source said last
  std::shared_ptr<const RawRecords> records_;  // the block that is being decoded
  size_t first_ = 0;                           // of its records: the next to decode
  Batch decoded_batch_;                        // made of it, and not emitted yet
  int64_t read_us_ = 0;
  // Behind the last block that is fully decoded: what lies in `records_` would be read again.
  SourcePosition position_;
  Counter* records_in_ = nullptr;
  Counter* pending_ = nullptr;
  Counter* bytes_in_ = nullptr;
  Counter* filtered_ = nullptr;
  Counter* skipped_ = nullptr;
};

}  // namespace

std::unique_ptr<SourceOperator> MakeScan(TableScanSpec spec, SourcePosition resume_from) {
  return std::make_unique<Scan>(std::move(spec), std::move(resume_from));
}

}  // namespace sluice
