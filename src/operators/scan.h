// Scan: reads a table. Owns the connector's source and, for raw sources, the decoder; every record
// it reads is counted as row, filtered, skipped or dead. An operator without inputs: Advance polls,
// kFinished ends the stream.
#pragma once

#include <memory>

#include "operators/operator.h"
#include "operators/record_decoder.h"

namespace sluice {

std::unique_ptr<SourceOperator> MakeScan(TableScanSpec spec, SourcePosition resume_from);

}  // namespace sluice
