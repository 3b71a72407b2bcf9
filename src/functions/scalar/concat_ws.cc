// CONCAT_WS(separator, text…): NULL texts are left out; a NULL separator makes NULL.
#include "functions/kernels.h"

namespace sluice {

namespace {

void ConcatWs(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
              RowErrors& errors) {
  StringWriter writer(out);
  const VectorView<Text> separators = args[0].View<Text>();
  for (int32_t row = 0; row < context.num_rows; ++row) {
    if (args[0].IsNull(row)) {
      SetNullRow(out, row);
      continue;
    }
    bool is_first = true;
    for (const Vector& arg : args.subspan(1)) {
      if (arg.IsNull(row)) continue;
      if (!is_first) writer.Append(separators[row].view());
      writer.Append(arg.View<Text>()[row].view());
      is_first = false;
    }
    const bool too_long = writer.too_long();
    writer.FinishRow(row, !too_long);
    if (too_long) FailRow(out, row, "the text would be longer than 64 MiB", errors);
  }
}

}  // namespace

void Register_concat_ws(FunctionRegistry& registry) {
  registry.Add({.name = "CONCAT_WS",
                .signature = "(STRING, STRING...) -> STRING",
                .kernel = ConcatWs,
                .help = "The texts that are not NULL, with a separator between them.",
                .example = "CONCAT_WS('-', 'a', 'b') = 'a-b'",
                .null_in_null_out = false,
                .can_fail = true});
}

}  // namespace sluice
