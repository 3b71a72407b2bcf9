// Operators for the tests of the runtime. What they do is written into a Journal that the test
// reads when the job has ended.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "operators/operator.h"
#include "operators/scan.h"
#include "testing.h"

namespace sluice {

struct Journal {
  std::mutex mutex;
  std::vector<int64_t> rows;        // that sinks took, in order of arrival
  std::vector<std::string> events;  // control events of sinks: "barrier 1", "end 0"
  std::map<uint64_t, std::vector<int64_t>> at_epoch;          // rows that a sink had at its barrier
  std::map<int32_t, std::vector<int64_t>> barrier_positions;  // by source: rows made before each
  std::map<int32_t, int64_t> durable;  // by source: the last committed position
  std::atomic<int64_t> num_made{0};    // rows of all sources
};

// Makes the numbers subtask * 1,000,000 + 0, 1, 2, …
struct NumberSourceSpec {
  Journal* journal = nullptr;
  int64_t num_rows = 0;  // of each instance; -1: no end
  int32_t batch_rows = 10;
  int64_t first = 0;
  uint64_t seed = 0;  // not 0: sometimes blocked, and woken from an I/O thread
  std::function<Status(int64_t row)> failure;
};

class NumberSource : public SourceOperator {
 public:
  explicit NumberSource(NumberSourceSpec spec) : spec_(std::move(spec)), random_(spec_.seed) {}

  Status Open(OperatorContext& context) override {
    context_ = &context;
    return OkStatus();
  }
  Status AddInput(int, Batch) override { return absl::InternalError("no input"); }
  Status OnControl(int, const Control&) override { return OkStatus(); }

  StatusOr<Progress> Advance(Output& out) override {
    if (spec_.seed != 0 && random_() % 3 == 0) {
      context_->io_pool->Run([context = context_] { context->wake(); });
      return Progress::kBlocked;
    }
    std::vector<int64_t> rows;
    while (next_ != spec_.num_rows && static_cast<int32_t>(rows.size()) < spec_.batch_rows) {
      rows.push_back(spec_.first + context_->subtask * 1'000'000 + next_++);
    }
    if (spec_.failure) SL_TRY(spec_.failure(next_));
    spec_.journal->num_made += static_cast<int64_t>(rows.size());
    if (!rows.empty()) out.Emit(NumberBatch(rows));
    return next_ == spec_.num_rows ? Progress::kFinished : Progress::kHasMore;
  }

  SourcePosition Position() const override {
    std::lock_guard lock(spec_.journal->mutex);
    spec_.journal->barrier_positions[Id()].push_back(next_);
    return {{{"row", next_}}};
  }
  Status OnDurable(const SourcePosition& position) override {
    std::lock_guard lock(spec_.journal->mutex);
    spec_.journal->durable[Id()] = position.offsets.at("row");
    return OkStatus();
  }

 private:
  int32_t Id() const { return static_cast<int32_t>(spec_.first / 1'000'000) + context_->subtask; }

  const NumberSourceSpec spec_;
  OperatorContext* context_ = nullptr;
  std::mt19937_64 random_;
  int64_t next_ = 0;
};

// Adds `plus` to every number; with a seed it sometimes does so on an I/O thread, being blocked in
// the meantime.
class Adder : public Operator {
 public:
  Adder(int64_t plus, uint64_t seed) : plus_(plus), seed_(seed), random_(seed) {}
  Status Open(OperatorContext& context) override {
    context_ = &context;
    return OkStatus();
  }
  Status AddInput(int, Batch batch) override {
    std::vector<int64_t> rows = NumbersOf(batch);
    for (int64_t& row : rows) row += plus_;
    result_ = NumberBatch(rows);
    if (seed_ != 0 && random_() % 3 == 0) {
      ready_->store(false);
      context_->io_pool->Run([ready = ready_, context = context_] {
        ready->store(true);
        context->wake();
      });
    }
    return OkStatus();
  }
  StatusOr<Progress> Advance(Output& out) override {
    if (!ready_->load()) return Progress::kBlocked;
    if (result_.has_value()) {
      out.Emit(*std::move(result_));
      result_.reset();
    }
    return Progress::kNeedsInput;
  }
  Status OnControl(int, const Control&) override { return OkStatus(); }

 private:
  const int64_t plus_;
  const uint64_t seed_;
  OperatorContext* context_ = nullptr;
  std::mt19937_64 random_;
  std::optional<Batch> result_;
  std::shared_ptr<std::atomic<bool>> ready_ = std::make_shared<std::atomic<bool>>(true);
};

// Takes rows into the journal.
struct CollectorSpec {
  Journal* journal = nullptr;
  std::atomic<bool>* closed = nullptr;  // while true nothing is taken
  std::function<Status(int64_t row)> failure;
};

class Collector : public Operator {
 public:
  explicit Collector(CollectorSpec spec) : spec_(std::move(spec)) {}
  Status Open(OperatorContext& context) override {
    context_ = &context;
    return OkStatus();
  }
  Status AddInput(int, Batch batch) override {
    std::lock_guard lock(spec_.journal->mutex);
    for (int64_t row : NumbersOf(batch)) {
      if (spec_.failure) SL_TRY(spec_.failure(row));
      spec_.journal->rows.push_back(row);
      rows_.push_back(row);
    }
    return OkStatus();
  }
  StatusOr<Progress> Advance(Output&) override {
    if (spec_.closed != nullptr && spec_.closed->load()) {
      context_->wake_at(context_->env->MonotonicUs() + 500);
      return Progress::kBlocked;
    }
    return Progress::kNeedsInput;
  }
  Status OnControl(int input, const Control& control) override {
    std::lock_guard lock(spec_.journal->mutex);
    if (control.kind == ControlKind::kBarrier) {
      auto& rows = spec_.journal->at_epoch[control.epoch];
      rows.insert(rows.end(), rows_.begin(), rows_.end());
    } else if (control.kind == ControlKind::kEndOfInput) {
      spec_.journal->events.push_back("end " + std::to_string(input));
    } else if (control.kind == ControlKind::kWatermark) {
      spec_.journal->events.push_back(
          control.watermark_ms == kMaxWatermarkMs ? "max" : std::to_string(control.watermark_ms));
    }
    return OkStatus();
  }

 private:
  const CollectorSpec spec_;
  OperatorContext* context_ = nullptr;
  std::vector<int64_t> rows_;
};

}  // namespace sluice
