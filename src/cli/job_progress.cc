#include "cli/job_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/json_text.h"
#include "base/log.h"
#include "cli/terminal.h"

namespace sluice {
namespace {

// The totals that are always told, in this order.
constexpr std::string_view kTotals[] = {
    metric::kRecordsIn,      metric::kBytesIn,     metric::kRecordsFiltered,
    metric::kRecordsSkipped, metric::kDeadLetters, metric::kRecordsDropped,
    metric::kRecordsOut,     metric::kBytesOut,    metric::kPendingRecords};

double IntervalOf(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::kSilent: return 0;
    case ProgressStyle::kTerminalLine: return 0.25;
    case ProgressStyle::kLogLines: return 10;
    case ProgressStyle::kJsonLines: return 1;
  }
  return 0;
}

int64_t PerSecond(int64_t count, double seconds) {
  return seconds <= 0 ? 0 : static_cast<int64_t>(static_cast<double>(count) / seconds);
}

std::string CountersJson(const Metrics& metrics) {
  std::string out;
  for (const std::string_view name : kTotals) {
    out += fmt::format(",\"{}\":{}", name, metrics.Total(name));
  }
  for (const std::string_view name :
       {metric::kLookupHits, metric::kLookupMisses, metric::kRetrying}) {
    out += fmt::format(",\"{}\":{}", name, metrics.Total(name));
  }
  return out;
}

std::string OperatorsJson(const Metrics& metrics) {
  std::vector<MetricSample> samples = metrics.Samples();
  std::stable_sort(samples.begin(), samples.end(),
                   [](const auto& a, const auto& b) { return a.operator_name < b.operator_name; });
  std::string out = ",\"operators\":{";
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i == 0 || samples[i].operator_name != samples[i - 1].operator_name) {
      out += i == 0 ? "" : "},";
      AppendJsonString(samples[i].operator_name, &out);
      out += ":{";
    } else {
      out += ",";
    }
    AppendJsonString(samples[i].name, &out);
    out += fmt::format(":{}", samples[i].value);
  }
  return out + (samples.empty() ? "}" : "}}");
}

std::string_view StateName(const JobEnd& end) {
  if (!end.status.ok()) return "failed";
  return end.was_stopped ? "stopped" : "finished";
}

}  // namespace

std::string JobProgress::Line(double elapsed_s) const {
  std::string line = fmt::format("{:>8}  in {} ({}/s)  out {} ({}/s)", FormatSeconds(elapsed_s),
                                 FormatCount(metrics_->Total(metric::kRecordsIn)),
                                 FormatCount(static_cast<int64_t>(in_per_s_)),
                                 FormatCount(metrics_->Total(metric::kRecordsOut)),
                                 FormatCount(static_cast<int64_t>(out_per_s_)));
  line += fmt::format("  filtered {}", FormatCount(metrics_->Total(metric::kRecordsFiltered)));
  const int64_t skipped =
      metrics_->Total(metric::kRecordsSkipped) + metrics_->Total(metric::kRecordsDropped);
  if (skipped > 0) line += fmt::format("  skipped {}", FormatCount(skipped));
  const int64_t lag = metrics_->Total(metric::kPendingRecords);
  if (lag > 0 || has_lagged_) line += fmt::format("  lag {}", FormatCount(lag));
  line += fmt::format("  dead {}", FormatCount(metrics_->Total(metric::kDeadLetters)));
  std::string_view before = "  trying again: ";
  for (const MetricSample& sample : metrics_->Samples()) {
    if (sample.name != metric::kRetrying || sample.value == 0) continue;
    line += fmt::format("{}{}", std::exchange(before, ", "), sample.operator_name);
  }
  return line;
}

