// OutputFile: a file that a sink writes: whole writes, errors with the name. Closed with the last
// reference. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice {

class OutputFile {
 public:
  enum class Mode { kTruncate, kAppend };
  static StatusOr<std::shared_ptr<OutputFile>> Open(std::string path, Mode mode);
  static std::shared_ptr<OutputFile> StandardOutput();
  static std::shared_ptr<OutputFile> StandardError();
  ~OutputFile();

  Status Write(std::string_view bytes);
  // To the disk; nothing for terminals and pipes.
  Status Sync();
  const std::string& path() const { return path_; }

 private:
  OutputFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  const int fd_;
  const std::string path_;
};

// Makes a directory and those above it.
Status MakeDirectories(const std::string& path);
// Makes renames and new files in a directory durable.
Status SyncDirectory(const std::string& path);

// Flink's paths may be URIs: "file:///tmp/x" -> "/tmp/x". InvalidArgument for the schemes of other
// file systems.
StatusOr<std::string> LocalPath(std::string_view path);

}  // namespace sluice
