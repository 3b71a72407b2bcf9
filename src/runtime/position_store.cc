#include "runtime/position_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "absl/strings/numbers.h"
#include "base/file.h"
#include "base/strings.h"

namespace sluice {
namespace {

constexpr std::string_view kFirstLine = "sluice positions 1";

// A position is a line of three fields with tabs between them; what would break that is escaped.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else if (c == '\t') {
      escaped += "\\t";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    const char next = text[++i];
    plain += next == 'n' ? '\n' : next == 't' ? '\t' : next;
  }
  return plain;
}

std::string_view TakeUntil(std::string_view* text, char end) {
  const size_t length = std::min(text->find(end), text->size());
  const std::string_view taken = text->substr(0, length);
  text->remove_prefix(std::min(length + 1, text->size()));
  return taken;
}

Status SystemError(std::string_view what, const std::string& path) {
  return absl::UnavailableError(StrCat(what, " ", path, ": ", std::strerror(errno)));
}

}  // namespace

StatusOr<std::unique_ptr<PositionStore>> PositionStore::Open(const std::string& directory,
                                                             bool fresh) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::FailedPreconditionError(
        StrCat("the state directory ", directory, " cannot be made: ", error.message()));
  }
  const std::string lock_path = directory + "/lock";
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return SystemError("the state directory cannot be used:", lock_path);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return absl::FailedPreconditionError(
        StrCat("another job is running with the state directory ", directory,
               "; stop it, or give each job a directory of its own"));
  }
  std::unique_ptr<PositionStore> store(new PositionStore(directory, lock));
  if (fresh) {
    if (unlink(store->path().c_str()) != 0 && errno != ENOENT)
      return SystemError("cannot remove", store->path());
    return store;
  }
  SL_TRY(store->Read());
  return store;
}

PositionStore::~PositionStore() { close(lock_); }

Status PositionStore::Read() {
  const auto read = ReadFile(path());
  if (absl::IsNotFound(read.status())) return OkStatus();
  SL_TRY(read.status());
  const std::string& text = *read;
  const Status damaged =
      absl::DataLossError(StrCat(path(), " is damaged; --fresh starts the job anew, without it"));
  std::string_view rest = text;
  if (TakeUntil(&rest, '\n') != kFirstLine) return damaged;
  while (true) {
    std::string_view line = TakeUntil(&rest, '\n');
    if (line == "end") return rest.empty() ? OkStatus() : damaged;
    const std::string_view number = TakeUntil(&line, '\t');
    const std::string source = Unescaped(TakeUntil(&line, '\t'));
    int64_t offset = 0;
    if (!absl::SimpleAtoi(absl::string_view(number.data(), number.size()), &offset) ||
        source.empty() || line.empty()) {
      return damaged;
    }
    saved_[source].offsets[Unescaped(line)] = offset;
  }
}

SourcePosition PositionStore::PositionOf(const std::string& source) const {
  std::lock_guard lock(mutex_);
  const auto found = saved_.find(source);
  return found == saved_.end() ? SourcePosition() : found->second;
}

void PositionStore::Add(const std::string& source, int32_t instance, uint64_t epoch,
                        SourcePosition position) {
  std::lock_guard lock(mutex_);
  added_[{source, instance}].emplace_back(epoch, std::move(position));
}

Status PositionStore::Save(uint64_t epoch) {
  std::lock_guard saving(saving_);
  if (epoch <= saved_epoch_) return OkStatus();  // the end of the job has overtaken it
  Positions positions;
  {
    std::lock_guard lock(mutex_);
    // What no instance reads at present stays as it was.
    for (auto& [key, added] : added_) {
      while (!added.empty() && added.front().first < epoch) added.pop_front();
      // An instance that ended before it saw the barrier has only its end to tell.
      if (added.empty()) continue;
      for (const auto& [partition, offset] : added.front().second.offsets)
        saved_[key.first].offsets[partition] = offset;
    }
    positions = saved_;
  }
  SL_TRY(Write(positions));
  saved_epoch_ = epoch;
  return OkStatus();
}

Status PositionStore::Write(const Positions& positions) const {
  std::string text = StrCat(kFirstLine, "\n");
  for (const auto& [source, position] : positions) {
    for (const auto& [partition, offset] : position.offsets)
      StrAppend(&text, offset, "\t", Escaped(source), "\t", Escaped(partition), "\n");
  }
  text += "end\n";
  return ReplaceFileDurably(path(), text);
}

}  // namespace sluice
