#include "control/processor_folder.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/file.h"
#include "base/strings.h"
#include "sql/diagnostic.h"

namespace sluice {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

std::string_view TakeNumber(std::string_view* text) {
  size_t end = 0;
  while (end < text->size() && IsDigit((*text)[end])) ++end;
  std::string_view number = text->substr(0, end);
  text->remove_prefix(end);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

}  // namespace

bool VersionBefore(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (IsDigit(a.front()) && IsDigit(b.front())) {
      const std::string_view x = TakeNumber(&a), y = TakeNumber(&b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

std::string ProcessorOfClass(std::string_view class_name) {
  std::string_view simple = class_name.substr(class_name.find_last_of(".$") + 1);
  constexpr std::string_view kSuffix = "Processor";
  if (simple.size() > kSuffix.size() && simple.ends_with(kSuffix))
    simple.remove_suffix(kSuffix.size());
  std::string name;
  for (size_t i = 0; i < simple.size(); ++i) {
    const bool starts_word =
        IsUpper(simple[i]) && i > 0 &&
        (!IsUpper(simple[i - 1]) || (i + 1 < simple.size() && std::islower(simple[i + 1]) != 0));
    if (starts_word && simple[i - 1] != '_') name.push_back('_');
    name.push_back(static_cast<char>(IsUpper(simple[i]) ? simple[i] - 'A' + 'a' : simple[i]));
  }
  return name;
}

StatusOr<ProcessorFolder> ProcessorFolder::Read(const std::string& folder) {
  std::error_code error;
  std::map<std::string, ProcessorText> processors;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".sql") continue;
    auto text = ReadFile(entry.path().string());
    // An editor may be replacing it: then it is there the next time.
    if (!text.ok()) continue;
    const std::string name = entry.path().stem().string();
    processors[name] = {name, entry.path().string(), *std::move(text)};
  }
  if (error) {
    return absl::NotFoundError(
        StrCat("the folder of processors ", folder, " cannot be read: ", error.message()));
  }
  return ProcessorFolder(std::move(processors));
}

const ProcessorText* ProcessorFolder::FindHighest(std::string_view name) const {
  const ProcessorText* highest = nullptr;
  std::string_view highest_version;
  for (const auto& [key, processor] : processors_) {
    const std::string_view own = std::string_view(key).substr(0, key.find('@'));
    if (own != name) continue;
    const std::string_view version = key.size() == own.size()
                                         ? std::string_view()
                                         : std::string_view(key).substr(own.size() + 1);
    if (highest != nullptr && !VersionBefore(highest_version, version)) continue;
    highest = &processor;
    highest_version = version;
  }
  return highest;
}

StatusOr<const ProcessorText*> ProcessorFolder::Find(
    const std::string& reference, const std::map<std::string, std::string>& aliases) const {
  const auto alias = aliases.find(reference);
  const std::string& wanted = alias == aliases.end() ? reference : alias->second;
  const auto exact = processors_.find(wanted);
  if (exact != processors_.end()) return &exact->second;
  if (wanted.find('@') == std::string::npos) {
    if (const ProcessorText* highest = FindHighest(wanted)) return highest;
    if (const ProcessorText* of_class = FindHighest(ProcessorOfClass(wanted))) return of_class;
  }
  std::vector<std::string> names;
  for (const auto& [name, processor] : processors_) names.push_back(name);
  const std::string nearest = NearestName(wanted, std::span<const std::string>(names));
  return absl::NotFoundError(
      StrCat("there is no processor ", wanted,
             nearest.empty() ? StrCat("; there are ", names.empty() ? "none" : StrJoin(names, ", "))
                             : StrCat(": did you mean ", nearest, "?")));
}

}  // namespace sluice
