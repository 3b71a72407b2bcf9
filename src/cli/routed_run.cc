#include "cli/routed_run.h"

#include <filesystem>

#include "cli/option_checks.h"

namespace sluice {

StatusOr<std::unique_ptr<RoutedRun>> RoutedRun::Open(const std::string& path,
                                                     const ScriptOptions& options, bool for_run,
                                                     const std::string& state_dir) {
  if (!options.catalogs.empty()) {
    return absl::InvalidArgumentError(
        "--catalog is for scripts: a routed job lists its DDL under `tables`");
  }
  SL_ASSIGN(WorkspaceOptions workspace, WorkspaceOptionsOf(options, for_run));
  std::unique_ptr<RoutedRun> run(new RoutedRun());
  SL_ASSIGN(run->file_, ReadJobFile(path, workspace.variables));
  if (!state_dir.empty()) run->file_.state_dir = state_dir;
  const JobFile& file = run->file_;
  for (const auto& [key, value] : file.settings) workspace.settings.try_emplace(key, value);
  RoutedJobSpec spec;
  spec.options = std::move(workspace);
  for (const std::string& table : file.tables) {
    SL_ASSIGN(std::string text, ReadScript(table));
    spec.tables.push_back({table, std::move(text)});
  }
  spec.events = file.events;
  spec.sinks = SinkTables(file);
  using Policy = UnroutedPolicy;
  spec.on_unknown = file.dead_letter_unknown ? Policy::kDeadLetter : Policy::kDrop;
  spec.on_disabled = file.dead_letter_disabled ? Policy::kDeadLetter : Policy::kDrop;
  SL_ASSIGN(run->job_, RoutedJob::Open(std::move(spec)));
  return run;
}

StatusOr<BuiltSnapshot> RoutedRun::Check() const {
  SL_ASSIGN(const RouteSet set, MakeRouteSource(file_.routes)->Read());
  SL_ASSIGN(const ProcessorFolder folder, ProcessorFolder::Read(file_.processors));
  return SnapshotBuilder(file_, *job_).Build(set, folder, nullptr);
}

StatusOr<CompiledJob> RoutedRun::Start() {
  SL_ASSIGN(deployer_, RouteDeployer::Open(file_, *job_, Env::Posix()));
  SL_ASSIGN(CompiledJob compiled, job_->Assemble(deployer_->slot()));
  if (compiled.options.dead_letter_path.empty())
    compiled.options.dead_letter_path = file_.dead_letter_path;
  if (compiled.options.state_dir.empty()) compiled.options.state_dir = file_.state_dir;
  if (compiled.options.job_name.empty()) compiled.options.job_name = file_.name;
  return compiled;
}

}  // namespace sluice
