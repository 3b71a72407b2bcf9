// IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]: never NULL. Text behind a document does not
// matter.
#include "functions/json_call.h"
#include "functions/kernels.h"
#include "json/cursor.h"
#include "types/text.h"

namespace sluice {
namespace {

enum class Shape : uint8_t { kValue, kObject, kArray, kScalar };

bool HasShape(JsonCursor& cursor, std::string_view text, Shape shape) {
  cursor.Reset(text, JsonControls::kReject);
  const JsonToken first = cursor.Next();
  if (first == JsonToken::kNone || first == JsonToken::kError || !cursor.Finish()) return false;
  switch (shape) {
    case Shape::kValue: return true;
    case Shape::kObject: return first == JsonToken::kStartObject;
    case Shape::kArray: return first == JsonToken::kStartArray;
    case Shape::kScalar: return IsJsonScalar(first);
  }
  return false;
}

template <Shape shape, bool negated>
void Kernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<Text> texts = args[0].View<Text>();
  JsonCursor cursor;
  cursor.SetLimits(JsonFunctionLimits(context.session));
  for (int32_t row = 0; row < context.num_rows; ++row) {
    const bool is_json = !texts.IsNull(row) && HasShape(cursor, texts[row].view(), shape);
    out.values<int8_t>()[row] = is_json != negated;
  }
}

void Add(FunctionRegistry& registry, std::string_view name, ScalarKernel kernel,
         std::string_view help, std::string_view example) {
  registry.Add({.name = name,
                .signature = "(STRING) -> BOOLEAN NOT NULL",
                .kernel = kernel,
                .help = help,
                .example = example,
                .null_in_null_out = false});
}

}  // namespace

void Register_is_json(FunctionRegistry& registry) {
  Add(registry, "IS JSON VALUE", Kernel<Shape::kValue, false>, "Whether a text is JSON.",
      "'[1]' IS JSON = TRUE");
  Add(registry, "IS JSON OBJECT", Kernel<Shape::kObject, false>, "Whether a text is a JSON object.",
      "'{}' IS JSON OBJECT = TRUE");
  Add(registry, "IS JSON ARRAY", Kernel<Shape::kArray, false>, "Whether a text is a JSON array.",
      "'[1]' IS JSON ARRAY = TRUE");
  Add(registry, "IS JSON SCALAR", Kernel<Shape::kScalar, false>, "Whether a text is a JSON scalar.",
      "'1' IS JSON SCALAR = TRUE");
  Add(registry, "IS NOT JSON VALUE", Kernel<Shape::kValue, true>, "Whether a text is not JSON.",
      "'x' IS NOT JSON = TRUE");
  Add(registry, "IS NOT JSON OBJECT", Kernel<Shape::kObject, true>,
      "Whether a text is no JSON object.", "'1' IS NOT JSON OBJECT = TRUE");
  Add(registry, "IS NOT JSON ARRAY", Kernel<Shape::kArray, true>,
      "Whether a text is no JSON array.", "'1' IS NOT JSON ARRAY = TRUE");
  Add(registry, "IS NOT JSON SCALAR", Kernel<Shape::kScalar, true>,
      "Whether a text is no JSON scalar.", "'{}' IS NOT JSON SCALAR = TRUE");
}

}  // namespace sluice
