#include "runtime/row_error_policy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/json_text.h"
#include "functions/cast.h"

namespace sluice {
namespace {

constexpr size_t kWriteAtBytes = size_t{64} << 10;
constexpr size_t kShownBytes = 200;

Status FileError(std::string_view what, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat(std::string(what), " ", path, ": ", std::strerror(errno)));
}

// True if the character may do something to a terminal instead of being shown.
bool IsControl(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  return first < 0x20 || first == 0x7f ||
         (first == 0xc2 && character.size() > 1 && static_cast<uint8_t>(character[1]) < 0xa0);
}

// For messages: the text in one line, as it is but for control characters and bytes that are no
// text. Ends with the character that reaches `max_bytes`; `*end` is its place in the text.
std::string Visible(std::string_view text, size_t max_bytes, size_t* end) {
  std::string out;
  size_t pos = 0;
  while (pos < text.size() && out.size() < max_bytes) {
    const auto first = static_cast<uint8_t>(text[pos]);
    const size_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const std::string_view character = text.substr(pos, length);
    if (!IsControl(character) && IsUtf8(character)) {
      out.append(character);
      pos += length;
    } else {
      absl::StrAppend(&out, absl::CHexEscape(std::string(text.substr(pos, 1))));
      ++pos;
    }
  }
  *end = pos;
  return out;
}

std::string Visible(std::string_view text) {
  size_t end;
  return Visible(text, std::string::npos, &end);
}

// The beginning of a record.
std::string Shown(std::string_view record) {
  size_t end;
  const std::string text = Visible(record, kShownBytes, &end);
  return end == record.size() ? text : absl::StrCat(text, "… (", record.size(), " bytes)");
}

// The row as JSON: texts and null.
void AppendRow(const Session& session, const Batch& batch, int32_t row, std::string* out) {
  out->push_back('[');
  std::string text;
  for (size_t c = 0; c < batch.columns.size(); ++c) {
    if (c != 0) out->push_back(',');
    if (batch.columns[c].IsNull(row)) {
      out->append("null");
      continue;
    }
    text.clear();
    AppendAsString(session, batch.columns[c], row, &text);
    AppendJsonString(text, out);
  }
  out->push_back(']');
}

Status Failure(const RowError& error, std::string_view subject) {
  return absl::InvalidArgumentError(
      absl::StrCat(ErrorCodeName(error.code), " ", Visible(error.detail), " (",
                   std::string(subject), "). ", std::string(FindErrorCode(error.code).remedy)));
}

}  // namespace

Status FailJob::OnRowErrors(std::string_view, const Batch& batch, const RowErrors& errors) {
  if (errors.empty()) return OkStatus();
  const RowError& first = errors.errors().front();
  std::string row;
  AppendRow(*session_, batch, first.row, &row);
  return Failure(first, absl::StrCat("row ", Shown(row)));
}

Status FailJob::OnRecordErrors(std::string_view, const RawRecords& records,
                               const RowErrors& errors) {
  if (errors.empty()) return OkStatus();
  const RowError& first = errors.errors().front();
  return Failure(
      first, absl::StrCat(records.origin == nullptr ? std::string("?") : *records.origin, " at ",
                          records.offsets[first.row], ": ", Shown(records.records[first.row])));
}

StatusOr<std::unique_ptr<DeadLetters>> DeadLetters::Open(std::string path,
                                                         std::shared_ptr<const Session> session,
                                                         Env* env, Metrics* metrics) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return FileError("cannot open dead letter file", path);
  return std::unique_ptr<DeadLetters>(
      new DeadLetters(fd, std::move(path), std::move(session), env, metrics));
}

DeadLetters::DeadLetters(int fd, std::string path, std::shared_ptr<const Session> session, Env* env,
                         Metrics* metrics)
    : fd_(fd), path_(std::move(path)), session_(std::move(session)), env_(env), metrics_(metrics) {}

DeadLetters::~DeadLetters() {
  // After a failure nobody flushes; what is known is kept as far as possible.
  (void)WriteBuffer();
  close(fd_);
}

Status DeadLetters::OnRowErrors(std::string_view where, const Batch& batch,
                                const RowErrors& errors) {
  std::lock_guard lock(mutex_);
  for (const RowError& error : errors.errors()) {
    AppendHead(where, error);
    if (batch.origins.records != nullptr && !batch.origins.indexes.IsNull(error.row)) {
      AppendRecord(*batch.origins.records, batch.origins.indexes.View<int32_t>()[error.row]);
    } else {
      buffer_.append(",\"record\":");
      AppendRow(*session_, batch, error.row, &buffer_);
      buffer_.append("}\n");
    }
  }
  return Finish(where, static_cast<int64_t>(errors.errors().size()));
}

Status DeadLetters::OnRecordErrors(std::string_view where, const RawRecords& records,
                                   const RowErrors& errors) {
  std::lock_guard lock(mutex_);
  for (const RowError& error : errors.errors()) {
    AppendHead(where, error);
    AppendRecord(records, error.row);
  }
  return Finish(where, static_cast<int64_t>(errors.errors().size()));
}

void DeadLetters::AppendHead(std::string_view where, const RowError& error) {
  buffer_.append("{\"time\":\"");
  buffer_.append(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(env_->WallMs()),
                                  absl::UTCTimeZone()));
  buffer_.append("\",\"operator\":");
  AppendJsonString(where, &buffer_);
  absl::StrAppend(&buffer_, ",\"code\":\"", ErrorCodeName(error.code), "\",\"reason\":");
  AppendJsonString(error.detail, &buffer_);
}

void DeadLetters::AppendRecord(const RawRecords& records, int32_t record) {
  if (records.origin != nullptr) {
    buffer_.append(",\"origin\":");
    AppendJsonString(*records.origin, &buffer_);
    absl::StrAppend(&buffer_, ",\"offset\":", records.offsets[record]);
  }
  const std::string_view bytes = records.records[record];
  if (IsUtf8(bytes)) {
    buffer_.append(",\"record\":");
    AppendJsonString(bytes, &buffer_);
  } else {
    absl::StrAppend(&buffer_, ",\"recordBase64\":\"", absl::Base64Escape(std::string(bytes)), "\"");
  }
  buffer_.append("}\n");
}

Status DeadLetters::Finish(std::string_view where, int64_t num_letters) {
  auto counter = counters_.find(where);
  if (counter == counters_.end()) {
    Counter* made = metrics_->Register(where, metric::kDeadLetters);
    counter = counters_.emplace(std::string(where), made).first;
  }
  counter->second->Add(num_letters);
  return buffer_.size() >= kWriteAtBytes ? WriteBuffer() : OkStatus();
}

Status DeadLetters::WriteBuffer() {
  size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t n = write(fd_, buffer_.data() + written, buffer_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("cannot write dead letter file", path_);
    written += static_cast<size_t>(n);
  }
  buffer_.clear();
  return OkStatus();
}

Status DeadLetters::Flush() {
  std::lock_guard lock(mutex_);
  SL_TRY(WriteBuffer());
  // Pipes and terminals cannot be synchronised.
  if (fdatasync(fd_) != 0 && errno != EINVAL && errno != EROFS) {
    return FileError("cannot flush dead letter file", path_);
  }
  return OkStatus();
}

}  // namespace sluice
