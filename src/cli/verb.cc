#include "cli/verb.h"

#include <fmt/format.h>

#include <cstdio>

namespace sluice {

#define SL_VERB(name) VerbEntry Verb_##name();
#include "cli/verb_list.inc"
#undef SL_VERB

std::vector<VerbEntry> AllVerbs() {
  return {
#define SL_VERB(name) Verb_##name(),
#include "cli/verb_list.inc"
#undef SL_VERB
  };
}

int Fail(std::string_view verb, const Status& status) {
  const std::string_view message(status.message().data(), status.message().size());
  std::fflush(stdout);
  fmt::print(stderr, "sluice {}: {}\n", verb, message);
  return ExitCodeFor(status);
}

}  // namespace sluice
