// CONCAT(text…): NULL if one of them is.
#include "functions/kernels.h"

namespace sluice {

namespace {

void ConcatAll(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  StringWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    for (const Vector& arg : args) writer.Append(arg.View<Text>()[row].view());
    const bool too_long = writer.too_long();
    writer.FinishRow(row, !too_long);
    if (too_long) FailRow(out, row, "the text would be longer than 64 MiB", errors);
  });
}

}  // namespace

void Register_concat_all(FunctionRegistry& registry) {
  registry.Add({.name = "CONCAT",
                .signature = "(STRING, STRING...) -> STRING",
                .kernel = ConcatAll,
                .help = "The texts one after the other.",
                .example = "CONCAT('a', 'b', 'c') = 'abc'",
                .can_fail = true});
}

}  // namespace sluice
