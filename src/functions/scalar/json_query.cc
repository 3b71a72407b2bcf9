// JSON_QUERY(document, path …): the object or array at a path, as JSON text or as ARRAY<STRING>.
#include <string>
#include <vector>

#include "functions/json_call.h"
#include "types/text.h"

namespace sluice {
namespace {

StatusOr<Signature> Infer(const FunctionCall& call) {
  if (call.arg_types.size() != 2)
    return absl::InvalidArgumentError("JSON_QUERY takes a document and a path");
  for (const Type& arg : call.arg_types) {
    if (!arg.IsCharacter() && arg.kind() != TypeKind::kNull) {
      return absl::InvalidArgumentError("JSON_QUERY takes text, not " + arg.ToString());
    }
  }
  Type result = Type::String();
  if (call.json != nullptr && call.json->returning.has_value()) {
    result = call.json->returning->Nullable();
    const bool is_array = result.kind() == TypeKind::kArray && result.element().IsCharacter();
    if (!is_array && !result.IsCharacter()) {
      return absl::InvalidArgumentError(
          "Unsupported type '" + result.ToString() +
          "' for RETURNING in JSON_QUERY(); it takes STRING and ARRAY<STRING>");
    }
    const bool empty_object =
        call.json->on_empty == JsonOn::kEmptyObject || call.json->on_error == JsonOn::kEmptyObject;
    if (is_array && empty_object) {
      return absl::InvalidArgumentError(
          "EMPTY OBJECT is not possible where JSON_QUERY returns an array");
    }
  }
  return Signature{{Type::String(), Type::String()}, result};
}

class Query {
 public:
  Query(const JsonCall& call, VectorBuilder& out, RowErrors& errors)
      : call_(call),
        found_(call),
        out_(out),
        errors_(errors),
        is_array_(out.type().kind() == TypeKind::kArray) {}

  void Row(int32_t row, std::string_view document, std::string_view path) {
    using Outcome = JsonEvaluator::Outcome;
    const Outcome outcome = found_.Evaluate(document, path, /*scalar_wanted=*/false);
    if (outcome == Outcome::kFatal)
      return FailRow(out_, row, "JSON_QUERY: " + found_.error(), errors_);
    if (outcome == Outcome::kEmpty) return Empty(row);
    if (outcome == Outcome::kError) return Error(row, found_.error());
    const JsonWrapper wrapper = call_.clauses.wrapper;
    const bool wrap = wrapper == JsonWrapper::kUnconditional ||
                      (wrapper == JsonWrapper::kConditional && !found_.is_list());
    if (!wrap && found_.is_scalar()) {
      return found_.lax() ? Empty(row)
                          : Error(row, "Strict jsonpath mode requires array or object value");
    }
    if (is_array_) {
      if (!wrap && !found_.is_list()) return Error(row, "an object cannot be cast to an array");
      return WriteArray(row, wrap);
    }
    text_.clear();
    if (wrap) text_.push_back('[');
    found_.AppendText(&text_);
    if (wrap) text_.push_back(']');
    WriteText(row, text_);
  }

 private:
  void Empty(int32_t row) {
    const JsonOn on = call_.clauses.on_empty.value_or(JsonOn::kNull);
    if (on == JsonOn::kError)
      return FailRow(out_, row, "JSON_QUERY: Empty result of JSON_QUERY function is not allowed",
                     errors_);
    Instead(row, on);
  }

  void Error(int32_t row, const std::string& error) {
    const JsonOn on = call_.clauses.on_error.value_or(JsonOn::kNull);
    if (on == JsonOn::kError) return FailRow(out_, row, "JSON_QUERY: " + error, errors_);
    Instead(row, on);
  }

  void Instead(int32_t row, JsonOn on) {
    if (on == JsonOn::kEmptyArray && is_array_) {
      out_.values<ListEntry>()[row] = {out_.child(0).num_rows(), 0};
    } else if (on == JsonOn::kEmptyArray || on == JsonOn::kEmptyObject) {
      WriteText(row, on == JsonOn::kEmptyArray ? "[]" : "{}");
    } else {
      SetNullRow(out_, row);
    }
  }

  void WriteText(int32_t row, std::string_view text) {
    out_.values<Text>()[row] =
        Text(text.size() > Text::kInlineBytes ? out_.arena().Copy(text) : text);
  }

  void WriteArray(int32_t row, bool wrap) {
    elements_.clear();
    nulls_.clear();
    if (!wrap) {
      found_.AppendElements(&elements_, &nulls_);
    } else {
      std::string& text = elements_.emplace_back();
      nulls_.push_back(false);
      if (found_.is_scalar()) {
        found_.AppendScalar(&text);
      } else {
        found_.AppendText(&text);
      }
    }
    VectorBuilder& child = out_.child(0);
    const ListEntry entry{child.num_rows(), static_cast<int32_t>(elements_.size())};
    child.Resize(entry.offset + entry.length);
    for (int32_t i = 0; i < entry.length; ++i) {
      const std::string& text = elements_[i];
      if (nulls_[i]) {
        SetNullRow(child, entry.offset + i);
      } else {
        child.values<Text>()[entry.offset + i] = Text(
            text.size() > Text::kInlineBytes ? child.arena().Copy(text) : std::string_view(text));
      }
    }
    out_.values<ListEntry>()[row] = entry;
  }

  const JsonCall& call_;
  JsonEvaluator found_;
  VectorBuilder& out_;
  RowErrors& errors_;
  const bool is_array_;
  std::string text_;
  std::vector<std::string> elements_;
  std::vector<bool> nulls_;
};

void Kernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  const auto& call = static_cast<const JsonCall&>(*context.state);
  const VectorView<Text> documents = args[0].View<Text>();
  const VectorView<Text> paths = args[1].View<Text>();
  Query query(call, out, errors);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    query.Row(row, documents[row].view(), call.has_path ? std::string_view() : paths[row].view());
  });
}

}  // namespace

void Register_json_query(FunctionRegistry& registry) {
  registry.Add({.name = "JSON_QUERY",
                .signature = "(STRING, STRING) -> STRING NULLABLE",
                .kernel = Kernel,
                .help = "The object or array at a path of a JSON text, compact; wrappers, ON EMPTY "
                        "and ON ERROR as in the SQL standard.",
                .example = "JSON_QUERY('{\"a\": [1, 2]}', '$.a') = '[1,2]'",
                .can_fail = true,
                .infer = Infer,
                .prepare = PrepareJsonCall});
}

}  // namespace sluice
