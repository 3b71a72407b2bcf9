#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/strings.h"
#include "control/snapshot_store.h"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const SnapshotRoute& route) {
  return {{"id", route.spec.id},
          {"row", route.spec.row},
          {"domain", route.spec.domain},
          {"type", route.spec.event_type},
          {"processor", route.spec.processor},
          {"runs", route.processor},
          {"sinks", route.spec.sinks},
          {"enabled", route.spec.enabled},
          {"hotDeployable", route.spec.hot_deployable},
          {"priority", route.spec.priority}};
}

SnapshotRoute RouteOf(const Json& json) {
  SnapshotRoute route;
  route.spec = {.id = json.at("id"),
                .row = json.at("row"),
                .domain = json.at("domain"),
                .event_type = json.at("type"),
                .processor = json.at("processor"),
                .sinks = json.at("sinks"),
                .enabled = json.at("enabled"),
                .hot_deployable = json.at("hotDeployable"),
                .priority = json.at("priority")};
  route.processor = json.at("runs");
  return route;
}

Json ToJson(const Snapshot& snapshot) {
  Json routes = Json::array(), rejected = Json::array();
  for (const SnapshotRoute& route : snapshot.routes) routes.push_back(ToJson(route));
  for (const RejectedRow& row : snapshot.rejected)
    rejected.push_back(
        {{"key", row.key}, {"id", row.id}, {"reason", row.reason}, {"row", row.row}});
  return {{"version", snapshot.version},      {"timeMs", snapshot.time_ms}, {"who", snapshot.who},
          {"comment", snapshot.comment},      {"routes", routes},           {"rejected", rejected},
          {"processors", snapshot.processors}};
}

Snapshot SnapshotOf(const Json& json) {
  Snapshot snapshot;
  snapshot.version = json.at("version");
  snapshot.time_ms = json.at("timeMs");
  snapshot.who = json.at("who");
  snapshot.comment = json.at("comment");
  for (const Json& route : json.at("routes")) snapshot.routes.push_back(RouteOf(route));
  for (const Json& row : json.at("rejected"))
    snapshot.rejected.push_back({row.at("key"), row.at("id"), row.at("reason"), row.at("row")});
  snapshot.processors = json.at("processors");
  return snapshot;
}

}  // namespace

StatusOr<std::unique_ptr<SnapshotStore>> SnapshotStore::Open(const std::string& folder, Env* env) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::FailedPreconditionError(
        StrCat("the folder ", folder, " cannot be made: ", error.message()));
  }
  return std::unique_ptr<SnapshotStore>(new SnapshotStore(folder, env));
}

std::string SnapshotStore::PathOf(uint64_t version) const {
  std::string digits = std::to_string(version);
  digits.insert(0, 8 - std::min<size_t>(digits.size(), 8), '0');
  return StrCat(folder_, "/", digits, ".json");
}

Status SnapshotStore::Add(const Snapshot& snapshot) {
  std::lock_guard lock(mutex_);
  const std::string text =
      ToJson(snapshot).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  SL_TRY(ReplaceFileDurably(PathOf(snapshot.version), text));
  std::error_code ignored;
  if (snapshot.version > kKept) {
    std::filesystem::remove(PathOf(snapshot.version - kKept), ignored);
  }
  return OkStatus();
}

StatusOr<Snapshot> SnapshotStore::Get(uint64_t version) const {
  std::lock_guard lock(mutex_);
  const auto text = ReadFile(PathOf(version));
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(
        StrCat("there is no snapshot ", version, ": the last ", kKept, " are kept"));
  }
  SL_TRY(text.status());
  try {
    return SnapshotOf(Json::parse(*text));
  } catch (const Json::exception&) {
    return absl::DataLossError(StrCat(PathOf(version), " is damaged"));
  }
}

std::vector<uint64_t> SnapshotStore::Versions() const {
  std::lock_guard lock(mutex_);
  std::vector<uint64_t> versions;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().extension() != ".json") continue;
    const std::string stem = entry.path().stem().string();
    uint64_t version = 0;
    const auto [end, code] = std::from_chars(stem.data(), stem.data() + stem.size(), version);
    if (code == std::errc() && end == stem.data() + stem.size()) versions.push_back(version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

void SnapshotStore::Remove(uint64_t version) {
  std::lock_guard lock(mutex_);
  std::error_code ignored;
  std::filesystem::remove(PathOf(version), ignored);
}

Status SnapshotStore::SetHold(const Hold& hold) {
  const Json json = {{"pinned", hold.pinned}, {"frozen", hold.frozen}, {"who", hold.who}};
  std::lock_guard lock(mutex_);
  return ReplaceFileDurably(HoldPath(),
                            json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

StatusOr<SnapshotStore::Hold> SnapshotStore::GetHold() const {
  std::lock_guard lock(mutex_);
  const auto text = ReadFile(HoldPath());
  if (absl::IsNotFound(text.status())) return Hold();
  SL_TRY(text.status());
  try {
    const Json json = Json::parse(*text);
    return Hold{.pinned = json.at("pinned"), .frozen = json.at("frozen"), .who = json.at("who")};
  } catch (const Json::exception&) {
    return absl::DataLossError(StrCat(HoldPath(), " is damaged"));
  }
}

Status SnapshotStore::LogActivation(uint64_t version, const std::string& origin, int64_t offset) {
  const Json line = {
      {"version", version},
      {"origin", origin},
      {"offset", offset},
      {"time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(env_->WallMs()),
                                absl::UTCTimeZone())}};
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::lock_guard lock(mutex_);
  return AppendDurably(folder_ + "/activations.jsonl", text);
}

}  // namespace sluice
