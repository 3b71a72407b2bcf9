#include "operators/scan.h"

#include <numeric>
#include <utility>

#include "base/check.h"

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
    if (spec_.connector->make_decoder != nullptr) {
      SL_ASSIGN(decoder_,
                spec_.connector->make_decoder(spec_.table, spec_.decode, *context.session));
    } else if (spec_.connector->raw_source) {
      SL_ASSIGN(decoder_,
                spec_.format->make_decoder(spec_.format_options, spec_.decode, *context.session));
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
    SL_ASSIGN(const size_t next, decoder_->Decode(*records_, first_, decoded_));
    SL_CHECK(next > first_ && next <= records_->records.size());
    records_in_->Add(static_cast<int64_t>(next - first_));
    filtered_->Add(decoded_.num_filtered);
    skipped_->Add(decoded_.num_skipped);
    if (!decoded_.errors.empty()) {
      SL_TRY(context_->errors->OnRecordErrors(context_->operator_name, *records_, decoded_.errors));
    }
    if (decoded_.num_rows > 0) decoded_batch_ = MakeBatch();
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

  Batch MakeBatch() {
    Batch batch;
    batch.num_rows = decoded_.num_rows;
    batch.oldest_row_us = read_us_;
    batch.pinned_bytes = static_cast<int64_t>(records_->pinned_bytes);
    const bool keeps_origins = context_->errors->KeepsOrigins();
    Vector record_of_row;
    if (keeps_origins || !spec_.output.empty()) record_of_row = RecordOfRow();
    if (spec_.output.empty()) {
      batch.columns = std::move(decoded_.columns);
    } else {
      const Selection rows(record_of_row.body().values,
                           reinterpret_cast<const int32_t*>(record_of_row.body().values.get()));
      for (int32_t output : spec_.output) {
        batch.columns.push_back(output >= 0
                                    ? decoded_.columns[output]
                                    : records_->metadata[~output].Select(rows, batch.num_rows));
      }
    }
    if (keeps_origins) batch.origins = {records_, std::move(record_of_row)};
    return batch;
  }

  Vector RecordOfRow() const {
    VectorBuilder builder(Type::Int().NotNull(), decoded_.num_rows);
    int32_t* records = builder.values<int32_t>();
    for (int32_t i = 0; i < decoded_.num_rows; ++i) {
      records[i] = decoded_.record_of_row.empty() ? static_cast<int32_t>(first_) + i
                                                  : decoded_.record_of_row[i];
    }
    return builder.Finish();
  }

  const TableScanSpec spec_;
  OperatorContext* context_ = nullptr;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Decoder> decoder_;
  Progress progress_ = Progress::kHasMore;     // what the source said last
  std::shared_ptr<const RawRecords> records_;  // the block that is being decoded
  size_t first_ = 0;                           // of its records: the next to decode
  DecodeOutput decoded_;
  Batch decoded_batch_;  // made of it, and not emitted yet
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
