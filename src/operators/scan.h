// Scan: reads a table. Owns the connector's source and, for raw sources, the decoder; every record
// it reads is counted as row, filtered, skipped or dead. An operator without inputs: Advance polls,
// kFinished ends the stream.
#pragma once

#include <memory>
#include <string>

#include "connectors/connector.h"
#include "formats/format.h"
#include "operators/operator.h"

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
};

std::unique_ptr<SourceOperator> MakeScan(TableScanSpec spec, SourcePosition resume_from);

}  // namespace sluice
