// JSON_VALUE(document, path …): the scalar at a path. Flink casts, it does not convert: a number
// RETURNING BOOLEAN fails the row whatever ON ERROR says, because the cast happens behind it.
#include <limits>
#include <string>

#include "functions/json_call.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {
namespace {

StatusOr<Signature> Infer(const FunctionCall& call) {
  if (call.arg_types.size() != 2)
    return absl::InvalidArgumentError("JSON_VALUE takes a document and a path");
  Type result = Type::String();
  if (call.json != nullptr && call.json->returning.has_value()) {
    result = call.json->returning->Nullable();
    const bool supported = result == Type::String() || result.kind() == TypeKind::kVarChar ||
                           result.kind() == TypeKind::kBoolean || result.kind() == TypeKind::kInt ||
                           result.kind() == TypeKind::kDouble;
    if (!supported) {
      return absl::InvalidArgumentError(
          "Unsupported type '" + result.ToString() +
          "' for RETURNING in JSON_VALUE(); it takes STRING, BOOLEAN, INTEGER and DOUBLE");
    }
  }
  for (const Type& arg : call.arg_types) {
    if (!arg.IsCharacter() && arg.kind() != TypeKind::kNull) {
      return absl::InvalidArgumentError("JSON_VALUE takes text, not " + arg.ToString());
    }
  }
  return Signature{{Type::String(), Type::String()}, result};
}

std::string_view JavaClass(JsonToken kind) {
  switch (kind) {
    case JsonToken::kString: return "String";
    case JsonToken::kInt: return "Integer";
    case JsonToken::kFloat: return "Double";
    default: return "Boolean";
  }
}

// Writes the scalar that was found; false when it is not of the returned class.
bool WriteScalar(const JsonEvaluator& found, VectorBuilder& out, int32_t row) {
  switch (out.type().kind()) {
    case TypeKind::kBoolean:
      if (found.kind() != JsonToken::kTrue && found.kind() != JsonToken::kFalse) return false;
      out.values<int8_t>()[row] = found.kind() == JsonToken::kTrue;
      return true;
    case TypeKind::kInt: {
      int64_t value = 0;
      if (found.kind() != JsonToken::kInt ||
          !ParseInteger(found.scalar(), std::numeric_limits<int32_t>::min(),
                        std::numeric_limits<int32_t>::max(), &value)) {
        return false;
      }
      out.values<int32_t>()[row] = static_cast<int32_t>(value);
      return true;
    }
    case TypeKind::kDouble:
      if (found.kind() != JsonToken::kFloat) return false;
      out.values<double>()[row] = JsonNumberToDouble(found.scalar());
      return true;
    default: break;
  }
  const bool as_it_stands = found.kind() != JsonToken::kInt && found.kind() != JsonToken::kFloat;
  if (as_it_stands || (found.kind() == JsonToken::kInt && found.scalar() != "-0")) {
    const std::string_view text = found.scalar();
    const bool copy = text.size() > Text::kInlineBytes && !found.scalar_in_document();
    out.values<Text>()[row] = Text(copy ? out.arena().Copy(text) : text);
    return true;
  }
  std::string number;
  found.AppendScalar(&number);
  out.values<Text>()[row] = Text(number.size() > Text::kInlineBytes ? out.arena().Copy(number)
                                                                    : std::string_view(number));
  return true;
}

void Kernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  const auto& call = static_cast<const JsonCall&>(*context.state);
  const JsonOn on_empty = call.clauses.on_empty.value_or(JsonOn::kNull);
  const JsonOn on_error = call.clauses.on_error.value_or(JsonOn::kNull);
  const VectorView<Text> documents = args[0].View<Text>();
  const VectorView<Text> paths = args[1].View<Text>();
  JsonEvaluator found(call);
  if (out.type().layout() == Layout::kText) out.AddPinsOf(args[0]);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    JsonEvaluator::Outcome outcome = found.Evaluate(
        documents[row].view(), call.has_path ? std::string_view() : paths[row].view(),
        /*scalar_wanted=*/true);
    std::string error = found.error();
    if (outcome == JsonEvaluator::Outcome::kValue && !found.is_scalar()) {
      outcome = found.lax() ? JsonEvaluator::Outcome::kEmpty : JsonEvaluator::Outcome::kError;
      error = "Strict jsonpath mode requires scalar value";
    }
    if (outcome == JsonEvaluator::Outcome::kValue) {
      if (WriteScalar(found, out, row)) return;
      return FailRow(out, row,
                     "JSON_VALUE: " + std::string(JavaClass(found.kind())) + " cannot be cast to " +
                         out.type().ToString(),
                     errors);
    }
    const bool is_empty = outcome == JsonEvaluator::Outcome::kEmpty;
    const JsonOn on = is_empty ? on_empty : on_error;
    if (outcome == JsonEvaluator::Outcome::kFatal || on == JsonOn::kError) {
      return FailRow(out, row,
                     "JSON_VALUE: " +
                         (is_empty ? "Empty result of JSON_VALUE function is not allowed" : error),
                     errors);
    }
    const Value& value = is_empty ? call.clauses.default_on_empty : call.clauses.default_on_error;
    if (on == JsonOn::kDefault && !value.is_null()) {
      SetValue(out, row, value);
    } else {
      SetNullRow(out, row);
    }
  });
}

}  // namespace

void Register_json_value(FunctionRegistry& registry) {
  registry.Add({.name = "JSON_VALUE",
                .signature = "(STRING, STRING) -> STRING NULLABLE",
                .kernel = Kernel,
                .help = "The scalar at a path of a JSON text; RETURNING, ON EMPTY and ON ERROR as "
                        "in the SQL standard.",
                .example = "JSON_VALUE('{\"a\": {\"b\": 7}}', '$.a.b') = '7'",
                .can_fail = true,
                .infer = Infer,
                .prepare = PrepareJsonCall});
}

}  // namespace sluice
