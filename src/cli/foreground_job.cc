#include "cli/foreground_job.h"

#include <sys/resource.h>

#include <cstdio>

#include "cli/stop_signals.h"

namespace sluice {
namespace {

constexpr int64_t kTickMs = 50;

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Not getrusage: its maximum is inherited from the process that started this one.
int64_t PeakMemoryBytes() {
  std::FILE* file = std::fopen("/proc/self/status", "re");
  if (file == nullptr) return 0;
  long long kilobytes = 0;
  char line[256];
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    if (std::sscanf(line, "VmHWM: %lld kB", &kilobytes) == 1) break;
  }
  std::fclose(file);
  return kilobytes * int64_t{1024};
}

}  // namespace

JobEnd RunInForeground(const CompiledJob& compiled, RowReceiver* receiver, Metrics* metrics,
                       const std::function<void(double elapsed_s)>& on_tick,
                       JobCompanion* companion) {
  Env* const env = Env::Posix();
  const int64_t start_us = env->MonotonicUs();
  const double start_cpu_s = CpuSeconds();
  const auto elapsed_s = [&] { return static_cast<double>(env->MonotonicUs() - start_us) / 1e6; };

  JobEnd end;
  bool was_cancelled = false;
  auto job = StartJob(compiled, receiver, env, metrics);
  end.status = job.status();
  if (job.ok()) {
    if (companion != nullptr) companion->OnStarted();
    on_tick(elapsed_s());
    while (!(*job)->WaitFor(kTickMs)) {
      if (NumStopSignals() >= 1 && !end.was_stopped) {
        (*job)->Stop();
        end.was_stopped = true;
      }
      if (NumStopSignals() >= 2 && !was_cancelled) {
        (*job)->Cancel();
        was_cancelled = true;
      }
      on_tick(elapsed_s());
    }
    end.status = (*job)->Wait();
    if (companion != nullptr) companion->OnEnding();
  }
  end.elapsed_s = elapsed_s();
  end.cpu_s = CpuSeconds() - start_cpu_s;
  end.peak_memory_bytes = PeakMemoryBytes();
  return end;
}

}  // namespace sluice
