// Reading configuration as YAML (JSON is YAML, too): every finding names its place. Only for files
// named *_edge.cc, as yaml-cpp throws.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice {

// Thrown inside, turned into a status at the edge; what() is "FILE:LINE:COLUMN: MESSAGE".
class YamlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class YamlReader {
 public:
  explicit YamlReader(std::string file) : file_(std::move(file)) {}

  [[noreturn]] void Fail(const YAML::Mark& mark, const std::string& message) const;

  // A mapping whose keys are all among `keys`.
  void CheckKeys(const YAML::Node& map, std::string_view what,
                 const std::vector<std::string_view>& keys) const;
  // The value of a key; Text fails without one, the others give their default.
  std::string Text(const YAML::Node& map, const char* key) const;
  std::string Text(const YAML::Node& map, const char* key, std::string_view otherwise) const;
  bool Flag(const YAML::Node& map, const char* key, bool otherwise) const;
  int64_t Number(const YAML::Node& map, const char* key, int64_t otherwise) const;
  int64_t DurationMs(const YAML::Node& map, const char* key, int64_t otherwise) const;
  // One text or a list of texts.
  std::vector<std::string> Texts(const YAML::Node& map, const char* key) const;

 private:
  std::string Scalar(const YAML::Node& node, std::string_view key) const;

  const std::string file_;
};

// Runs `body`; what it throws becomes InvalidArgument.
template <typename Body>
Status CatchYaml(const std::string& file, Body body) {
  try {
    body();
    return OkStatus();
  } catch (const YamlError& error) {
    return absl::InvalidArgumentError(error.what());
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(file + ":" + std::to_string(error.mark.line + 1) + ":" +
                                      std::to_string(error.mark.column + 1) + ": " + error.msg);
  }
}

}  // namespace sluice
