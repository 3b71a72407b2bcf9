// Routes in a YAML or JSON file:
//
//   routes:
//     - {domain: wrongbook, type: wrongbook_fix, processor: wrongbook_fix@1.2, sinks: [main]}
#include <map>

#include "base/file.h"
#include "base/strings.h"
#include "control/route_source.h"
#include "control/yaml_reader_edge.h"

namespace sluice {
namespace {

class FileRouteSource : public RouteSource {
 public:
  explicit FileRouteSource(std::string path) : path_(std::move(path)), reader_(path_) {}

  StatusOr<RouteSet> Read() override {
    const auto text = ReadFile(path_);
    // A file that is missing is a source that cannot be reached now.
    if (!text.ok()) return absl::UnavailableError(text.status().message());
    RouteSet set;
    SL_TRY(CatchYaml(path_, [&] { set = ReadAll(YAML::Load(*text)); }));
    return set;
  }

 private:
  RouteSet ReadAll(const YAML::Node& root) const {
    RouteSet set;
    const YAML::Node list = root.IsSequence() ? root : root["routes"];
    if (!root.IsSequence()) reader_.CheckKeys(root, "a file of routes", {"routes"});
    if (!list || list.IsNull()) return set;
    if (!list.IsSequence()) reader_.Fail(list.Mark(), "`routes` has to be a list");
    int64_t number = 0;
    std::map<std::string, int> times;
    for (const YAML::Node& node : list) {
      ++number;
      RouteSpec route;
      route.row = RowOf(node);
      const int time = ++times[route.row];
      if (time > 1) StrAppend(&route.row, " #", time);
      const Status status = CatchYaml(path_, [&] { ReadRoute(node, &route); });
      if (status.ok()) {
        if (route.id == 0) route.id = number;
        set.routes.push_back(std::move(route));
      } else {
        set.rejected.push_back(
            {StrCat("no. ", number), number, std::string(status.message()), route.row});
      }
    }
    return set;
  }

  // A route is the same one wherever it stands in the file: it is known by its id, else by its key.
  static std::string RowOf(const YAML::Node& node) {
    const auto text = [&](const char* key) {
      const YAML::Node value = node.IsMap() ? node[key] : YAML::Node();
      return value.IsDefined() && value.IsScalar() ? value.as<std::string>() : std::string();
    };
    const std::string id = text("id");
    return id.empty() ? StrCat(text("domain"), ":", text("type")) : id;
  }

  void ReadRoute(const YAML::Node& node, RouteSpec* out) const {
    reader_.CheckKeys(
        node, "a route",
        {"id", "domain", "type", "processor", "sinks", "enabled", "hot-deployable", "priority"});
    RouteSpec& route = *out;
    route.id = reader_.Number(node, "id", 0);
    route.domain = reader_.Text(node, "domain", "");
    route.event_type = reader_.Text(node, "type");
    route.processor = reader_.Text(node, "processor");
    route.sinks = reader_.Texts(node, "sinks");
    route.enabled = reader_.Flag(node, "enabled", true);
    route.hot_deployable = reader_.Flag(node, "hot-deployable", true);
    route.priority = reader_.Number(node, "priority", 100);
  }

  const std::string path_;
  const YamlReader reader_;
};

}  // namespace

std::unique_ptr<RouteSource> MakeFileRouteSource(std::string path) {
  return std::make_unique<FileRouteSource>(std::move(path));
}

StatusOr<std::vector<std::string>> ParseOutputConfig(const std::string& json) {
  std::vector<std::string> sinks;
  const YamlReader reader("output_config");
  SL_TRY(CatchYaml("output_config", [&] {
    const YAML::Node node = YAML::Load(json);
    if (node.IsNull()) return;
    if (!node.IsMap()) reader.Fail(node.Mark(), "a JSON object is expected");
    sinks = reader.Texts(node, "sinks");
  }));
  return sinks;
}

}  // namespace sluice
