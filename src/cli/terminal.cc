#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sql/utf8.h"

namespace sluice {
namespace {

constexpr char32_t kEmojiStyle = 0xFE0F;  // makes the character before it a double-width emoji
constexpr char32_t kJoiner = 0x200D;      // joins the emoji around it into one

bool IsSkinTone(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }
bool IsRegionalIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

// Emoji that terminals show over two columns by themselves.
bool IsWideEmoji(char32_t c) {
  return (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F680 && c <= 0x1F6FF) ||
         (c >= 0x1F7E0 && c <= 0x1F7EB) || (c >= 0x1F900 && c <= 0x1FAFF) || c == 0x231A ||
         c == 0x231B || c == 0x23E9 || c == 0x26A1 || c == 0x2705 || c == 0x274C || c == 0x2B50 ||
         c == 0x2B55;
}

// Goes through a text character by character and tells how wide it has become.
class WidthCounter {
 public:
  void Add(char32_t c) {
    if (c == kJoiner) {
      joined_ = true;
      return;
    }
    const int width = WidthOf(c);
    if (width > 0) last_width_ = width;
    total_ += width;
    joined_ = false;
  }
  int total() const { return total_; }

 private:
  int WidthOf(char32_t c) {
    if (c == kEmojiStyle) return last_width_ == 1 ? 1 : 0;
    if (IsSkinTone(c) && last_width_ == 2) return 0;
    if (joined_ && last_width_ == 2) return 0;
    if (IsRegionalIndicator(c)) {
      flag_half_ = !flag_half_;
      return flag_half_ ? 2 : 0;
    }
    if (IsWideEmoji(c)) return 2;
    return c == kInvalidCodePoint ? 1 : TerminalWidth(c);
  }

  int total_ = 0;
  int last_width_ = 0;
  bool joined_ = false;
  bool flag_half_ = false;
};

void PrintMarked(std::string_view mark, std::string_view color, std::string_view text) {
  std::fflush(stdout);
  if (HasColor(STDERR_FILENO)) {
    fmt::print(stderr, "\033[{}m{}:\033[0m {}\n", color, mark, text);
  } else {
    fmt::print(stderr, "{}: {}\n", mark, text);
  }
}

}  // namespace

bool IsTerminal(int stream) { return isatty(stream) == 1; }

bool HasColor(int stream) {
  const char* term = std::getenv("TERM");
  return IsTerminal(stream) && std::getenv("NO_COLOR") == nullptr &&
         (term == nullptr || std::string_view(term) != "dumb");
}

int TerminalColumns() {
  winsize size{};
  for (const int stream : {STDERR_FILENO, STDOUT_FILENO}) {
    if (ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  }
  return 80;
}

int DisplayWidth(std::string_view text) {
  WidthCounter counter;
  for (size_t pos = 0; pos < text.size();) counter.Add(NextCodePoint(text, &pos));
  return counter.total();
}

std::string CutToWidth(std::string_view text, int columns) {
  WidthCounter counter;
  size_t end = 0;  // of what fits with the mark behind it
  for (size_t pos = 0; pos < text.size();) {
    counter.Add(NextCodePoint(text, &pos));
    if (counter.total() <= columns - 1) end = pos;
    if (counter.total() > columns) return std::string(text.substr(0, end)) + "…";
  }
  return std::string(text);
}

void PrintWarning(std::string_view text) { PrintMarked("warning", "33", text); }
void PrintNote(std::string_view text) { PrintMarked("note", "36", text); }

std::string FormatCount(int64_t number) {
  std::string digits = fmt::format("{}", number);
  const size_t first = digits.starts_with('-') ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string FormatBytes(int64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{} kB", bytes / 1000);
  if (bytes < 10'000'000'000) return fmt::format("{} MB", bytes / 1'000'000);
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string FormatSeconds(double seconds) {
  if (seconds < 0.1) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 100) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace sluice
