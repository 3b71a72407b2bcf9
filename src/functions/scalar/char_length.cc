// CHAR_LENGTH: code points.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {
void CharLength(std::string_view text, int32_t& out) {
  out = static_cast<int32_t>(CountChars(text));
}
}  // namespace

void Register_char_length(FunctionRegistry& registry) {
  for (const std::string_view name : {"CHAR_LENGTH", "CHARACTER_LENGTH"}) {
    registry.Add({.name = name,
                  .signature = "(STRING) -> INT",
                  .kernel = Unary<std::string_view, CharLength>,
                  .help = "The number of characters (code points).",
                  .example = "CHAR_LENGTH('中文😀') = 3"});
  }
}

}  // namespace sluice
