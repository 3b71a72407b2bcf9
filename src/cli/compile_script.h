// From the options of a verb and the text of a script to a job; says on standard error what is
// wrong.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/script_options.h"

namespace sluice {

struct CompiledScript {
  std::unique_ptr<Workspace> workspace;
  std::shared_ptr<Script> script;
  std::optional<CompiledJob> job;  // nothing: it failed, and that was said
  int exit_code = 0;               // of the failure
};

struct ScriptText {
  std::string name;  // the file, or "-e"
  std::string text;
};

// What a verb demands of a script beyond being right. May add errors to it.
using ScriptCheck = void (*)(Script& script);

// Parses, binds and checks: everything but the job.
CompiledScript BindScript(std::string_view verb, const ScriptOptions& options,
                          const ScriptText& text, bool for_run, ScriptCheck check);
// Takes the job of a bound script.
void TakeJob(std::string_view verb, const ScriptOptions& options, CompiledScript* compiled);
// Both, one after the other.
CompiledScript CompileScript(std::string_view verb, const ScriptOptions& options,
                             const ScriptText& text, bool for_run, ScriptCheck check);

// At most one SELECT: their rows would run into each other.
void CheckOneSelect(Script& script);
// The same, and the last statement is that SELECT, or EXPLAIN.
void CheckEndsWithSelect(Script& script);
bool EndsWithExplain(const Script& script);

// "Asia/Shanghai"
std::string TimeZoneText(const CompiledJob& job);

// "Flink 1.20 semantics"
std::string FlinkLevelText(const CompiledJob& job);

}  // namespace sluice
