#include "cli/line_editor.h"

#include <histedit.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace sluice {
namespace {

constexpr int kHistoryEntries = 10000;

// Empty if there is no place for it.
std::string HistoryPath() {
  std::filesystem::path folder;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    folder = state;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".local/state";
  } else {
    return "";
  }
  folder /= "sluice";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? "" : (folder / "history").string();
}

}  // namespace

struct LineEditor::Rep {
  static char* Prompt(EditLine* editor) {
    Rep* rep = nullptr;
    el_get(editor, EL_CLIENTDATA, &rep);
    return rep->prompt.data();
  }

  std::string prompt;
  std::string path;
  History* history = nullptr;
  EditLine* editor = nullptr;
};

LineEditor::LineEditor() : rep_(std::make_unique<Rep>()) {
  // libedit edits characters, not bytes, only where the locale says UTF-8.
  const char* locale = std::setlocale(LC_CTYPE, "");
  if (locale == nullptr || std::string_view(locale) == "C") std::setlocale(LC_CTYPE, "C.UTF-8");
  rep_->path = HistoryPath();
  rep_->history = history_init();
  HistEvent event;
  history(rep_->history, &event, H_SETSIZE, kHistoryEntries);
  history(rep_->history, &event, H_SETUNIQUE, 1);
  if (!rep_->path.empty()) history(rep_->history, &event, H_LOAD, rep_->path.c_str());
  rep_->editor = el_init("sluice", stdin, stdout, stderr);
  el_set(rep_->editor, EL_CLIENTDATA, rep_.get());
  el_set(rep_->editor, EL_PROMPT, &Rep::Prompt);
  el_set(rep_->editor, EL_EDITOR, "emacs");
  el_set(rep_->editor, EL_HIST, history, rep_->history);
  el_set(rep_->editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(rep_->editor, EL_SIGNAL, 1);  // follows changes of the window's size
  el_source(rep_->editor, nullptr);    // ~/.editrc
}

LineEditor::~LineEditor() {
  HistEvent event;
  if (!rep_->path.empty()) history(rep_->history, &event, H_SAVE, rep_->path.c_str());
  el_end(rep_->editor);
  history_end(rep_->history);
}

LineEditor::Outcome LineEditor::Read(const std::string& prompt, std::string* line) {
  rep_->prompt = prompt;
  // By itself libedit takes over the terminal only after the prompt: a Ctrl-D typed in between
  // would become a character of the line, on which further ones ring the bell.
  el_set(rep_->editor, EL_PREP_TERM, 1);
  int length = 0;
  errno = 0;
  const char* text = el_gets(rep_->editor, &length);
  if (text == nullptr || length <= 0) {
    return errno == EINTR ? Outcome::kInterrupted : Outcome::kEnd;
  }
  line->assign(text, static_cast<size_t>(length));
  while (!line->empty() && (line->back() == '\n' || line->back() == '\r')) line->pop_back();
  return Outcome::kLine;
}

void LineEditor::Remember(const std::string& line) {
  HistEvent event;
  if (!line.empty()) history(rep_->history, &event, H_ENTER, line.c_str());
}

}  // namespace sluice
