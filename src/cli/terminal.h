// What the command line knows about the terminal, and the words that it puts on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

// True if the stream (1 or 2) is a terminal that may be written to in colour: NO_COLOR and
// TERM=dumb are respected.
bool HasColor(int stream);
bool IsTerminal(int stream);
// Columns of the terminal on standard error or output, 80 when unknown.
int TerminalColumns();

// Columns that a text takes, double-width characters and emoji counted as such.
int DisplayWidth(std::string_view text);
// At most `columns` of the text, with "…" at the end of what was cut.
std::string CutToWidth(std::string_view text, int columns);

// "warning: TEXT" and "note: TEXT", a line each, to standard error.
void PrintWarning(std::string_view text);
void PrintNote(std::string_view text);

// 1234567 -> "1,234,567"
std::string FormatCount(int64_t number);
// 70254592 -> "67 MB"
std::string FormatBytes(int64_t bytes);
// 4.2 s, 3 min 07 s, 2 h 05 min
std::string FormatSeconds(double seconds);

}  // namespace sluice
