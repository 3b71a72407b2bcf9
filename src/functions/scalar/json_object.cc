// JSON_OBJECT, JSON_ARRAY and JSON_STRING: values to JSON text. Calls of the constructors inside of
// a constructor are put in as JSON; all other text is a string.
#include <map>
#include <string>
#include <vector>

#include "functions/json_node.h"
#include "functions/kernels.h"
#include "json/json_text.h"
#include "json/tree.h"
#include "types/text.h"

namespace sluice {
namespace {

struct Constructor : FunctionState {
  std::vector<JsonNodeStyle> styles;  // per argument
  bool absent_on_null = false;
};

StatusOr<std::unique_ptr<FunctionState>> Prepare(const FunctionCall& call) {
  auto state = std::make_unique<Constructor>();
  const bool is_object = call.name == "JSON_OBJECT";
  state->absent_on_null = call.json != nullptr && call.json->absent_on_null.has_value()
                              ? *call.json->absent_on_null
                              : !is_object;
  for (size_t i = 0; i < call.arg_types.size(); ++i) {
    const bool is_document = call.name != "JSON_STRING" && i < call.arg_functions.size() &&
                             MakesJson(call.arg_functions[i]);
    state->styles.push_back({.is_2x = call.session->Is2x(), .is_document = is_document});
  }
  return state;
}

StatusOr<Signature> InferObject(const FunctionCall& call) {
  if (call.arg_types.size() % 2 != 0)
    return absl::InvalidArgumentError("JSON_OBJECT takes pairs of a key and a value");
  for (size_t i = 0; i < call.arg_types.size(); i += 2) {
    if (!call.arg_types[i].IsCharacter())
      return absl::InvalidArgumentError("a key of JSON_OBJECT must be text");
    SL_TRY(CheckJsonNode(call.arg_types[i + 1]));
  }
  return Signature{call.arg_types, Type::String().NotNull()};
}

StatusOr<Signature> InferArray(const FunctionCall& call) {
  for (const Type& type : call.arg_types) SL_TRY(CheckJsonNode(type));
  return Signature{call.arg_types, Type::String().NotNull()};
}

StatusOr<Signature> InferString(const FunctionCall& call) {
  if (call.arg_types.size() != 1) return absl::InvalidArgumentError("JSON_STRING takes one value");
  SL_TRY(CheckJsonNode(call.arg_types[0]));
  return Signature{call.arg_types, Type::String().WithNullable(call.arg_types[0].nullable())};
}

void Store(VectorBuilder& out, int32_t row, const std::string& text) {
  out.values<Text>()[row] =
      Text(text.size() > Text::kInlineBytes ? out.arena().Copy(text) : std::string_view(text));
}

struct LessAsJava {
  bool operator()(std::string_view a, std::string_view b) const { return JavaLess(a, b); }
};

void Object(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  const auto& call = static_cast<const Constructor&>(*context.state);
  // The value of each key, by name: of equal keys the last counts.
  std::map<std::string_view, size_t, LessAsJava> members;
  std::string text;
  for (int32_t row = 0; row < context.num_rows; ++row) {
    members.clear();
    bool has_null_key = false;
    for (size_t i = 0; i + 1 < args.size(); i += 2) {
      if (args[i].IsNull(row)) {
        has_null_key = true;
      } else if (!call.absent_on_null || !args[i + 1].IsNull(row)) {
        members[args[i].View<Text>()[row].view()] = i + 1;
      }
    }
    if (has_null_key) {
      FailRow(out, row, "JSON_OBJECT: a key is NULL", errors);
      continue;
    }
    text = "{";
    for (const auto& [key, arg] : members) {
      if (text.size() > 1) text.push_back(',');
      AppendJacksonString(key, &text);
      text.push_back(':');
      AppendJsonNode(args[arg], row, call.styles[arg], &text);
    }
    text.push_back('}');
    Store(out, row, text);
  }
}

void Array(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const auto& call = static_cast<const Constructor&>(*context.state);
  std::string text;
  for (int32_t row = 0; row < context.num_rows; ++row) {
    text = "[";
    for (size_t i = 0; i < args.size(); ++i) {
      if (call.absent_on_null && args[i].IsNull(row)) continue;
      if (text.size() > 1) text.push_back(',');
      AppendJsonNode(args[i], row, call.styles[i], &text);
    }
    text.push_back(']');
    Store(out, row, text);
  }
}

void String(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const auto& call = static_cast<const Constructor&>(*context.state);
  std::string text;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    text.clear();
    AppendJsonNode(args[0], row, call.styles[0], &text);
    Store(out, row, text);
  });
}

}  // namespace

void Register_json_object(FunctionRegistry& registry) {
  registry.Add(
      {.name = "JSON_OBJECT",
       .signature = "(ANY...) -> STRING NOT NULL",
       .kernel = Object,
       .help =
           "A JSON object of keys and values, its keys sorted; NULL ON NULL unless told otherwise.",
       .example = "JSON_OBJECT('b' VALUE 1, 'a' VALUE 'x') = '{\"a\":\"x\",\"b\":1}'",
       .null_in_null_out = false,
       .can_fail = true,
       .infer = InferObject,
       .prepare = Prepare});
  registry.Add({.name = "JSON_ARRAY",
                .signature = "(ANY...) -> STRING NOT NULL",
                .kernel = Array,
                .help = "A JSON array of values; ABSENT ON NULL unless told otherwise.",
                .example = "JSON_ARRAY(1, 'x') = '[1,\"x\"]'",
                .null_in_null_out = false,
                .infer = InferArray,
                .prepare = Prepare});
  registry.Add({.name = "JSON_STRING",
                .signature = "(ANY) -> STRING",
                .kernel = String,
                .help = "A value as JSON text.",
                .example = "JSON_STRING('a\"b') = '\"a\\\"b\"'",
                .infer = InferString,
                .prepare = Prepare});
}

}  // namespace sluice
