// sluice run: all INSERTs of a script as one job, in the foreground.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/json_text.h"
#include "base/log.h"
#include "cli/compile_script.h"
#include "cli/findings.h"
#include "cli/foreground_job.h"
#include "cli/job_progress.h"
#include "cli/ledger.h"
#include "cli/output_option.h"
#include "cli/result_printer.h"
#include "cli/routed_run.h"
#include "cli/stop_signals.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/version.h"

namespace sluice {
namespace {

// True if rows of the job go to standard output while it runs.
bool WritesToStandardOutput(const CompiledJob& job) {
  if (job.has_result) return true;
  for (const PhysicalNode& node : job.plan.nodes) {
    const auto* sink = std::get_if<TableSinkSpec>(&node.spec);
    if (sink != nullptr && sink->connector->name == "print") return true;
  }
  return false;
}

class RunVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("file", file_, "the script (- is standard input), or a routed job")
        ->type_name("FILE.sql")
        ->required();
    DeclareScriptOptions(command, &options_);
    command
        .add_option("--state-dir", state_dir_,
                    "keeps in DIR how far the job has read, and goes on there when it is started "
                    "again (state.dir)")
        ->type_name("DIR");
    command.add_flag("--fresh", fresh_,
                     "forgets what --state-dir kept: tables are read as their options say");
    command.add_flag("-q,--quiet", quiet_, "says nothing but errors");
    command.add_flag("--json", json_, "progress and totals as JSON lines on standard output");
    DeclareOutputOption(command, &output_);
    command.add_flag("--changelog", changelog_, "a SELECT prints every change with its kind");
  }

  int Run() override {
    CatchStopSignals(SecondSignal::kExit);
    if (quiet_) SetLogLevel(LogLevel::kError);
    if (IsJobFile(file_)) return RunRouted();
    auto text = ReadScript(file_);
    if (!text.ok()) return Fail("run", text.status());
    CompiledScript compiled =
        CompileScript("run", options_, {file_, *std::move(text)}, true, CheckOneSelect);
    if (!compiled.job.has_value()) return compiled.exit_code;
    if (!state_dir_.empty()) compiled.job->options.state_dir = state_dir_;
    compiled.job->options.fresh = fresh_;
    AddStateNotes(&*compiled.job);
    if (!quiet_) PrintFindings(*compiled.script);
    Announce(*compiled.job);
    for (const InfoTable& info : compiled.workspace->TakeInfo()) {
      const Status printed = PrintOut(RenderInfoTable(info, HasColor(STDOUT_FILENO)));
      if (!printed.ok()) return Fail("run", printed);
    }
    return RunJob(*compiled.job, nullptr);
  }

 private:
  int RunRouted() {
    auto routed = RoutedRun::Open(file_, options_, true, state_dir_);
    if (!routed.ok()) return Fail("run", routed.status());
    auto job = (*routed)->Start();
    if (!job.ok()) return Fail("run", job.status());
    job->options.fresh = fresh_;
    const RouteDeployer::State routes = (*routed)->deployer()->GetState();
    job->notes.push_back(fmt::format("routes version {} from {}: {} of {} in force", routes.version,
                                     (*routed)->file().routes.Name(), routes.routes.size(),
                                     routes.routes.size() + routes.rejected.size()));
    Announce(*job);
    return RunJob(*job, routed->get());
  }

  // What a restart of this job would do, where that may come as a surprise.
  static void AddStateNotes(CompiledJob* job) {
    if (job->options.state_dir.empty()) {
      if (!job->is_bounded) {
        job->notes.emplace_back(
            "started again, the job begins where its tables say; with --state-dir DIR it goes on "
            "where it was");
      }
    } else if (job->keeps_state) {
      job->notes.emplace_back(
          "--state-dir keeps positions, not the rows in memory: after a restart aggregates, joins "
          "and TOP-N begin anew");
    }
  }

  void Announce(const CompiledJob& job) const {
    if (json_) AnnounceJson(job);
    if (quiet_) return;
    if (!json_) {
      fmt::print(stderr, "sluice {}, {}, time zone {}, {} worker{}\n", SluiceVersion(),
                 FlinkLevelText(job), TimeZoneText(job), job.options.num_workers,
                 job.options.num_workers == 1 ? "" : "s");
    }
    for (const std::string& note : job.notes) PrintNote(note);
    if (!job.is_bounded) PrintNote("the job runs until it is stopped: Ctrl-C drains it and ends");
  }

