#include "functions/json_call.h"

#include "json/json_text.h"

namespace sluice {

JsonLimits JsonFunctionLimits(const Session& session) {
  if (!session.Is2x()) return {};
  JsonLimits limits = JsonLimits::OfFlink2();
  limits.int_exponents = true;
  return limits;
}

StatusOr<std::unique_ptr<FunctionState>> PrepareJsonCall(const FunctionCall& call) {
  auto state = std::make_unique<JsonCall>();
  if (call.literals.size() > 1 && call.literals[1] != nullptr && !call.literals[1]->is_null()) {
    state->path = JsonPath::Compile(call.literals[1]->as_text());
    state->has_path = true;
  }
  if (call.json != nullptr) state->clauses = *call.json;
  state->style.floats = call.session->Is2x() ? JsonFloats::kBigDecimal : JsonFloats::kDouble;
  state->style.sort_keys = call.session->Is2x();
  state->limits = JsonFunctionLimits(*call.session);
  return state;
}

JsonEvaluator::Outcome JsonEvaluator::Fail(std::string error) {
  error_ = std::move(error);
  return Outcome::kError;
}

JsonEvaluator::Outcome JsonEvaluator::Evaluate(std::string_view document,
                                               std::string_view path_text, bool scalar_wanted) {
  const JsonPath* path = &call_.path;
  if (!call_.has_path) {
    if (!has_path_ || path_text_ != path_text) {
      path_text_ = std::string(path_text);
      path_ = JsonPath::Compile(path_text);
      has_path_ = true;
    }
    path = &path_;
  }
  lax_ = path->lax();
  is_scalar_ = is_list_ = scalar_in_document_ = false;
  return path->is_plain() && scalar_wanted ? EvaluatePlain(document, *path)
                                           : EvaluateTree(document, *path);
}

JsonEvaluator::Outcome JsonEvaluator::EvaluatePlain(std::string_view document,
                                                    const JsonPath& path) {
  const JsonPlainMatch match = FindPlain(cursor_, document, path.keys());
  if (match.outcome == JsonPlainMatch::Outcome::kMalformed) return Fail("The document is not JSON");
  if (match.outcome == JsonPlainMatch::Outcome::kMissing)
    return Fail("No results for the JSON path");
  if (match.kind == JsonToken::kNull) {
    return Fail("Strict jsonpath mode requires a non empty returned value, but is null");
  }
  is_scalar_ = IsJsonScalar(match.kind);
  is_list_ = match.kind == JsonToken::kStartArray;
  kind_ = match.kind;
  scalar_ = match.raw;
  scalar_in_document_ = !match.escaped;
  if (match.kind == JsonToken::kString && match.escaped) {
    unescaped_.resize(match.raw.size());
    unescaped_.resize(UnescapeJson(match.raw, unescaped_.data()));
    scalar_ = unescaped_;
  }
  return Outcome::kValue;
}

JsonEvaluator::Outcome JsonEvaluator::EvaluateTree(std::string_view document,
                                                   const JsonPath& path) {
  if (!tree_.Parse(document, JsonControls::kReject, call_.limits)) {
    return lax_ ? Outcome::kEmpty : Fail("The document is not JSON");
  }
  if (tree_.node(tree_.root()).kind == JsonToken::kNull) return Fail("json can not be null");
  if (path.has_filter()) {
    error_ = "filters in JSON paths are not supported (Flink lacks the class for them)";
    return Outcome::kFatal;
  }
  if (!path.error().empty()) return Fail(path.error());
  EvaluateJsonPath(tree_, path, call_.style, matches_);
  if (matches_.outcome == JsonMatches::Outcome::kError) return Fail(matches_.error);
  if (matches_.outcome == JsonMatches::Outcome::kNothing) {
    return lax_ ? Outcome::kEmpty
                : Fail("Strict jsonpath mode requires a non empty returned value, but is null");
  }
  is_list_ = matches_.is_list;
  if (!matches_.is_list) TakeItem(matches_.items[0]);
  return Outcome::kValue;
}

void JsonEvaluator::TakeItem(const JsonItem& item) {
  if (item.node == JsonNode::kNone) {
    is_scalar_ = item.made_scalar;
    is_list_ = !item.made.empty() && item.made[0] == '[';
    // Lengths are whole numbers; what aggregates give is not.
    kind_ =
        item.made.find_first_of(".EN") == std::string::npos ? JsonToken::kInt : JsonToken::kFloat;
    scalar_ = item.made;
    return;
  }
  const JsonNode& node = tree_.node(item.node);
  is_scalar_ = node.IsScalar();
  is_list_ = node.kind == JsonToken::kStartArray;
  kind_ = node.kind;
  scalar_ = node.text;
}

void JsonEvaluator::AppendScalar(std::string* out) const {
  const bool is_made = !matches_.items.empty() && scalar_.data() == matches_.items[0].made.data();
  if (is_made || (kind_ != JsonToken::kInt && kind_ != JsonToken::kFloat)) {
    out->append(scalar_);
  } else {
    AppendJsonNumber(scalar_, kind_ == JsonToken::kFloat, call_.style.floats, out);
  }
}

void JsonEvaluator::AppendItem(const JsonItem& item, std::string* out) const {
  if (item.node == JsonNode::kNone) {
    out->append(item.made);
  } else {
    AppendJson(tree_, item.node, call_.style, out);
  }
}

void JsonEvaluator::AppendText(std::string* out) const {
  if (!matches_.is_list) return AppendItem(matches_.items[0], out);
  out->push_back('[');
  for (size_t i = 0; i < matches_.items.size(); ++i) {
    if (i != 0) out->push_back(',');
    AppendItem(matches_.items[i], out);
  }
  out->push_back(']');
}

void JsonEvaluator::AppendElements(std::vector<std::string>* elements,
                                   std::vector<bool>* nulls) const {
  const auto add = [&](const JsonItem& item) {
    const bool is_node = item.node != JsonNode::kNone;
    const JsonToken kind = is_node ? tree_.node(item.node).kind : JsonToken::kFloat;
    std::string& text = elements->emplace_back();
    nulls->push_back(kind == JsonToken::kNull);
    if (kind == JsonToken::kString) {
      text = tree_.node(item.node).text;
    } else if (is_node && kind == JsonToken::kFloat) {
      // An infinity is only quoted inside of a document.
      AppendJsonNumber(tree_.node(item.node).text, true, call_.style.floats, &text);
    } else {
      AppendItem(item, &text);
    }
  };
  if (matches_.is_list) {
    for (const JsonItem& item : matches_.items) add(item);
    return;
  }
  const JsonItem& array = matches_.items[0];
  if (array.node == JsonNode::kNone) return;
  for (uint32_t child = tree_.node(array.node).first_child; child != JsonNode::kNone;
       child = tree_.node(child).next) {
    add({.node = child});
  }
}

}  // namespace sluice
