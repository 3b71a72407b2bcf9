#include "cli/topic_table.h"

#include <fmt/format.h>

#include <utility>

namespace sluice {

StatusOr<TableInfo> TopicTable(std::string_view url, const std::vector<std::string>& properties,
                               std::map<std::string, std::string> options) {
  constexpr std::string_view kScheme = "kafka://";
  std::string_view rest = url.starts_with(kScheme) ? url.substr(kScheme.size()) : "";
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: write kafka://HOST:PORT/TOPIC", url.empty() ? "no topic" : url));
  }
  options["topic"] = std::string(rest.substr(slash + 1));
  options["properties.bootstrap.servers"] = std::string(rest.substr(0, slash));
  for (const std::string& property : properties) {
    const size_t equals = property.find('=');
    if (equals == std::string::npos || equals == 0)
      return absl::InvalidArgumentError("--property takes KEY=VALUE");
    options["properties." + property.substr(0, equals)] = property.substr(equals + 1);
  }
  TableInfo table;
  table.name = options["topic"];
  table.columns = {{"k", Type::Bytes()}, {"v", Type::Bytes()}};
  options.insert({{"key.format", "raw"},
                  {"key.fields", "k"},
                  {"value.format", "raw"},
                  {"value.fields-include", "EXCEPT_KEY"}});
  table.options = Options(std::move(options));
  for (const OptionProblem& problem : FindConnector("kafka")->check(table))
    return absl::InvalidArgumentError(problem.message);
  return table;
}

LoneTask::LoneTask(std::string name) {
  context_.session = &session_;
  context_.env = Env::Posix();
  context_.io_pool = &io_pool_;
  context_.metrics = &metrics_;
  context_.operator_name = std::move(name);
  context_.wake = [this] {
    woken_.store(true);
    woken_.notify_one();
  };
  context_.wake_at = [](int64_t) {};
}

void LoneTask::WaitForWake() {
  woken_.wait(false);
  woken_.store(false);
}

}  // namespace sluice
