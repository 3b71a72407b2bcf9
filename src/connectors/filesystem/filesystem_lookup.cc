// The files of a table as a lookup table: all their rows are read; single lookups go through an
// index over them that is built once.
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "connectors/filesystem/file_list.h"
#include "connectors/filesystem/filesystem.h"
#include "connectors/output_file.h"
#include "types/hash.h"

namespace sluice {
namespace {

Status BadRecord(const RawRecords& records, const RowError& error) {
  return absl::InvalidArgumentError(absl::StrCat(ErrorCodeName(error.code), " ", *records.origin,
                                                 " at ", records.offsets[error.row], ": ",
                                                 error.detail));
}

class FilesystemLookup : public LookupSource {
 public:
  FilesystemLookup(const TableInfo& table, const LookupSpec& spec, std::string path,
                   std::unique_ptr<Decoder> decoder)
      : path_(std::move(path)),
        pattern_(table.options.GetString(FilesystemOptions(), "source.path.regex-pattern")),
        framing_(FileFraming(table)),
        num_columns_(static_cast<int32_t>(spec.columns.size())),
        num_keys_(static_cast<int32_t>(spec.key_columns.size())),
        decoder_(std::move(decoder)),
        pool_(kFileChunkBytes) {
    for (int32_t column : spec.columns) types_.push_back(table.columns[column].type);
  }

  Status Open(TaskContext&) override { return ListFiles(path_, pattern_).status(); }

  Status ScanAll(LookupReply& out, bool& done) override {
    std::vector<Vector> keys;
    return ScanBlock(&keys, out, done);
  }

  Status Lookup(const std::vector<Vector>& keys, int32_t num_keys, LookupReply& out) override {
    SL_TRY(BuildIndex());
    std::vector<uint64_t> hashes(num_keys);
    HashRows(keys, num_keys, hashes.data());
    std::vector<const Row*> found;
    out.key_of_row.clear();
    for (int32_t k = 0; k < num_keys; ++k) {
      auto chain = index_.find(hashes[k]);
      if (chain == index_.end()) continue;
      for (const Row& row : chain->second) {
        if (!RowsEqual(keys, k, row.block->keys, row.row)) continue;
        found.push_back(&row);
        out.key_of_row.push_back(k);
      }
    }
    out.num_rows = static_cast<int32_t>(found.size());
    out.columns.clear();
    for (int32_t c = 0; c < num_columns_; ++c) {
      VectorBuilder builder(types_[c], out.num_rows);
      for (int32_t i = 0; i < out.num_rows; ++i) {
        builder.CopyRow(i, found[i]->block->rows.columns[c], found[i]->row);
      }
      out.columns.push_back(builder.Finish());
    }
    return OkStatus();
  }

  // Changes when a file comes, goes, grows or is written.
  int64_t ContentVersion() override {
    auto files = ListFiles(path_, pattern_);
    uint64_t version = 0;
    if (!files.ok()) return 0;
    for (const FileEntry& file : *files) {
      const std::string state = absl::StrCat(file.path, "|", file.size, "|", file.modified_ms);
      version = version * 31 + HashBytes(state);
    }
    return static_cast<int64_t>(version);
  }

 private:
  struct IndexedBlock {
    std::vector<Vector> keys;
    LookupReply rows;
  };
  struct Row {
    const IndexedBlock* block;
    int32_t row;
  };

  Status BuildIndex() {
    const int64_t version = ContentVersion();
    if (indexed_ && version == indexed_version_) return OkStatus();
    index_.clear();
    blocks_.clear();
    for (bool done = false; !done;) {
      IndexedBlock& block = blocks_.emplace_back();
      SL_TRY(ScanBlock(&block.keys, block.rows, done));
      std::vector<uint64_t> hashes(block.rows.num_rows);
      HashRows(block.keys, block.rows.num_rows, hashes.data());
      for (int32_t row = 0; row < block.rows.num_rows; ++row) {
        index_[hashes[row]].push_back({&block, row});
      }
    }
    indexed_ = true;
    indexed_version_ = version;
    return OkStatus();
  }

