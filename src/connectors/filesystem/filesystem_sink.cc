// The sink: rows as part files in a directory, named as Flink names them. A part has a hidden name
// while it is written and appears, whole and durable, at the flush after it was closed; so readers
// never see half a record.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/env.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/output_file.h"
#include "connectors/serial_work.h"
#include "types/value.h"

namespace sluice {
namespace {

constexpr size_t kWriteBytes = size_t{256} << 10;

// One part file; its methods run in the background, in order. Removed unless it was published.
class Part {
 public:
  Part(const std::string& directory, const std::string& name)
      : hidden_path_(absl::StrCat(directory, "/.", name, ".inprogress")),
        path_(absl::StrCat(directory, "/", name)) {}
  ~Part() {
    if (file_ != nullptr || closed_) unlink(hidden_path_.c_str());
  }

  Status Write(std::string_view bytes) {
    if (file_ == nullptr) {
      SL_ASSIGN(file_, OutputFile::Open(hidden_path_, OutputFile::Mode::kTruncate));
    }
    return file_->Write(bytes);
  }
  Status CloseFile() {
    SL_TRY(file_->Sync());
    file_.reset();
    closed_ = true;
    return OkStatus();
  }
  Status Publish() {
    if (std::rename(hidden_path_.c_str(), path_.c_str()) != 0) {
      return absl::UnavailableError(
          absl::StrCat("cannot rename to ", path_, ": ", std::strerror(errno)));
    }
    closed_ = false;
    return OkStatus();
  }

 private:
  const std::string hidden_path_;
  const std::string path_;
  std::shared_ptr<OutputFile> file_;
  bool closed_ = false;
};

class FilesystemSink : public Sink {
 public:
  FilesystemSink(const TableInfo& table, std::string directory, std::unique_ptr<Encoder> encoder,
                 const SinkSpec& spec)
      : directory_(std::move(directory)),
        max_part_bytes_(
            table.options.GetMemoryBytes(FilesystemOptions(), "sink.rolling-policy.file-size")),
        encoder_(std::move(encoder)) {
    for (size_t c = 0; c < table.columns.size(); ++c) {
      if (table.columns[c].role != ColumnRole::kPhysical) continue;
      const auto given =
          std::find(spec.columns.begin(), spec.columns.end(), static_cast<int32_t>(c));
      batch_column_.push_back(
          given == spec.columns.end() ? -1 : static_cast<int32_t>(given - spec.columns.begin()));
      types_.push_back(table.columns[c].type);
    }
  }

  Status Open(TaskContext& context) override {
    SL_TRY(MakeDirectories(directory_));
    name_ = absl::StrCat("part-", RandomUuid(), "-", context.subtask);
    work_ = std::make_unique<SerialWork>(context);
    bytes_out_ = context.metrics->Register(context.operator_name, metric::kBytesOut);
    return OkStatus();
  }

  StatusOr<Progress> Write(const Batch& batch) override {
    SL_TRY(encoder_->Encode(AllColumns(batch), 0, batch.num_rows, "\n", &buffer_, nullptr));
    if (buffer_.size() >= kWriteBytes) WriteBuffer();
    if (part_bytes_ >= max_part_bytes_) ClosePart();
    return work_->Ready();
  }

  StatusOr<Progress> Flush() override {
    if (!buffer_.empty()) WriteBuffer();
    if (part_ != nullptr) ClosePart();
    if (!closed_.empty()) {
      work_->Add(0, [parts = std::exchange(closed_, {}), directory = directory_] {
        for (const auto& part : parts) SL_TRY(part->Publish());
        return SyncDirectory(directory);
      });
    }
    return work_->Drained();
  }

 private:
  // The columns that the INSERT does not give are NULL.
  Batch AllColumns(const Batch& batch) const {
    Batch all;
    all.num_rows = batch.num_rows;
    for (size_t c = 0; c < types_.size(); ++c) {
      all.columns.push_back(batch_column_[c] >= 0 ? batch.columns[batch_column_[c]]
                                                  : MakeConstant(types_[c].Nullable(),
                                                                 Value::Null(), batch.num_rows));
    }
    return all;
  }

  void WriteBuffer() {
    if (part_ == nullptr) {
      part_ = std::make_shared<Part>(directory_, absl::StrCat(name_, "-", next_part_++));
      part_bytes_ = 0;
    }
    const auto bytes = static_cast<int64_t>(buffer_.size());
    part_bytes_ += bytes;
    bytes_out_->Add(bytes);
    work_->Add(bytes, [part = part_, text = std::exchange(buffer_, std::string())] {
      return part->Write(text);
    });
  }

  void ClosePart() {
    if (part_ == nullptr) return;
    work_->Add(0, [part = part_] { return part->CloseFile(); });
    closed_.push_back(std::exchange(part_, nullptr));
    part_bytes_ = 0;
  }

  const std::string directory_;
  const int64_t max_part_bytes_;
  const std::unique_ptr<Encoder> encoder_;
  std::vector<int32_t> batch_column_;  // of each physical column of the table; -1: not given
  std::vector<Type> types_;
  std::string name_;
  std::unique_ptr<SerialWork> work_;
  Counter* bytes_out_ = nullptr;
  std::string buffer_;          // encoded, not handed to the background yet
  std::shared_ptr<Part> part_;  // being written
  int64_t part_bytes_ = 0;
  int64_t next_part_ = 0;
  std::vector<std::shared_ptr<Part>> closed_;  // to be published by the next flush
};

}  // namespace

StatusOr<std::unique_ptr<Sink>> MakeFilesystemSink(const TableInfo& table, const SinkSpec& spec,
                                                   const Session& session) {
  SL_ASSIGN(std::string directory, LocalPath(table.options.GetString(FilesystemOptions(), "path")));
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  const std::string name(table.options.Find("format").value_or(""));
  const Format* format = FindFormat(name);
  if (format == nullptr || format->make_encoder == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("format '", name, "' cannot write"));
  }
  SL_ASSIGN(auto encoder, format->make_encoder(table.options.WithPrefix(name + "."),
                                               table.PhysicalSchema(), session));
  return std::make_unique<FilesystemSink>(table, std::move(directory), std::move(encoder), spec);
}

}  // namespace sluice
