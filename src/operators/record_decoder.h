// RecordDecoder: from the raw records of a table to batches of the columns that a plan wants of
// them: what the format decodes, and the metadata that the source gives beside it. Owned and called
// by one task.
#pragma once

#include <memory>
#include <vector>

#include "connectors/connector.h"
#include "formats/format.h"
#include "types/batch.h"

namespace sluice {

struct TableScanSpec {
  const Connector* connector = nullptr;
  TableInfo table;
  const Format* format = nullptr;  // of raw sources
  Options format_options;          // without prefix
  DecodeSpec decode;               // of raw sources: physical columns, in output order
  ScanSpec scan;                   // of typed sources: the output columns
  // Raw sources: output column i is decoded column output[i] if >= 0, else metadata column
  // ~output[i] of `scan.columns` (RawRecords::metadata order). Empty: the decoded columns.
  std::vector<int32_t> output;
  // Raw sources: batches without columns, one row a record, with their origins: somebody else
  // decodes.
  bool undecoded = false;
};

class RecordDecoder {
 public:
  // `spec` outlives the decoder. REQUIRES: a raw source.
  static StatusOr<std::unique_ptr<RecordDecoder>> Make(const TableScanSpec& spec,
                                                       const Session& session);

  // The rows of the records from `first` on, as many as a batch holds; returns the first record
  // that is not consumed. `batch` may come out without rows.
  StatusOr<size_t> Decode(const std::shared_ptr<const RawRecords>& records, size_t first,
                          bool keeps_origins, Batch* batch);

  // Of the last Decode; its columns are spent.
  int32_t num_filtered() const { return decoded_.num_filtered; }
  int32_t num_skipped() const { return decoded_.num_skipped; }
  const RowErrors& errors() const { return decoded_.errors; }

 private:
  RecordDecoder(const TableScanSpec& spec, std::unique_ptr<Decoder> decoder)
      : spec_(spec), decoder_(std::move(decoder)) {}

  Vector RecordOfRow(size_t first) const;
  Batch MakeBatch(const std::shared_ptr<const RawRecords>& records, size_t first,
                  bool keeps_origins);

  const TableScanSpec& spec_;
  const std::unique_ptr<Decoder> decoder_;
  DecodeOutput decoded_;
};

}  // namespace sluice
