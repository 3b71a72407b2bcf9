// Counters of a running job. Written by the thread that does the work, read by whoever shows them;
// no locks on the way.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class Counter {
 public:
  void Add(int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void Set(int64_t n) { value_.store(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// The names that operators use. Every input record ends in exactly one of: a row that goes on,
// filtered, skipped, dead.
namespace metric {
inline constexpr std::string_view kRecordsIn = "numRecordsIn";  // records read by a source
inline constexpr std::string_view kBytesIn = "numBytesIn";
inline constexpr std::string_view kPendingRecords = "pendingRecords";  // known to wait in a source
inline constexpr std::string_view kRecordsFiltered =
    "numRecordsFiltered";  // rows that no WHERE or inner join let through
inline constexpr std::string_view kRecordsSkipped =
    "numRecordsSkipped";  // ignore-parse-errors, blank lines
inline constexpr std::string_view kDeadLetters = "numDeadLetters";
inline constexpr std::string_view kRecordsOut = "numRecordsOut";  // rows taken by a sink
inline constexpr std::string_view kBytesOut = "numBytesOut";
inline constexpr std::string_view kRecordsDropped =
    "numRecordsDropped";  // by not-null-enforcer = DROP
inline constexpr std::string_view kLookupHits = "numLookupCacheHits";
inline constexpr std::string_view kLookupMisses = "numLookupCacheMisses";
}  // namespace metric

struct MetricSample {
  std::string operator_name;  // "Source: business_event", "Sink: wide"
  std::string name;
  int64_t value;
};

class Metrics {
 public:
  // Makes a counter, valid as long as this object: call it once in Open, not while rows flow. Each
  // task has counters of its own; Samples() adds up equal names.
  Counter* Register(std::string_view operator_name, std::string_view name);
  // Sums over tasks, in order of first registration.
  std::vector<MetricSample> Samples() const;
  int64_t Total(std::string_view name) const;

 private:
  // Of two tasks' counters none share a cache line.
  struct alignas(64) Entry {
    std::string operator_name;
    std::string name;
    Counter counter;
  };
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  // guarded by mutex_; entries never move
};

}  // namespace sluice
