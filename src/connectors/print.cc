// print: rows to standard output, one line each, exactly as Flink's print connector writes them.
#include "connectors/connector.h"
#include "connectors/java_text.h"
#include "connectors/output_file.h"
#include "connectors/serial_work.h"

namespace sluice {
namespace {

constexpr OptionSpec kOptions[] = {
    {.key = "print-identifier", .help = "A text in front of every line."},
    {.key = "standard-error",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Writes to standard error instead of standard output."},
    {.key = "sink.parallelism",
     .type = OptionType::kInt,
     .help = "Parallel instances of the sink."},
};

class PrintSink : public Sink {
 public:
  PrintSink(const TableInfo& table, const SinkSpec& spec)
      : identifier_(table.options.GetString(kOptions, "print-identifier")),
        file_(table.options.GetBool(kOptions, "standard-error") ? OutputFile::StandardError()
                                                                : OutputFile::StandardOutput()) {
    batch_column_.assign(table.columns.size(), -1);
    for (size_t i = 0; i < spec.columns.size(); ++i) {
      batch_column_[spec.columns[i]] = static_cast<int32_t>(i);
    }
  }

  Status Open(TaskContext& context) override {
    prefix_ = identifier_;
    if (context.parallelism > 1) {
      if (!prefix_.empty()) prefix_.push_back(':');
      prefix_.append(std::to_string(context.subtask + 1));
    }
    if (!prefix_.empty()) prefix_.append("> ");
    work_ = std::make_unique<SerialWork>(context);
    bytes_out_ = context.metrics->Register(context.operator_name, metric::kBytesOut);
    return OkStatus();
  }

  StatusOr<Progress> Write(const Batch& batch) override {
    std::string lines;
    for (int32_t row = 0; row < batch.num_rows; ++row) AppendLine(batch, row, &lines);
    const auto bytes = static_cast<int64_t>(lines.size());
    bytes_out_->Add(bytes);
    work_->Add(bytes, [file = file_, lines = std::move(lines)] { return file->Write(lines); });
    return work_->Ready();
  }

  StatusOr<Progress> Flush() override { return work_->Drained(); }

 private:
  void AppendLine(const Batch& batch, int32_t row, std::string* out) const {
    out->append(prefix_);
    out->append(RowKindName(batch.kind(row)));
    out->push_back('[');
    for (size_t c = 0; c < batch_column_.size(); ++c) {
      if (c != 0) out->append(", ");
      if (batch_column_[c] < 0) {
        out->append("null");
      } else {
        AppendJavaText(batch.columns[batch_column_[c]], row, out);
      }
    }
    out->append("]\n");
  }

  const std::string identifier_;
  const std::shared_ptr<OutputFile> file_;
  std::vector<int32_t> batch_column_;  // of each column of the table; -1: not given
  std::string prefix_;
  std::unique_ptr<SerialWork> work_;
  Counter* bytes_out_ = nullptr;
};

StatusOr<std::unique_ptr<Sink>> MakePrintSink(const TableInfo& table, const SinkSpec& spec,
                                              const Session&) {
  return std::make_unique<PrintSink>(table, spec);
}

}  // namespace

Connector Connector_print() {
  return {.name = "print",
          .help = "Rows to standard output, one line each, with their change kind.",
          .options = kOptions,
          .make_sink = MakePrintSink,
          .sink_changelog = [](const TableInfo&) { return ChangelogSupport::kAll; }};
}

}  // namespace sluice
