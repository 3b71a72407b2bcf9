#include "cli/help_edge.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/version.h"

namespace sluice {
namespace {

constexpr size_t kMaxColumns = 100;

std::string Heading(std::string_view text, bool color) {
  return color ? fmt::format("\n\033[1m{}\033[0m\n", text) : fmt::format("\n{}\n", text);
}

// "  LEFT    text", the text broken at blanks and indented to `column`.
void AppendEntry(std::string_view left, std::string_view text, size_t column, std::string* out) {
  std::string line = fmt::format("  {:<{}}", left, column - 2);
  if (left.size() + 4 > column) {
    *out += line + "\n";
    line.assign(column, ' ');
  }
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (line.size() + end > kMaxColumns && line.size() > column) {
      line.erase(line.find_last_not_of(' ') + 1);
      *out += line + "\n";
      line.assign(column, ' ');
    }
    line.append(text.substr(0, end)).push_back(' ');
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  *out += line + "\n";
}

void AppendIndented(std::string_view text, std::string* out) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    *out += fmt::format("  {}\n", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "-p, --parallelism N"
std::string OptionLeft(const CLI::Option& option) {
  std::string left;
  for (const std::string& name : option.get_snames()) left += fmt::format("-{}, ", name);
  if (left.empty()) left = "    ";
  for (const std::string& name : option.get_lnames()) left += fmt::format("--{}, ", name);
  left.resize(left.size() - 2);
  const std::string type = option.get_type_name();
  if (!type.empty()) left += " " + type;
  return left;
}

std::string OptionText(const CLI::Option& option) {
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += fmt::format(" ({})", option.get_default_str());
  return text;
}

std::string PositionalUsage(const CLI::Option& option) {
  std::string name = option.get_type_name();
  if (option.get_expected_max() > 1) name += "...";
  return option.get_required() ? " " + name : " [" + name + "]";
}

}  // namespace

std::string RootHelp(std::span<const VerbEntry> verbs, bool color) {
  std::string out = fmt::format(
      "Sluice {} runs Flink SQL event jobs natively: Flink SQL in, wide tables out, one process.\n"
      "\nUsage: sluice COMMAND [ARGUMENTS]\n",
      SluiceVersion());
  std::string_view group;
  for (const VerbEntry& verb : verbs) {
    if (verb.group != group) out += Heading(verb.group, color);
    group = verb.group;
    AppendEntry(verb.name, verb.summary, 14, &out);
  }
  out += Heading("Everywhere", color);
  AppendEntry("--help, -h", "what a command does, its options, examples; also: sluice help COMMAND",
              14, &out);
  AppendEntry("--version", "version, commit, Flink level, CPU kernels", 14, &out);
  out += Heading("Examples", color);
  for (const VerbEntry& verb : verbs)
    AppendIndented(verb.examples.substr(0, verb.examples.find('\n')), &out);
  out += "\nExit codes: 0 done, 1 failed while running, 2 something for you to correct.\n";
  return out;
}

std::string VerbHelp(const VerbEntry& verb, const CLI::App& command, bool color) {
  std::string usage = fmt::format("Usage: sluice {} [OPTIONS]", verb.name);
  std::vector<const CLI::Option*> options;
  std::vector<const CLI::Option*> positionals;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    (option->get_positional() ? positionals : options).push_back(option);
  }
  for (const CLI::Option* option : positionals) usage += PositionalUsage(*option);

  std::string out = fmt::format("{}\n\n{}\n", usage, verb.description);
  if (!positionals.empty()) out += Heading("Arguments", color);
  constexpr size_t kColumn = 30;
  for (const CLI::Option* option : positionals)
    AppendEntry(option->get_type_name(), OptionText(*option), kColumn, &out);
  out += Heading("Options", color);
  for (const CLI::Option* option : options)
    AppendEntry(OptionLeft(*option), OptionText(*option), kColumn, &out);
  out += Heading("Examples", color);
  AppendIndented(verb.examples, &out);
  return out;
}

}  // namespace sluice
