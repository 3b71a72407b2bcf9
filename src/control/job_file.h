// JobFile: a routed job as its YAML (or JSON) file declares it. Relative paths are those of the
// file's folder. A value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "routing/routing_table.h"

namespace sluice {

// Where routes come from: a file, or a table of a database.
struct RouteSourceSpec {
  std::string file;      // YAML or JSON
  std::string database;  // the file of a SQLite database, if `file` is empty
  std::string table;
  int64_t poll_interval_ms = 1000;

  // For messages: "routes.yaml", "flink_routing_config in jobs.db".
  std::string Name() const;
};

struct JobFile {
  // Routed jobs of today write their side outputs under these names.
  static constexpr std::string_view kSideOutputs[] = {"alert_topic", "metrics_topic",
                                                      "audit_topic"};
  static constexpr std::string_view kMainSink = "main";

  std::string path;
  std::string name;
  std::vector<std::string> domains;                      // the job's own; empty: all
  std::vector<std::string> tables;                       // paths of SQL scripts
  std::string events;                                    // the table that events are read from
  std::string processors;                                // the folder of name@version.sql
  std::map<std::string, std::string> processor_aliases;  // as routes write it -> processor
  std::string main_sink;                                 // a table
  std::map<std::string, std::string> sinks;              // further names in routes -> tables
  RouteSourceSpec routes;
  RouteMode route_mode = RouteMode::kFirstMatch;
  bool dead_letter_unknown = false;   // on-unknown: dead-letter
  bool dead_letter_disabled = false;  // on-disabled: dead-letter
  std::string dead_letter_path;
  std::string state_dir;
  std::map<std::string, std::string> settings;
};

// InvalidArgument names the place, FILE:LINE:COLUMN, and what was expected there. `variables` stand
// for ${name} in the file.
StatusOr<JobFile> ReadJobFile(const std::string& path,
                              const std::map<std::string, std::string>& variables);

// Whether the name of a file says that it is such a job, and no SQL script.
bool IsJobFile(const std::string& path);

}  // namespace sluice
