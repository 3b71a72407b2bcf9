#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/strings.h"
#include "engine/engine.h"
#include "engine/result_order.h"
#include "plan/lint.h"
#include "plan/optimizer.h"

namespace sluice {

namespace {

constexpr int32_t kMaxParallelism = 128;  // the number of key groups

StatusOr<int32_t> ParallelismOf(const WorkspaceOptions& options, const Settings& settings) {
  int64_t parallelism = options.parallelism;
  if (parallelism == 0)
    parallelism = Options(settings.values()).FindInt("parallelism.default").value_or(1);
  if (parallelism >= 1 && parallelism <= kMaxParallelism) return static_cast<int32_t>(parallelism);
  return absl::InvalidArgumentError(
      StrCat("the parallelism must be between 1 and ", kMaxParallelism, ", not ", parallelism));
}

bool IsBounded(const PhysicalPlan& plan) {
  return std::all_of(plan.nodes.begin(), plan.nodes.end(), [](const PhysicalNode& node) {
    const auto* scan = std::get_if<TableScanSpec>(&node.spec);
    return scan == nullptr || scan->connector->is_bounded == nullptr ||
           scan->connector->is_bounded(scan->table);
  });
}

// True if results depend on rows that are kept in memory.
bool KeepsState(const PhysicalPlan& plan) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(), [](const PhysicalNode& node) {
    return std::holds_alternative<GroupAggregateSpec>(node.spec) ||
           std::holds_alternative<RegularJoinSpec>(node.spec) ||
           std::holds_alternative<TopNSpec>(node.spec) ||
           std::holds_alternative<UpsertMaterializeSpec>(node.spec);
  });
}

// The job's dead letters: SET 'dead-letter.path', or the option of a source table.
std::string DeadLetterPath(const PhysicalPlan& plan, const Settings& settings) {
  std::string path = settings.Get("dead-letter.path");
  for (const PhysicalNode& node : plan.nodes) {
    const auto* scan = std::get_if<TableScanSpec>(&node.spec);
    if (path.empty() && scan != nullptr)
      path = std::string(scan->table.options.Find("dead-letter.path").value_or(""));
  }
  return path;
}

}  // namespace

StatusOr<std::pair<std::string, Options>> ParseReplacement(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view target = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const std::string table(text.substr(0, equals));
  if (target == "print" || target == "blackhole")
    return std::pair(table, Options({{"connector", std::string(target)}}));
  if (target.starts_with("file:") && target.size() > 5) {
    return std::pair(table, Options({{"connector", "filesystem"},
                                     {"path", std::string(target.substr(5))},
                                     {"format", "json"}}));
  }
  return absl::InvalidArgumentError(
      StrCat("--replace ", text, ": write TABLE=print, TABLE=blackhole or TABLE=file:PATH"));
}

Workspace::Workspace(WorkspaceOptions options) : options_(std::move(options)) {
  for (const auto& [key, value] : options_.settings) {
    const Status status = settings_.Set(key, value);
    if (!status.ok() && status_.ok()) status_ = Within(StrCat("--set ", key), status);
  }
  const auto session = settings_.MakeSession(options_.flink_version);
  if (!session.ok() && status_.ok()) status_ = session.status();
  binder_ = std::make_unique<ScriptBinder>(catalog_, settings_, options_.flink_version);
  binder_->environment().replaced_tables = options_.replaced_tables;
  binder_->environment().resolve_secrets = options_.for_run;
}

Status Workspace::LoadCatalog(const std::string& name, const std::string& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  if (error)
    return absl::NotFoundError(StrCat("--catalog ", name, "=", directory, ": ", error.message()));
  if (files.empty())
    return absl::NotFoundError(
        StrCat("--catalog ", name, "=", directory, ": there is no *.sql file"));
  std::sort(files.begin(), files.end());
  if (!catalog_.HasCatalog(name)) catalog_.AddCatalog(name, "default");
  const std::string catalog = catalog_.current_catalog(), database = catalog_.current_database();
  SL_TRY(catalog_.UseCatalog(name));
  for (const auto& file : files) {
    SL_ASSIGN(const std::string text, ReadFile(file.string()));
    const auto script = Execute(file.string(), text);
    SL_TRY(DiagnosticsStatus(script->text, script->name, script->diagnostics));
  }
  return catalog_.UseDatabase(catalog, database);
}

