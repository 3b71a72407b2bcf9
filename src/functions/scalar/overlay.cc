// OVERLAY(text, replacement, start[, length]) counts UTF-16 units, as Java does.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

void Overlay(std::string_view text, std::string_view replacement, int64_t start, int64_t length,
             StringWriter& out) {
  const int64_t units = CountUtf16(text);
  if (start <= 0 || start > units) return out.Refer(text);
  const Utf16Place head = FindUtf16(text, start - 1);
  out.Append(text.substr(0, head.offset));
  if (head.splits) out.Append(kLoneSurrogate);
  out.Append(replacement);
  // The lengths are Java INTs.
  const int32_t cut = static_cast<int32_t>(length);
  const int32_t end =
      static_cast<int32_t>(static_cast<uint32_t>(start) + static_cast<uint32_t>(cut));
  if (cut <= 0 || end > units) return;
  const Utf16Place tail = FindUtf16(text, start - 1 + cut);
  size_t rest = tail.offset;
  if (tail.splits) {
    out.Append(kLoneSurrogate);
    rest += CharBytes(text[rest]);
  }
  out.Append(text.substr(rest));
}

void OverlayFrom(std::string_view text, std::string_view replacement, int64_t start,
                 StringWriter& out) {
  Overlay(text, replacement, start, CountUtf16(replacement), out);
}

void OverlayKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors& errors) {
  if (args.size() == 3) {
    return Ternary<std::string_view, std::string_view, int64_t, OverlayFrom>(context, args, out,
                                                                             errors);
  }
  Quaternary<std::string_view, std::string_view, int64_t, int64_t, Overlay>(context, args, out,
                                                                            errors);
}

}  // namespace

void Register_overlay(FunctionRegistry& registry) {
  registry.Add({.name = "OVERLAY",
                .signature = "(STRING, STRING, BIGINT[, BIGINT]) -> STRING",
                .kernel = OverlayKernel,
                .help = "The text with a part, from a position on, replaced.",
                .example = "OVERLAY('abcdef', 'XY', 3, 2) = 'abXYef'",
                .can_fail = true});
}

}  // namespace sluice