  void AnnounceJson(const CompiledJob& job) const {
    if (quiet_) return;
    std::string notes;
    for (const std::string& note : job.notes) {
      if (!notes.empty()) notes += ",";
      AppendJsonString(note, &notes);
    }
    fmt::print(
        "{{\"state\":\"starting\",\"flinkVersion\":\"{}\",\"parallelism\":{},\"notes\":[{}]}}\n",
        FlinkVersionName(job.session->flink_version), job.options.num_workers, notes);
    std::fflush(stdout);
  }

  ProgressStyle StyleFor(const CompiledJob& job) const {
    if (quiet_) return ProgressStyle::kSilent;
    if (json_) return ProgressStyle::kJsonLines;
    if (!IsTerminal(STDERR_FILENO)) return ProgressStyle::kLogLines;
    // The line would run into the rows.
    if (IsTerminal(STDOUT_FILENO) && WritesToStandardOutput(job)) return ProgressStyle::kSilent;
    return ProgressStyle::kTerminalLine;
  }

  // `routed`: null for the job of a script.
  int RunJob(const CompiledJob& job, JobCompanion* routed) const {
    Metrics metrics;
    JobProgress progress(&metrics, StyleFor(job));
    ResultPrinter rows(job, json_ ? OutputFormat::kJson : output_, changelog_);
    JobEnd end = RunInForeground(
        job, job.has_result ? &rows : nullptr, &metrics,
        [&](double elapsed_s) { progress.Tick(elapsed_s); }, routed);
    progress.Clear();
    if (end.status.ok() && job.has_result) end.status = rows.Finish();
    std::fflush(stdout);
    if (!quiet_ && !json_) fmt::print(stderr, "{}", TotalsText(metrics, end));
    if (routed != nullptr && end.status.ok()) end.status = CloseLedger(metrics);
    if (json_) {
      const Status printed = PrintOut(TotalsJson(metrics, end));
      if (end.status.ok()) end.status = printed;
    }
    if (end.status.ok()) return 0;
    Fail("run", end.status);
    return 1;  // whatever the status: the script was right, the run went wrong
  }

  // A job that ends well has no event left whose fate is open.
  Status CloseLedger(const Metrics& metrics) const {
    const Ledger ledger = LedgerOf(metrics);
    if (!quiet_ && !json_) fmt::print(stderr, "{}\n", LedgerLine(ledger));
    if (ledger.in_flight() == 0) return OkStatus();
    return absl::InternalError(LedgerLine(ledger));
  }

  ScriptOptions options_;
  std::string file_;
  std::string state_dir_;
  bool fresh_ = false;
  bool quiet_ = false;
  bool json_ = false;
  OutputFormat output_ = OutputFormat::kTable;
  bool changelog_ = false;
};

}  // namespace

VerbEntry Verb_run() {
  return {
      .name = "run",
      .group = "Run jobs",
      .summary = "runs the INSERTs of a script as one job",
      .description =
          "Runs all INSERTs of a Flink SQL script as one job; tables that several of them read "
          "are read\n"
          "once. The job ends by itself when its input does. Ctrl-C (or SIGTERM) stops reading, "
          "finishes what\n"
          "is under way, flushes the sinks and prints the totals; a second one ends at once. A "
          "SELECT in the\n"
          "script prints its rows to standard output, as sluice query does. Of a routed job (YAML) "
          "the\n"
          "routes say what happens to which event; its last line is the ledger of all events.",
      .examples =
          "sluice run job.sql\n"
          "sluice run job.sql -p 4 --var events=events.jsonl --var db=wrongbook.db\n"
          "sluice run job.sql --replace wide_table=print  # shows the rows instead\n"
          "sluice run job.sql --catalog vvp=ddl/  # tables come from ddl/*.sql\n"
          "sluice run job.sql --dead-letter dead.jsonl  # bad rows do not fail the job\n"
          "sluice run job.sql --json | tail -n 1  # totals for machines\n"
          "sluice run job.yaml  # a routed job, whose routes may change while it runs",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<RunVerb>()); }};
}

}  // namespace sluice
