// LineEditor: lines that a person types, with editing, and a history that outlives the session.
#pragma once

#include <memory>
#include <string>

namespace sluice {

class LineEditor {
 public:
  enum class Outcome { kLine, kInterrupted, kEnd };

  // The history is kept in XDG_STATE_HOME (~/.local/state) as sluice/history.
  LineEditor();
  ~LineEditor();

  // Waits for a line; it comes without its end. kInterrupted: Ctrl-C; kEnd: Ctrl-D.
  Outcome Read(const std::string& prompt, std::string* line);
  // Puts a line into the history.
  void Remember(const std::string& line);

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace sluice
