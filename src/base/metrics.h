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
// Of routed jobs; every event ends in exactly one of the six that follow kEventsIn.
inline constexpr std::string_view kEventsIn = "numEventsIn";
inline constexpr std::string_view kEventsRouted = "numEventsRouted";
inline constexpr std::string_view kEventsForeign = "numEventsForeign";
inline constexpr std::string_view kEventsUnknown = "numEventsUnknown";
inline constexpr std::string_view kEventsDisabled = "numEventsDisabled";
inline constexpr std::string_view kEventsSkipped = "numEventsSkipped";
inline constexpr std::string_view kEventsDead = "numEventsDead";
inline constexpr std::string_view kLookupHits = "numLookupCacheHits";
inline constexpr std::string_view kLookupMisses = "numLookupCacheMisses";
inline constexpr std::string_view kRetrying =
    "numRetrying";  // tasks that wait to try again what a server has not done
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
  // Counts `part`, too; after Detach what it counted until then stays.
  void Attach(const Metrics* part);
  void Detach(const Metrics* part);
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
  void AddSamples(std::vector<MetricSample>* samples) const;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<Entry> entries_;  // never move
  std::vector<const Metrics*> parts_;
  std::vector<MetricSample> detached_;
};

// The metrics of what comes and goes while a job runs: part of the job's for as long as it lives,
// a sum afterwards, so that memory does not grow with every coming and going.
class MetricsPart {
 public:
  explicit MetricsPart(Metrics* whole) : whole_(whole) { whole_->Attach(&own_); }
  ~MetricsPart() { whole_->Detach(&own_); }
  MetricsPart(const MetricsPart&) = delete;
  MetricsPart& operator=(const MetricsPart&) = delete;

  Metrics* get() { return &own_; }

 private:
  Metrics* const whole_;
  Metrics own_;
};

}  // namespace sluice