  // The next block of rows; the decoder gives the fetched columns, then the key columns.
  Status ScanBlock(std::vector<Vector>* keys, LookupReply& out, bool& done) {
    out = LookupReply();
    if (!scanning_) {
      SL_ASSIGN(auto files, ListFiles(path_, pattern_));
      files_.assign(files.begin(), files.end());
      scanning_ = true;
    }
    done = false;
    if (next_record_ == block_.records.size()) SL_TRY(ReadBlock());
    if (next_record_ < block_.records.size()) SL_TRY(DecodeBlock(keys, out));
    done = next_record_ == block_.records.size() && reader_ == nullptr && files_.empty();
    if (done) scanning_ = false;
    return OkStatus();
  }

  Status ReadBlock() {
    block_ = RawRecords();
    next_record_ = 0;
    while (block_.records.empty() && (reader_ != nullptr || !files_.empty())) {
      if (reader_ == nullptr) {
        SL_ASSIGN(reader_, RecordReader::Open(files_.front().path, 0, INT64_MAX, framing_, &pool_));
        files_.pop_front();
      }
      SL_ASSIGN(RecordReader::Block read, reader_->Next());
      if (read.at_end) reader_.reset();
      block_ = std::move(read.records);
      if (read.too_long) {
        return BadRecord(block_, {0, ErrorCode::kRecordTooLong, "the record is too long"});
      }
    }
    return OkStatus();
  }

  Status DecodeBlock(std::vector<Vector>* keys, LookupReply& out) {
    DecodeOutput decoded;
    SL_ASSIGN(next_record_, decoder_->Decode(block_, next_record_, decoded));
    if (!decoded.errors.empty()) return BadRecord(block_, decoded.errors.errors().front());
    out.num_rows = decoded.num_rows;
    for (int32_t c = 0; c < num_columns_; ++c) out.columns.push_back(std::move(decoded.columns[c]));
    for (int32_t k = 0; k < num_keys_; ++k) {
      keys->push_back(std::move(decoded.columns[num_columns_ + k]));
    }
    return OkStatus();
  }

  const std::string path_;
  const std::string pattern_;
  const FramingOptions framing_;
  const int32_t num_columns_;
  const int32_t num_keys_;
  const std::unique_ptr<Decoder> decoder_;
  ChunkPool pool_;
  std::vector<Type> types_;
  // A scan under way.
  bool scanning_ = false;
  std::deque<FileEntry> files_;
  std::unique_ptr<RecordReader> reader_;
  RawRecords block_;
  size_t next_record_ = 0;
  // For single lookups.
  bool indexed_ = false;
  int64_t indexed_version_ = 0;
  std::deque<IndexedBlock> blocks_;
  absl::flat_hash_map<uint64_t, std::vector<Row>> index_;
};

}  // namespace

StatusOr<std::unique_ptr<LookupSource>> MakeFilesystemLookup(const TableInfo& table,
                                                             const LookupSpec& spec,
                                                             const Session& session) {
  SL_ASSIGN(std::string path, LocalPath(table.options.GetString(FilesystemOptions(), "path")));
  const std::string name(table.options.Find("format").value_or(""));
  const Format* format = FindFormat(name);
  if (format == nullptr || format->make_decoder == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("format '", name, "' cannot read"));
  }
  DecodeSpec decode;
  decode.table = table.PhysicalSchema();
  for (const std::vector<int32_t>* columns : {&spec.columns, &spec.key_columns}) {
    for (int32_t column : *columns) {
      const TableColumn& wanted = table.columns[column];
      decode.columns.push_back({DecodedKind::kField, {wanted.name}, wanted.type});
    }
  }
  SL_ASSIGN(auto decoder,
            format->make_decoder(table.options.WithPrefix(name + "."), decode, session));
  return std::make_unique<FilesystemLookup>(table, spec, std::move(path), std::move(decoder));
}

}  // namespace sluice
