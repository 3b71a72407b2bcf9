// sluice query: the rows of a SELECT.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/log.h"
#include "cli/compile_script.h"
#include "cli/findings.h"
#include "cli/foreground_job.h"
#include "cli/job_progress.h"
#include "cli/output_option.h"
#include "cli/stop_signals.h"
#include "cli/terminal.h"
#include "cli/verb.h"

namespace sluice {
namespace {

class QueryVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("file", file_, "the script; - is standard input")->type_name("FILE.sql");
    command.add_option("-e,--execute", sql_, "the script itself")->type_name("SQL");
    DeclareScriptOptions(command, &options_);
    DeclareOutputOption(command, &output_);
    command.add_flag("--changelog", changelog_, "prints every change, its kind first");
    command.add_flag("-q,--quiet", quiet_, "says nothing but rows and errors");
  }

  int Run() override {
    CatchStopSignals(SecondSignal::kExit);
    if (quiet_) SetLogLevel(LogLevel::kError);
    if (file_.empty() == sql_.empty()) {
      return Fail("query", absl::InvalidArgumentError(
                               file_.empty() ? "give a FILE.sql, or the query with -e 'SELECT …'"
                                             : "give a FILE.sql or -e 'SELECT …', not both"));
    }
    ScriptText text{"-e", sql_};
    if (!file_.empty()) {
      auto read = ReadScript(file_);
      if (!read.ok()) return Fail("query", read.status());
      text = {file_, *std::move(read)};
    }
    CompiledScript compiled = BindScript("query", options_, text, true, CheckEndsWithSelect);
    if (compiled.workspace == nullptr) return compiled.exit_code;
    if (compiled.script->ok() && EndsWithExplain(*compiled.script)) return PrintPlan(compiled);
    TakeJob("query", options_, &compiled);
    if (!compiled.job.has_value()) return compiled.exit_code;
    if (!quiet_) {
      PrintFindings(*compiled.script);
      for (const std::string& note : compiled.job->notes) PrintNote(note);
    }
    return RunQuery(*compiled.job);
  }

 private:
  int PrintPlan(const CompiledScript& compiled) const {
    if (!quiet_) PrintFindings(*compiled.script);
    const std::vector<InfoTable> answers = compiled.workspace->TakeInfo();
    return PrintOut(answers.back().text).ok() ? 0 : 1;
  }

  int RunQuery(const CompiledJob& job) const {
    Metrics metrics;
    ResultPrinter rows(job, output_, changelog_);
    const bool on_terminal = IsTerminal(STDERR_FILENO);
    if (!quiet_ && !job.is_bounded && !rows.is_streaming()) {
      PrintNote("the input does not end: Ctrl-C shows the rows so far, --changelog each change");
    }
    const bool shows_line =
        !quiet_ && on_terminal && !(rows.is_streaming() && IsTerminal(STDOUT_FILENO));
    JobProgress progress(&metrics,
                         shows_line ? ProgressStyle::kTerminalLine : ProgressStyle::kSilent);
    JobEnd end =
        RunInForeground(job, &rows, &metrics, [&](double elapsed_s) { progress.Tick(elapsed_s); });
    progress.Clear();
    if (end.status.ok()) end.status = rows.Finish();
    if (!end.status.ok()) {
      Fail("query", end.status);
      return 1;
    }
    if (!quiet_ && on_terminal) {
      fmt::print(stderr, "{} {}{} in {} ({})\n", FormatCount(rows.num_rows()),
                 changelog_ ? "change" : "row", rows.num_rows() == 1 ? "" : "s",
                 FormatSeconds(end.elapsed_s), FlinkLevelText(job));
    }
    return 0;
  }

  ScriptOptions options_;
  std::string file_;
  std::string sql_;
  OutputFormat output_ = OutputFormat::kTable;
  bool changelog_ = false;
  bool quiet_ = false;
};

}  // namespace

VerbEntry Verb_query() {
  return {
      .name = "query",
      .group = "Ask tables",
      .summary = "prints the rows of a SELECT",
      .description =
          "Runs a script whose last statement is a SELECT and prints its rows to standard output, "
          "nothing\n"
          "else. Updates are folded: what is printed are the final rows, in the order of ORDER BY "
          "… LIMIT if\n"
          "there is one. --changelog prints every change instead, as it happens.",
      .examples =
          "sluice query -e \"SELECT 1 + 1 AS two\"\n"
          "sluice query report.sql --output json > report.jsonl\n"
          "sluice query counts.sql --changelog  # +I, -U, +U, -D\n"
          "sluice query -e \"EXPLAIN SELECT 1 + 1 AS two\"\n"
          "sluice query --catalog shop=ddl/ -e \"SELECT COUNT(*) FROM shop.`default`.orders\"",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<QueryVerb>()); }};
}

}  // namespace sluice
