// JSON_EXISTS(document, path …): whether a path finds anything. JSON null is nothing.
#include <string>

#include "functions/json_call.h"
#include "types/text.h"

namespace sluice {
namespace {

void Kernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  using Outcome = JsonEvaluator::Outcome;
  const auto& call = static_cast<const JsonCall&>(*context.state);
  const JsonOn on_error = call.clauses.on_error.value_or(JsonOn::kFalse);
  const VectorView<Text> documents = args[0].View<Text>();
  const VectorView<Text> paths = args[1].View<Text>();
  JsonEvaluator found(call);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const Outcome outcome = found.Evaluate(documents[row].view(),
                                           call.has_path ? std::string_view() : paths[row].view(),
                                           /*scalar_wanted=*/true);
    if (outcome == Outcome::kFatal || (outcome == Outcome::kError && on_error == JsonOn::kError)) {
      return FailRow(out, row, "JSON_EXISTS: " + found.error(), errors);
    }
    if (outcome == Outcome::kError && on_error == JsonOn::kUnknown) return SetNullRow(out, row);
    out.values<int8_t>()[row] =
        outcome == Outcome::kValue || (outcome == Outcome::kError && on_error == JsonOn::kTrue);
  });
}

}  // namespace

void Register_json_exists(FunctionRegistry& registry) {
  registry.Add({.name = "JSON_EXISTS",
                .signature = "(STRING, STRING) -> BOOLEAN NULLABLE",
                .kernel = Kernel,
                .help = "Whether a path finds anything but null in a JSON text.",
                .example = "JSON_EXISTS('{\"a\": 1}', '$.a') = TRUE",
                .can_fail = true,
                .prepare = PrepareJsonCall});
}

}  // namespace sluice
