// Shell: runs SQL statement by statement in one workspace: what `sluice sql` does with each of
// them.
#pragma once

#include <memory>
#include <string>

#include "cli/result_printer.h"
#include "cli/script_options.h"

namespace sluice {

struct ShellSettings {
  OutputFormat output = OutputFormat::kTable;
  bool changelog = false;
  bool interactive = false;  // tells about success too
};

class Shell {
 public:
  Shell(std::unique_ptr<Workspace> workspace, ShellSettings settings)
      : workspace_(std::move(workspace)), settings_(settings) {}

  // Takes over what a script defines and sets; does not run its INSERTs and SELECTs. False if it
  // has errors.
  bool Load(const std::string& name, const std::string& text);
  // Runs one statement; what is wrong with it goes to standard error. False if it failed.
  bool Execute(const std::string& name, const std::string& statement);
  // A line that starts with a backslash. False if the session is to end.
  bool ExecuteCommand(std::string_view line);

 private:
  bool RunJob(const CompiledJob& job);
  bool PrintTables();
  void SetOutput(std::string_view format);

  const std::unique_ptr<Workspace> workspace_;
  ShellSettings settings_;
};

}  // namespace sluice
