#include "cli/compile_script.h"

#include <fmt/format.h>

#include "cli/findings.h"
#include "cli/verb.h"

namespace sluice {
namespace {

bool IsSelect(const ast::Statement& statement) {
  return std::holds_alternative<ast::QueryPtr>(statement.body);
}

}  // namespace

CompiledScript BindScript(std::string_view verb, const ScriptOptions& options,
                          const ScriptText& text, bool for_run, ScriptCheck check) {
  CompiledScript compiled;
  auto workspace = OpenWorkspace(options, for_run);
  if (!workspace.ok()) {
    compiled.exit_code = Fail(verb, workspace.status());
    return compiled;
  }
  compiled.workspace = *std::move(workspace);
  compiled.script = compiled.workspace->Execute(text.name, text.text);
  if (check != nullptr) check(*compiled.script);
  return compiled;
}

void TakeJob(std::string_view verb, const ScriptOptions& options, CompiledScript* compiled) {
  auto job = compiled->workspace->TakeJob(*compiled->script);
  if (!job.ok() && compiled->script->ok()) {
    compiled->exit_code = Fail(verb, job.status());
    return;
  }
  if (!job.ok()) {
    PrintFindings(*compiled->script);
    compiled->exit_code = ExitCodeFor(job.status());
    return;
  }
  const Status replaced = CheckReplacements(options, compiled->workspace->catalog());
  if (!replaced.ok()) {
    compiled->exit_code = Fail(verb, replaced);
    return;
  }
  compiled->job = *std::move(job);
}

CompiledScript CompileScript(std::string_view verb, const ScriptOptions& options,
                             const ScriptText& text, bool for_run, ScriptCheck check) {
  CompiledScript compiled = BindScript(verb, options, text, for_run, check);
  if (compiled.workspace != nullptr) TakeJob(verb, options, &compiled);
  return compiled;
}

void CheckOneSelect(Script& script) {
  bool has_select = false;
  for (const ast::Statement& statement : script.statements) {
    if (!IsSelect(statement)) continue;
    if (has_select) {
      script.Error(ErrorCode::kUnsupportedStatement, statement.span,
                   "a script can show the rows of one SELECT only",
                   "join them with UNION ALL, or run each with sluice query");
      return;
    }
    has_select = true;
  }
}

bool EndsWithExplain(const Script& script) {
  return !script.statements.empty() &&
         std::holds_alternative<ast::Explain>(script.statements.back().body);
}

void CheckEndsWithSelect(Script& script) {
  CheckOneSelect(script);
  if (script.statements.empty() || IsSelect(script.statements.back()) || EndsWithExplain(script))
    return;
  script.Error(ErrorCode::kInvalidQuery, script.statements.back().span,
               "the last statement must be a SELECT", "run a script of INSERTs with sluice run");
}

std::string TimeZoneText(const CompiledJob& job) {
  // Where no variable names it, the system's zone is known by its file only.
  const std::string& name = job.session->zone_name;
  return name.starts_with('/') ? "of the system" : name;
}

std::string FlinkLevelText(const CompiledJob& job) {
  return fmt::format("Flink {} semantics", FlinkVersionName(job.session->flink_version));
}

}  // namespace sluice
