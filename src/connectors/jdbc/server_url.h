// ServerUrl: jdbc:KIND://host:port,host:port/database?name=value&…, as the drivers of MySQL and
// PostgreSQL for Java read it. The user and the password may stand in it: never show it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/status.h"
#include "connectors/connector.h"

namespace sluice {

struct ServerUrl {
  struct Host {
    std::string name;
    int32_t port = 0;
  };
  std::vector<Host> hosts;  // tried in this order; at least one
  std::string database;
  std::string user;                               // of the options, else of the URL
  std::string password;                           // the same
  std::map<std::string, std::string> parameters;  // all others

  // The parameter, or "". Case does not count.
  std::string_view Find(std::string_view name) const;
  bool IsTrue(std::string_view name) const;
  // For messages: "host:port" of all hosts.
  std::string ShowHosts() const;
};

// InvalidArgument with a message that quotes nothing of the URL.
StatusOr<ServerUrl> ParseServerUrl(const TableInfo& table, std::string_view prefix,
                                   int32_t default_port);

// What a parameter of a driver for Java means here.
struct UrlParameter {
  std::string_view name;
  // Empty: honoured, or without any effect on what a job does. Otherwise why it has none here.
  std::string_view warning;
};
// A warning for each parameter that has no effect or is not known.
std::vector<std::string> UrlWarnings(const ServerUrl& url, std::span<const UrlParameter> known);

// The problems of a URL, as Dialect::check gives them.
std::vector<OptionProblem> CheckServerUrl(const TableInfo& table, std::string_view prefix,
                                          std::string_view example);

// `schema.table`: the parts of 'table-name', without quotes.
std::vector<std::string> TableNameParts(const TableInfo& table);

}  // namespace sluice
