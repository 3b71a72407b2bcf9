// changelog-file: every change as one line of JSON, ["+I","1","abc",null]: the kind, then each
// value as CAST(x AS STRING) gives it. For tests and debugging. With a PRIMARY KEY it takes upserts
// (+I, +U, -D), otherwise every kind of change.
#include "base/json_text.h"
#include "connectors/connector.h"
#include "connectors/output_file.h"
#include "connectors/serial_work.h"
#include "functions/cast.h"

namespace sluice {
namespace {

constexpr OptionSpec kOptions[] = {
    {.key = "path", .help = "The file; it is emptied when the job starts.", .required = true},
};

class ChangelogFileSink : public Sink {
 public:
  ChangelogFileSink(std::string path, const TableInfo& table, const SinkSpec& spec,
                    const Session& session)
      : path_(std::move(path)), session_(session), batch_column_(table.columns.size(), -1) {
    for (size_t i = 0; i < spec.columns.size(); ++i) {
      batch_column_[spec.columns[i]] = static_cast<int32_t>(i);
    }
  }

  Status Open(TaskContext& context) override {
    // The first instance empties the file; whole lines are appended, so instances may share it.
    const auto mode =
        context.subtask == 0 ? OutputFile::Mode::kTruncate : OutputFile::Mode::kAppend;
    if (mode == OutputFile::Mode::kTruncate) {
      SL_TRY(OutputFile::Open(path_, mode).status());
    }
    SL_ASSIGN(file_, OutputFile::Open(path_, OutputFile::Mode::kAppend));
    work_ = std::make_unique<SerialWork>(context);
    return OkStatus();
  }

  StatusOr<Progress> Write(const Batch& batch) override {
    std::string lines;
    for (int32_t row = 0; row < batch.num_rows; ++row) AppendLine(batch, row, &lines);
    const auto bytes = static_cast<int64_t>(lines.size());
    work_->Add(bytes, [file = file_, lines = std::move(lines)] { return file->Write(lines); });
    written_ = true;
    return work_->Ready();
  }

  StatusOr<Progress> Flush() override {
    if (std::exchange(written_, false)) work_->Add(0, [file = file_] { return file->Sync(); });
    return work_->Drained();
  }

 private:
  void AppendLine(const Batch& batch, int32_t row, std::string* out) {
    out->append("[\"");
    out->append(RowKindName(batch.kind(row)));
    out->push_back('"');
    for (int32_t column : batch_column_) {
      out->push_back(',');
      if (column < 0 || batch.columns[column].IsNull(row)) {
        out->append("null");
        continue;
      }
      text_.clear();
      AppendAsString(session_, batch.columns[column], row, &text_);
      AppendJsonString(text_, out);
    }
    out->append("]\n");
  }

  const std::string path_;
  const Session& session_;
  std::vector<int32_t> batch_column_;  // of each column of the table; -1: not given
  std::shared_ptr<OutputFile> file_;
  std::unique_ptr<SerialWork> work_;
  std::string text_;
  bool written_ = false;  // since the last Sync
};

StatusOr<std::unique_ptr<Sink>> MakeChangelogFileSink(const TableInfo& table, const SinkSpec& spec,
                                                      const Session& session) {
  SL_ASSIGN(std::string path, LocalPath(table.options.GetString(kOptions, "path")));
  return std::make_unique<ChangelogFileSink>(std::move(path), table, spec, session);
}

}  // namespace

Connector Connector_changelog_file() {
  return {.name = "changelog-file",
          .help = "Every change as one line of JSON; for tests and debugging.",
          .options = kOptions,
          .single_sink_task = true,
          .make_sink = MakeChangelogFileSink,
          .sink_changelog = [](const TableInfo& table) {
            return table.primary_key.empty() ? ChangelogSupport::kAll : ChangelogSupport::kUpsert;
          }};
}

}  // namespace sluice
