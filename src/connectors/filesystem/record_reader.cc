#include "connectors/filesystem/record_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace sluice {

namespace {
// How far behind its range a reader looks at once for the end of the last record.
constexpr int64_t kOverreadBytes = int64_t{64} << 10;
}  // namespace

StatusOr<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& path, int64_t begin,
                                                           int64_t end,
                                                           const FramingOptions& options,
                                                           ChunkPool* pool) {
  // One byte earlier: only if it is a line end does a record begin right at `begin`.
  SL_ASSIGN(auto bytes, OpenFile(path, std::max<int64_t>(begin - 1, 0)));
  return std::make_unique<RecordReader>(std::move(bytes), path, begin, end, options, pool);
}

RecordReader::RecordReader(std::unique_ptr<ByteReader> bytes, std::string path, int64_t begin,
                           int64_t end, const FramingOptions& options, ChunkPool* pool)
    : bytes_(std::move(bytes)),
      path_(std::make_shared<const std::string>(std::move(path))),
      end_(end),
      options_(options),
      pool_(pool),
      chunk_offset_(std::max<int64_t>(begin - 1, 0)),
      skip_first_(begin > 0) {}

// Moves the unfinished record to the front of a chunk and reads on behind it. Records that were
// handed out stay in the old chunk.
Status RecordReader::Fill() {
  const int64_t carried = filled_ - next_;
  const bool needs_larger = carried >= pool_->chunk_bytes() / 2;
  const int64_t size =
      needs_larger ? std::max(carried * 2, pool_->chunk_bytes()) : pool_->chunk_bytes();
  std::shared_ptr<char> chunk = pool_->Take(size);
  if (carried > 0) std::memcpy(chunk.get(), chunk_.get() + next_, static_cast<size_t>(carried));
  chunk_ = std::move(chunk);
  chunk_offset_ += next_;
  searched_ -= next_;
  next_ = 0;
  const int64_t before_end = std::max<int64_t>(end_ - (chunk_offset_ + carried), 0);
  const int64_t wanted = std::min(before_end, size) + kOverreadBytes;
  const int64_t asked = std::min(size - carried, wanted);
  SL_ASSIGN(const int64_t n, bytes_->Read(chunk_.get() + carried, asked));
  filled_ = carried + n;
  file_ended_ = n < asked;
  return OkStatus();
}

// The line end of the record, or null; then `in_quotes_` and its like hold at `end`.
const char* RecordReader::FindRecordEnd(const char* from, const char* end) {
  if (options_.quote == '\0') {
    return static_cast<const char*>(std::memchr(from, '\n', static_cast<size_t>(end - from)));
  }
  for (; from < end; ++from) {
    const char c = *from;
    const bool was_escaped = std::exchange(is_escaped_, false);
    if (was_escaped) {
      can_open_ = false;
    } else if (c == options_.escape && c != '\0') {
      is_escaped_ = true;
    } else if (in_quotes_) {
      in_quotes_ = c != options_.quote;
      can_open_ = !in_quotes_;
    } else if (c == options_.quote && can_open_) {
      in_quotes_ = true;
    } else {
      can_open_ = c == '\n' || c == options_.delimiter || (can_open_ && c == ' ');
      if (c == '\n') return from;
    }
  }
  return nullptr;
}

Status RecordReader::SkipToFirst() {
  while (skip_first_) {
    const char* start = chunk_ == nullptr ? nullptr : chunk_.get();
    const char* found = start == nullptr ? nullptr : FindRecordEnd(start + next_, start + filled_);
    if (found != nullptr) {
      next_ = searched_ = found - start + 1;
      skip_first_ = false;
      break;
    }
    next_ = searched_ = filled_;
    if (file_ended_) break;
    SL_TRY(Fill());
  }
  return OkStatus();
}

StatusOr<RecordReader::Block> RecordReader::Next() {
  Block block;
  if (skip_first_) SL_TRY(SkipToFirst());
  if (skip_long_) return SkipLongRecord(std::move(block));
  if (position() < end_) CutRecords(&block);
  if (block.records.records.empty() && position() < end_ && !file_ended_) {
    if (filled_ - next_ > options_.max_record_bytes) {
      AppendTooLong(filled_, &block);
      skip_long_ = true;
      return block;
    }
    SL_TRY(Fill());
    CutRecords(&block);
  }
  block.at_end = position() >= end_ || (file_ended_ && next_ == filled_);
  return block;
}

StatusOr<RecordReader::Block> RecordReader::SkipLongRecord(Block block) {
  const char* start = chunk_.get();
  const char* found = FindRecordEnd(start + searched_, start + filled_);
  next_ = searched_ = found == nullptr ? filled_ : found - start + 1;
  if (found != nullptr) {
    skip_long_ = false;
  } else if (file_ended_) {
    block.at_end = true;
  } else {
    SL_TRY(Fill());
  }
  return block;
}

void RecordReader::CutRecords(Block* block) {
  RawRecords& records = block->records;
  const char* start = chunk_.get();
  while (static_cast<int32_t>(records.records.size()) < kMaxBatchRows && position() < end_) {
    const char* found =
        searched_ < filled_ ? FindRecordEnd(start + searched_, start + filled_) : nullptr;
    if (found == nullptr) searched_ = filled_;
    if (found == nullptr && (!file_ended_ || next_ == filled_)) return;
    const int64_t record_end = found == nullptr ? filled_ : found - start;
    const int64_t behind = found == nullptr ? filled_ : record_end + 1;
    if (record_end - next_ > options_.max_record_bytes) {
      // It must be alone in its block; next time it is.
      if (records.records.empty()) return AppendTooLong(behind, block);
      searched_ = next_;
      return;
    }
    Append(record_end, block);
    next_ = searched_ = behind;
  }
}

void RecordReader::AppendTooLong(int64_t behind, Block* block) {
  block->too_long = true;
  Append(next_ + options_.max_record_bytes, block);
  next_ = searched_ = behind;
}

// The bytes from next_ to record_end are a record.
void RecordReader::Append(int64_t record_end, Block* block) {
  RawRecords& records = block->records;
  if (records.pin == nullptr) {
    records.pin = chunk_;
    records.origin = path_;
    records.pinned_bytes = static_cast<size_t>(filled_);
    records.records.reserve(kMaxBatchRows);
    records.offsets.reserve(kMaxBatchRows);
  }
  const char* start = chunk_.get();
  int64_t length = record_end - next_;
  if (length > 0 && start[record_end - 1] == '\r') --length;
  records.records.emplace_back(start + next_, static_cast<size_t>(length));
  records.offsets.push_back(position());
}

}  // namespace sluice
