// ARRAY_JOIN(array, separator[, text for NULL]) and SPLIT(text, separator).
#include "functions/array_writer.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

void Join(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
          RowErrors& errors) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  const VectorView<Text> elements = args[0].child(0).View<Text>();
  const VectorView<Text> separators = args[1].View<Text>();
  StringWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    bool is_first = true;
    for (int32_t i = entries[row].offset; i < entries[row].offset + entries[row].length; ++i) {
      const bool is_null = args[0].child(0).IsNull(i);
      if (is_null && args.size() < 3) continue;
      if (!is_first) writer.Append(separators[row].view());
      writer.Append(is_null ? args[2].View<Text>()[row].view() : elements[i].view());
      is_first = false;
    }
    const bool too_long = writer.too_long();
    writer.FinishRow(row, !too_long);
    if (too_long) FailRow(out, row, "the text would be longer than 64 MiB", errors);
  });
}

// Java's chars: two '?' for a character outside the basic plane.
void SplitIntoUnits(std::string_view text, ArrayWriter& writer) {
  for (size_t offset = 0; offset < text.size();) {
    const size_t bytes = std::min(CharBytes(text[offset]), text.size() - offset);
    if (bytes == 4) {
      writer.AppendText("?");
      writer.AppendText("?");
    } else {
      writer.AppendText(text.substr(offset, bytes));
    }
    offset += bytes;
  }
}

// Empty parts count, also behind a separator at the very end; an empty text has none.
void SplitAt(std::string_view text, std::string_view separator, ArrayWriter& writer) {
  if (text.empty()) return;
  for (size_t begin = 0;;) {
    const size_t end = text.find(separator, begin);
    if (end == std::string_view::npos) return writer.AppendText(text.substr(begin));
    writer.AppendText(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
}

void Split(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> separators = args[1].View<Text>();
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    if (separators[row].size() == 0)
      SplitIntoUnits(texts[row].view(), writer);
    else
      SplitAt(texts[row].view(), separators[row].view(), writer);
    writer.FinishRow(row);
  });
}

}  // namespace

void Register_array_join(FunctionRegistry& registry) {
  registry.Add(
      {.name = "ARRAY_JOIN",
       .signature = "(ARRAY<STRING>, STRING[, STRING]) -> STRING",
       .kernel = Join,
       .help = "The texts of an array with a separator between them; NULLs left out, or replaced.",
       .example = "ARRAY_JOIN(ARRAY['a', 'b'], '-') = 'a-b'",
       .can_fail = true});
  registry.Add({.name = "SPLIT",
                .signature = "(STRING, STRING) -> ARRAY<STRING>",
                .kernel = Split,
                .help = "The parts of a text between separators.",
                .example = "SPLIT('a,b', ',') = ARRAY['a', 'b']"});
}

}  // namespace sluice
