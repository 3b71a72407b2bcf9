// The options that all verbs share which read SQL, and the workspace that they ask for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace CLI {
class App;
}  // namespace CLI

namespace sluice {

struct ScriptOptions {
  int32_t parallelism = 0;
  std::vector<std::string> settings;      // key=value
  std::vector<std::string> variables;     // name=value
  std::vector<std::string> catalogs;      // NAME=DIR
  std::vector<std::string> replacements;  // TABLE=CONNECTOR
  std::string flink_version = "1.20";
  std::string dead_letter_path;
};

void DeclareScriptOptions(CLI::App& command, ScriptOptions* options);

// What the options say, without --catalog. Unknown settings are warned about on standard error.
StatusOr<WorkspaceOptions> WorkspaceOptionsOf(const ScriptOptions& options, bool for_run);

// A workspace with the catalogs loaded. `for_run` as in WorkspaceOptions. Unknown settings are
// warned about on standard error.
StatusOr<std::unique_ptr<Workspace>> OpenWorkspace(const ScriptOptions& options, bool for_run);

// InvalidArgument when a table named by --replace does not exist once the script is bound.
Status CheckReplacements(const ScriptOptions& options, const Catalog& catalog);

// The whole file; "-" is standard input.
StatusOr<std::string> ReadScript(const std::string& path);

}  // namespace sluice
