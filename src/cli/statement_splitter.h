// Cuts what is typed into a shell, or piped into it, into statements.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// Takes the first complete statement off the front of `text`, its semicolon included; nothing when
// none is complete. The semicolons inside of texts, comments and BEGIN … END do not count.
std::optional<std::string> TakeStatement(std::string* text);

// True if there is nothing but blanks and comments.
bool IsBlankSql(std::string_view text);

}  // namespace sluice
