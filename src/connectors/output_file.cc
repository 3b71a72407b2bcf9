#include "connectors/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

Status Failed(const char* what, const std::string& path, int error) {
  const std::string message = absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == EACCES || error == EISDIR || error == ENOTDIR) {
    return absl::FailedPreconditionError(message);
  }
  return absl::UnavailableError(message);
}

// Lines of several tasks on one terminal must not be torn: a write takes several system calls when
// the pipe is full.
std::mutex& StandardStreamMutex() {
  static std::mutex* const kMutex = new std::mutex();
  return *kMutex;
}

Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::shared_ptr<OutputFile>> OutputFile::Open(std::string path, Mode mode) {
  const int how = mode == Mode::kAppend ? O_APPEND : O_TRUNC;
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0644);
  if (fd < 0) return Failed("open", path, errno);
  return std::shared_ptr<OutputFile>(new OutputFile(fd, std::move(path)));
}

std::shared_ptr<OutputFile> OutputFile::StandardOutput() {
  return std::shared_ptr<OutputFile>(new OutputFile(STDOUT_FILENO, "standard output"));
}

std::shared_ptr<OutputFile> OutputFile::StandardError() {
  return std::shared_ptr<OutputFile>(new OutputFile(STDERR_FILENO, "standard error"));
}

OutputFile::~OutputFile() {
  if (fd_ > STDERR_FILENO) close(fd_);
}

Status OutputFile::Write(std::string_view bytes) {
  if (fd_ > STDERR_FILENO) return WriteAll(fd_, bytes, path_);
  std::lock_guard lock(StandardStreamMutex());
  return WriteAll(fd_, bytes, path_);
}

Status OutputFile::Sync() {
  if (fd_ <= STDERR_FILENO || fdatasync(fd_) == 0) return OkStatus();
  return errno == EINVAL || errno == EROFS ? OkStatus() : Failed("flush", path_, errno);
}

Status MakeDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error ? Failed("make directory", path, error.value()) : OkStatus();
}

Status SyncDirectory(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("open directory", path, errno);
  const bool failed = fsync(fd) != 0 && errno != EINVAL;
  const int error = errno;
  close(fd);
  return failed ? Failed("flush directory", path, error) : OkStatus();
}

StatusOr<std::string> LocalPath(std::string_view path) {
  const size_t scheme_end = path.find("://");
  if (scheme_end == std::string_view::npos) {
    if (path.starts_with("file:")) path.remove_prefix(5);
    return std::string(path);
  }
  if (path.substr(0, scheme_end) != "file") {
    return absl::InvalidArgumentError(
        absl::StrCat("'", std::string(path), "': only local files are supported"));
  }
  path.remove_prefix(scheme_end + 3);
  // A host may stand in between; only the local one makes sense.
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) {
    return absl::InvalidArgumentError("a file URI needs an absolute path: file:///…");
  }
  return std::string(path.substr(slash));
}

}  // namespace sluice
