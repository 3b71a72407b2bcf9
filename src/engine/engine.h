// The engine's only door: from SQL text to a running job. The command line, the control plane and
// the tests come in here.
//
//   Workspace workspace(options);
//   auto script = workspace.Execute("job.sql", text);          // findings: script->diagnostics
//   auto compiled = workspace.TakeJob(*script);                 // the INSERTs and SELECTs as one
//   job auto job = StartJob(*compiled, &rows, Env::Posix(), &metrics); Status ended =
//   (*job)->Wait();
//
// A workspace belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/explain.h"
#include "plan/script_binder.h"
#include "runtime/job.h"

namespace sluice {

struct WorkspaceOptions {
  FlinkVersion flink_version = FlinkVersion::k1_20;
  std::map<std::string, std::string> variables;    // --var
  std::map<std::string, std::string> settings;     // --set
  std::map<std::string, Options> replaced_tables;  // --replace, see ParseReplacement
  int32_t parallelism = 0;                         // -p; 0: parallelism.default
  bool for_run =
      true;  // false: validate and explain: no secrets are read, every known connector will do
};

struct CompiledJob {
  std::shared_ptr<const Session> session;
  PhysicalPlan plan;
  JobOptions options;
  std::vector<std::string> notes;  // what is delivered instead of what was asked for
  PlanColumns result_columns;      // of the last SELECT; empty without one
  bool has_result = false;
  bool result_is_append_only = true;  // its rows are only ever added to
  std::vector<SortColumn>
      result_order;          // of its ORDER BY … LIMIT: columns of the result; else empty
  bool is_bounded = true;    // ends by itself
  bool keeps_state = false;  // its results depend on rows kept in memory
  std::vector<std::shared_ptr<Script>> scripts;  // keeps the syntax trees alive
};

class Workspace {
 public:
  explicit Workspace(WorkspaceOptions options);

  // What --set and the options' names got wrong.
  const Status& status() const { return status_; }

  // --catalog NAME=DIR: runs all *.sql files of the folder (DDL) in the catalog's default database.
  Status LoadCatalog(const std::string& name, const std::string& directory);

  // Parses and binds a script (or one statement of a shell). Never null; its errors are in
  // `diagnostics`.
  std::shared_ptr<Script> Execute(const std::string& name, std::string_view text);

  // All INSERTs and SELECTs bound since the last call as one job. InvalidArgument (rendered
  // findings) when `script` has errors, or nothing to run is there.
  StatusOr<CompiledJob> TakeJob(Script& script);

  // The table that SQL calls `name`, options checked and secrets filled in; null: see the script's
  // findings.
  const TableEntry* FindTable(const std::string& name, std::shared_ptr<const TableInfo>* info,
                              const std::shared_ptr<Script>& script);
  // What was bound since the last call.
  std::vector<LogicalSink> TakeSinks() { return binder_->TakeSinks(); }
  const std::shared_ptr<const Session>& session() const { return binder_->session(); }
  // Workers, flush interval, state and so on, as the settings say.
  StatusOr<JobOptions> JobOptionsOf(const PhysicalPlan& plan) const;

  std::vector<InfoTable> TakeInfo() { return binder_->TakeInfo(); }
  const Catalog& catalog() const { return catalog_; }
  const Settings& settings() const { return settings_; }

 private:
  WorkspaceOptions options_;
  Status status_;
  Catalog catalog_;
  Settings settings_;
  std::unique_ptr<ScriptBinder> binder_;
  std::vector<std::shared_ptr<Script>> scripts_;
};

// The versions of the inner loops that this machine can run, the one in use first.
std::vector<std::string> CpuKernels();

// "dim=print", "dim=blackhole", "dim=file:PATH" (JSON lines): the table, and the options that stand
// instead of its own.
StatusOr<std::pair<std::string, Options>> ParseReplacement(std::string_view text);

// Gets the rows of SELECTs, from the thread of a worker, one batch at a time.
class RowReceiver {
 public:
  virtual ~RowReceiver() = default;
  virtual Status OnBatch(const Batch& batch) = 0;
};

// `receiver` may be null if the job has no SELECT. All arguments outlive the job.
StatusOr<std::unique_ptr<Job>> StartJob(const CompiledJob& compiled, RowReceiver* receiver,
                                        Env* env, Metrics* metrics);

}  // namespace sluice
