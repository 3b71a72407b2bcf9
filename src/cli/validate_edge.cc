// sluice validate: what is wrong with scripts, and what is probably not meant; starts nothing.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/findings.h"
#include "cli/result_printer.h"
#include "cli/routed_run.h"
#include "cli/script_options.h"
#include "cli/terminal.h"
#include "cli/text_table.h"
#include "cli/verb.h"
#include "engine/try_connections.h"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

std::string_view SeverityWord(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  return "";
}

Json FindingJson(const Script& script, const Diagnostic& finding) {
  const TextPosition start = LocateSource(script.text, finding.span.offset);
  const TextPosition end = LocateSource(script.text, finding.span.end());
  Json json = {{"file", script.name},
               {"line", start.line},
               {"column", start.column},
               {"endLine", end.line},
               {"endColumn", end.column},
               {"severity", SeverityWord(finding.severity)},
               {"code", ErrorCodeName(finding.code)},
               {"message", finding.message}};
  if (!finding.remedy.empty()) json["remedy"] = finding.remedy;
  return json;
}

std::string Plural(int64_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

class ValidateVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("files", files_, "the scripts (- is standard input) and routed jobs")
        ->type_name("FILE.sql")
        ->required();
    DeclareScriptOptions(command, &options_);
    command.add_flag("-q,--quiet", quiet_, "prints findings only, not what is fine");
    command.add_flag("--connect", connect_,
                     "also tries every connection and whether the tables fit; changes nothing");
    command.add_flag("--json", json_, "one JSON document with all findings");
  }

  int Run() override {
    bool all_read = true;
    for (const std::string& file : files_) {
      const Status status = IsJobFile(file) ? ValidateJob(file) : Validate(file);
      if (!status.ok()) Fail("validate", status);
      all_read &= status.ok();
    }
    if (json_) {
      const Json document = {{"findings", findings_},
                             {"notes", notes_},
                             {"connections", connections_},
                             {"errors", num_errors_},
                             {"warnings", num_warnings_}};
      fmt::print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace));
    } else if (files_.size() > 1 && !quiet_) {
      fmt::print("{}, {}, {}\n", Plural(static_cast<int64_t>(files_.size()), "script"),
                 Plural(num_errors_, "error"), Plural(num_warnings_, "warning"));
    }
    return all_read && num_errors_ == 0 ? 0 : 2;
  }

 private:
  // Fails only for what is not a finding: a file that cannot be read, an option that is wrong.
  Status Validate(const std::string& file) {
    SL_ASSIGN(const std::string text, ReadScript(file));
    SL_ASSIGN(const auto workspace, OpenWorkspace(options_, connect_));
    const std::shared_ptr<Script> script = workspace->Execute(file, text);
    const auto job = workspace->TakeJob(*script);
    if (!job.ok() && script->ok()) return Within(file, job.status());
    if (job.ok()) SL_TRY(CheckReplacements(options_, workspace->catalog()));
    for (Diagnostic& finding : script->diagnostics) {
      if (finding.code != ErrorCode::kNothingToRun) continue;
      // Definitions alone are a good script, only not one to run.
      finding.severity = Severity::kNote;
      finding.message = "the script only defines things; there is nothing to run";
      finding.remedy.clear();
    }
    Report(*script, job.ok() ? NotesOn(*job) : std::vector<std::string>());
    if (connect_ && job.ok()) Connect(file, *job);
    return OkStatus();
  }

  // The tables of a routed job, and each of its routes by itself.
  Status ValidateJob(const std::string& file) {
    SL_ASSIGN(const auto routed, RoutedRun::Open(file, options_, connect_));
    SL_ASSIGN(const BuiltSnapshot built, routed->Check());
    const auto num_rejected = static_cast<int64_t>(built.rejected.size());
    num_errors_ += num_rejected;
    for (const RejectedRow& row : built.rejected) {
      if (json_) {
        findings_.push_back({{"file", routed->file().routes.Name()},
                             {"route", row.key},
                             {"id", row.id},
                             {"severity", "error"},
                             {"message", row.reason}});
      } else {
        fmt::print("{}: the route {} (id {}): {}\n", routed->file().routes.Name(), row.key, row.id,
                   row.reason);
      }
    }
    if (json_ || (quiet_ && num_rejected == 0)) return OkStatus();
    const auto num_good = static_cast<int64_t>(built.routes.size());
    fmt::print("{}: {} of {} can be in force\n", file, num_good,
               Plural(num_good + num_rejected, "route"));
    return OkStatus();
  }

  static std::vector<std::string> NotesOn(const CompiledJob& job) {
    std::vector<std::string> notes = job.notes;
    for (const PhysicalNode& node : job.plan.nodes) AddNoteOnConnector(node, &notes);
    return notes;
  }

  // A script is sound with tables that only run elsewhere, but its author should know.
  static void AddNoteOnConnector(const PhysicalNode& node, std::vector<std::string>* notes) {
    const auto add = [&](const Connector& connector, const TableInfo& table,
                         std::string_view with) {
      if (connector.available) return;
      notes->push_back(fmt::format(
          "{} table `{}`: the connector '{}' cannot run yet; to run the job: --replace {}={}",
          ErrorCodeName(ErrorCode::kUnavailableConnector), table.name, connector.name, table.name,
          with));
    };
    if (const auto* scan = std::get_if<TableScanSpec>(&node.spec)) {
      add(*scan->connector, scan->table, "file:PATH");
    } else if (const auto* lookup = std::get_if<LookupJoinSpec>(&node.spec)) {
      add(*lookup->connector, lookup->table, "file:PATH");
    } else if (const auto* sink = std::get_if<TableSinkSpec>(&node.spec)) {
      add(*sink->connector, sink->table, "print");
    }
  }

  void Connect(const std::string& file, const CompiledJob& job) {
    TextTable table({"table", "use", "connector", "result"}, {false, false, false, false}, {});
    std::vector<TableCells> rows;
    for (const ConnectionTry& each : TryConnections(job)) {
      const std::string result = !each.connects     ? "not tried"
                                 : each.status.ok() ? "ok"
                                                    : std::string(each.status.message());
      num_errors_ += each.status.ok() ? 0 : 1;
      connections_.push_back({{"file", file},
                              {"table", each.table},
                              {"use", each.use},
                              {"connector", each.connector},
                              {"ok", each.status.ok()},
                              {"result", result}});
      rows.push_back({each.table, each.use, each.connector, result});
      table.Fit(rows.back());
    }
    if (json_ || rows.empty()) return;
    fmt::print("{}", table.Top());
    for (const TableCells& row : rows) fmt::print("{}", table.Row(row));
    fmt::print("{}", table.Bottom());
  }

  void Report(const Script& script, const std::vector<std::string>& notes) {
    int64_t num_errors = 0;
    int64_t num_warnings = 0;
    for (const Diagnostic& finding : script.diagnostics) {
      num_errors += finding.severity == Severity::kError ? 1 : 0;
      num_warnings += finding.severity == Severity::kWarning ? 1 : 0;
      if (json_) findings_.push_back(FindingJson(script, finding));
    }
    num_errors_ += num_errors;
    num_warnings_ += num_warnings;
    if (json_) {
      for (const std::string& note : notes)
        notes_.push_back({{"file", script.name}, {"text", note}});
      return;
    }
    fmt::print("{}", RenderFindings(script, HasColor(STDOUT_FILENO)));
    for (const std::string& note : notes) fmt::print("{}: note: {}\n", script.name, note);
    if (num_errors + num_warnings > 0) {
      fmt::print("{}: {}, {}\n", script.name, Plural(num_errors, "error"),
                 Plural(num_warnings, "warning"));
    } else if (!quiet_) {
      fmt::print("{}: no errors, no warnings\n", script.name);
    }
  }

  ScriptOptions options_;
  std::vector<std::string> files_;
  bool quiet_ = false;
  bool json_ = false;
  bool connect_ = false;
  Json findings_ = Json::array();
  Json connections_ = Json::array();
  Json notes_ = Json::array();
  int64_t num_errors_ = 0;
  int64_t num_warnings_ = 0;
};

}  // namespace

VerbEntry Verb_validate() {
  return {
      .name = "validate",
      .group = "Run jobs",
      .summary = "finds errors and doubtful places in scripts",
      .description =
          "Parses, binds and type-checks scripts against the tables that they name, and looks for "
          "what is\n"
          "legal but probably not meant. Starts nothing, reads no secret (but with --connect), and "
          "takes\n"
          "tables of connectors that Sluice knows but cannot run. Exits with 0 when there are "
          "warnings at\n"
          "most, with 2 when there are errors.",
      .examples =
          "sluice validate job.sql\n"
          "sluice validate jobs/*.sql --catalog vvp=ddl/\n"
          "sluice validate job.sql --flink-version 2.3\n"
          "sluice validate job.sql --connect\n"
          "sluice validate job.sql --json | jq '.findings[].message'",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<ValidateVerb>()); }};
}

}  // namespace sluice
