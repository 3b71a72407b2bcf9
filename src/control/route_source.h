// RouteSource: the one place that says what the routes of a job are. Read gives the whole set, so
// that what was deleted is seen, too. Used by one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "control/job_file.h"
#include "routing/route_spec.h"

namespace sluice {

// A row that is no route.
struct RejectedRow {
  std::string key;  // "wrongbook:wrongbook_fix", or the row's place
  int64_t id = 0;
  std::string reason;
  std::string row;  // as RouteSpec::row
};

struct RouteSet {
  std::vector<RouteSpec> routes;
  std::vector<RejectedRow> rejected;
};

class RouteSource {
 public:
  virtual ~RouteSource() = default;
  // Unavailable: the source cannot be reached now. InvalidArgument: it cannot be understood at all.
  virtual StatusOr<RouteSet> Read() = 0;
};

std::unique_ptr<RouteSource> MakeFileRouteSource(std::string path);
std::unique_ptr<RouteSource> MakeTableRouteSource(std::string database, std::string table);
std::unique_ptr<RouteSource> MakeRouteSource(const RouteSourceSpec& spec);

// The sinks that {"sinks": ["a", …]} names; text that is no such JSON is InvalidArgument.
StatusOr<std::vector<std::string>> ParseOutputConfig(const std::string& json);

}  // namespace sluice
