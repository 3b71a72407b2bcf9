#include <algorithm>
#include <charconv>

#include "base/options.h"
#include "base/strings.h"
#include "control/yaml_reader_edge.h"
#include "sql/diagnostic.h"

namespace sluice {

void YamlReader::Fail(const YAML::Mark& mark, const std::string& message) const {
  throw YamlError(StrCat(file_, ":", mark.line + 1, ":", mark.column + 1, ": ", message));
}

void YamlReader::CheckKeys(const YAML::Node& map, std::string_view what,
                           const std::vector<std::string_view>& keys) const {
  if (!map.IsMap()) Fail(map.Mark(), StrCat(what, " has to be a mapping of keys to values"));
  std::vector<std::string> seen;
  for (const auto& entry : map) {
    const auto key = entry.first.as<std::string>();
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      const std::string nearest = NearestName(key, keys);
      Fail(entry.first.Mark(), StrCat(what, " has no key `", key, "`",
                                      nearest.empty() ? StrCat("; it has ", StrJoin(keys, ", "))
                                                      : StrCat(": did you mean `", nearest, "`?")));
    }
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      Fail(entry.first.Mark(), StrCat("the key `", key, "` stands twice"));
    seen.push_back(key);
  }
}

std::string YamlReader::Scalar(const YAML::Node& node, std::string_view key) const {
  if (!node.IsScalar()) Fail(node.Mark(), StrCat("`", key, "` has to be one value"));
  return node.as<std::string>();
}

std::string YamlReader::Text(const YAML::Node& map, const char* key) const {
  if (!map[key]) Fail(map.Mark(), StrCat("the key `", key, "` is missing"));
  return Scalar(map[key], key);
}

std::string YamlReader::Text(const YAML::Node& map, const char* key,
                             std::string_view otherwise) const {
  return map[key] ? Scalar(map[key], key) : std::string(otherwise);
}

bool YamlReader::Flag(const YAML::Node& map, const char* key, bool otherwise) const {
  if (!map[key]) return otherwise;
  const std::string text = Scalar(map[key], key);
  const auto flag = ParseBool(text);
  if (flag.ok()) return *flag;
  Fail(map[key].Mark(), StrCat("`", key, "` has to be true or false, not `", text, "`"));
}

int64_t YamlReader::Number(const YAML::Node& map, const char* key, int64_t otherwise) const {
  if (!map[key]) return otherwise;
  const std::string text = Scalar(map[key], key);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  Fail(map[key].Mark(), StrCat("`", key, "` has to be a whole number, not `", text, "`"));
}

int64_t YamlReader::DurationMs(const YAML::Node& map, const char* key, int64_t otherwise) const {
  if (!map[key]) return otherwise;
  const auto duration = Options({{"value", Scalar(map[key], key)}}).FindDurationMs("value");
  if (duration.has_value() && *duration > 0) return *duration;
  Fail(map[key].Mark(), StrCat("`", key, "` has to be a time such as 500 ms or 1 s"));
}

std::vector<std::string> YamlReader::Texts(const YAML::Node& map, const char* key) const {
  std::vector<std::string> texts;
  const YAML::Node node = map[key];
  if (!node) return texts;
  if (node.IsScalar()) return {node.as<std::string>()};
  if (!node.IsSequence()) Fail(node.Mark(), StrCat("`", key, "` has to be a list"));
  for (const YAML::Node& each : node) texts.push_back(Scalar(each, key));
  return texts;
}

}  // namespace sluice
