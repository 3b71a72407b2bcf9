// Which files a table path means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace sluice {

struct FileEntry {
  std::string path;
  int64_t size = 0;
  int64_t modified_ms = 0;
};

// The file at `path`, or all files below the directory, by name. As in Flink, names that begin with
// "." or "_" are left out with all that lies below them (but not the path itself). `pattern`: only
// files whose whole path matches, unless empty; a regular expression. NotFound when there is
// nothing at `path`.
StatusOr<std::vector<FileEntry>> ListFiles(const std::string& path, const std::string& pattern);

}  // namespace sluice
