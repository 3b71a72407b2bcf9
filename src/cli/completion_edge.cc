// sluice completion: scripts that teach a shell the verbs and their options, generated from what
// the verbs declare.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "cli/verb.h"

namespace sluice {
namespace {

std::vector<const CLI::App*> Commands(const CLI::App& root) {
  return root.get_subcommands([](const CLI::App*) { return true; });
}

bool TakesValue(const CLI::Option& option) {
  return option.get_expected_max() > 0 && option.get_type_size() > 0;
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

std::string BashScript(const CLI::App& root) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : Commands(root)) {
    names += command->get_name() + " ";
    std::string options;
    ForEachOption(*command,
                  [&](const CLI::Option&, const std::string& name) { options += " --" + name; });
    cases += fmt::format("    {}) words='{}' ;;\n", command->get_name(), options.substr(1));
  }
  // Words that are no options are left to the shell, which completes file names.
  return fmt::format(R"(_sluice() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{}help --help --version' -- "$word"))
    return
  fi
  [[ $word == -* ]] || return
  case ${{COMP_WORDS[1]}} in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o bashdefault -o default -F _sluice sluice
)",
                     names, cases);
}

std::string ZshScript(const CLI::App& root) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : Commands(root)) {
    names += fmt::format("    '{}:{}'\n", command->get_name(), ZshText(command->get_description()));
    cases += fmt::format("    {})\n      _arguments", command->get_name());
    ForEachOption(*command, [&](const CLI::Option& option, const std::string& name) {
      const std::string value =
          TakesValue(option) ? fmt::format(":{}:_files", ZshText(option.get_type_name())) : "";
      cases +=
          fmt::format(" \\\n        '--{}[{}]{}'", name, ZshText(option.get_description()), value);
    });
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return fmt::format(R"(#compdef sluice
_sluice() {{
  local -a commands=(
{})
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
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
  std::string out;
  for (const CLI::App* command : Commands(root)) {
    out += fmt::format("complete -c sluice -f -n __fish_use_subcommand -a {} -d '{}'\n",
                       command->get_name(), FishText(command->get_description()));
    ForEachOption(*command, [&](const CLI::Option& option, const std::string& name) {
      out += fmt::format("complete -c sluice -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n",
                         command->get_name(), name, TakesValue(option) ? " -r" : "",
                         FishText(option.get_description()));
    });
  }
  return out;
}

class CompletionVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command_ = &command;
    command.add_option("shell", shell_, "bash, zsh or fish")
        ->type_name("SHELL")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
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
  return {.name = "completion",
          .group = "Set up",
          .summary = "prints a completion script for bash, zsh or fish",
          .description =
              "Prints a script that makes the shell complete commands, options and file names. The "
              "Debian\n"
              "package installs all three.",
          .examples =
              "source <(sluice completion bash)  # in ~/.bashrc\n"
              "source <(sluice completion zsh)  # in ~/.zshrc, behind compinit\n"
              "sluice completion fish > ~/.config/fish/completions/sluice.fish",
          .make = [] { return std::unique_ptr<Verb>(std::make_unique<CompletionVerb>()); }};
}

}  // namespace sluice
