#include "control/route_deployer.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "base/log.h"
#include "base/strings.h"

namespace sluice {
namespace {

bool SameRows(const std::vector<RejectedRow>& a, const std::vector<RejectedRow>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const RejectedRow& x, const RejectedRow& y) {
                      return x.id == y.id && x.reason == y.reason;
                    });
}

bool SameSet(const RouteSet& a, const RouteSet& b) {
  return a.routes == b.routes && SameRows(a.rejected, b.rejected);
}

std::map<std::string, std::string> TextsOf(const ProcessorFolder& folder) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, processor] : folder.processors()) texts[name] = processor.text;
  return texts;
}

std::string Message(const Status& status) { return std::string(status.message()); }

}  // namespace

RouteDeployer::RouteDeployer(const JobFile& file, const RoutedJob& job, Env* env,
                             std::unique_ptr<SnapshotStore> store)
    : file_(file),
      job_(job),
      env_(env),
      store_(std::move(store)),
      builder_(file, job),
      source_(MakeRouteSource(file.routes)) {}

RouteDeployer::~RouteDeployer() { Stop(); }

StatusOr<std::unique_ptr<RouteDeployer>> RouteDeployer::Open(const JobFile& file,
                                                             const RoutedJob& job, Env* env) {
  SL_ASSIGN(auto store, SnapshotStore::Open(file.state_dir + "/routes", env));
  auto deployer =
      std::unique_ptr<RouteDeployer>(new RouteDeployer(file, job, env, std::move(store)));
  SL_TRY(deployer->OpenFirst());
  return deployer;
}

Status RouteDeployer::OpenFirst() {
  std::lock_guard deploying(deploying_);
  const std::vector<uint64_t> versions = store_->Versions();
  const uint64_t last = versions.empty() ? 0 : versions.back();
  BuiltSnapshot built;
  SL_ASSIGN(state_.hold, store_->GetHold());
  auto set = source_->Read();
  const bool is_held = state_.hold.pinned != 0 || state_.hold.frozen;
  if (!versions.empty() && (is_held || absl::IsUnavailable(set.status()))) {
    SL_ASSIGN(const Snapshot kept, store_->Get(last));
    SL_ASSIGN(built, builder_.Rebuild(kept));
    state_.has_waiting = is_held;
    if (!is_held) {
      state_.failure = Message(set.status());
      LogWarning(
          StrCat(state_.failure, "; the job starts with the last good routes, version ", last));
    }
  } else {
    SL_TRY(set.status());
    SL_ASSIGN(const ProcessorFolder folder, ProcessorFolder::Read(file_.processors));
    built = builder_.Build(*set, folder, nullptr);
    seen_routes_ = *std::move(set);
    seen_processors_ = TextsOf(folder);
  }
  running_ = built.routes;
  const Snapshot snapshot = SnapshotOf(built, last + 1, file_.routes.Name(), "start of the job");
  SL_TRY(store_->Add(snapshot));
  SayRejected(built.rejected);
  state_.version = snapshot.version;
  state_.routes = snapshot.routes;
  state_.rejected = built.rejected;
  slot_ = std::make_shared<RoutingSlot>(
      builder_.Program(built, snapshot.version),
      [store = store_.get()](uint64_t version, const std::string& origin, int64_t offset) {
        return store->LogActivation(version, origin, offset);
      });
  return OkStatus();
}

Snapshot RouteDeployer::SnapshotOf(const BuiltSnapshot& built, uint64_t version,
                                   const std::string& who, const std::string& comment) const {
  Snapshot snapshot{.version = version,
                    .time_ms = env_->WallMs(),
                    .who = who,
                    .comment = comment,
                    .routes = {},
                    .processors = built.processors,
                    .rejected = built.rejected};
  for (const ActiveRoute& route : built.routes) snapshot.routes.push_back(route.route);
  return snapshot;
}

void RouteDeployer::SayRejected(const std::vector<RejectedRow>& rejected) {
  for (const RejectedRow& row : rejected) {
    LogWarning(StrCat("the route ", row.key, " (id ", row.id, ") is rejected: ", row.reason));
  }
}

void RouteDeployer::Start() {
  thread_ = Thread("sluice-routes", [this] { Watch(); });
}

void RouteDeployer::Stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
    stopping_.notify_all();
  }
  thread_.Join();
  if (slot_ != nullptr) slot_->DropStaged();
}

void RouteDeployer::Watch() {
  const auto interval = std::chrono::milliseconds(file_.routes.poll_interval_ms);
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (stopping_.wait_for(lock, interval, [&] { return is_stopping_.load(); })) return;
    }
    std::lock_guard deploying(deploying_);
    const Status status = Poll(false);
    std::lock_guard lock(mutex_);
    const std::string failure = status.ok() ? "" : Message(status);
    if (!failure.empty() && failure != state_.failure) LogWarning(failure);
    state_.failure = failure;
  }
}

