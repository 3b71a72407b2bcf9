#include "connectors/serial_work.h"

#include "connector_testing.h"

namespace sluice {
namespace {

using SerialWorkTest = ConnectorTest;

TEST_F(SerialWorkTest, RunsStepsOneAfterTheOther) {
  SerialWork work(Context());
  std::vector<int> order;  // unguarded: steps never overlap
  for (int i = 0; i < 1000; ++i) {
    work.Add(1, [&order, i] {
      order.push_back(i);
      return OkStatus();
    });
  }
  while (true) {
    woken_.store(false);
    if (*work.Drained() == Progress::kNeedsInput) break;
    woken_.wait(false);
  }
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(SerialWorkTest, IsBlockedWhileTooMuchWaits) {
  SerialWork work(Context());
  std::atomic<bool> go{false};
  work.Add(SerialWork::kMaxWaitingBytes, [&go] {
    go.wait(false);
    return OkStatus();
  });
  EXPECT_EQ(*work.Ready(), Progress::kBlocked);
  go.store(true);
  go.notify_all();
  woken_.wait(false);
  EXPECT_EQ(*work.Ready(), Progress::kNeedsInput);
}

TEST_F(SerialWorkTest, AFailureIsTheLastThatRuns) {
  SerialWork work(Context());
  bool ran = false;
  work.Add(1, [] { return absl::UnavailableError("disk"); });
  work.Add(1, [&ran] {
    ran = true;
    return OkStatus();
  });
  StatusOr<Progress> progress = Progress::kBlocked;
  while (progress.ok() && *progress == Progress::kBlocked) {
    woken_.store(false);
    progress = work.Drained();
    if (progress.ok()) woken_.wait(false);
  }
  EXPECT_EQ(progress.status(), absl::UnavailableError("disk"));
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace sluice
