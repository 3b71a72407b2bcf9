// sluice sql: a shell on a terminal, and a runner of statements for scripts that are piped in.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/strings.h"
#include "cli/line_editor.h"
#include "cli/output_option.h"
#include "cli/shell.h"
#include "cli/statement_splitter.h"
#include "cli/stop_signals.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/version.h"

namespace sluice {
namespace {

constexpr int kExitCodeOfInterrupt = 130;

bool IsWord(std::string_view line, std::string_view word) {
  line = StripAsciiWhitespace(line);
  if (line.ends_with(';')) line = StripAsciiWhitespace(line.substr(0, line.size() - 1));
  return EqualsIgnoreCase(line, word);
}

// A line of standard input, without its end; nothing at the end of the input.
std::optional<std::string> ReadLine() {
  std::string line;
  int c;
  while ((c = std::getc(stdin)) != EOF && c != '\n') line.push_back(static_cast<char>(c));
  if (c == EOF && line.empty()) return std::nullopt;
  return line;
}

class SqlVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command
        .add_option("files", files_,
                    "scripts whose tables, views and settings are there; nothing of them is run")
        ->type_name("FILE.sql");
    DeclareScriptOptions(command, &options_);
    DeclareOutputOption(command, &settings_.output);
    command.add_flag("--changelog", settings_.changelog,
                     "queries print every change, its kind first");
  }

  int Run() override {
    settings_.interactive = IsTerminal(STDIN_FILENO) && IsTerminal(STDOUT_FILENO);
    auto workspace = OpenWorkspace(options_, true);
    if (!workspace.ok()) return Fail("sql", workspace.status());
    Shell shell(*std::move(workspace), settings_);
    CatchStopSignals(settings_.interactive ? SecondSignal::kCount : SecondSignal::kExit);
    for (const std::string& file : files_) {
      auto text = ReadScript(file);
      if (!text.ok()) return Fail("sql", text.status());
      if (!shell.Load(file, *text)) return 2;
    }
    return settings_.interactive ? RunTerminal(&shell) : RunPipe(&shell);
  }

 private:
  int RunTerminal(Shell* shell) const {
    fmt::print("sluice {}, Flink {} semantics. \\? lists the commands, \\q leaves.\n",
               SluiceVersion(), options_.flink_version);
    LineEditor editor;
    std::string pending;
    while (true) {
      std::string line;
      const auto outcome = editor.Read(pending.empty() ? "sluice> " : "   ...> ", &line);
      if (outcome == LineEditor::Outcome::kEnd) break;
      if (outcome == LineEditor::Outcome::kInterrupted) {
        ForgetStopSignals();
        fmt::print("\n");
        pending.clear();
        continue;
      }
      if (pending.empty() && IsCommand(line)) editor.Remember(line);
      if (pending.empty() && !ExecuteShort(line, shell)) return 0;
      if (pending.empty() && IsCommand(line)) continue;
      pending += line + "\n";
      RememberComplete(pending, &editor);
      while (auto statement = TakeStatement(&pending)) {
        if (!IsBlankSql(*statement)) shell->Execute("sql", *statement);
      }
      if (IsBlankSql(pending)) pending.clear();
    }
    fmt::print("\n");
    return 0;
  }

  // A statement of several lines becomes one line of the history, where no comment would swallow
  // what follows it.
  static void RememberComplete(const std::string& pending, LineEditor* editor) {
    std::string rest = pending;
    bool is_complete = false;
    while (TakeStatement(&rest)) is_complete = true;
    if (!is_complete || !IsBlankSql(rest)) return;
    std::string line(StripAsciiWhitespace(pending));
    if (line.find("--") == std::string::npos) std::replace(line.begin(), line.end(), '\n', ' ');
    for (size_t end; (end = line.find('\n')) != std::string::npos; line.erase(0, end + 1)) {
      editor->Remember(line.substr(0, end));
    }
    editor->Remember(line);
  }

  // Goes on after a statement that failed; the exit code tells.
  static int RunPipe(Shell* shell) {
    bool all_well = true;
    std::string pending;
    while (const auto line = ReadLine()) {
      if (pending.empty() && !ExecuteShort(*line, shell)) return all_well ? 0 : 2;
      if (pending.empty() && IsCommand(*line)) continue;
      pending += *line + "\n";
      while (auto statement = TakeStatement(&pending)) {
        if (!IsBlankSql(*statement)) all_well &= shell->Execute("sql", *statement);
        if (NumStopSignals() > 0) return kExitCodeOfInterrupt;
      }
      if (IsBlankSql(pending)) pending.clear();
    }
    if (NumStopSignals() > 0) return kExitCodeOfInterrupt;
    if (!IsBlankSql(pending)) all_well &= shell->Execute("sql", pending);
    return all_well ? 0 : 2;
  }

  static bool IsCommand(std::string_view line) {
    return StripAsciiWhitespace(line).starts_with('\\') || IsWord(line, "help");
  }

  // Commands, and the words that end a session. False if it is to end.
  static bool ExecuteShort(const std::string& line, Shell* shell) {
    if (IsWord(line, "quit") || IsWord(line, "exit")) return false;
    if (IsWord(line, "help")) return shell->ExecuteCommand("\\?");
    return !IsCommand(line) || shell->ExecuteCommand(line);
  }

  ScriptOptions options_;
  std::vector<std::string> files_;
  ShellSettings settings_;
};

}  // namespace

VerbEntry Verb_sql() {
  return {
      .name = "sql",
      .group = "Ask tables",
      .summary = "an interactive shell",
      .description =
          "Runs statements as they are typed: definitions, SET, SHOW TABLES, DESCRIBE, SELECT and "
          "INSERT.\n"
          "Statements end with a semicolon and may span lines; \\? lists the commands. Ctrl-C "
          "stops "
          "a query.\n"
          "The history is kept in ~/.local/state/sluice. Statements may be piped in, too.",
      .examples =
          "sluice sql\n"
          "sluice sql tables.sql  # with the tables of a script\n"
          "sluice sql --catalog vvp=ddl/\n"
          "echo 'SHOW TABLES;' | sluice sql tables.sql",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<SqlVerb>()); }};
}

}  // namespace sluice
