// Whole jobs of fake operators: order, exchanges, alignment, the end, back-pressure, failures, Stop
// and Cancel, and wake-ups that race.
#include "runtime/job.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/thread.h"
#include "fake_operators.h"

namespace sluice {
namespace {

JobNode Source(NumberSourceSpec spec, int32_t parallelism = 1, std::string name = "source") {
  JobNode node{.name = std::move(name), .parallelism = parallelism};
  node.make_source = [spec](const SourcePosition&) { return std::make_unique<NumberSource>(spec); };
  return node;
}

JobNode Add(std::vector<JobEdge> inputs, int64_t plus, int32_t parallelism = 1, uint64_t seed = 0) {
  JobNode node{.name = "adder", .inputs = std::move(inputs), .parallelism = parallelism};
  node.make = [plus, seed] { return std::make_unique<Adder>(plus, seed); };
  return node;
}

JobNode Collect(std::vector<JobEdge> inputs, CollectorSpec spec, int32_t parallelism = 1) {
  JobNode node{.name = "sink", .inputs = std::move(inputs), .parallelism = parallelism};
  node.make = [spec] { return std::make_unique<Collector>(spec); };
  return node;
}

JobEdge Forward(int32_t from) { return {.from = from}; }
JobEdge Gather(int32_t from) { return {.from = from, .exchange = Exchange::kGather}; }
JobEdge Rebalance(int32_t from) { return {.from = from, .exchange = Exchange::kRebalance}; }
JobEdge Hash(int32_t from) {
  return {.from = from, .exchange = Exchange::kHash, .hash_columns = {0}};
}

std::vector<int64_t> Sorted(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<int64_t> Range(int64_t first, int64_t count) {
  std::vector<int64_t> values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

class JobTest : public testing::Test {
 protected:
  StatusOr<std::unique_ptr<Job>> Start(JobGraph graph, int32_t workers = 1,
                                       int64_t flush_interval_ms = 0) {
    JobOptions options{.num_workers = workers, .flush_interval_ms = flush_interval_ms};
    return Job::Start(std::move(graph), std::make_shared<const Session>(), options, Env::Posix(),
                      &metrics_);
  }
  Status Run(JobGraph graph, int32_t workers = 1, int64_t flush_interval_ms = 0) {
    SL_ASSIGN(auto job, Start(std::move(graph), workers, flush_interval_ms));
    return job->Wait();
  }
  size_t NumRows() {
    std::lock_guard lock(journal_.mutex);
    return journal_.rows.size();
  }
  void WaitForRows(size_t count) {
    while (NumRows() < count) {
    }
  }
  Journal journal_;
  Metrics metrics_;
};

TEST_F(JobTest, AChainKeepsTheOrder) {
  JobGraph graph{
      {Source({&journal_, 1000}), Add({Forward(0)}, 5), Collect({Forward(1)}, {&journal_})}};
  ASSERT_TRUE(Run(std::move(graph)).ok());
  EXPECT_EQ(journal_.rows, Range(5, 1000));
  EXPECT_EQ(journal_.events, (std::vector<std::string>{"max", "end 0"}));
  EXPECT_EQ(journal_.durable[0], 1000);
}

TEST_F(JobTest, AnEmptySourceEndsTheJob) {
  JobGraph graph{{Source({&journal_, 0}), Collect({Forward(0)}, {&journal_})}};
  ASSERT_TRUE(Run(std::move(graph), 2, 1).ok());
  EXPECT_TRUE(journal_.rows.empty());
}

TEST_F(JobTest, ANodeWithSeveralConsumersFansOut) {
  JobGraph graph{{Source({&journal_, 100}), Add({Forward(0)}, 1000),
                  Collect({Forward(0)}, {&journal_}), Collect({Forward(1)}, {&journal_})}};
  ASSERT_TRUE(Run(std::move(graph)).ok());
  std::vector<int64_t> expected = Range(0, 100);
  for (int64_t row : Range(1000, 100)) expected.push_back(row);
  EXPECT_EQ(Sorted(journal_.rows), expected);
}

TEST_F(JobTest, ADiamondAndTheSameInputTwiceComeTogether) {
  JobNode both = Collect({Forward(0), Forward(0), Forward(1)}, {&journal_});
  both.input_of_edge = {0, 0, 1};
  JobGraph graph{{Source({&journal_, 100}), Add({Forward(0)}, 0), std::move(both)}};
  ASSERT_TRUE(Run(std::move(graph), 1, 1).ok());
  EXPECT_EQ(journal_.rows.size(), 300u);
  EXPECT_EQ(journal_.events, (std::vector<std::string>{"max", "end 0", "end 1"}));
}

TEST_F(JobTest, ExchangesLoseAndDoubleNothing) {
  for (Exchange exchange : {Exchange::kHash, Exchange::kRebalance, Exchange::kGather}) {
    Journal journal;
    const int32_t targets = exchange == Exchange::kGather ? 1 : 3;
    JobEdge edge{.from = 0, .exchange = exchange, .hash_columns = {0}};
    JobGraph graph{{Source({&journal, 5000, 37}, 2), Collect({edge}, {&journal}, targets)}};
    ASSERT_TRUE(Run(std::move(graph), 2).ok());
    std::vector<int64_t> expected = Range(0, 5000);
    for (int64_t row : Range(1'000'000, 5000)) expected.push_back(row);
    EXPECT_EQ(Sorted(journal.rows), expected);
  }
}

TEST_F(JobTest, AGatherKeepsTheOrderOfEachProducer) {
  JobGraph graph{{Source({&journal_, 3000, 7}, 2), Collect({Gather(0)}, {&journal_})}};
  ASSERT_TRUE(Run(std::move(graph), 2).ok());
  std::vector<int64_t> first, second;
  for (int64_t row : journal_.rows) (row < 1'000'000 ? first : second).push_back(row);
  EXPECT_EQ(first, Range(0, 3000));
  EXPECT_EQ(second, Range(1'000'000, 3000));
}

// A sink that takes nothing stops the source after a bounded number of rows, whatever lies between
// them.
TEST_F(JobTest, AClosedSinkHoldsUpTheSource) {
  constexpr int64_t kBatchRows = 600;
  std::atomic<bool> closed{true};
  JobGraph graph{{Source({&journal_, 200'000, kBatchRows}, 2), Add({Rebalance(0)}, 0, 2),
                  Collect({Gather(1)}, {&journal_, &closed})}};
  auto job = Start(std::move(graph), 2);
  ASSERT_TRUE(job.ok());
  EXPECT_FALSE((*job)->WaitFor(100));
  const int64_t made = journal_.num_made;
  EXPECT_FALSE((*job)->WaitFor(50));
  EXPECT_EQ(journal_.num_made, made);
  // Two exchanges: 4 + 2 queues of 8 batches, and a few batches in the operators.
  EXPECT_LE(made, (6 * 8 + 12) * kBatchRows);
  closed = false;
  ASSERT_TRUE((*job)->Wait().ok());
  EXPECT_EQ(journal_.rows.size(), 400'000u);
}

// What a two-input operator has seen at a barrier is exactly what each source instance had made
// when it sent it.
TEST_F(JobTest, BarriersAreAlignedOverInputsAndWorkers) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Journal journal;
    NumberSourceSpec left{&journal, 60'000, 11, 0, seed};
    NumberSourceSpec right{&journal, 90'000, 17, 2'000'000, seed + 100};
    JobGraph graph{{Source(left, 2), Source(right, 2), Add({Hash(0)}, 0, 2, seed + 200),
                    Collect({Gather(2), Gather(1)}, {&journal})}};
    ASSERT_TRUE(Run(std::move(graph), 2, 1).ok());
    ASSERT_GT(journal.at_epoch.size(), 1u);
    for (auto& [epoch, rows] : journal.at_epoch) {
      std::map<int32_t, int64_t> count;
      for (int64_t row : rows) ++count[static_cast<int32_t>(row / 1'000'000)];
      for (auto& [source, positions] : journal.barrier_positions) {
        // A source that ended before the barrier has its end in place of the position.
        const size_t index = std::min<size_t>(epoch - 1, positions.size() - 1);
        EXPECT_EQ(count[source], positions[index]) << "epoch " << epoch << " source " << source;
      }
    }
    EXPECT_EQ(journal.durable[0], 60'000);
    EXPECT_EQ(journal.durable[3], 90'000);
    EXPECT_EQ(journal.rows.size(), 300'000u);
  }
}

TEST_F(JobTest, EachInputEndsOnce) {
  JobGraph graph{{Source({&journal_, 10}, 2), Source({&journal_, 500}, 2),
                  Collect({Gather(0), Gather(1)}, {&journal_})}};
  ASSERT_TRUE(Run(std::move(graph), 2).ok());
  std::vector<std::string> ends;
  for (const std::string& event : journal_.events) {
    if (event != "max") ends.push_back(event);
  }
  std::sort(ends.begin(), ends.end());
  EXPECT_EQ(ends, (std::vector<std::string>{"end 0", "end 1"}));
}

TEST_F(JobTest, TheFirstFailureEndsTheJobAndNamesItsOperator) {
  CollectorSpec failing{&journal_, nullptr, [](int64_t row) {
                          return row == 500 ? absl::DataLossError("row 500") : OkStatus();
                        }};
  JobGraph graph{{Source({&journal_, -1}, 2), Collect({Gather(0)}, failing)}};
  const Status status = Run(std::move(graph), 2);
  EXPECT_EQ(status, absl::DataLossError("sink: row 500"));
}

TEST_F(JobTest, ASourceMayFail) {
  NumberSourceSpec failing{&journal_,
                           -1,
                           10,
                           0,
                           0,
                           [](int64_t row) {
                             return row > 100 ? absl::UnavailableError("gone") : OkStatus(); }};
  JobGraph graph{{Source(failing), Collect({Forward(0)}, {&journal_})}};
  EXPECT_EQ(Run(std::move(graph)), absl::UnavailableError("source: gone"));
}

TEST_F(JobTest, StopDrainsWhatIsUnderWay) {
  JobGraph graph{{Source({&journal_, -1, 10, 0, 3}, 2), Add({Hash(0)}, 0, 2, 4),
                  Collect({Gather(1)}, {&journal_})}};
  auto job = Start(std::move(graph), 2, 1);
  ASSERT_TRUE(job.ok());
  WaitForRows(1000);
  (*job)->Stop();
  ASSERT_TRUE((*job)->Wait().ok());
  EXPECT_EQ(static_cast<int64_t>(journal_.rows.size()), journal_.num_made);
  EXPECT_EQ(journal_.durable[0] + journal_.durable[1], journal_.num_made);
  // A stopped job may go on later: time has not come to its end.
  EXPECT_EQ(journal_.events, std::vector<std::string>{"end 0"});
}

TEST_F(JobTest, CancelEndsAtOnce) {
  std::atomic<bool> closed{true};
  JobGraph graph{{Source({&journal_, -1, 10, 0, 5}, 2), Add({Rebalance(0)}, 0, 2, 6),
                  Collect({Gather(1)}, {&journal_, &closed})}};
  auto job = Start(std::move(graph), 2, 1);
  ASSERT_TRUE(job.ok());
  EXPECT_FALSE((*job)->WaitFor(5));
  (*job)->Cancel();
  EXPECT_TRUE(absl::IsCancelled((*job)->Wait()));
}

TEST_F(JobTest, AJobThatIsDroppedIsCancelled) {
  JobGraph graph{{Source({&journal_, -1}), Collect({Forward(0)}, {&journal_})}};
  auto job = Start(std::move(graph));
  ASSERT_TRUE(job.ok());
}

// Sources and operators that block at random and are woken from other threads: a lost wake-up
// hangs.
TEST_F(JobTest, NoWakeUpIsLost) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Journal journal;
    JobGraph graph{{Source({&journal, 3000, 13, 0, seed}, 2), Add({Hash(0)}, 0, 2, seed + 1),
                    Add({Rebalance(1)}, 0, 3, seed + 2), Collect({Gather(2)}, {&journal})}};
    ASSERT_TRUE(Run(std::move(graph), 2, 1).ok());
    ASSERT_EQ(journal.rows.size(), 6000u) << "seed " << seed;
  }
}

// Emits one row when its timer fires, three times.
class TimerSource : public SourceOperator {
 public:
  Status Open(OperatorContext& context) override {
    context_ = &context;
    next_ms_ = context.env->WallMs();
    return OkStatus();
  }
  Status AddInput(int, Batch) override { return OkStatus(); }
  Status OnControl(int, const Control&) override { return OkStatus(); }
  StatusOr<Progress> Advance(Output& out) override {
    if (!due_) return Progress::kBlocked;
    due_ = false;
    out.Emit(NumberBatch({fired_}));
    return fired_ == 3 ? Progress::kFinished : Progress::kBlocked;
  }
  Status OnTimer(int64_t now_ms) override {
    due_ = true;
    next_ms_ = ++fired_ == 3 ? INT64_MAX : now_ms + 2;
    return OkStatus();
  }
  int64_t NextTimerMs() const override { return next_ms_; }
  SourcePosition Position() const override { return {}; }
  Status OnDurable(const SourcePosition&) override { return OkStatus(); }

 private:
  OperatorContext* context_ = nullptr;
  int64_t next_ms_ = INT64_MAX;
  int64_t fired_ = 0;
  bool due_ = false;
};

TEST_F(JobTest, TimersFire) {
  JobNode source{.name = "timers"};
  source.make_source = [](const SourcePosition&) { return std::make_unique<TimerSource>(); };
  JobGraph graph{{std::move(source), Collect({Forward(0)}, {&journal_})}};
  ASSERT_TRUE(Run(std::move(graph)).ok());
  EXPECT_EQ(journal_.rows, (std::vector<int64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace sluice
