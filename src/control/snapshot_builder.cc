#include "control/snapshot_builder.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"

namespace sluice {
namespace {

// By their row.
using Rows = absl::flat_hash_map<std::string, const ActiveRoute*>;

void Finish(BuiltSnapshot* built) {
  std::stable_sort(
      built->routes.begin(), built->routes.end(),
      [](const ActiveRoute& a, const ActiveRoute& b) { return a.route.spec.id < b.route.spec.id; });
  for (const ActiveRoute& route : built->routes) {
    if (route.plan != nullptr) built->processors[route.route.processor] = *route.text;
  }
}

}  // namespace

std::vector<std::string> SinkTables(const JobFile& file) {
  std::vector<std::string> tables = {file.main_sink};
  for (const auto& [name, table] : file.sinks) {
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  return tables;
}

SnapshotBuilder::SnapshotBuilder(const JobFile& file, const RoutedJob& job)
    : file_(file), job_(job) {}

BuiltSnapshot SnapshotBuilder::Build(const RouteSet& set, const ProcessorFolder& folder,
                                     const std::vector<ActiveRoute>* running) {
  BuiltSnapshot built;
  Rows rows;
  if (running != nullptr) {
    for (const ActiveRoute& route : *running) rows[route.route.spec.row] = &route;
  }
  // What stays as it was; none if the row is new.
  const auto keep = [&](const std::string& row) {
    const auto before = rows.find(row);
    if (before == rows.end()) return;
    built.routes.push_back(*before->second);
    rows.erase(before);
  };
  const auto reject = [&](const RouteSpec& spec, std::string reason) {
    built.rejected.push_back({RouteKey(spec), spec.id, std::move(reason), spec.row});
    keep(spec.row);
  };
  for (const RouteSpec& spec : set.routes) {
    const auto before = rows.find(spec.row);
    const RouteSpec* old = before == rows.end() ? nullptr : &before->second->route.spec;
    const bool is_hot = spec.hot_deployable && (old == nullptr || old->hot_deployable);
    if (running != nullptr && !is_hot && (old == nullptr || !(*old == spec))) {
      reject(spec, "is not hot-deployable: the change waits for a restart");
      continue;
    }
    auto route = Check(spec, folder);
    if (!route.ok()) {
      reject(spec, std::string(route.status().message()));
      continue;
    }
    rows.erase(spec.row);
    built.routes.push_back(*std::move(route));
  }
  for (const RejectedRow& row : set.rejected) {
    built.rejected.push_back(row);
    keep(row.row);
  }
  // Those that the source no longer has.
  const Rows gone = rows;
  for (const auto& [row, route] : gone) {
    if (route->route.spec.hot_deployable) continue;
    reject(route->route.spec, "is not hot-deployable: its deletion waits for a restart");
  }
  Finish(&built);
  return built;
}

StatusOr<BuiltSnapshot> SnapshotBuilder::Rebuild(const Snapshot& snapshot) {
  std::map<std::string, ProcessorText> texts;
  for (const auto& [name, text] : snapshot.processors) texts[name] = {name, name + ".sql", text};
  const ProcessorFolder folder(std::move(texts));
  BuiltSnapshot built;
  for (const SnapshotRoute& route : snapshot.routes) {
    RouteSpec exact = route.spec;
    if (!route.processor.empty()) exact.processor = route.processor;
    SL_ASSIGN(ActiveRoute checked, Check(exact, folder));
    checked.route.spec = route.spec;
    built.routes.push_back(std::move(checked));
  }
  Finish(&built);
  return built;
}

StatusOr<ActiveRoute> SnapshotBuilder::Check(const RouteSpec& spec, const ProcessorFolder& folder) {
  ActiveRoute active;
  active.route.spec = spec;
  if (!spec.enabled) return active;
  SL_ASSIGN(const std::vector<int32_t> sinks, SinksOf(spec));
  SL_ASSIGN(const ProcessorText* processor, folder.Find(spec.processor, file_.processor_aliases));
  SL_TRY(FindPlan(*processor, sinks, &active));
  active.route.processor = processor->name;
  return active;
}

// As in today's jobs: names of side outputs are side outputs, any other name is the main table.
StatusOr<std::vector<int32_t>> SnapshotBuilder::SinksOf(const RouteSpec& spec) const {
  const std::vector<std::string>& tables = job_.sinks();
  std::vector<int32_t> sinks;
  const auto add = [&](const std::string& table) {
    const auto sink =
        static_cast<int32_t>(std::find(tables.begin(), tables.end(), table) - tables.begin());
    if (std::find(sinks.begin(), sinks.end(), sink) == sinks.end()) sinks.push_back(sink);
  };
  for (const std::string& name : spec.sinks) {
    const auto mapped = file_.sinks.find(name);
    const auto& sides = JobFile::kSideOutputs;
    if (mapped != file_.sinks.end()) {
      add(mapped->second);
    } else if (std::find(std::begin(sides), std::end(sides), name) != std::end(sides)) {
      return absl::InvalidArgumentError(
          StrCat("the side output ", name, " leads nowhere: map it in the job file, sinks: ", name,
                 ": TABLE"));
    } else {
      add(file_.main_sink);
    }
  }
  if (sinks.empty()) add(file_.main_sink);
  return sinks;
}

Status SnapshotBuilder::FindPlan(const ProcessorText& processor, const std::vector<int32_t>& sinks,
                                 ActiveRoute* route) {
  std::string key = StrCat(processor.name, "\n", processor.text, "\n");
  for (const int32_t sink : sinks) StrAppend(&key, sink, ",");
  Known& known = known_[key];
  route->plan = known.plan.lock();
  if (route->plan == nullptr) {
    auto plan = job_.Compile(processor.name, {processor.file, processor.text}, sinks);
    if (!plan.ok()) {
      known_.erase(key);
      return plan.status();
    }
    route->plan = *std::move(plan);
    known = {route->plan, std::make_shared<const std::string>(processor.text)};
  }
  route->text = known.text;
  return OkStatus();
}

std::shared_ptr<const RoutingProgram> SnapshotBuilder::Program(const BuiltSnapshot& built,
                                                               uint64_t version) const {
  auto program = std::make_shared<RoutingProgram>();
  program->version = version;
  std::vector<RoutingTable::Entry> entries;
  absl::flat_hash_map<const ProcessorPlan*, int32_t> numbers;
  for (const ActiveRoute& route : built.routes) {
    RoutingTable::Entry entry{.spec = route.route.spec, .processor = 0};
    if (route.plan != nullptr) {
      const auto next = static_cast<int32_t>(program->processors.size());
      const auto [number, is_new] = numbers.try_emplace(route.plan.get(), next);
      entry.processor = number->second;
      if (is_new) program->processors.push_back(route.plan);
    }
    entries.push_back(std::move(entry));
  }
  program->table =
      std::make_shared<RoutingTable>(std::move(entries), file_.domains, file_.route_mode);
  return program;
}

}  // namespace sluice
