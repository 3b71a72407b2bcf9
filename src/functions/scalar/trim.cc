// TRIM('BOTH' | 'LEADING' | 'TRAILING', characters, text), LTRIM, RTRIM, BTRIM: without characters
// of a set at the ends; blanks (0x20) when no set is given. The result is a view of the argument.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

enum class Side : uint8_t { kBoth, kLeading, kTrailing };

bool StartsWithBlank(std::string_view set) { return set.starts_with(' '); }

std::string_view TrimLeading(std::string_view text, std::string_view set) {
  if (StartsWithBlank(set)) {
    // Flink looks only at the first character of a set that begins with a blank.
    while (text.starts_with(' ')) text.remove_prefix(1);
    return text;
  }
  while (!text.empty()) {
    const std::string_view first = text.substr(0, CharBytes(text[0]));
    if (set.find(first) == std::string_view::npos) break;
    text.remove_prefix(first.size());
  }
  return text;
}

std::string_view TrimTrailing(std::string_view text, std::string_view set) {
  if (StartsWithBlank(set)) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && IsContinuation(text[begin])) --begin;
    if (set.find(text.substr(begin)) == std::string_view::npos) break;
    text = text.substr(0, begin);
  }
  return text;
}

template <Side side>
void TrimSet(std::string_view text, std::string_view set, StringWriter& out) {
  if (side != Side::kTrailing) text = TrimLeading(text, set);
  if (side != Side::kLeading) text = TrimTrailing(text, set);
  out.Refer(text);
}

template <Side side>
void TrimBlanksAt(std::string_view text, StringWriter& out) {
  TrimSet<side>(text, " ", out);
}

template <Side side>
void TrimKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors& errors) {
  if (args.size() == 1)
    return Unary<std::string_view, TrimBlanksAt<side>>(context, args, out, errors);
  Binary<std::string_view, std::string_view, TrimSet<side>>(context, args, out, errors);
}

void TrimAnySide(std::string_view side, std::string_view set, std::string_view text,
                 StringWriter& out) {
  if (side == "LEADING") return TrimSet<Side::kLeading>(text, set, out);
  if (side == "TRAILING") return TrimSet<Side::kTrailing>(text, set, out);
  TrimSet<Side::kBoth>(text, set, out);
}

void Trim(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
          RowErrors& errors) {
  if (args.size() == 1) {
    return Unary<std::string_view, TrimBlanksAt<Side::kBoth>>(context, args, out, errors);
  }
  Ternary<std::string_view, std::string_view, std::string_view, TrimAnySide>(context, args, out,
                                                                             errors);
}

}  // namespace

void Register_trim(FunctionRegistry& registry) {
  registry.Add({.name = "TRIM",
                .signature = "(STRING) -> STRING; (STRING, STRING, STRING) -> STRING",
                .kernel = Trim,
                .help = "The text without characters of a set at BOTH ends, LEADING or TRAILING.",
                .example = "TRIM('BOTH', 'x', 'xxaxx') = 'a'"});
  registry.Add({.name = "LTRIM",
                .signature = "(STRING[, STRING]) -> STRING",
                .kernel = TrimKernel<Side::kLeading>,
                .help = "The text without characters of a set at its beginning.",
                .example = "LTRIM('  a ') = 'a '"});
  registry.Add({.name = "RTRIM",
                .signature = "(STRING[, STRING]) -> STRING",
                .kernel = TrimKernel<Side::kTrailing>,
                .help = "The text without characters of a set at its end.",
                .example = "RTRIM(' a  ') = ' a'"});
  registry.Add({.name = "BTRIM",
                .signature = "(STRING[, STRING]) -> STRING",
                .kernel = TrimKernel<Side::kBoth>,
                .help = "The text without characters of a set at both ends.",
                .example = "BTRIM('xax', 'x') = 'a'"});
}

}  // namespace sluice
