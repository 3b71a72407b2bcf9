// The command line: finds the verb, parses its options, runs it. CLI11 throws; nothing leaves this
// file but exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/options.h"
#include "cli/help_edge.h"
#include "cli/verb.h"
#include "cli/version.h"

namespace sluice {
namespace {

bool WantsColor() { return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

struct Command {
  VerbEntry entry;
  std::unique_ptr<Verb> verb;
  CLI::App* app;
};

const Command* ParsedCommand(std::span<const Command> commands) {
  for (const Command& command : commands) {
    if (command.app->parsed()) return &command;
  }
  return nullptr;
}

std::vector<std::string> NamesAt(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// What is wrong with a word that no verb or option claimed, with the nearest known one.
std::string ExplainUnknown(std::string_view unknown, const CLI::App& app) {
  const std::string_view word = unknown.substr(0, unknown.find('='));
  std::string message;
  if (word.starts_with("-")) {
    message = fmt::format("there is no option {}", word);
  } else if (app.get_parent() == nullptr) {
    message = fmt::format("there is no command '{}'", word);
  } else {
    return fmt::format("'{}' is one argument too many", word);
  }
  const std::vector<std::string> names = NamesAt(app);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string nearest = NearestOf(word, views);
  return nearest.empty() ? message : fmt::format("{}; did you mean {}?", message, nearest);
}

// The first argument that a command misses: "FILE.sql".
std::string MissingArgument(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_required() && option->count() == 0) return option->get_type_name();
  }
  return "an argument";
}

// The exit code for a command line that cannot be understood. `command` is null when not even the
// verb is known.
int Refuse(std::string_view message, const Command* command) {
  const std::string name =
      command == nullptr ? "sluice" : fmt::format("sluice {}", command->entry.name);
  fmt::print(stderr, "{}: {}\nSee {} --help.\n", name, message, name);
  return 2;
}

int RunMain(std::vector<std::string> args) {
  CLI::App root("sluice", "sluice");
  root.set_help_flag("-h,--help");
  root.set_version_flag("--version", VersionText());
  std::vector<Command> commands;
  const std::vector<VerbEntry> entries = AllVerbs();
  for (const VerbEntry& entry : entries) {
    CLI::App* app = root.add_subcommand(std::string(entry.name), std::string(entry.summary));
    app->set_help_flag("-h,--help", "this text");
    commands.push_back({entry, entry.make(), app});
    commands.back().verb->Declare(*app);
  }

  // `sluice help run` is `sluice run --help`.
  if (!args.empty() && args[0] == "help") {
    args.erase(args.begin());
    args.push_back("--help");
  }
  try {
    std::reverse(args.begin(), args.end());  // as CLI11 wants them
    root.parse(args);
  } catch (const CLI::CallForVersion&) {
    fmt::print("{}", VersionText());
    return 0;
  } catch (const CLI::ParseError& error) {
    const Command* command = ParsedCommand(commands);
    const CLI::App& app = command == nullptr ? root : *command->app;
    const std::vector<std::string> unknown = app.remaining();
    if (!unknown.empty()) return Refuse(ExplainUnknown(unknown.front(), app), command);
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
      return Refuse(fmt::format("{} is missing", MissingArgument(app)), command);
    }
    if (error.get_exit_code() != 0) return Refuse(error.what(), command);
    fmt::print("{}", command == nullptr ? RootHelp(entries, WantsColor())
                                        : VerbHelp(command->entry, app, WantsColor()));
    return 0;
  }
  const Command* command = ParsedCommand(commands);
  if (command != nullptr) return command->verb->Run();
  fmt::print(stderr, "{}", RootHelp(entries, false));
  return 2;
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  try {
    return sluice::RunMain(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice: %s\n", error.what());
    return 1;
  }
}
