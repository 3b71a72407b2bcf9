// The hints behind SELECT. OPTIONS stands at a table and is read where the table is opened.
#pragma once

#include <vector>

#include "plan/script.h"

namespace sluice {

// Notes errors for hints that no engine understands, and warnings for those that ask for more than
// is delivered: nothing that a script asks for is dropped without a word.
void CheckQueryHints(const std::vector<ast::Hint>& hints, Script* script);

}  // namespace sluice
