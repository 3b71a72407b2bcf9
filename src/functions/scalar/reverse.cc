#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

bool Reverse(std::string_view text, StringWriter& out) {
  if (text.empty()) return true;
  char* target = out.Extend(static_cast<int64_t>(text.size()));
  if (target == nullptr) return false;
  for (size_t offset = 0; offset < text.size();) {
    const size_t bytes = std::min(CharBytes(text[offset]), text.size() - offset);
    std::memcpy(target + text.size() - offset - bytes, text.data() + offset, bytes);
    offset += bytes;
  }
  return true;
}

}  // namespace

void Register_reverse(FunctionRegistry& registry) {
  registry.Add({.name = "REVERSE",
                .signature = "(STRING) -> STRING",
                .kernel = Unary<std::string_view, Reverse>,
                .help = "The characters in the opposite order.",
                .example = "REVERSE('abc') = 'cba'",
                .can_fail = true});
}

}  // namespace sluice
