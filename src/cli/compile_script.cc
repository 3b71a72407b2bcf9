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

CompiledScript CompileScript(std::string_view verb, const ScriptOptions& options,
                             const ScriptText& text, bool for_run, ScriptCheck check) {
  CompiledScript compiled;
  const auto fail = [&](const Status& status) {
    compiled.exit_code = Fail(verb, status);
    return std::move(compiled);
  };
  auto workspace = OpenWorkspace(options, for_run);
  if (!workspace.ok()) return fail(workspace.status());
  compiled.workspace = *std::move(workspace);
  compiled.script = compiled.workspace->Execute(text.name, text.text);
  if (check != nullptr) check(*compiled.script);
  auto job = compiled.workspace->TakeJob(*compiled.script);
  if (!job.ok() && compiled.script->ok()) return fail(job.status());
  if (!job.ok()) {
    PrintFindings(*compiled.script);
    compiled.exit_code = ExitCodeFor(job.status());
    return compiled;
  }
  const Status replaced = CheckReplacements(options, compiled.workspace->catalog());
  if (!replaced.ok()) return fail(replaced);
  compiled.job = *std::move(job);
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

void CheckEndsWithSelect(Script& script) {
  CheckOneSelect(script);
  if (script.statements.empty() || IsSelect(script.statements.back())) return;
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