void JobProgress::Tick(double elapsed_s) {
  if (style_ == ProgressStyle::kSilent) return;
  if (elapsed_s - shown_at_s_ < IntervalOf(style_)) return;
  const int64_t records_in = metrics_->Total(metric::kRecordsIn);
  const int64_t records_out = metrics_->Total(metric::kRecordsOut);
  const double interval_s = elapsed_s - shown_at_s_;
  if (interval_s > 0) {
    in_per_s_ = static_cast<double>(records_in - shown_records_in_) / interval_s;
    out_per_s_ = static_cast<double>(records_out - shown_records_out_) / interval_s;
  }
  has_lagged_ |= metrics_->Total(metric::kPendingRecords) > 0;
  shown_at_s_ = elapsed_s;
  shown_records_in_ = records_in;
  shown_records_out_ = records_out;
  switch (style_) {
    case ProgressStyle::kTerminalLine:
      fmt::print(stderr, "\r{}\033[K", CutToWidth(Line(elapsed_s), TerminalColumns() - 1));
      std::fflush(stderr);
      return;
    case ProgressStyle::kLogLines: return LogInfo(Line(elapsed_s));
    case ProgressStyle::kJsonLines:
      fmt::print("{{\"state\":\"running\",\"elapsed_s\":{:.3f}{}}}\n", elapsed_s,
                 CountersJson(*metrics_));
      std::fflush(stdout);
      return;
    case ProgressStyle::kSilent: return;
  }
}

void JobProgress::Clear() {
  if (style_ != ProgressStyle::kTerminalLine || shown_at_s_ == 0) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
}

std::string TotalsText(const Metrics& metrics, const JobEnd& end) {
  std::string out;
  const auto add = [&](std::string_view label, int64_t count, std::string_view more) {
    out += fmt::format("  {:<9} {:>13}{}\n", label, FormatCount(count), more);
  };
  const int64_t records_in = metrics.Total(metric::kRecordsIn);
  const int64_t dropped = metrics.Total(metric::kRecordsDropped);
  out += fmt::format("{} after {}\n", StateName(end), FormatSeconds(end.elapsed_s));
  const int64_t bytes_in = metrics.Total(metric::kBytesIn);
  add("in", records_in, bytes_in > 0 ? fmt::format("  {}", FormatBytes(bytes_in)) : "");
  add("filtered", metrics.Total(metric::kRecordsFiltered), "");
  add("skipped", metrics.Total(metric::kRecordsSkipped), "");
  add("dead", metrics.Total(metric::kDeadLetters), "");
  if (dropped > 0) add("dropped", dropped, "  NULL for a NOT NULL column");
  std::vector<MetricSample> sinks;
  for (const MetricSample& sample : metrics.Samples()) {
    if (sample.name == metric::kRecordsOut) sinks.push_back(sample);
  }
  add("out", metrics.Total(metric::kRecordsOut), "");
  for (const MetricSample& sink : sinks) {
    if (sinks.size() > 1) add("", sink.value, "  " + sink.operator_name);
  }
  const int64_t hits = metrics.Total(metric::kLookupHits);
  const int64_t lookups = hits + metrics.Total(metric::kLookupMisses);
  if (lookups > 0) {
    add("lookups", lookups,
        fmt::format("  {:.1f} % from the cache",
                    100.0 * static_cast<double>(hits) / static_cast<double>(lookups)));
  }
  out += fmt::format("  {} events/s, CPU {:.2f} s",
                     FormatCount(PerSecond(records_in, end.elapsed_s)), end.cpu_s);
  if (records_in > 0) {
    out += fmt::format(" ({:.2f} µs an event)", end.cpu_s * 1e6 / static_cast<double>(records_in));
  }
  return out + fmt::format(", peak memory {}\n", FormatBytes(end.peak_memory_bytes));
}

std::string TotalsJson(const Metrics& metrics, const JobEnd& end) {
  std::string out =
      fmt::format("{{\"state\":\"{}\",\"elapsed_s\":{:.3f}", StateName(end), end.elapsed_s);
  out += CountersJson(metrics);
  out += fmt::format(",\"recordsPerSecond\":{},\"cpu_s\":{:.3f},\"peakMemoryBytes\":{}",
                     PerSecond(metrics.Total(metric::kRecordsIn), end.elapsed_s), end.cpu_s,
                     end.peak_memory_bytes);
  out += OperatorsJson(metrics);
  if (!end.status.ok()) {
    out += ",\"error\":";
    const auto message = end.status.message();
    AppendJsonString({message.data(), message.size()}, &out);
  }
  return out + "}\n";
}

}  // namespace sluice
