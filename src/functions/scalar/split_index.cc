// SPLIT_INDEX(text, separator, index): index from 0; the separator is a whole text, or the code of
// a character. Empty parts count, an empty text has none. The result is a view of the argument.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

bool PartOf(std::string_view text, std::string_view separator, int32_t index, StringWriter& out) {
  if (index < 0 || text.empty()) return false;
  size_t begin = 0;
  for (; index > 0; --index) {
    const size_t place = text.find(separator, begin);
    if (place == std::string_view::npos) return false;
    begin = place + separator.size();
  }
  const size_t end = text.find(separator, begin);
  out.Refer(text.substr(begin, end == std::string_view::npos ? end : end - begin));
  return true;
}

// Without a separator the text is split at white space, and there only are the parts between.
bool WordOf(std::string_view text, int32_t index, StringWriter& out) {
  const auto is_space = [](char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
  };
  size_t begin = 0;
  if (index < 0 || text.empty()) return false;
  for (size_t at = 0;; ++at) {
    if (at < text.size() && !is_space(text[at])) continue;
    if (index-- == 0) {
      out.Refer(text.substr(begin, at - begin));
      return true;
    }
    if (at == text.size()) return false;
    begin = at + 1;
  }
}

bool SplitByText(std::string_view text, std::string_view separator, int32_t index,
                 StringWriter& out) {
  if (separator.empty()) return WordOf(text, index, out);
  return PartOf(text, separator, index, out);
}

bool SplitByCode(std::string_view text, int32_t code, int32_t index, StringWriter& out) {
  if (code < 1 || code > 255) return false;
  char separator[4];
  return PartOf(text, {separator, EncodeChar(static_cast<char32_t>(code), separator)}, index, out);
}

void SplitIndex(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors& errors) {
  if (args[1].type().layout() == Layout::kText) {
    return Ternary<std::string_view, std::string_view, int32_t, SplitByText>(context, args, out,
                                                                             errors);
  }
  Ternary<std::string_view, int32_t, int32_t, SplitByCode>(context, args, out, errors);
}

}  // namespace

void Register_split_index(FunctionRegistry& registry) {
  registry.Add(
      {.name = "SPLIT_INDEX",
       .signature =
           "(STRING, STRING, INT) -> STRING NULLABLE; (STRING, INT, INT) -> STRING NULLABLE",
       .kernel = SplitIndex,
       .help = "A part, counted from 0, of a text split at a separator; NULL if there is none.",
       .example = "SPLIT_INDEX('a,b,c', ',', 1) = 'b'"});
}

}  // namespace sluice
