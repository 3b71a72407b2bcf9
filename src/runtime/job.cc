// A running job: tasks on workers, the queues between them, and what they share. Assembly and
// teardown happen on the caller's thread; in between the workers run alone.
#include "runtime/job.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/thread.h"
#include "runtime/io_threads.h"
#include "runtime/job_assembly.h"
#include "runtime/position_store.h"
#include "runtime/row_error_policy.h"
#include "runtime/task.h"
#include "runtime/worker.h"

namespace sluice {
namespace {
constexpr int32_t kMaxIoThreads = 16;
}  // namespace

struct Job::Rep {
  Rep(std::shared_ptr<const Session> job_session, JobOptions job_options, Env* env,
      Metrics* job_metrics)
      : session(std::move(job_session)),
        options(std::move(job_options)),
        metrics(job_metrics),
        io(kMaxIoThreads),
        signals(env),
        coordinator(
            options.flush_interval_ms * 1000, [this] { WakeSources(); },
            [this](uint64_t epoch) { CompleteEpoch(epoch); }) {
    signals.coordinator = &coordinator;
    signals.on_failure = [this](Status status) { Fail(std::move(status)); };
    signals.on_task_done = [this] { OnTaskDone(); };
  }
  ~Rep() { Shutdown(); }

  Status OpenErrorPolicy();
  Status OpenPositions();
  Status Assemble(JobGraph graph);
  void StartWorkers();
  void Fail(Status status);
  void OnTaskDone();
  void OnWorkerExit();
  void CompleteEpoch(uint64_t epoch);
  void WakeSources();
  void StopWorkers();
  void Shutdown();

  const std::shared_ptr<const Session> session;
  const JobOptions options;
  Metrics* const metrics;
  std::unique_ptr<ErrorPolicy> errors;
  DeadLetters* dead_letters = nullptr;  // errors, if it stores them
  std::unique_ptr<PositionStore> positions;
  IoThreads io;
  JobSignals signals;
  FlushCoordinator coordinator;
  std::vector<std::unique_ptr<Worker>> workers;
  JobTasks tasks;
  std::atomic<int32_t> num_tasks_left{0};