std::shared_ptr<Script> Workspace::Execute(const std::string& name, std::string_view text) {
  auto substituted = SubstituteVariables(text, options_.variables);
  if (!substituted.ok()) {
    auto script = std::make_shared<Script>();
    script->name = name;
    script->text = std::string(text);
    script->Error(ErrorCode::kSyntax, SourceSpan{}, std::string(substituted.status().message()));
    return script;
  }
  auto script = ParseToScript(name, *std::move(substituted), options_.flink_version);
  scripts_.push_back(script);
  binder_->environment().parallelism = ParallelismOf(options_, settings_).value_or(1);
  binder_->BindAll(script);
  LintStatements(*script);
  return script;
}

const TableEntry* Workspace::FindTable(const std::string& name,
                                       std::shared_ptr<const TableInfo>* info,
                                       const std::shared_ptr<Script>& script) {
  ast::Name path;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    path.parts.emplace_back().text = name.substr(begin, end - begin);
    begin = end + 1;
  }
  const auto resolved = catalog_.Resolve(path);
  const CatalogEntry* entry = resolved.ok() ? catalog_.Find(*resolved) : nullptr;
  const auto* table = entry == nullptr ? nullptr : std::get_if<std::shared_ptr<TableEntry>>(entry);
  if (table == nullptr) {
    std::vector<std::string> names;
    for (const ObjectPath& each : catalog_.Names()) names.push_back(catalog_.ShortName(each));
    const std::string nearest = NearestName(name, std::span<const std::string>(names));
    script->Error(ErrorCode::kUnknownTable, SourceSpan{}, StrCat("there is no table `", name, "`"),
                  nearest.empty() ? "" : StrCat("did you mean `", nearest, "`?"));
    return nullptr;
  }
  *info = QueryBinder(script, binder_->environment()).OpenTable(**table, {}, SourceSpan{});
  return *info == nullptr ? nullptr : table->get();
}

StatusOr<JobOptions> Workspace::JobOptionsOf(const PhysicalPlan& plan) const {
  JobOptions options;
  SL_ASSIGN(options.num_workers, ParallelismOf(options_, settings_));
  options.flush_interval_ms = settings_.flush_interval_ms();
  options.job_name = settings_.Get("pipeline.name");
  options.dead_letter_path = DeadLetterPath(plan, settings_);
  options.state_dir = settings_.Get("state.dir");
  return options;
}

StatusOr<CompiledJob> Workspace::TakeJob(Script& script) {
  std::vector<LogicalSink> sinks = binder_->TakeSinks();
  SL_TRY(DiagnosticsStatus(script.text, script.name, script.diagnostics));
  LintSinks(sinks, script);
  if (sinks.empty()) {
    script.Error(ErrorCode::kNothingToRun, SourceSpan{},
                 "there is no INSERT INTO and no SELECT to run");
    return DiagnosticsStatus(script.text, script.name, script.diagnostics);
  }
  CompiledJob job;
  job.session = binder_->session();
  for (const LogicalSink& sink : sinks) {
    if (sink.table != nullptr) continue;
    job.has_result = true;
    job.result_columns = sink.input->columns;
  }
  SL_ASSIGN(const int32_t num_workers, ParallelismOf(options_, settings_));
  sinks = Optimize(std::move(sinks), *job.session);
  job.plan = BuildPhysicalPlan(sinks, settings_, num_workers, options_.for_run, script);
  SL_TRY(DiagnosticsStatus(script.text, script.name, script.diagnostics));
  SL_ASSIGN(job.options, JobOptionsOf(job.plan));
  job.notes = settings_.WeakerPromises();
  job.is_bounded = IsBounded(job.plan);
  job.keeps_state = KeepsState(job.plan);
  job.result_is_append_only = ResultIsAppendOnly(job.plan);
  job.result_order = ResultOrder(job.plan);
  job.scripts = scripts_;
  return job;
}

}  // namespace sluice
