// Rendering of findings, and the search for the name that was meant.
#include "sql/diagnostic.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "sql/secret_text.h"
#include "sql/utf8.h"

namespace sluice {
namespace {

// A longer line (minified SQL) is shown around the place only.
constexpr int kShownColumns = 110;
constexpr int kColumnsBefore = 60;
constexpr int kTabWidth = 4;
constexpr size_t kLongestComparedName = 64;

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  return "";
}

struct ShownCharacter {
  std::string text;
  int width = 1;
};

// The character at *pos as a terminal can show it; *pos moves behind it.
ShownCharacter ShowCharacter(std::string_view text, size_t* pos) {
  size_t start = *pos;
  char32_t c = NextCodePoint(text, pos);
  if (c == '\t') return {std::string(kTabWidth, ' '), kTabWidth};
  if (c == kInvalidCodePoint) return {"\xEF\xBF\xBD", 1};
  bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
                 (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
  if (control) return {"?", 1};
  return {std::string(text.substr(start, *pos - start)), TerminalWidth(c)};
}

// Messages quote the script, so that they need the same care as its lines.
std::string ShowText(std::string_view text) {
  std::string shown;
  size_t pos = 0;
  while (pos < text.size()) shown += ShowCharacter(text, &pos).text;
  return shown;
}

int WidthOf(std::string_view text) {
  int width = 0;
  size_t pos = 0;
  while (pos < text.size()) width += ShowCharacter(text, &pos).width;
  return width;
}

struct LineRange {
  size_t start;
  size_t end;  // without the line break
};

LineRange LineAround(std::string_view text, size_t offset) {
  size_t start = 0;
  if (offset > 0) {
    size_t newline = text.rfind('\n', offset - 1);
    if (newline != std::string_view::npos) start = newline + 1;
  }
  size_t end = text.find('\n', offset);
  if (end == std::string_view::npos) end = text.size();
  if (end > start && text[end - 1] == '\r') --end;
  return {start, end};
}

// The part of the line that is shown, cut at character boundaries.
LineRange CutLine(std::string_view text, LineRange line, size_t offset) {
  // Bytes bound the work: a line may be megabytes long.
  constexpr size_t kSafeBytes = 4 * kShownColumns;
  if (line.end - line.start <= kSafeBytes &&
      WidthOf(text.substr(line.start, line.end - line.start)) <= kShownColumns) {
    return line;
  }
  auto is_inside = [&](size_t pos) {
    return pos < line.end && (static_cast<uint8_t>(text[pos]) & 0xC0) == 0x80;
  };
  size_t start = offset;
  for (int columns = 0; start > line.start && columns < kColumnsBefore;) {
    --start;
    while (start > line.start && is_inside(start)) --start;
    size_t pos = start;
    columns += ShowCharacter(text, &pos).width;
  }
  size_t end = start;
  for (int columns = 0; end < line.end && columns < kShownColumns;) {
    columns += ShowCharacter(text, &end).width;
  }
  return {start, std::min(end, line.end)};
}

void RenderSource(std::string_view text, const Diagnostic& diagnostic, int32_t line_number,
                  std::string* out) {
  size_t offset = std::min<size_t>(diagnostic.span.offset, text.size());
  LineRange line = LineAround(text, offset);
  offset = std::min(offset, line.end);
  LineRange cut = CutLine(text, line, offset);
  size_t end = std::min<size_t>(std::max<int32_t>(diagnostic.span.end(), 0), cut.end);
  std::string number = fmt::format(" {}", line_number);
  std::string_view before = cut.start > line.start ? "…" : "";
  std::string_view after = cut.end < line.end ? "…" : "";
  *out += fmt::format("{} | {}{}{}\n", number, before,
                      ShowText(text.substr(cut.start, cut.end - cut.start)), after);
  int indent = WidthOf(before) + WidthOf(text.substr(cut.start, offset - cut.start));
  int width = end > offset ? WidthOf(text.substr(offset, end - offset)) : 1;
  *out += fmt::format("{} | {}^{}\n", std::string(number.size(), ' '), std::string(indent, ' '),
                      std::string(std::max(width - 1, 0), '~'));
  if (!diagnostic.remedy.empty()) {
    *out += fmt::format("{} = {}\n", std::string(number.size(), ' '), ShowText(diagnostic.remedy));
  }
}

char UpperAt(std::string_view text, size_t i) { return absl::ascii_toupper(text[i]); }

// Edits (insert, delete, replace, exchange neighbours) between two names, without regard to case.
int EditDistance(std::string_view a, std::string_view b) {
  constexpr size_t kSize = kLongestComparedName + 1;
  int distance[kSize][kSize];
  for (size_t i = 0; i <= a.size(); ++i) distance[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) distance[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      int cost = UpperAt(a, i - 1) == UpperAt(b, j - 1) ? 0 : 1;
      int best =
          std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, distance[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && UpperAt(a, i - 1) == UpperAt(b, j - 2) &&
          UpperAt(a, i - 2) == UpperAt(b, j - 1)) {
        best = std::min(best, distance[i - 2][j - 2] + 1);
      }
      distance[i][j] = best;
    }
  }
  return distance[a.size()][b.size()];
}

template <typename Text>
std::string FindNearest(std::string_view name, std::span<const Text> candidates) {
  if (name.empty() || name.size() > kLongestComparedName) return "";
  // A third of the letters may be wrong; the first best wins.
  int best = std::max<int>(1, static_cast<int>(name.size()) / 3) + 1;
  std::string nearest;
  for (const Text& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongestComparedName) continue;
    int distance = EditDistance(name, candidate);
    // Nothing in common is no likeness: "a" does not mean "b".
    if (distance >= best || distance >= static_cast<int>(std::max(name.size(), candidate.size()))) {
      continue;
    }
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace

bool HasErrors(std::span<const Diagnostic> diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

TextPosition LocateSource(std::string_view text, int32_t offset) {
  TextPosition position;
  size_t end = std::min<size_t>(std::max(offset, 0), text.size());
  size_t pos = text.starts_with("\xEF\xBB\xBF") && end >= 3 ? 3 : 0;
  while (pos < end) {
    if (NextCodePoint(text, &pos) == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

std::string RenderDiagnostics(std::string_view text, std::string_view file_name,
                              std::span<const Diagnostic> diagnostics) {
  if (diagnostics.empty()) return "";
  const std::string hidden = HideSecrets(text);
  text = hidden;
  std::string out;
  // Findings mostly come in the order of the text: each position is counted on from the last one.
  size_t line_start = 0;
  int32_t line = 1;
  for (const Diagnostic& diagnostic : diagnostics) {
    size_t offset = std::min<size_t>(std::max(diagnostic.span.offset, 0), text.size());
    if (offset < line_start) {
      line_start = 0;
      line = 1;
    }
    for (size_t newline = text.find('\n', line_start);
         newline != std::string_view::npos && newline < offset;
         newline = text.find('\n', line_start)) {
      line_start = newline + 1;
      ++line;
    }
    TextPosition in_line =
        LocateSource(text.substr(line_start), static_cast<int32_t>(offset - line_start));
    out += fmt::format("{}:{}:{}: {} {}: {}\n", ShowText(file_name), line, in_line.column,
                       SeverityName(diagnostic.severity), ErrorCodeName(diagnostic.code),
                       ShowText(diagnostic.message));
    RenderSource(text, diagnostic, line, &out);
  }
  return out;
}

Status DiagnosticsStatus(std::string_view text, std::string_view file_name,
                         std::span<const Diagnostic> diagnostics) {
  std::vector<Diagnostic> errors;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::kError) errors.push_back(diagnostic);
  }
  if (errors.empty()) return OkStatus();
  return absl::InvalidArgumentError(RenderDiagnostics(text, file_name, errors));
}

std::string NearestName(std::string_view name, std::span<const std::string> candidates) {
  return FindNearest(name, candidates);
}

std::string NearestName(std::string_view name, std::span<const std::string_view> candidates) {
  return FindNearest(name, candidates);
}

}  // namespace sluice
