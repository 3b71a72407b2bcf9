// What a job does with rows and records that cannot be processed: FailJob stops at the first;
// DeadLetters stores each as one JSON line
//   {"time":…, "operator":…, "code":…, "reason":…, "origin":…, "offset":…, "record":…}
// with "recordBase64" in place of "record" where the bytes are not UTF-8, and without origin and
// offset where a row has none any more (after an aggregation); then "record" is the row as a JSON
// array of its values' texts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/env.h"
#include "base/metrics.h"
#include "operators/operator.h"

namespace sluice {

class FailJob : public ErrorPolicy {
 public:
  explicit FailJob(std::shared_ptr<const Session> session) : session_(std::move(session)) {}
  Status OnRowErrors(std::string_view where, const Batch& batch, const RowErrors& errors) override;
  Status OnRecordErrors(std::string_view where, const RawRecords& records,
                        const RowErrors& errors) override;
  bool KeepsOrigins() const override { return false; }

 private:
  const std::shared_ptr<const Session> session_;
};

class DeadLetters : public ErrorPolicy {
 public:
  // Appends to the file, which is made if missing.
  static StatusOr<std::unique_ptr<DeadLetters>> Open(std::string path,
                                                     std::shared_ptr<const Session> session,
                                                     Env* env, Metrics* metrics);
  ~DeadLetters() override;

  Status OnRowErrors(std::string_view where, const Batch& batch, const RowErrors& errors) override;
  Status OnRecordErrors(std::string_view where, const RawRecords& records,
                        const RowErrors& errors) override;
  bool KeepsOrigins() const override { return true; }
  // Makes all letters so far durable. Blocks.
  Status Flush();

 private:
  DeadLetters(int fd, std::string path, std::shared_ptr<const Session> session, Env* env,
              Metrics* metrics);
  void AppendHead(std::string_view where, const RowError& error);  // mutex_ held
  void AppendRecord(const RawRecords& records, int32_t record);
  Status Finish(std::string_view where, int64_t num_letters);
  Status WriteBuffer();

  const int fd_;
  const std::string path_;
  const std::shared_ptr<const Session> session_;
  Env* const env_;
  Metrics* const metrics_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::string buffer_;
  std::map<std::string, Counter*, std::less<>> counters_;  // by operator
};

}  // namespace sluice
