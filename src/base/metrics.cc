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

void Metrics::Attach(const Metrics* part) {
  std::lock_guard lock(mutex_);
  parts_.push_back(part);
}

void Metrics::Detach(const Metrics* part) {
  std::lock_guard lock(mutex_);
  part->AddSamples(&detached_);
  std::erase(parts_, part);
}

void Metrics::AddSamples(std::vector<MetricSample>* samples) const {
  const auto add = [&](const std::string& operator_name, const std::string& name, int64_t value) {
    auto same = std::find_if(samples->begin(), samples->end(), [&](const MetricSample& sample) {
      return sample.operator_name == operator_name && sample.name == name;
    });
    if (same == samples->end()) {
      samples->push_back({operator_name, name, value});
    } else {
      same->value += value;
    }
  };
  std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) add(entry.operator_name, entry.name, entry.counter.value());
  for (const MetricSample& sample : detached_) add(sample.operator_name, sample.name, sample.value);
  for (const Metrics* part : parts_) part->AddSamples(samples);
}

std::vector<MetricSample> Metrics::Samples() const {
  std::vector<MetricSample> samples;
  AddSamples(&samples);
  return samples;
}

int64_t Metrics::Total(std::string_view name) const {
  std::lock_guard lock(mutex_);
  int64_t total = 0;
  for (const Entry& entry : entries_) {
    if (entry.name == name) total += entry.counter.value();
  }
  for (const MetricSample& sample : detached_) {
    if (sample.name == name) total += sample.value;
  }
  for (const Metrics* part : parts_) total += part->Total(name);
  return total;
}

}  // namespace sluice
