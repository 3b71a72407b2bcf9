#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/strings.h"

namespace sluice {
namespace {

Status SystemError(std::string_view what, const std::string& path) {
  return absl::UnavailableError(StrCat(what, " ", path, ": ", std::strerror(errno)));
}

Status WriteDurably(const std::string& path, int flags, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
  if (file < 0) return SystemError("cannot write", path);
  Status status;
  for (std::string_view rest = text; status.ok() && !rest.empty();) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) status = SystemError("cannot write", path);
    if (written > 0) rest.remove_prefix(static_cast<size_t>(written));
  }
  if (status.ok() && fsync(file) != 0) status = SystemError("cannot write", path);
  close(file);
  return status;
}

Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? "." : path.substr(0, slash);
  const int folder = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return SystemError("cannot open", name);
  const bool ok = fsync(folder) == 0;
  Status status = ok ? OkStatus() : SystemError("cannot sync", name);
  close(folder);
  return status;
}

}  // namespace

StatusOr<std::string> ReadFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  std::string text;
  if (file != nullptr) {
    char buffer[1 << 14];
    size_t count;
    while ((count = std::fread(buffer, 1, sizeof(buffer), file)) > 0) text.append(buffer, count);
    const bool ok = std::ferror(file) == 0;
    const int error = errno;
    std::fclose(file);
    if (ok) return text;
    errno = error;
  }
  if (errno != ENOENT) return SystemError("cannot read", path);
  return absl::NotFoundError(StrCat("cannot read ", path, ": ", std::strerror(errno)));
}

Status ReplaceFileDurably(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  SL_TRY(WriteDurably(temporary, O_TRUNC, text));
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return SystemError("cannot replace", path);
  return SyncFolderOf(path);
}

Status AppendDurably(const std::string& path, std::string_view text) {
  return WriteDurably(path, O_APPEND, text);
}

}  // namespace sluice
