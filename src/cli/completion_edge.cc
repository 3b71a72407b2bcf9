// sluice completion: scripts that teach a shell the verbs and their options, generated from what
// the verbs declare.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <map>

#include "cli/option_checks.h"
#include "cli/verb.h"

namespace sluice {
namespace {

std::vector<const CLI::App*> Commands(const CLI::App& root) {
  return root.get_subcommands([](const CLI::App*) { return true; });
}

bool TakesValue(const CLI::Option& option) {
  return option.get_expected_max() > 0 && option.get_type_size() > 0;
}

// The argument of a command that is no option, if it takes one.
const CLI::Option* PositionalOf(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) return option;
  }
  return nullptr;
}

bool IsFile(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.starts_with("FILE") || type == "PATH" || type.ends_with("DIR");
}

// Calls `visit` for each option of the command that has a long name and is shown in help.
void ForEachOption(const CLI::App& command,
                   const std::function<void(const CLI::Option&, const std::string&)>& visit) {
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_group().empty() && !option->get_lnames().empty())
      visit(*option, option->get_lnames().front());
  }
}

// The text, fit to stand between single quotes; `special` are further characters that need a
// backslash there.
std::string Quoted(std::string_view text, std::string_view quote, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += quote;
      continue;
    }
    if (special.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string ZshText(std::string_view text) { return Quoted(text, R"('\'')", R"([]:\)"); }
std::string FishText(std::string_view text) { return Quoted(text, R"(\')", R"(\)"); }

// Words that are neither options nor choices are left to the shell, which completes file names.
std::string BashScript(const CLI::App& root) {
  std::string names;
  std::string options;
  std::string arguments;
  std::map<std::string, std::string> values;  // an option means the same everywhere
  for (const CLI::App* command : Commands(root)) {
    names += command->get_name() + " ";
    std::string words;
    ForEachOption(*command, [&](const CLI::Option& option, const std::string& name) {
      words += " --" + name;
      const auto choices = ChoicesOf(option);
      if (!choices.empty()) values["--" + name] = fmt::format("{}", fmt::join(choices, " "));
    });
    options += fmt::format("      {}) words='{}' ;;\n", command->get_name(), words.substr(1));
    const CLI::Option* argument = PositionalOf(*command);
    if (argument == nullptr || ChoicesOf(*argument).empty()) continue;
    arguments += fmt::format("      {}) words='{}' ;;\n", command->get_name(),
                             fmt::join(ChoicesOf(*argument), " "));
  }
  std::string value_cases;
  for (const auto& [name, words] : values)
    value_cases += fmt::format("    {}) words='{}' ;;\n", name, words);
  return fmt::format(R"(_sluice() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{0}help --help --version' -- "$word"))
    return
  fi
  case $before in
{1}  esac
  if [[ -z $words && $word == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{2}    esac
  elif [[ -z $words ]]; then
    case ${{COMP_WORDS[1]}} in
      help) words='{0}' ;;
{3}    esac
  fi
  [[ -z $words ]] || COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o bashdefault -o default -F _sluice sluice
)",
                     names, value_cases, options, arguments);
}

// ":NAME:(a b)", ":FILE:_files" or ":TEXT: ", what stands behind an option or an argument.
std::string ZshValue(const CLI::Option& option) {
  const auto choices = ChoicesOf(option);
  return fmt::format(":{}:{}", ZshText(option.get_type_name()),
                     !choices.empty() ? fmt::format("({})", fmt::join(choices, " "))
                     : IsFile(option) ? "_files"
                                      : " ");
}

std::string ZshScript(const CLI::App& root) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : Commands(root)) {
    names += fmt::format("    '{}:{}'\n", command->get_name(), ZshText(command->get_description()));
    cases += fmt::format("    {})\n      _arguments", command->get_name());
    ForEachOption(*command, [&](const CLI::Option& option, const std::string& name) {
      cases += fmt::format(" \\\n        '--{}[{}]{}'", name, ZshText(option.get_description()),
                           TakesValue(option) ? ZshValue(option) : "");
    });
    if (const CLI::Option* argument = PositionalOf(*command); argument != nullptr) {
      cases += fmt::format(" \\\n        '{}{}'", argument->get_expected_max() > 1 ? '*' : '1',
                           ZshValue(*argument));
    }
    cases += " ;;\n";
  }
  return fmt::format(R"(#compdef sluice
_sluice() {{
  local -a commands=(
{}    'help:what a command does'
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
    help) _describe command commands ;;
{}  esac
}}
if [ "$funcstack[1]" = _sluice ]; then
  _sluice "$@"
else
  compdef _sluice sluice
fi
)",
                     names, cases);
}

std::string FishScript(const CLI::App& root) {
  std::string out =
      "complete -c sluice -f -n __fish_use_subcommand -a help -d 'what a command does'\n";
  std::string names;
  for (const CLI::App* command : Commands(root)) {
    const std::string& name = command->get_name();
    names += " " + name;
    out += fmt::format("complete -c sluice -f -n __fish_use_subcommand -a {} -d '{}'\n", name,
                       FishText(command->get_description()));
    const std::string condition = fmt::format("-n '__fish_seen_subcommand_from {}'", name);
    ForEachOption(*command, [&](const CLI::Option& option, const std::string& long_name) {
      const auto choices = ChoicesOf(option);
      const std::string value = !choices.empty()
                                    ? fmt::format(" -x -a '{}'", fmt::join(choices, " "))
                                : TakesValue(option) ? (IsFile(option) ? " -r" : " -x")
                                                     : "";
      out += fmt::format("complete -c sluice {} -l {}{} -d '{}'\n", condition, long_name, value,
                         FishText(option.get_description()));
    });
    const CLI::Option* argument = PositionalOf(*command);
    if (argument != nullptr && IsFile(*argument)) continue;
    out += fmt::format("complete -c sluice -f {}", condition);
    if (argument != nullptr && !ChoicesOf(*argument).empty())
      out += fmt::format(" -a '{}'", fmt::join(ChoicesOf(*argument), " "));
    out += "\n";
  }
  return out + fmt::format("complete -c sluice -f -n '__fish_seen_subcommand_from help' -a '{}'\n",
                           names.substr(1));
}

class CompletionVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command_ = &command;
    auto* shell = command.add_option("shell", shell_, "the shell to teach")->required();
    TakesOneOf(shell, "bash|zsh|fish");
  }

  int Run() override {
    const CLI::App& root = *command_->get_parent();
    const std::string script = shell_ == "bash"  ? BashScript(root)
                               : shell_ == "zsh" ? ZshScript(root)
                                                 : FishScript(root);
    fmt::print("{}", script);
    return 0;
  }

 private:
  const CLI::App* command_ = nullptr;
  std::string shell_;
};

}  // namespace

VerbEntry Verb_completion() {
  return {
      .name = "completion",
      .group = "Set up",
      .summary = "prints a completion script for bash, zsh or fish",
      .description =
          "Prints a script that makes the shell complete commands, options, their values and file\n"
          "names. The Debian package installs all three.",
      .examples =
          "source <(sluice completion bash)  # in ~/.bashrc\n"
          "source <(sluice completion zsh)  # in ~/.zshrc, behind compinit\n"
          "sluice completion fish > ~/.config/fish/completions/sluice.fish",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<CompletionVerb>()); }};
}

}  // namespace sluice
