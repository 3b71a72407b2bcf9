#include "cli/result_printer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/row_text.h"
#include "cli/terminal.h"

namespace sluice {
namespace {

constexpr int kMaxCellColumnsOnTerminal = 60;
constexpr size_t kPrintAtBytes = size_t{1} << 16;

// Cells in one text, for folding: a NULL is "n", else "v", the length, ':' and the text.
std::string EncodeCells(const TableCells& cells) {
  std::string out;
  for (const auto& cell : cells) {
    if (cell.has_value()) {
      out += fmt::format("v{}:", cell->size());
      out += *cell;
    } else {
      out += 'n';
    }
  }
  return out;
}

TableCells DecodeCells(std::string_view text) {
  TableCells cells;
  while (!text.empty()) {
    if (text[0] == 'n') {
      cells.emplace_back();
      text.remove_prefix(1);
      continue;
    }
    size_t length = 0;
    size_t pos = 1;
    for (; text[pos] != ':'; ++pos) length = length * 10 + static_cast<size_t>(text[pos] - '0');
    cells.emplace_back(text.substr(pos + 1, length));
    text.remove_prefix(pos + 1 + length);
  }
  return cells;
}

}  // namespace

Status PrintOut(std::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return OkStatus();
  return absl::UnavailableError(
      fmt::format("writing to standard output: {}", std::strerror(errno)));
}

std::string RenderInfoTable(const InfoTable& info, bool color) {
  TextTable table(info.header, std::vector<bool>(info.header.size(), false), {.color = color});
  for (const auto& row : info.rows) table.Fit(TableCells(row.begin(), row.end()));
  std::string out = table.Top();
  for (const auto& row : info.rows) out += table.Row(TableCells(row.begin(), row.end()));
  return out + table.Bottom();
}

ResultPrinter::ResultPrinter(const CompiledJob& job, OutputFormat format, bool changelog)
    : job_(job),
      format_(format),
      changelog_(changelog),
      is_streaming_(changelog || (job.result_is_append_only && job.result_order.empty() &&
                                  (format != OutputFormat::kTable || !job.is_bounded))) {}

TextTable ResultPrinter::MakeTable() const {
  std::vector<std::string> header;
  std::vector<bool> right_aligned;
  if (changelog_) {
    header.emplace_back("op");
    right_aligned.push_back(false);
  }
  for (const PlanColumn& column : job_.result_columns) {
    header.push_back(column.name);
    right_aligned.push_back(column.type.IsNumeric());
  }
  const int max_columns = IsTerminal(STDOUT_FILENO) ? kMaxCellColumnsOnTerminal : 0;
  return TextTable(std::move(header), std::move(right_aligned),
                   {.color = HasColor(STDOUT_FILENO), .max_cell_columns = max_columns});
}

TableCells ResultPrinter::Cells(const Batch& batch, int32_t row) const {
  TableCells cells;
  if (changelog_) cells.emplace_back(RowKindName(batch.kind(row)));
  for (const Vector& column : batch.columns) {
    cells.push_back(CellText(*job_.session, column, row));
  }
  return cells;
}

std::string ResultPrinter::Encoded(const Batch& batch, int32_t row) const {
  std::string out;
  switch (format_) {
    case OutputFormat::kTable: return EncodeCells(Cells(batch, row));
    case OutputFormat::kText: AppendTextLine(*job_.session, batch, row, changelog_, &out); break;
    case OutputFormat::kJson:
      AppendJsonLine(*job_.session, job_.result_columns, batch, row, changelog_, &out);
      break;
  }
  return out;
}

Status ResultPrinter::OnBatch(const Batch& batch) {
  if (!is_streaming_) {
    Fold(batch);
    return OkStatus();
  }
  num_rows_ += batch.num_rows;
  return format_ == OutputFormat::kTable ? PrintTableRows(batch) : PrintLines(batch);
}

void ResultPrinter::Fold(const Batch& batch) {
  for (int32_t row = 0; row < batch.num_rows; ++row) {
    FoldedRow folded{.row = Encoded(batch, row), .sort_values = {}};
    for (const SortColumn& sorted : job_.result_order) {
      folded.sort_values.push_back(GetValue(batch.columns[sorted.column], row));
    }
    folded_.Apply(batch.kind(row), std::move(folded));
  }
}

Status ResultPrinter::PrintTableRows(const Batch& batch) {
  std::string text;
  if (!table_.has_value()) {
    table_.emplace(MakeTable());
    for (int32_t row = 0; row < batch.num_rows; ++row) table_->Fit(Cells(batch, row));
    text = table_->Top();
  }
  for (int32_t row = 0; row < batch.num_rows; ++row) text += table_->Row(Cells(batch, row));
  return PrintOut(text);
}

Status ResultPrinter::PrintLines(const Batch& batch) {
  std::string text;
  for (int32_t row = 0; row < batch.num_rows; ++row) text += Encoded(batch, row);
  return PrintOut(text);
}

Status ResultPrinter::Finish() {
  if (is_streaming_) {
    if (format_ != OutputFormat::kTable) return OkStatus();
    return PrintOut(table_.has_value() ? table_->Bottom()
                                       : MakeTable().Top() + MakeTable().Bottom());
  }
  if (folded_.num_unknown() > 0) {
    return absl::InternalError(
        fmt::format("{} rows were taken back that had never been there", folded_.num_unknown()));
  }
  const std::vector<FoldedRow> rows = folded_.Take(job_.result_order);
  num_rows_ = static_cast<int64_t>(rows.size());
  const bool is_table = format_ == OutputFormat::kTable;
  TextTable table = MakeTable();
  for (const FoldedRow& row : rows) {
    if (is_table) table.Fit(DecodeCells(row.row));
  }
  std::string text = is_table ? table.Top() : "";
  for (const FoldedRow& row : rows) {
    text += is_table ? table.Row(DecodeCells(row.row)) : row.row;
    if (text.size() < kPrintAtBytes) continue;
    SL_TRY(PrintOut(text));
    text.clear();
  }
  return PrintOut(is_table ? text + table.Bottom() : text);
}

}  // namespace sluice
