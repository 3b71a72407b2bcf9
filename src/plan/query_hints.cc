#include "plan/query_hints.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/options.h"
#include "base/strings.h"

namespace sluice {
namespace {

// Flink's keys of LOOKUP. Those without a promise only say how a lookup is done, and lookups are
// asynchronous and ordered whatever they say.
constexpr std::array<std::string_view, 10> kLookupKeys = {
    "table",           "async",          "output-mode", "capacity",     "timeout",
    "retry-predicate", "retry-strategy", "fixed-delay", "max-attempts", "shuffle"};

void CheckLookup(const ast::Hint& hint, Script* script) {
  bool names_table = false;
  for (const ast::Hint::Entry& entry : hint.entries) {
    if (std::find(kLookupKeys.begin(), kLookupKeys.end(), entry.key) == kLookupKeys.end()) {
      const std::string nearest = NearestOf(entry.key, kLookupKeys);
      script->Error(ErrorCode::kInvalidHint, entry.key.empty() ? entry.value_span : entry.key_span,
                    StrCat("LOOKUP has no option '", entry.key, "'"),
                    nearest.empty() ? "" : StrCat("did you mean '", nearest, "'?"));
    }
    names_table |= entry.key == "table";
    if (entry.key == "retry-predicate") {
      script->Add(Severity::kWarning, ErrorCode::kLintWeakerPromise, entry.key_span,
                  "a key that is not found is not asked for again: the retries of LOOKUP have no "
                  "effect yet",
                  "where rows of the dimension may come late, let missing keys be forgotten: "
                  "'lookup.partial-cache.cache-missing-key' = 'false'");
    }
  }
  if (!names_table) {
    script->Error(ErrorCode::kInvalidHint, hint.span, "LOOKUP does not say for which table",
                  "add 'table' = 'NAME'");
  }
}

}  // namespace

void CheckQueryHints(const std::vector<ast::Hint>& hints, Script* script) {
  for (const ast::Hint& hint : hints) {
    if (EqualsIgnoreCase(hint.name.text, "LOOKUP")) {
      CheckLookup(hint, script);
    } else if (EqualsIgnoreCase(hint.name.text, "STATE_TTL")) {
      script->Add(Severity::kWarning, ErrorCode::kLintWeakerPromise, hint.span,
                  "state is kept for ever: STATE_TTL has no effect yet");
    } else {
      script->Add(Severity::kWarning, ErrorCode::kLintUnknownSetting, hint.span,
                  StrCat("the hint ", hint.name.text, " has no effect"));
    }
  }
}

}  // namespace sluice
