// sluice connectors: the connectors and formats with their options, as they describe themselves.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "cli/verb.h"
#include "connectors/connector.h"
#include "formats/format.h"

namespace sluice {
namespace {

struct Described {
  std::string_view name;
  std::string_view help;
  std::span<const OptionSpec> options;
  std::string uses;    // "source, lookup, sink"
  std::string prefix;  // of the option keys
  bool available = true;
};

std::vector<Described> AllDescribed() {
  std::vector<Described> all;
  for (const Connector& connector : AllConnectors()) {
    std::string uses;
    const auto use = [&](bool has, std::string_view word) {
      if (has) uses += fmt::format("{}{}", uses.empty() ? "" : ", ", word);
    };
    use(connector.make_source != nullptr, "source");
    use(connector.make_lookup != nullptr, "lookup");
    use(connector.make_sink != nullptr, "sink");
    if (!connector.available) uses = "known, not there yet";
    all.push_back(
        {connector.name, connector.help, connector.options, uses, "", connector.available});
  }
  for (const Format& format : AllFormats()) {
    all.push_back({format.name, format.help, format.options, "format",
                   fmt::format("{}.", format.name), true});
  }
  return all;
}

std::string KindOf(const OptionSpec& option) {
  switch (option.type) {
    case OptionType::kString: return "text";
    case OptionType::kBool: return "true or false";
    case OptionType::kInt: return "whole number";
    case OptionType::kDouble: return "number";
    case OptionType::kDuration: return "duration";
    case OptionType::kMemory: return "size";
    case OptionType::kEnum: return std::string(option.choices);
  }
  return "";
}

std::string DefaultOf(const OptionSpec& option) {
  if (option.required) return "required";
  return option.default_value.empty() ? "none" : std::string(option.default_value);
}

class ConnectorsVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("name", name_, "one connector or format")->type_name("NAME");
    command.add_flag("--markdown", markdown_, "tables for documents");
  }

  int Run() override {
    std::vector<std::string_view> names;
    bool found = false;
    for (const Described& each : AllDescribed()) {
      names.push_back(each.name);
      if (!name_.empty() && each.name != name_) continue;
      found = true;
      if (markdown_) {
        PrintMarkdown(each);
      } else if (name_.empty()) {
        fmt::print("{:<18} {:<22} {}\n", each.name, each.uses, each.help);
      } else {
        PrintOne(each);
      }
    }
    if (found) return 0;
    const std::string nearest = NearestOf(name_, names);
    return Fail("connectors",
                absl::NotFoundError(fmt::format(
                    "there is no connector or format '{}'{}", name_,
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest))));
  }

 private:
  static void PrintOne(const Described& each) {
    fmt::print("{} ({})\n\n  {}\n", each.name, each.uses, each.help);
    if (!each.options.empty()) fmt::print("\nOptions\n");
    for (const OptionSpec& option : each.options) {
      if (option.support == OptionSupport::kNotYet) continue;
      fmt::print("  {}{}\n      {}{}{}; default: {}\n", each.prefix, option.key, option.help,
                 option.help.empty() ? "" : " ", KindOf(option), DefaultOf(option));
    }
  }

  // Connectors that are not there yet have no chapter: their options are only checked by name.
  static void PrintMarkdown(const Described& each) {
    if (!each.available) return;
    fmt::print("## `{}` ({})\n\n{}\n\n", each.name, each.uses, each.help);
    if (each.options.empty()) {
      fmt::print("It has no options.\n\n");
      return;
    }
    fmt::print("| option | value | default | what it does |\n|---|---|---|---|\n");
    for (const OptionSpec& option : each.options) {
      const bool later = option.support == OptionSupport::kNotYet;
      fmt::print("| `{}{}` | {} | {} | {} |\n", each.prefix, option.key, KindOf(option),
                 DefaultOf(option), later ? "Flink has it; refused here by name" : option.help);
    }
    fmt::print("\n");
  }

  std::string name_;
  bool markdown_ = false;
};

}  // namespace

VerbEntry Verb_connectors() {
  return {.name = "connectors",
          .group = "Look up",
          .summary = "the connectors and formats with their options",
          .description = "Lists all connectors and formats, or all options of one.",
          .examples =
              "sluice connectors\n"
              "sluice connectors filesystem\n"
              "sluice connectors --markdown > connectors.md",
          .make = [] { return std::unique_ptr<Verb>(std::make_unique<ConnectorsVerb>()); }};
}

}  // namespace sluice
