#include "base/metrics.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(MetricsTest, AddsUpTheCountersOfTasks) {
  Metrics metrics;
  Counter* a0 = metrics.Register("a", metric::kRecordsIn);
  Counter* b = metrics.Register("b", metric::kRecordsIn);
  Counter* a1 = metrics.Register("a", metric::kRecordsIn);
  Counter* out = metrics.Register("a", metric::kRecordsOut);
  a0->Add();
  a1->Add(10);
  b->Set(100);
  out->Add(5);
  const std::vector<MetricSample> samples = metrics.Samples();
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].operator_name, "a");
  EXPECT_EQ(samples[0].value, 11);
  EXPECT_EQ(samples[1].operator_name, "b");
  EXPECT_EQ(samples[2].name, metric::kRecordsOut);
  EXPECT_EQ(metrics.Total(metric::kRecordsIn), 111);
}

}  // namespace
}  // namespace sluice