  std::mutex mutex;
  std::condition_variable ended;
  // Guarded by mutex.
  Status status;
  int32_t num_workers_running = 0;
  std::vector<Thread> threads;
};

Status Job::Rep::OpenErrorPolicy() {
  if (options.dead_letter_path.empty()) {
    errors = std::make_unique<FailJob>(session);
    return OkStatus();
  }
  SL_ASSIGN(auto letters,
            DeadLetters::Open(options.dead_letter_path, session, signals.env, metrics));
  dead_letters = letters.get();
  errors = std::move(letters);
  return OkStatus();
}

Status Job::Rep::OpenPositions() {
  if (options.state_dir.empty()) return OkStatus();
  SL_ASSIGN(positions, PositionStore::Open(options.state_dir, options.fresh));
  signals.positions = positions.get();
  return OkStatus();
}

Status Job::Rep::Assemble(JobGraph graph) {
  SL_CHECK(options.num_workers > 0);
  for (int32_t i = 0; i < options.num_workers; ++i) {
    workers.push_back(std::make_unique<Worker>(signals.env));
  }
  workers.front()->SetTicker([this](int64_t now_us) {
    coordinator.Tick(now_us);
    return coordinator.NextTickUs();
  });
  OperatorContext context;
  context.session = session.get();
  context.env = signals.env;
  context.io_pool = &io;
  context.metrics = metrics;
  context.errors = errors.get();
  context.max_batch_rows = options.max_batch_rows;
  tasks = AssembleTasks(std::move(graph), context, options.batch_delay_ms * 1000, &signals);
  for (size_t i = 0; i < tasks.tasks.size(); ++i) {
    const int32_t worker = tasks.instance[i] % options.num_workers;
    workers[worker]->AddTask(tasks.tasks[i].get());
  }
  num_tasks_left = static_cast<int32_t>(tasks.tasks.size());
  // Consumers before producers, so that a sink that cannot open stops the job before a source
  // reads.
  for (auto task = tasks.tasks.rbegin(); task != tasks.tasks.rend(); ++task) {
    SL_TRY((*task)->Open());
  }
  return OkStatus();
}

void Job::Rep::StartWorkers() {
  for (auto& task : tasks.tasks) task->Wake();
  std::lock_guard lock(mutex);
  num_workers_running = options.num_workers;
  for (int32_t i = 0; i < options.num_workers; ++i) {
    threads.emplace_back(absl::StrCat("sluice-work-", i), [this, worker = workers[i].get()] {
      worker->Loop();
      OnWorkerExit();
    });
  }
}

void Job::Rep::Fail(Status failure) {
  {
    std::lock_guard lock(mutex);
    if (status.ok()) status = std::move(failure);
  }
  signals.cancelled.store(true, std::memory_order_release);
  StopWorkers();
}

void Job::Rep::OnTaskDone() {
  if (num_tasks_left.fetch_sub(1, std::memory_order_acq_rel) == 1) StopWorkers();
}

void Job::Rep::OnWorkerExit() {
  std::lock_guard lock(mutex);
  --num_workers_running;
  ended.notify_all();
}

// Dead letters of an epoch are durable before its positions are, and the positions before sources
// commit them elsewhere.
void Job::Rep::CompleteEpoch(uint64_t epoch) {
  if (dead_letters == nullptr && positions == nullptr) {
    coordinator.Publish(epoch);
    WakeSources();
    return;
  }
  io.Run([this, epoch] {
    Status stored = dead_letters == nullptr ? OkStatus() : dead_letters->Flush();
    if (stored.ok() && positions != nullptr) stored = positions->Save(epoch);
    if (!stored.ok()) return Fail(std::move(stored));
    coordinator.Publish(epoch);
    WakeSources();
  });
}

void Job::Rep::WakeSources() {
  for (auto& task : tasks.tasks) {
    if (task->has_source()) task->Wake();
  }
}

void Job::Rep::StopWorkers() {
  for (auto& worker : workers) worker->Stop();
}

// Workers first, then the I/O that may still touch operators, then the operators.
void Job::Rep::Shutdown() {
  StopWorkers();
  std::vector<Thread> joined;
  {
    std::lock_guard lock(mutex);
    joined.swap(threads);
  }
  for (Thread& thread : joined) thread.Join();
  io.Stop();
  tasks.tasks.clear();
}

Job::Job(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

Job::~Job() { Cancel(); }

StatusOr<std::unique_ptr<Job>> Job::Start(JobGraph graph, std::shared_ptr<const Session> session,
                                          JobOptions options, Env* env, Metrics* metrics) {
  auto rep = std::make_unique<Rep>(std::move(session), std::move(options), env, metrics);
  SL_TRY(rep->OpenErrorPolicy());
  SL_TRY(rep->OpenPositions());
  SL_TRY(rep->Assemble(std::move(graph)));
  rep->StartWorkers();
  return std::unique_ptr<Job>(new Job(std::move(rep)));
}

void Job::Stop() {
  rep_->signals.stop_requested.store(true, std::memory_order_release);
  rep_->WakeSources();
}

void Job::Cancel() { rep_->Fail(absl::CancelledError("the job was cancelled")); }

Status Job::Wait() {
  std::unique_lock lock(rep_->mutex);
  rep_->ended.wait(lock, [this] { return rep_->num_workers_running == 0; });
  return rep_->num_tasks_left.load(std::memory_order_acquire) == 0 ? OkStatus() : rep_->status;
}

bool Job::WaitFor(int64_t timeout_ms) {
  std::unique_lock lock(rep_->mutex);
  return rep_->ended.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                              [this] { return rep_->num_workers_running == 0; });
}

}  // namespace sluice
