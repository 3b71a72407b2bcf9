#include "cli/job_progress.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

TEST(JobProgressTest, LineTellsRatesAndDeadLetters) {
  Metrics metrics;
  Counter* in = metrics.Register("Source: s", metric::kRecordsIn);
  Counter* out = metrics.Register("Sink: t", metric::kRecordsOut);
  metrics.Register("Calc", metric::kRecordsFiltered)->Set(3);
  metrics.Register("Calc", metric::kDeadLetters)->Set(2);
  JobProgress progress(&metrics, ProgressStyle::kLogLines);
  in->Set(20'000);
  out->Set(10'000);
  CaptureStderr();
  progress.Tick(9.9);
  EXPECT_EQ(GetCapturedStderr(), "") << "a line every ten seconds";
  CaptureStderr();
  progress.Tick(10);
  EXPECT_NE(GetCapturedStderr().find("10.0 s  in 20,000 (2,000/s)  out 10,000 (1,000/s)  filtered 3"
                                     "  dead 2\n"),
            std::string::npos);
}

TEST(JobProgressTest, AShortJobLeavesTheTerminalAlone) {
  Metrics metrics;
  JobProgress progress(&metrics, ProgressStyle::kTerminalLine);
  CaptureStderr();
  progress.Tick(0);
  progress.Tick(0.2);
  progress.Clear();
  EXPECT_EQ(GetCapturedStderr(), "");
  CaptureStderr();
  progress.Tick(0.3);
  progress.Clear();
  EXPECT_EQ(GetCapturedStderr(),
            "\r   0.3 s  in 0 (0/s)  out 0 (0/s)  filtered 0  dead 0\033[K\r\033[K");
}

TEST(JobProgressTest, LagStandsThereOnceASourceKnowsIt) {
  Metrics metrics;
  Counter* pending = metrics.Register("Source: s", metric::kPendingRecords);
  JobProgress progress(&metrics, ProgressStyle::kLogLines);
  EXPECT_EQ(progress.Line(0).find("lag"), std::string::npos);
  pending->Set(1234);
  CaptureStderr();
  progress.Tick(10);
  EXPECT_NE(GetCapturedStderr().find("  lag 1,234  dead 0"), std::string::npos);
  pending->Set(0);
  EXPECT_NE(progress.Line(20).find("  lag 0  "), std::string::npos);
}

TEST(JobProgressTest, WhoeverTriesAgainIsNamed) {
  Metrics metrics;
  Counter* source = metrics.Register("Source: s", metric::kRetrying);
  Counter* sink = metrics.Register("Sink: t", metric::kRetrying);
  JobProgress progress(&metrics, ProgressStyle::kLogLines);
  EXPECT_EQ(progress.Line(0).find("again"), std::string::npos);
  source->Set(1);
  EXPECT_TRUE(progress.Line(0).ends_with("  dead 0  trying again: Source: s"));
  sink->Set(1);
  EXPECT_TRUE(progress.Line(0).ends_with("  trying again: Source: s, Sink: t"));
  source->Set(0);
  EXPECT_TRUE(progress.Line(0).ends_with("  trying again: Sink: t"));
}

}  // namespace
}  // namespace sluice
