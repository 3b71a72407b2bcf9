// A routed job as the command line opens it: its file, its tables and its routes.
#pragma once

#include <memory>
#include <string>

#include "cli/foreground_job.h"
#include "cli/script_options.h"
#include "control/route_deployer.h"

namespace sluice {

class RoutedRun : public JobCompanion {
 public:
  // Reads and checks everything. `for_run` as in WorkspaceOptions; `state_dir` stands instead of
  // the file's unless it is empty.
  static StatusOr<std::unique_ptr<RoutedRun>> Open(const std::string& path,
                                                   const ScriptOptions& options, bool for_run,
                                                   const std::string& state_dir = "");

  // Reads the routes and makes the job around them.
  StatusOr<CompiledJob> Start();

  // What the routes would come to; changes nothing.
  StatusOr<BuiltSnapshot> Check() const;

  void OnStarted() override { deployer_->Start(); }
  void OnEnding() override { deployer_->Stop(); }

  const JobFile& file() const { return file_; }
  const RoutedJob& job() const { return *job_; }
  RouteDeployer* deployer() { return deployer_.get(); }

 private:
  RoutedRun() = default;

  JobFile file_;
  std::unique_ptr<RoutedJob> job_;
  std::unique_ptr<RouteDeployer> deployer_;
};

}  // namespace sluice
