// A chunk is small enough to be still in the second-level cache when it is parsed.
#include "bench/limit/chunk_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sluice::limit {
namespace {

constexpr size_t kChunkBytes = 128 << 10;

[[noreturn]] void Fail(const char* path) {
  std::fprintf(stderr, "cannot read %s: %s\n", path, std::strerror(errno));
  std::exit(1);
}

}  // namespace

ChunkReader::ChunkReader(const char* path)
    : path_(path), file_(open(path, O_RDONLY | O_CLOEXEC)), buffer_(kChunkBytes + 2 * kPadding) {
  if (file_ < 0) Fail(path);
}

ChunkReader::~ChunkReader() { close(file_); }

bool ChunkReader::Fill() {
  if (at_end_) return false;
  if (filled_ + 2 * kPadding >= buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const size_t room = buffer_.size() - 2 * kPadding - filled_;
  const ssize_t got = read(file_, buffer_.data() + kPadding + filled_, room);
  if (got < 0) Fail(path_);
  if (got > 0) {
    filled_ += static_cast<size_t>(got);
    return true;
  }
  at_end_ = true;
  if (filled_ == 0) return false;
  buffer_[kPadding + filled_++] = '\n';
  return true;
}

std::string_view ChunkReader::Next() {
  char* text = buffer_.data() + kPadding;
  std::memmove(text, text + consumed_, filled_ - consumed_);
  filled_ -= consumed_;
  consumed_ = 0;
  size_t searched = 0;
  while (Fill()) {
    text = buffer_.data() + kPadding;
    const void* end = memrchr(text + searched, '\n', filled_ - searched);
    searched = filled_;
    if (end == nullptr) continue;
    consumed_ = static_cast<size_t>(static_cast<const char*>(end) - text) + 1;
    // What follows the chunk is saved by the next call, so only bytes behind the text may be
    // blanked.
    std::memset(text + filled_, ' ', kPadding);
    return {text, consumed_};
  }
  return {};
}

}  // namespace sluice::limit
