// ResultPrinter: shows the rows of a SELECT on standard output. Rows arrive on a worker's thread,
// one batch at a time; everything else is called before and after the job.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/folded_rows.h"
#include "cli/text_table.h"
#include "engine/engine.h"

namespace sluice {

enum class OutputFormat : uint8_t { kTable, kText, kJson };

class ResultPrinter : public RowReceiver {
 public:
  // `changelog`: every change with its kind instead of the final rows. `job` outlives the printer.
  ResultPrinter(const CompiledJob& job, OutputFormat format, bool changelog);

  // True if rows show up while the job runs, not only at its end.
  bool is_streaming() const { return is_streaming_; }

  Status OnBatch(const Batch& batch) override;
  // Prints what is left after the job has ended well.
  Status Finish();
  int64_t num_rows() const { return num_rows_; }

 private:
  TableCells Cells(const Batch& batch, int32_t row) const;
  std::string Encoded(const Batch& batch, int32_t row) const;
  void Fold(const Batch& batch);
  Status PrintTableRows(const Batch& batch);
  Status PrintLines(const Batch& batch);
  TextTable MakeTable() const;

  const CompiledJob& job_;
  const OutputFormat format_;
  const bool changelog_;
  const bool is_streaming_;
  FoldedRows folded_;
  std::optional<TextTable> table_;  // of a streaming table, once its first rows are there
  int64_t num_rows_ = 0;            // printed
};

// Writes to standard output at once; Unavailable when that fails.
Status PrintOut(std::string_view text);

// A table of texts: what SHOW and DESCRIBE answer.
std::string RenderInfoTable(const InfoTable& info, bool color);

}  // namespace sluice
