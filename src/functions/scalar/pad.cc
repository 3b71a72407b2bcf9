// LPAD and RPAD count UTF-16 units as Java does: a cut through a character outside the basic plane
// leaves a '?'.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

void AppendUnits(std::string_view text, int64_t units, StringWriter& out) {
  const Utf16Place end = FindUtf16(text, units);
  out.Append(text.substr(0, end.offset));
  if (end.splits) out.Append(kLoneSurrogate);
}

void AppendPadding(std::string_view pad, int64_t pad_units, int64_t units, StringWriter& out) {
  for (; units >= pad_units; units -= pad_units) {
    out.Append(pad);
    if (out.too_long()) return;
  }
  AppendUnits(pad, units, out);
}

template <bool left>
bool Pad(std::string_view text, int32_t length, std::string_view pad, StringWriter& out) {
  if (length < 0 || pad.empty()) return false;
  const int64_t missing = length - CountUtf16(text);
  if (missing <= 0) {
    AppendUnits(text, length, out);
    return true;
  }
  const int64_t pad_units = CountUtf16(pad);
  if (left) AppendPadding(pad, pad_units, missing, out);
  out.Append(text);
  if (!left) AppendPadding(pad, pad_units, missing, out);
  return true;
}

}  // namespace

void Register_pad(FunctionRegistry& registry) {
  registry.Add({.name = "LPAD",
                .signature = "(STRING, INT, STRING) -> STRING NULLABLE",
                .kernel = Ternary<std::string_view, int32_t, std::string_view, Pad<true>>,
                .help = "The text, filled on the left or cut to a length.",
                .example = "LPAD('7', 3, '0') = '007'",
                .can_fail = true});
  registry.Add({.name = "RPAD",
                .signature = "(STRING, INT, STRING) -> STRING NULLABLE",
                .kernel = Ternary<std::string_view, int32_t, std::string_view, Pad<false>>,
                .help = "The text, filled on the right or cut to a length.",
                .example = "RPAD('7', 3, '0') = '700'",
                .can_fail = true});
}

}  // namespace sluice
