#include "cli/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/terminal.h"

namespace sluice {
namespace {

struct SeverityLook {
  std::string_view name;
  std::string_view color;
};

SeverityLook LookOf(Severity severity) {
  switch (severity) {
    case Severity::kError: return {"error", "1;31"};
    case Severity::kWarning: return {"warning", "1;33"};
    case Severity::kNote: return {"note", "1;36"};
  }
  return {};
}

// Colours the place, the word with the code, and the caret line of one rendered finding.
std::string Colored(const Diagnostic& diagnostic, const std::string& text) {
  const SeverityLook look = LookOf(diagnostic.severity);
  const std::string mark = fmt::format(": {} {}: ", look.name, ErrorCodeName(diagnostic.code));
  const size_t place_end = text.find(mark);
  if (place_end == std::string::npos) return text;
  std::string out = fmt::format("\033[1m{}:\033[0m \033[{}m{}\033[0m", text.substr(0, place_end),
                                look.color, mark.substr(2, mark.size() - 3));
  std::string_view rest = std::string_view(text).substr(place_end + mark.size() - 1);
  for (int line = 0; !rest.empty(); ++line) {
    const size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view shown = rest.substr(0, end);
    const size_t bar = shown.find("| ");
    if (line == 2 && bar != std::string_view::npos) {
      out += fmt::format("{}\033[{}m{}\033[0m\n", shown.substr(0, bar + 2), look.color,
                         shown.substr(bar + 2, shown.size() - bar - 3));
    } else {
      out += shown;
    }
    rest.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string RenderFindings(const Script& script, bool color) {
  std::vector<const Diagnostic*> sorted;
  for (const Diagnostic& diagnostic : script.diagnostics) sorted.push_back(&diagnostic);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return a->severity < b->severity;
  });
  std::string out;
  for (const Diagnostic* diagnostic : sorted) {
    const std::string text = RenderDiagnostics(script.text, script.name, {diagnostic, 1});
    out += color ? Colored(*diagnostic, text) : text;
  }
  return out;
}

void PrintFindings(const Script& script) {
  std::fflush(stdout);
  fmt::print(stderr, "{}", RenderFindings(script, HasColor(STDERR_FILENO)));
}

}  // namespace sluice
