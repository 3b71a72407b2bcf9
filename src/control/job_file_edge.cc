#include <filesystem>

#include "base/file.h"
#include "base/strings.h"
#include "control/job_file.h"
#include "control/yaml_reader_edge.h"
#include "plan/script.h"

namespace sluice {
namespace {

class JobFileReader {
 public:
  JobFileReader(std::string path, std::string text)
      : path_(std::move(path)), text_(std::move(text)), reader_(path_) {}

  JobFile Read() {
    const YAML::Node root = YAML::Load(text_);
    reader_.CheckKeys(root, "a job",
                      {"name", "domains", "tables", "events", "processors", "processor-aliases",
                       "sinks", "routes", "route-mode", "on-unknown", "on-disabled", "dead-letter",
                       "state-dir", "settings"});
    JobFile job;
    job.path = path_;
    job.name = reader_.Text(root, "name", std::filesystem::path(path_).stem().string());
    job.domains = reader_.Texts(root, "domains");
    for (const std::string& table : reader_.Texts(root, "tables")) job.tables.push_back(At(table));
    if (job.tables.empty()) reader_.Fail(root.Mark(), "the key `tables` is missing");
    job.events = reader_.Text(root, "events");
    job.processors = At(reader_.Text(root, "processors", "processors"));
    job.processor_aliases = Pairs(root, "processor-aliases");
    ReadSinks(root, &job);
    ReadRoutes(root, &job);
    job.dead_letter_unknown = IsDeadLetter(root, "on-unknown");
    job.dead_letter_disabled = IsDeadLetter(root, "on-disabled");
    job.route_mode = ReadMode(root);
    job.settings = Pairs(root, "settings");
    job.state_dir = At(reader_.Text(root, "state-dir", ".sluice/" + job.name));
    job.dead_letter_path =
        root["dead-letter"]
            ? At(reader_.Text(root, "dead-letter"))
            : (std::filesystem::path(job.state_dir) / "dead-letters.jsonl").string();
    return job;
  }

 private:
  std::string At(const std::string& path) const {
    return (std::filesystem::path(path_).parent_path() / path).lexically_normal().string();
  }

  std::map<std::string, std::string> Pairs(const YAML::Node& root, const char* key) const {
    std::map<std::string, std::string> pairs;
    const YAML::Node node = root[key];
    if (!node) return pairs;
    if (!node.IsMap())
      reader_.Fail(node.Mark(), StrCat("`", key, "` has to be a mapping of names to values"));
    for (const auto& entry : node) {
      if (!entry.second.IsScalar())
        reader_.Fail(entry.second.Mark(), StrCat("a value in `", key, "` has to be one text"));
      pairs[entry.first.as<std::string>()] = entry.second.as<std::string>();
    }
    return pairs;
  }

  void ReadSinks(const YAML::Node& root, JobFile* job) const {
    if (!root["sinks"]) reader_.Fail(root.Mark(), "the key `sinks` is missing");
    if (root["sinks"].IsScalar()) {
      job->main_sink = root["sinks"].as<std::string>();
      return;
    }
    job->sinks = Pairs(root, "sinks");
    const auto main = job->sinks.find(std::string(JobFile::kMainSink));
    if (main == job->sinks.end()) {
      reader_.Fail(root["sinks"].Mark(),
                   "`sinks` names no `main`: the table of rows whose route names no side output");
    }
    job->main_sink = main->second;
    job->sinks.erase(main);
  }

  void ReadRoutes(const YAML::Node& root, JobFile* job) const {
    const YAML::Node node = root["routes"];
    if (!node) reader_.Fail(root.Mark(), "the key `routes` is missing");
    if (node.IsScalar()) {
      job->routes.file = At(node.as<std::string>());
      return;
    }
    reader_.CheckKeys(node, "`routes`", {"file", "url", "table-name", "poll-interval"});
    job->routes.poll_interval_ms = reader_.DurationMs(node, "poll-interval", 1000);
    if (node["file"]) {
      job->routes.file = At(reader_.Text(node, "file"));
      return;
    }
    const std::string url = reader_.Text(node, "url");
    constexpr std::string_view kSqlite = "jdbc:sqlite:";
    if (!url.starts_with(kSqlite)) {
      reader_.Fail(node["url"].Mark(),
                   "routes come from a file, or from a table of a database jdbc:sqlite:PATH");
    }
    job->routes.database = At(url.substr(kSqlite.size()));
    job->routes.table = reader_.Text(node, "table-name", "flink_routing_config");
  }

  bool IsDeadLetter(const YAML::Node& root, const char* key) const {
    const std::string policy = reader_.Text(root, key, "drop");
    if (policy == "drop") return false;
    if (policy == "dead-letter") return true;
    reader_.Fail(root[key].Mark(), StrCat("`", key, "` has to be drop or dead-letter"));
  }

  RouteMode ReadMode(const YAML::Node& root) const {
    const std::string mode = reader_.Text(root, "route-mode", "FIRST_MATCH");
    if (mode == "FIRST_MATCH") return RouteMode::kFirstMatch;
    if (mode == "ALL_MATCH") return RouteMode::kAllMatch;
    reader_.Fail(root["route-mode"].Mark(), "`route-mode` has to be FIRST_MATCH or ALL_MATCH");
  }

  const std::string path_;
  const std::string text_;
  const YamlReader reader_;
};

}  // namespace

std::string RouteSourceSpec::Name() const {
  return file.empty() ? StrCat(table, " in ", database) : file;
}

bool IsJobFile(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

StatusOr<JobFile> ReadJobFile(const std::string& path,
                              const std::map<std::string, std::string>& variables) {
  SL_ASSIGN(const std::string written, ReadFile(path));
  SL_ASSIGN(std::string text, SubstituteVariables(written, variables));
  JobFile job;
  SL_TRY(CatchYaml(path, [&] { job = JobFileReader(path, std::move(text)).Read(); }));
  return job;
}

}  // namespace sluice
