// REPLACE is Java's String.replace: an empty needle stands between all UTF-16 units, so that it
// takes characters outside the basic plane apart.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

void ReplaceBetweenUnits(std::string_view text, std::string_view with, StringWriter& out) {
  out.Append(with);
  for (size_t offset = 0; offset < text.size();) {
    const size_t bytes = std::min(CharBytes(text[offset]), text.size() - offset);
    if (bytes == 4) {
      out.Append(kLoneSurrogate);
      out.Append(with);
      out.Append(kLoneSurrogate);
    } else {
      out.Append(text.substr(offset, bytes));
    }
    out.Append(with);
    if (out.too_long()) return;
    offset += bytes;
  }
}

void Replace(std::string_view text, std::string_view needle, std::string_view with,
             StringWriter& out) {
  if (needle.empty()) return ReplaceBetweenUnits(text, with, out);
  size_t place = text.find(needle);
  if (place == std::string_view::npos) return out.Refer(text);
  size_t begin = 0;
  for (; place != std::string_view::npos && !out.too_long(); place = text.find(needle, begin)) {
    out.Append(text.substr(begin, place - begin));
    out.Append(with);
    begin = place + needle.size();
  }
  out.Append(text.substr(begin));
}

}  // namespace

void Register_replace(FunctionRegistry& registry) {
  registry.Add({.name = "REPLACE",
                .signature = "(STRING, STRING, STRING) -> STRING",
                .kernel = Ternary<std::string_view, std::string_view, std::string_view, Replace>,
                .help = "The text with every occurrence of the second text replaced by the third.",
                .example = "REPLACE('abcb', 'b', 'x') = 'axcx'",
                .can_fail = true});
}

}  // namespace sluice
