#include "base/metrics.h"

#include <algorithm>

namespace sluice {

Counter* Metrics::Register(std::string_view operator_name, std::string_view name) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_.emplace_back();
  entry.operator_name = operator_name;
  entry.name = name;
  return &entry.counter;
}

std::vector<MetricSample> Metrics::Samples() const {
  std::lock_guard lock(mutex_);
  std::vector<MetricSample> samples;
  for (const Entry& entry : entries_) {
    auto same = std::find_if(samples.begin(), samples.end(), [&](const MetricSample& sample) {
      return sample.operator_name == entry.operator_name && sample.name == entry.name;
    });
    if (same == samples.end()) {
      samples.push_back({entry.operator_name, entry.name, entry.counter.value()});
    } else {
      same->value += entry.counter.value();
    }
  }
  return samples;
}

int64_t Metrics::Total(std::string_view name) const {
  std::lock_guard lock(mutex_);
  int64_t total = 0;
  for (const Entry& entry : entries_) {
    if (entry.name == name) total += entry.counter.value();
  }
  return total;
}

}  // namespace sluice
