// Lint: what is legal but probably not meant, or runs elsewhere in another way. Findings go to the
// script.
#pragma once

#include "plan/logical_plan.h"
#include "plan/settings.h"

namespace sluice {

// Looks at the statements' text: literal passwords, milliseconds read as seconds, odd spellings of
// JSON paths.
void LintStatements(Script& script);

// Looks at what the INSERTs write: HASH_CODE keys, NULL into NOT NULL, columns that look exchanged.
// `sinks` as bound, not yet optimised.
void LintSinks(const std::vector<LogicalSink>& sinks, Script& script);

}  // namespace sluice