Status RouteDeployer::Refresh() {
  std::lock_guard deploying(deploying_);
  return Poll(true);
}

// `always`: also what led to nothing the last time is tried again.
Status RouteDeployer::Poll(bool always) {
  SL_ASSIGN(RouteSet set, source_->Read());
  SL_ASSIGN(const ProcessorFolder folder, ProcessorFolder::Read(file_.processors));
  std::map<std::string, std::string> texts = TextsOf(folder);
  const bool is_seen =
      seen_routes_.has_value() && SameSet(*seen_routes_, set) && seen_processors_ == texts;
  if (is_seen && !always) return change_;
  {
    std::lock_guard lock(mutex_);
    if (state_.hold.pinned != 0 || state_.hold.frozen) {
      state_.has_waiting |= !is_seen;
      return OkStatus();
    }
  }
  BuiltSnapshot built = builder_.Build(set, folder, &running_);
  seen_routes_ = std::move(set);
  seen_processors_ = std::move(texts);
  {
    std::lock_guard lock(mutex_);
    if (!SameRows(state_.rejected, built.rejected)) SayRejected(built.rejected);
    state_.rejected = built.rejected;
    state_.has_waiting = false;
  }
  change_ =
      built.routes == running_ ? OkStatus() : Deploy(std::move(built), file_.routes.Name(), "");
  // What could not be reached may be there the next time.
  if (absl::IsUnavailable(change_)) seen_routes_.reset();
  return change_;
}

Status RouteDeployer::Deploy(BuiltSnapshot built, const std::string& who,
                             const std::string& comment) {
  const Snapshot snapshot = SnapshotOf(built, GetState().version + 1, who, comment);
  // First the history: what is made under a version must not come before what the version is.
  SL_TRY(store_->Add(snapshot));
  const Status staged = slot_->Stage(builder_.Program(built, snapshot.version),
                                     [this] { return !is_stopping_.load(); });
  if (!staged.ok()) {
    store_->Remove(snapshot.version);
    return Within("the new routes are rejected", staged);
  }
  running_ = std::move(built.routes);
  std::lock_guard lock(mutex_);
  state_.version = snapshot.version;
  state_.routes = snapshot.routes;
  LogInfo(StrCat("routes version ", snapshot.version, ", from ", who,
                 comment.empty() ? "" : StrCat(" (", comment, ")")));
  return OkStatus();
}

RouteDeployer::State RouteDeployer::GetState() const {
  std::lock_guard lock(mutex_);
  State state = state_;
  state.by_router = slot_->ActiveVersions();
  return state;
}

// First on the disk: a hold that is shown outlives the process.
Status RouteDeployer::SetHold(const SnapshotStore::Hold& hold) {
  SL_TRY(store_->SetHold(hold));
  std::lock_guard lock(mutex_);
  state_.hold = hold;
  return OkStatus();
}

StatusOr<uint64_t> RouteDeployer::Rollback(uint64_t version, const std::string& who) {
  std::lock_guard deploying(deploying_);
  SnapshotStore::Hold hold = GetState().hold;
  if (hold.frozen) {
    return absl::FailedPreconditionError(
        StrCat("the routes are frozen by ", hold.who, "; thaw them first"));
  }
  SL_ASSIGN(const Snapshot kept, store_->Get(version));
  SL_ASSIGN(BuiltSnapshot built, builder_.Rebuild(kept));
  SL_TRY(Deploy(std::move(built), who, StrCat("rollback to ", version)));
  hold.pinned = version;
  hold.who = who;
  SL_TRY(SetHold(hold));
  std::lock_guard lock(mutex_);
  state_.has_waiting = true;
  return state_.version;
}

Status RouteDeployer::Unpin(const std::string& who) {
  std::lock_guard deploying(deploying_);
  SnapshotStore::Hold hold = GetState().hold;
  if (hold.pinned == 0) return absl::FailedPreconditionError("no version is pinned");
  hold.pinned = 0;
  if (!hold.frozen) hold.who = who;
  SL_TRY(SetHold(hold));
  seen_routes_.reset();
  return Poll(true);
}

Status RouteDeployer::SetFrozen(bool frozen, const std::string& who) {
  std::lock_guard deploying(deploying_);
  SnapshotStore::Hold hold = GetState().hold;
  hold.frozen = frozen;
  hold.who = who;
  SL_TRY(SetHold(hold));
  if (frozen) return OkStatus();
  seen_routes_.reset();
  return Poll(true);
}

}  // namespace sluice
