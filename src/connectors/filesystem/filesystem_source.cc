// The source: reads the files of a table, in the order of their names, each instance its share of
// their blocks.
#include <algorithm>
#include <deque>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/filesystem/file_list.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/output_file.h"
#include "types/hash.h"
#include "types/timestamp.h"
#include "types/value.h"

namespace sluice {
namespace {

// What one instance reads in one go; small enough to share a file evenly, large enough that finding
// the first record costs nothing.
constexpr int64_t kBlockBytes = int64_t{4} << 20;

struct FileRange {
  FileEntry file;
  int64_t begin = 0;
  int64_t end = INT64_MAX;
};

class FilesystemSource : public Source {
 public:
  FilesystemSource(const TableInfo& table, const ScanSpec& spec, std::string path)
      : path_(std::move(path)),
        pattern_(table.options.GetString(FilesystemOptions(), "source.path.regex-pattern")),
        monitor_interval_ms_(table.options.FindDurationMs("source.monitor-interval")),
        framing_(FileFraming(table)),
        pool_(kFileChunkBytes) {
    for (int32_t column : spec.columns) {
      if (table.columns[column].role == ColumnRole::kMetadata) {
        metadata_.push_back(table.columns[column].metadata_key);
      } else {
        metadata_.emplace_back();  // keeps its place; nobody reads it
      }
    }
  }

  Status Open(const SourcePosition& resume_from, TaskContext& context) override {
    context_ = &context;
    resume_from_ = resume_from;
    return FindFiles();
  }

  StatusOr<Progress> Poll(SourceOutput& out) override {
    if (reader_ == nullptr && !ranges_.empty()) SL_TRY(OpenNextRange());
    if (reader_ == nullptr) return NothingToRead();
    SL_ASSIGN(RecordReader::Block block, reader_->Next());
    position_.offsets[range_key_] = reader_->position();
    if (!block.records.records.empty()) {
      if (block.too_long) {
        out.errors.Add(
            0, ErrorCode::kRecordTooLong,
            absl::StrCat("the record is longer than ", framing_.max_record_bytes, " bytes"));
      }
      AddMetadata(&block.records);
      out.records = std::move(block.records);
    }
    if (block.at_end) reader_.reset();
    return reader_ == nullptr && ranges_.empty() && !monitor_interval_ms_ ? Progress::kFinished
                                                                          : Progress::kHasMore;
  }

  SourcePosition Position() const override { return position_; }

 private:
  // Adds the blocks that fall to this instance of files that have not been seen.
  Status FindFiles() {
    auto files = ListFiles(path_, pattern_);
    if (!files.ok()) {
      // A watched directory may come into being later.
      return monitor_interval_ms_ && absl::IsNotFound(files.status()) ? OkStatus() : files.status();
    }
    for (FileEntry& file : *files) {
      if (!seen_.insert(file.path).second) continue;
      AddRanges(std::move(file));
    }
    next_look_us_ = context_->env->MonotonicUs() + monitor_interval_ms_.value_or(0) * 1000;
    return OkStatus();
  }

  void AddRanges(FileEntry file) {
    const auto instances = static_cast<uint64_t>(context_->parallelism);
    const uint64_t first = HashBytes(file.path) % instances;
    const auto mine = [&](uint64_t block) {
      return (first + block) % instances == static_cast<uint64_t>(context_->subtask);
    };
    const bool can_split = instances > 1 && framing_.quote == '\0' && !IsCompressedFile(file.path);
    if (!can_split) {
      if (mine(0)) ranges_.push_back({std::move(file)});
      return;
    }
    for (int64_t begin = 0; begin < file.size; begin += kBlockBytes) {
      if (!mine(static_cast<uint64_t>(begin / kBlockBytes))) continue;
      // The last block goes on to the end of the file, wherever that is by then.
      const bool last = begin + kBlockBytes >= file.size;
      ranges_.push_back({file, begin, last ? INT64_MAX : begin + kBlockBytes});
    }
  }

  Status OpenNextRange() {
    range_ = std::move(ranges_.front());
    ranges_.pop_front();
    const bool whole = range_.begin == 0 && range_.end == INT64_MAX;
    range_key_ = whole ? range_.file.path : absl::StrCat(range_.file.path, "@", range_.begin);
    int64_t begin = range_.begin;
    if (auto resumed = resume_from_.offsets.find(range_key_);
        resumed != resume_from_.offsets.end()) {
      begin = std::max(begin, resumed->second);
    }
    SL_ASSIGN(reader_, RecordReader::Open(range_.file.path, begin, range_.end, framing_, &pool_));
    position_.offsets[range_key_] = begin;
    return OkStatus();
  }

  StatusOr<Progress> NothingToRead() {
    if (!monitor_interval_ms_) return Progress::kFinished;
    if (context_->env->MonotonicUs() >= next_look_us_) {
      SL_TRY(FindFiles());
      if (!ranges_.empty()) return Progress::kHasMore;
    }
    context_->wake_at(next_look_us_);
    return Progress::kBlocked;
  }

  void AddMetadata(RawRecords* records) const {
    const auto num_records = static_cast<int32_t>(records->records.size());
    const FileEntry& file = range_.file;
    for (const std::string& key : metadata_) {
      if (key == "file.size") {
        records->metadata.push_back(
            MakeConstant(Type::BigInt().NotNull(), Value::OfInt(file.size), num_records));
      } else if (key == "file.modification-time") {
        const Timestamp modified{.millis = file.modified_ms};
        records->metadata.push_back(MakeConstant(Type::TimestampLtz(3).NotNull(),
                                                 Value::OfTimestamp(modified), num_records));
      } else {
        const std::string text =
            key == "file.name" ? std::filesystem::path(file.path).filename().string() : file.path;
        records->metadata.push_back(
            MakeConstant(Type::String().NotNull(), Value::OfText(text), num_records));
      }
    }
  }

  const std::string path_;
  const std::string pattern_;
  const std::optional<int64_t> monitor_interval_ms_;
  const FramingOptions framing_;
  std::vector<std::string> metadata_;
  ChunkPool pool_;
  TaskContext* context_ = nullptr;
  std::set<std::string> seen_;
  std::deque<FileRange> ranges_;  // still to read
  FileRange range_;               // being read, if there is a reader
  std::string range_key_;
  std::unique_ptr<RecordReader> reader_;
  SourcePosition resume_from_;
  SourcePosition position_;  // of the ranges that this instance has begun
  int64_t next_look_us_ = 0;
};

}  // namespace

StatusOr<std::unique_ptr<Source>> MakeFilesystemSource(const TableInfo& table, const ScanSpec& spec,
                                                       const Session&) {
  SL_ASSIGN(std::string path, LocalPath(table.options.GetString(FilesystemOptions(), "path")));
  return std::make_unique<FilesystemSource>(table, spec, std::move(path));
}

}  // namespace sluice
