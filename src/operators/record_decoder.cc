#include "operators/record_decoder.h"

#include <utility>

#include "base/check.h"

namespace sluice {

StatusOr<std::unique_ptr<RecordDecoder>> RecordDecoder::Make(const TableScanSpec& spec,
                                                             const Session& session) {
  SL_CHECK(spec.connector->raw_source);
  std::unique_ptr<Decoder> decoder;
  if (spec.connector->make_decoder != nullptr) {
    SL_ASSIGN(decoder, spec.connector->make_decoder(spec.table, spec.decode, session));
  } else {
    SL_ASSIGN(decoder, spec.format->make_decoder(spec.format_options, spec.decode, session));
  }
  return std::unique_ptr<RecordDecoder>(new RecordDecoder(spec, std::move(decoder)));
}

StatusOr<size_t> RecordDecoder::Decode(const std::shared_ptr<const RawRecords>& records,
                                       size_t first, bool keeps_origins, Batch* batch) {
  SL_ASSIGN(const size_t next, decoder_->Decode(*records, first, decoded_));
  SL_CHECK(next > first && next <= records->records.size());
  *batch = decoded_.num_rows > 0 ? MakeBatch(records, first, keeps_origins) : Batch();
  return next;
}

Batch RecordDecoder::MakeBatch(const std::shared_ptr<const RawRecords>& records, size_t first,
                               bool keeps_origins) {
  Batch batch;
  batch.num_rows = decoded_.num_rows;
  batch.pinned_bytes = static_cast<int64_t>(records->pinned_bytes);
  Vector record_of_row;
  if (keeps_origins || !spec_.output.empty()) record_of_row = RecordOfRow(first);
  if (spec_.output.empty()) {
    batch.columns = std::move(decoded_.columns);
  } else {
    const Selection rows(record_of_row.body().values,
                         reinterpret_cast<const int32_t*>(record_of_row.body().values.get()));
    for (int32_t output : spec_.output) {
      batch.columns.push_back(output >= 0
                                  ? decoded_.columns[output]
                                  : records->metadata[~output].Select(rows, batch.num_rows));
    }
  }
  if (keeps_origins) batch.origins = {records, std::move(record_of_row)};
  return batch;
}

Vector RecordDecoder::RecordOfRow(size_t first) const {
  VectorBuilder builder(Type::Int().NotNull(), decoded_.num_rows);
  int32_t* records = builder.values<int32_t>();
  for (int32_t i = 0; i < decoded_.num_rows; ++i) {
    records[i] = decoded_.record_of_row.empty() ? static_cast<int32_t>(first) + i
                                                : decoded_.record_of_row[i];
  }
  return builder.Finish();
}

}  // namespace sluice
