// sluice explain: the optimised plan of a script.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/compile_script.h"
#include "cli/findings.h"
#include "cli/verb.h"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

Json NodeJson(const ExplainedNode& node) {
  Json inputs = Json::array();
  for (const auto& [from, exchange] : node.inputs) {
    inputs.push_back({{"node", from}, {"exchange", exchange}});
  }
  Json details = Json::array();
  for (const auto& [name, text] : node.details) details.push_back({{"name", name}, {"text", text}});
  return {{"id", node.id},
          {"name", node.name},
          {"stage", node.stage},
          {"parallelism", node.parallelism},
          {"changelog", node.changelog},
          {"columns", node.columns},
          {"details", details},
          {"inputs", inputs}};
}

Json PlanJson(const CompiledJob& job) {
  Json nodes = Json::array();
  for (const ExplainedNode& node : ExplainPlan(job.plan)) nodes.push_back(NodeJson(node));
  return {{"flinkVersion", FlinkVersionName(job.session->flink_version)},
          {"timeZone", job.session->zone_name},
          {"parallelism", job.options.num_workers},
          {"bounded", job.is_bounded},
          {"notes", job.notes},
          {"nodes", nodes}};
}

class ExplainVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("file", file_, "the script; - is standard input")
        ->type_name("FILE.sql")
        ->required();
    DeclareScriptOptions(command, &options_);
    command.add_flag("--json", json_, "the plan as one JSON document");
  }

  int Run() override {
    auto text = ReadScript(file_);
    if (!text.ok()) return Fail("explain", text.status());
    const CompiledScript compiled =
        CompileScript("explain", options_, {file_, *std::move(text)}, false, CheckOneSelect);
    if (!compiled.job.has_value()) return compiled.exit_code;
    const CompiledJob& job = *compiled.job;
    PrintFindings(*compiled.script);
    if (json_) {
      fmt::print("{}\n", PlanJson(job).dump(2, ' ', false, Json::error_handler_t::replace));
      return 0;
    }
    fmt::print("{}, time zone {}, parallelism {}, {}\n", FlinkLevelText(job), TimeZoneText(job),
               job.options.num_workers,
               job.is_bounded ? "ends with its input" : "runs until it is stopped");
    for (const std::string& note : job.notes) fmt::print("note: {}\n", note);
    fmt::print("\n{}", RenderPlan(ExplainPlan(job.plan)));
    return 0;
  }

 private:
  ScriptOptions options_;
  std::string file_;
  bool json_ = false;
};

}  // namespace

VerbEntry Verb_explain() {
  return {
      .name = "explain",
      .group = "Run jobs",
      .summary = "shows how a script would be run",
      .description =
          "Prints the optimised plan of a script, from each sink down to its sources: what the "
          "decoder\n"
          "filters and extracts, what several INSERTs share, how lookups are cached, the stages "
          "and the\n"
          "exchanges between them, the kinds of changes. Starts nothing and reads no secret.",
      .examples =
          "sluice explain job.sql\n"
          "sluice explain job.sql -p 4\n"
          "sluice explain job.sql --json | jq '.nodes[].name'",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<ExplainVerb>()); }};
}

}  // namespace sluice
