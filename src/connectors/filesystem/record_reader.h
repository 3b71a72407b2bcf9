// RecordReader: cuts a range of a file into records at "\n", as Flink does: a "\r" in front of it
// is not part of the record, the last record needs no end. A record belongs to the range in which
// its first byte lies, so adjoining ranges give each record once. Reads large chunks into buffers
// that are used again once nobody pins them. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "connectors/chunk_pool.h"
#include "connectors/filesystem/byte_reader.h"
#include "types/raw_records.h"

namespace sluice {

struct FramingOptions {
  int64_t max_record_bytes = int64_t{64} << 20;
  // Line ends inside a quoted field do not end a record (CSV); '\0': no quotes. A field is quoted
  // when it begins with a quote, perhaps behind blanks; a quote in the middle of one is text.
  char quote = '\0';
  char delimiter = ',';
  char escape = '\0';  // takes the meaning from what follows; '\0': nothing does
};

class RecordReader {
 public:
  // Records that begin in [begin, end) of the file.
  static StatusOr<std::unique_ptr<RecordReader>> Open(const std::string& path, int64_t begin,
                                                      int64_t end, const FramingOptions& options,
                                                      ChunkPool* pool);
  // For tests: bytes from anywhere.
  RecordReader(std::unique_ptr<ByteReader> bytes, std::string path, int64_t begin, int64_t end,
               const FramingOptions& options, ChunkPool* pool);

  struct Block {
    RawRecords records;     // at most kMaxBatchRows; may be empty in the middle of a long record
    bool too_long = false;  // the only record was cut at max_record_bytes
    bool at_end = false;    // nothing follows
  };
  StatusOr<Block> Next();

  // The first byte behind all records handed out.
  int64_t position() const { return chunk_offset_ + next_; }

 private:
  Status Fill();
  const char* FindRecordEnd(const char* from, const char* end);
  void CutRecords(Block* block);
  void Append(int64_t record_end, Block* block);
  void AppendTooLong(int64_t behind, Block* block);
  Status SkipToFirst();
  StatusOr<Block> SkipLongRecord(Block block);

  const std::unique_ptr<ByteReader> bytes_;
  const std::shared_ptr<const std::string> path_;
  const int64_t end_;
  const FramingOptions options_;
  ChunkPool* const pool_;
  std::shared_ptr<char> chunk_;
  int64_t chunk_offset_ = 0;  // in the file, of the first byte of the chunk
  int64_t filled_ = 0;        // bytes in the chunk
  int64_t next_ = 0;          // in the chunk: where the next record begins
  int64_t searched_ = 0;      // in the chunk: up to here there is no end of that record
  bool in_quotes_ = false;    // at searched_
  bool can_open_ = true;      // at searched_: a quote would open a field, or be the second of two
  bool is_escaped_ = false;   // at searched_
  bool skip_first_ = false;   // the range begins behind the first line end
  bool skip_long_ = false;    // the rest of a record that was too long
  bool file_ended_ = false;
};

}  // namespace sluice
