#include "operators/routing_slot.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/check.h"

namespace sluice {
namespace {

constexpr int64_t kWarmCheckMs = 2;

using Processors = std::vector<std::unique_ptr<Processor>>;
using Plans = absl::flat_hash_set<std::shared_ptr<const ProcessorPlan>>;

Plans PlansOf(const RoutingProgram& program) {
  return Plans(program.processors.begin(), program.processors.end());
}

StatusOr<Processors> OpenMissing(const RoutingProgram& program, const Plans& running,
                                 const OperatorContext& context, ErrorPolicy* errors) {
  Processors fresh;
  for (const auto& plan : program.processors) {
    if (running.contains(plan)) continue;
    fresh.push_back(std::make_unique<Processor>(plan));
    SL_TRY(fresh.back()->Open(context, errors));
  }
  return fresh;
}

StatusOr<bool> AreWarm(const std::vector<Processors>& all) {
  bool warm = true;
  for (const Processors& each : all) {
    for (const auto& processor : each) {
      SL_ASSIGN(const bool is_warm, processor->IsWarm());
      warm &= is_warm;
    }
  }
  return warm;
}

}  // namespace

RoutingSlot::RoutingSlot(std::shared_ptr<const RoutingProgram> first, ActivationLog log)
    : log_(std::move(log)), newest_version_(first->version), newest_(std::move(first)) {}

StatusOr<RoutingSlot::Staged> RoutingSlot::Attach(const OperatorContext& context,
                                                  ErrorPolicy* errors) {
  Staged staged;
  {
    std::lock_guard lock(mutex_);
    instances_.resize(std::max<size_t>(instances_.size(), context.parallelism));
    Instance& instance = instances_[context.subtask];
    SL_CHECK(instance.context == nullptr);
    instance.context = &context;
    instance.errors = errors;
    staged.program = newest_;
  }
  SL_ASSIGN(staged.fresh, OpenMissing(*staged.program, Plans(), context, errors));
  return staged;
}

RoutingSlot::Staged RoutingSlot::Take(int32_t subtask) {
  std::lock_guard lock(mutex_);
  return std::exchange(instances_[subtask].staged, {});
}

void RoutingSlot::Acknowledge(int32_t subtask, uint64_t version) {
  std::lock_guard lock(mutex_);
  instances_[subtask].active_version = version;
  acknowledged_.notify_all();
}

Status RoutingSlot::Stage(std::shared_ptr<const RoutingProgram> program,
                          const std::function<bool()>& keep_on) {
  std::vector<Processors> fresh;
  Plans running;
  size_t num_instances;
  {
    std::lock_guard lock(mutex_);
    running = PlansOf(*newest_);
    num_instances = instances_.size();
  }
  // Contexts and error policies are set before the control side begins, and do not change.
  for (size_t i = 0; i < num_instances; ++i) {
    const Instance& instance = instances_[i];
    SL_ASSIGN(fresh.emplace_back(),
              OpenMissing(*program, running, *instance.context, instance.errors));
  }
  while (true) {
    SL_ASSIGN(const bool warm, AreWarm(fresh));
    if (warm) break;
    if (!keep_on()) return absl::CancelledError("the change was given up while caches were filled");
    std::unique_lock lock(mutex_);
    acknowledged_.wait_for(lock, std::chrono::milliseconds(kWarmCheckMs));
  }
  const Plans wanted = PlansOf(*program);
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < instances_.size(); ++i) {
    Instance& instance = instances_[i];
    // What the Router has not taken yet and goes on.
    for (auto& processor : instance.staged.fresh) {
      if (wanted.contains(processor->plan())) fresh[i].push_back(std::move(processor));
    }
    instance.staged = {program, std::move(fresh[i])};
  }
  newest_ = std::move(program);
  newest_version_.store(newest_->version, std::memory_order_release);
  for (const Instance& instance : instances_) instance.context->wake();
  return OkStatus();
}

bool RoutingSlot::WaitActive(uint64_t version, int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  return acknowledged_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
    return std::all_of(instances_.begin(), instances_.end(), [&](const Instance& instance) {
      return instance.active_version >= version;
    });
  });
}

void RoutingSlot::DropStaged() {
  std::lock_guard lock(mutex_);
  for (Instance& instance : instances_) instance.staged = {};
}

std::vector<uint64_t> RoutingSlot::ActiveVersions() const {
  std::lock_guard lock(mutex_);
  std::vector<uint64_t> versions;
  for (const Instance& instance : instances_) versions.push_back(instance.active_version);
  return versions;
}

}  // namespace sluice
