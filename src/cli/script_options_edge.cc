#include "cli/script_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/option_checks.h"
#include "cli/terminal.h"

namespace sluice {
namespace {

// One value for each time the option is given, so that it never swallows the file behind it.
CLI::Option* AddRepeatable(CLI::App& command, const std::string& name,
                           std::vector<std::string>* values, const std::string& help) {
  return command.add_option(name, *values, help)->allow_extra_args(false)->take_all();
}

StatusOr<std::map<std::string, std::string>> ParsePairs(const std::vector<std::string>& texts,
                                                        std::string_view option,
                                                        std::string_view form) {
  std::map<std::string, std::string> pairs;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          fmt::format("{} {}: write {} {}", option, text, option, form));
    }
    pairs[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return pairs;
}

void WarnOfUnknownSettings(const std::map<std::string, std::string>& settings) {
  for (const auto& [key, value] : settings) {
    if (FindSetting(key) != nullptr) continue;
    std::vector<std::string_view> names;
    for (const SettingSpec& spec : AllSettings()) names.push_back(spec.option.key);
    const std::string nearest = NearestOf(key, names);
    PrintWarning(fmt::format("--set {}: the configuration key is not known and has no effect{}",
                             key,
                             nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
  }
}

}  // namespace

void DeclareScriptOptions(CLI::App& command, ScriptOptions* options) {
  TakesNumber(command.add_option("-p,--parallelism", options->parallelism,
                                 "workers and parallel tasks, 1 to 128 (parallelism.default, else "
                                 "1)"),
              1, 128);
  AddRepeatable(command, "--set", &options->settings,
                "configures the job as SET does; the script's own SET wins; repeatable")
      ->type_name("KEY=VALUE");
  AddRepeatable(command, "--var", &options->variables,
                "the value of ${NAME} in the script; repeatable")
      ->type_name("NAME=VALUE");
  AddRepeatable(command, "--catalog", &options->catalogs,
                "makes a catalog of the DDL in DIR/*.sql; repeatable")
      ->type_name("NAME=DIR");
  AddRepeatable(command, "--replace", &options->replacements,
                "another connector for a table: print, blackhole or file:PATH; repeatable")
      ->type_name("TABLE=WHAT");
  TakesOneOf(command
                 .add_option("--flink-version", options->flink_version,
                             "whose semantics: 1.20, or 2.3 for the newer ones")
                 ->capture_default_str(),
             "1.20|2.3");
  command
      .add_option("--dead-letter", options->dead_letter_path,
                  "stores what cannot be processed in PATH and goes on (dead-letter.path)")
      ->type_name("PATH");
}

StatusOr<WorkspaceOptions> WorkspaceOptionsOf(const ScriptOptions& options, bool for_run) {
  WorkspaceOptions made;
  made.for_run = for_run;
  made.parallelism = options.parallelism;
  made.flink_version = options.flink_version == "2.3" ? FlinkVersion::k2_3 : FlinkVersion::k1_20;
  SL_ASSIGN(made.settings, ParsePairs(options.settings, "--set", "key=value"));
  SL_ASSIGN(made.variables, ParsePairs(options.variables, "--var", "name=value"));
  if (!options.dead_letter_path.empty())
    made.settings["dead-letter.path"] = options.dead_letter_path;
  for (const std::string& replacement : options.replacements) {
    SL_ASSIGN(auto parsed, ParseReplacement(replacement));
    made.replaced_tables[parsed.first] = std::move(parsed.second);
  }
  WarnOfUnknownSettings(made.settings);
  return made;
}

StatusOr<std::unique_ptr<Workspace>> OpenWorkspace(const ScriptOptions& options, bool for_run) {
  SL_ASSIGN(const auto catalogs, ParsePairs(options.catalogs, "--catalog", "NAME=DIR"));
  SL_ASSIGN(WorkspaceOptions made, WorkspaceOptionsOf(options, for_run));
  auto workspace = std::make_unique<Workspace>(std::move(made));
  SL_TRY(workspace->status());
  for (const auto& [name, directory] : catalogs) SL_TRY(workspace->LoadCatalog(name, directory));
  return workspace;
}

Status CheckReplacements(const ScriptOptions& options, const Catalog& catalog) {
  std::vector<std::string> names;
  for (const ObjectPath& path : catalog.Names()) names.push_back(path.object);
  for (const std::string& replacement : options.replacements) {
    const std::string name = replacement.substr(0, replacement.find('='));
    const auto is_meant = [&](const ObjectPath& path) {
      return name == path.object ||
             name == fmt::format("{}.{}.{}", path.catalog, path.database, path.object);
    };
    const std::vector<ObjectPath> paths = catalog.Names();
    if (std::any_of(paths.begin(), paths.end(), is_meant)) continue;
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string nearest = NearestOf(name, views);
    return absl::InvalidArgumentError(
        fmt::format("--replace {}: there is no table {}{}", replacement, name,
                    nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
  }
  return OkStatus();
}

StatusOr<std::string> ReadScript(const std::string& path) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::NotFoundError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  }
  std::string text;
  char buffer[1 << 14];
  size_t count;
  while ((count = std::fread(buffer, 1, sizeof(buffer), file)) > 0) text.append(buffer, count);
  const int error = std::ferror(file) != 0 ? errno : 0;
  if (file != stdin) std::fclose(file);
  if (error == 0) return text;
  return absl::NotFoundError(fmt::format("cannot read {}: {}", path, std::strerror(error)));
}

}  // namespace sluice
