#include "functions/kernels.h"

namespace sluice {

namespace {

// The size is checked before any copy: `times` comes from user data.
bool Repeat(std::string_view text, int32_t times, StringWriter& out) {
  if (times <= 0) return true;
  if (!out.Reserve(int64_t{times} * static_cast<int64_t>(text.size()))) return false;
  if (text.empty()) return true;
  for (int32_t i = 0; i < times; ++i) out.Append(text);
  return true;
}

}  // namespace

void Register_repeat(FunctionRegistry& registry) {
  registry.Add({.name = "REPEAT",
                .signature = "(STRING, INT) -> STRING",
                .kernel = Binary<std::string_view, int32_t, Repeat>,
                .help = "The text n times.",
                .example = "REPEAT('ab', 2) = 'abab'",
                .can_fail = true});
}

}  // namespace sluice
