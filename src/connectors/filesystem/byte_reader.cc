#include "connectors/filesystem/byte_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

constexpr int64_t kCompressedChunkBytes = int64_t{256} << 10;

class PlainReader : public ByteReader {
 public:
  PlainReader(int fd, std::string path, int64_t offset)
      : fd_(fd), path_(std::move(path)), offset_(offset) {
    // The system reads ahead of us, so that a worker hardly ever waits for the disk.
    posix_fadvise(fd_, offset, 0, POSIX_FADV_SEQUENTIAL);
  }
  ~PlainReader() override { close(fd_); }

  StatusOr<int64_t> Read(char* target, int64_t size) override {
    int64_t filled = 0;
    while (filled < size) {
      const ssize_t n = pread(fd_, target + filled, static_cast<size_t>(size - filled), offset_);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        return absl::UnavailableError(
            absl::StrCat("cannot read ", path_, ": ", std::strerror(errno)));
      }
      if (n == 0) break;
      filled += n;
      offset_ += n;
    }
    return filled;
  }

 private:
  const int fd_;
  const std::string path_;
  int64_t offset_;
};

// Several members one after the other count as one file, as gzip itself does it.
class GzipReader : public ByteReader {
 public:
  GzipReader(std::unique_ptr<ByteReader> compressed, std::string path)
      : compressed_(std::move(compressed)), path_(std::move(path)), input_(kCompressedChunkBytes) {
    constexpr int kGzipWindow = 15 + 16;
    initialised_ = inflateInit2(&stream_, kGzipWindow) == Z_OK;
  }
  ~GzipReader() override {
    if (initialised_) inflateEnd(&stream_);
  }

  StatusOr<int64_t> Read(char* target, int64_t size) override {
    if (!initialised_) return absl::ResourceExhaustedError("cannot start zlib");
    stream_.next_out = reinterpret_cast<Bytef*>(target);
    stream_.avail_out = static_cast<uInt>(std::min<int64_t>(size, int64_t{1} << 30));
    const auto wanted = static_cast<int64_t>(stream_.avail_out);
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        SL_ASSIGN(const int64_t n, compressed_->Read(input_.data(), kCompressedChunkBytes));
        if (n == 0) {
          if (in_member_) return absl::DataLossError(absl::StrCat(path_, " ends in mid-stream"));
          break;
        }
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(n);
      }
      in_member_ = true;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        in_member_ = false;
        inflateReset(&stream_);
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return absl::DataLossError(absl::StrCat("cannot decompress ", path_, ": ",
                                                stream_.msg == nullptr ? "bad data" : stream_.msg));
      }
    }
    return wanted - static_cast<int64_t>(stream_.avail_out);
  }

 private:
  const std::unique_ptr<ByteReader> compressed_;
  const std::string path_;
  std::vector<char> input_;
  z_stream stream_ = {};
  bool initialised_ = false;
  bool in_member_ = false;
};

}  // namespace

bool IsCompressedFile(std::string_view path) { return path.ends_with(".gz"); }

StatusOr<std::unique_ptr<ByteReader>> OpenFile(const std::string& path, int64_t offset) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return absl::NotFoundError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  if (!IsCompressedFile(path)) return std::make_unique<PlainReader>(fd, path, offset);
  auto reader = std::make_unique<GzipReader>(std::make_unique<PlainReader>(fd, path, 0), path);
  std::vector<char> skipped(kCompressedChunkBytes);
  while (offset > 0) {
    SL_ASSIGN(const int64_t n,
              reader->Read(skipped.data(), std::min(offset, kCompressedChunkBytes)));
    if (n == 0) break;
    offset -= n;
  }
  return reader;
}

}  // namespace sluice
