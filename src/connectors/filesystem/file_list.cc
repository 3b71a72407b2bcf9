#include "connectors/filesystem/file_list.h"

#include <re2/re2.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace sluice {
namespace {

bool IsHidden(const std::string& name) { return name.starts_with('.') || name.starts_with('_'); }

// False if the file is gone by now.
bool Describe(const std::string& path, FileEntry* entry) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return false;
  entry->path = path;
  entry->size = info.st_size;
  entry->modified_ms = int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000;
  return true;
}

Status ListDirectory(const std::string& path, const RE2* pattern, std::vector<FileEntry>* files) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator place(path, error);
  const std::filesystem::recursive_directory_iterator end;
  for (; !error && place != end; place.increment(error)) {
    std::error_code type_error;
    if (IsHidden(place->path().filename().string())) {
      place.disable_recursion_pending();
      continue;
    }
    if (!place->is_regular_file(type_error)) continue;
    const std::string file = place->path().string();
    if (pattern != nullptr && !RE2::FullMatch(file, *pattern)) continue;
    FileEntry entry;
    if (Describe(file, &entry)) files->push_back(std::move(entry));
  }
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot list ", path, ": ", error.message()));
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::vector<FileEntry>> ListFiles(const std::string& path, const std::string& pattern) {
  std::vector<FileEntry> files;
  FileEntry entry;
  if (!Describe(path, &entry)) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  const RE2 regex(pattern, RE2::Quiet);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    SL_TRY(ListDirectory(path, pattern.empty() ? nullptr : &regex, &files));
    std::sort(files.begin(), files.end(),
              [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; });
  } else if (pattern.empty() || RE2::FullMatch(path, regex)) {
    files.push_back(std::move(entry));
  }
  return files;
}

}  // namespace sluice
