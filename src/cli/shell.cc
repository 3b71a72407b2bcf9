#include "cli/shell.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/strings.h"
#include "cli/findings.h"
#include "cli/foreground_job.h"
#include "cli/job_progress.h"
#include "cli/stop_signals.h"
#include "cli/terminal.h"
#include "cli/verb.h"

namespace sluice {
namespace {

constexpr std::string_view kHelp =
    "Statements end with a semicolon and may span lines. Ctrl-C stops a query, Ctrl-D leaves.\n"
    "  \\d              tables and views           SHOW TABLES\n"
    "  \\d NAME         columns of a table         DESCRIBE NAME\n"
    "  \\f              functions                  SHOW FUNCTIONS\n"
    "  \\output FORMAT  table, json or text\n"
    "  \\changelog      every change instead of the final rows, and back\n"
    "  \\q              leaves\n";

bool HasJob(const Script& script) {
  for (const ast::Statement& statement : script.statements) {
    if (std::holds_alternative<ast::QueryPtr>(statement.body) ||
        std::holds_alternative<ast::Insert>(statement.body) ||
        std::holds_alternative<ast::StatementSet>(statement.body)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool Shell::Load(const std::string& name, const std::string& text) {
  const std::shared_ptr<Script> script = workspace_->Execute(name, text);
  workspace_->TakeInfo();
  if (HasJob(*script)) workspace_->TakeJob(*script).IgnoreError();
  PrintFindings(*script);
  return script->ok();
}

bool Shell::Execute(const std::string& name, const std::string& statement) {
  const std::shared_ptr<Script> script = workspace_->Execute(name, statement);
  if (!HasJob(*script)) {
    PrintFindings(*script);
    const bool printed = PrintTables();
    if (script->ok() && settings_.interactive && !printed) fmt::print("OK\n");
    return script->ok();
  }
  const auto job = workspace_->TakeJob(*script);
  PrintFindings(*script);
  if (!job.ok()) {
    if (script->ok()) Fail("sql", job.status());
    return false;
  }
  return RunJob(*job);
}

bool Shell::PrintTables() {
  const std::vector<InfoTable> tables = workspace_->TakeInfo();
  for (const InfoTable& table : tables) {
    PrintOut(table.text.empty() ? RenderInfoTable(table, HasColor(STDOUT_FILENO)) : table.text)
        .IgnoreError();
  }
  return !tables.empty();
}

bool Shell::RunJob(const CompiledJob& job) {
  Metrics metrics;
  ResultPrinter rows(job, settings_.output, settings_.changelog);
  const bool streams_to_terminal =
      job.has_result && rows.is_streaming() && IsTerminal(STDOUT_FILENO);
  const bool shows_line = IsTerminal(STDERR_FILENO) && !streams_to_terminal;
  if (settings_.interactive && !job.is_bounded) {
    PrintNote("the input does not end: Ctrl-C stops the query");
  }
  ForgetStopSignals();
  JobProgress progress(&metrics,
                       shows_line ? ProgressStyle::kTerminalLine : ProgressStyle::kSilent);
  JobEnd end = RunInForeground(job, job.has_result ? &rows : nullptr, &metrics,
                               [&](double elapsed_s) { progress.Tick(elapsed_s); });
  progress.Clear();
  if (settings_.interactive) ForgetStopSignals();
  if (end.status.ok() && job.has_result) end.status = rows.Finish();
  if (!end.status.ok()) {
    Fail("sql", end.status);
    return false;
  }
  if (!settings_.interactive) return true;
  if (job.has_result) {
    fmt::print(stderr, "{} {}{} in {}\n\n", FormatCount(rows.num_rows()),
               settings_.changelog ? "change" : "row", rows.num_rows() == 1 ? "" : "s",
               FormatSeconds(end.elapsed_s));
  } else {
    fmt::print(stderr, "{}\n", TotalsText(metrics, end));
  }
  return true;
}

void Shell::SetOutput(std::string_view format) {
  if (format == "table") {
    settings_.output = OutputFormat::kTable;
  } else if (format == "json") {
    settings_.output = OutputFormat::kJson;
  } else if (format == "text") {
    settings_.output = OutputFormat::kText;
  } else {
    PrintWarning("write \\output table, \\output json or \\output text");
  }
}

bool Shell::ExecuteCommand(std::string_view line) {
  line = StripAsciiWhitespace(line);
  if (line.ends_with(';')) line = StripAsciiWhitespace(line.substr(0, line.size() - 1));
  const size_t blank = line.find(' ');
  const std::string_view command = line.substr(0, blank);
  const std::string_view argument =
      blank == std::string_view::npos ? "" : StripAsciiWhitespace(line.substr(blank));
  if (command == "\\q") return false;
  if (command == "\\d") {
    Execute("sql", argument.empty() ? "SHOW TABLES" : fmt::format("DESCRIBE {}", argument));
  } else if (command == "\\f") {
    Execute("sql", "SHOW FUNCTIONS");
  } else if (command == "\\output") {
    SetOutput(argument);
  } else if (command == "\\changelog") {
    settings_.changelog = !settings_.changelog;
    fmt::print("{}\n",
               settings_.changelog ? "queries show every change" : "queries show the final rows");
  } else {
    if (command != "\\?" && command != "\\h") {
      PrintWarning(fmt::format("there is no command {}", command));
    }
    fmt::print("{}", kHelp);
  }
  return true;
}

}  // namespace sluice
