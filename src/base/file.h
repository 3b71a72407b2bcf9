// Whole files: read at once; written so that they are on the disk when the call returns.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice {

// NotFound if there is none, else Unavailable; the message names the file and the cause.
StatusOr<std::string> ReadFile(const std::string& path);
// Replaces the file as a whole: a crash leaves the old one or the new one.
Status ReplaceFileDurably(const std::string& path, std::string_view text);
// Appends; the file is made if need be.
Status AppendDurably(const std::string& path, std::string_view text);

}  // namespace sluice
