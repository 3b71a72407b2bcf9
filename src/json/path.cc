#include "json/path.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "json/json_text.h"

namespace sluice {
namespace {

using Kind = JsonPathStep::Kind;

std::string_view StripLeadingSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\n\v\f\r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char want, char got) {
           return want == (got >= 'A' && got <= 'Z' ? got | 0x20 : got);
         });
}

// `^\s*(strict|lax)\s+(.+)$` in any case. Returns the rest, and whether it says lax.
std::string_view TakeMode(std::string_view text, bool* lax) {
  const std::string_view trimmed = StripLeadingSpace(text);
  for (const std::string_view mode : {std::string_view("strict"), std::string_view("lax")}) {
    if (!StartsWithIgnoringCase(trimmed, mode)) continue;
    const std::string_view rest = StripLeadingSpace(trimmed.substr(mode.size()));
    if (rest.empty() || rest.size() + mode.size() == trimmed.size()) continue;
    *lax = mode == "lax";
    return rest;
  }
  return text;
}

bool IsDefiniteStep(const JsonPathStep& step, bool is_last) {
  switch (step.kind) {
    case Kind::kKeys: return step.keys.size() == 1 || is_last;
    case Kind::kIndexes: return step.indexes.size() == 1;
    case Kind::kFunction: return true;
    default: return false;
  }
}

}  // namespace

JsonPath JsonPath::Compile(std::string_view text) {
  JsonPath path;
  const std::string_view spec = TakeMode(text, &path.lax_);
  if (spec.empty()) {
    path.error_ = "The JSON path is empty";
    return path;
  }
  if (!ParseJsonPath(spec, &path.steps_, &path.has_filter_, &path.error_)) return path;
  path.is_plain_ = !path.lax_ && !path.has_filter_ && !path.steps_.empty();
  for (const JsonPathStep& step : path.steps_) {
    path.is_definite_ &= IsDefiniteStep(step, &step == &path.steps_.back());
    path.is_plain_ &= step.kind == Kind::kKeys && step.keys.size() == 1;
    if (path.is_plain_) path.keys_.push_back(step.keys[0]);
  }
  if (!path.is_plain_) path.keys_.clear();
  return path;
}

namespace {

// One evaluation. Follows the tokens of com.jayway.jsonpath.internal.path: each step hands what it
// finds to the next, and throws where something definite is missing; `failed_` is that exception.
class Evaluation {
 public:
  Evaluation(const JsonTree& tree, const JsonPath& path, const JsonStyle& style, JsonMatches& out)
      : tree_(tree), path_(path), style_(style), out_(out), steps_(path.steps()) {
    bool definite = true;
    for (const JsonPathStep& step : steps_) {
      upstream_definite_.push_back(definite);
      definite &= IsDefiniteStep(step, &step == &steps_.back());
    }
  }

  void Run() {
    Step(0, tree_.root());
    out_.is_list = !path_.is_definite();
    if (failed_) {
      out_.items.clear();
      // Lax suppresses the exception: an empty list, or nothing.
      out_.outcome = !path_.lax()   ? JsonMatches::Outcome::kError
                     : out_.is_list ? JsonMatches::Outcome::kFound
                                    : JsonMatches::Outcome::kNothing;
      return;
    }
    if (out_.is_list) {
      out_.outcome = JsonMatches::Outcome::kFound;
      return;
    }
    if (out_.items.empty()) {
      out_.outcome = path_.lax() ? JsonMatches::Outcome::kNothing : JsonMatches::Outcome::kError;
      out_.error = "No results for the JSON path";
      return;
    }
    if (out_.items.size() > 1) out_.items.erase(out_.items.begin(), out_.items.end() - 1);
    out_.outcome =
        IsNull(out_.items[0]) ? JsonMatches::Outcome::kNothing : JsonMatches::Outcome::kFound;
  }

 private:
  bool IsNull(const JsonItem& item) const {
    return item.node == JsonNode::kNone ? item.made == "null"
                                        : tree_.node(item.node).kind == JsonToken::kNull;
  }
  bool IsObject(uint32_t node) const { return tree_.node(node).kind == JsonToken::kStartObject; }
  bool IsArray(uint32_t node) const { return tree_.node(node).kind == JsonToken::kStartArray; }
  bool IsLast(size_t step) const { return step + 1 == steps_.size(); }

  void Throw(std::string_view error) {
    if (!failed_) out_.error = error;
    failed_ = true;
  }

  void Step(size_t index, uint32_t node) {
    if (failed_) return;
    if (index == steps_.size()) {
      out_.items.push_back({.node = node});
      return;
    }
    const JsonPathStep& step = steps_[index];
    switch (step.kind) {
      case Kind::kKeys: Keys(index, node); return;
      case Kind::kIndexes:
        if (!CheckArray(index, node)) return;
        for (const int32_t i : step.indexes) Element(index, node, i);
        return;
      case Kind::kSlice:
        if (CheckArray(index, node)) Slice(index, node);
        return;
      case Kind::kWildcard: Wildcard(index, node); return;
      case Kind::kScan:
        if (IsLast(index)) return Throw("Path must not end with '..'");
        Scan(index + 1, node);
        return;
      case Kind::kFunction: Function(index, node); return;
    }
  }

  void Keys(size_t index, uint32_t node) {
    const JsonPathStep& step = steps_[index];
    if (!IsObject(node)) {
      if (upstream_definite_[index]) Throw("Expected to find an object in the JSON path");
      return;
    }
    if (step.keys.size() > 1 && IsLast(index)) return Merge(step, node);
    for (const std::string& key : step.keys) {
      const uint32_t member = tree_.FindMember(node, key);
      if (member != JsonNode::kNone) {
        Step(index + 1, member);
      } else if (!IsLast(index) && upstream_definite_[index] && step.keys.size() == 1 &&
                 !path_.lax()) {
        Throw("Missing property in the JSON path");
      }
    }
  }

  // ['a','b'] at the end: an object of those that are there.
  void Merge(const JsonPathStep& step, uint32_t node) {
    JsonItem item;
    item.made = "{";
    for (const std::string& key : step.keys) {
      const uint32_t member = tree_.FindMember(node, key);
      if (member == JsonNode::kNone) continue;
      if (item.made.size() > 1) item.made.push_back(',');
      AppendJacksonString(key, &item.made);
      item.made.push_back(':');
      AppendJson(tree_, member, style_, &item.made);
    }
    item.made.push_back('}');
    out_.items.push_back(std::move(item));
  }

  bool CheckArray(size_t index, uint32_t node) {
    if (IsArray(node)) return true;
    if (upstream_definite_[index] && !path_.lax())
      Throw("The JSON path applies an index to what is no array");
    return false;
  }

  void Element(size_t index, uint32_t node, int64_t position) {
    const int64_t length = tree_.node(node).num_children;
    if (position < 0) position += length;
    if (position < 0 || position >= length) return;
    uint32_t child = tree_.node(node).first_child;
    for (; position > 0; --position) child = tree_.node(child).next;
    Step(index + 1, child);
  }

  void Slice(size_t index, uint32_t node) {
    const JsonPathStep& step = steps_[index];
    const int64_t length = tree_.node(node).num_children;
    int64_t from = step.from.value_or(0);
    int64_t to = step.to.value_or(length);
    // Only an open side counts negative bounds from the end; between two bounds they reach the
    // elements one by one.
    if (!step.to && from < 0) from = std::max<int64_t>(0, length + from);
    if (!step.from && to < 0) to += length;
    to = std::min(to, length);
    from = std::max(from, -length);
    for (int64_t i = from; i < to; ++i) Element(index, node, i);
  }

  // A step behind a wildcard that does not fit is no failure.
  void StepQuietly(size_t index, uint32_t node) {
    Step(index, node);
    failed_ = false;
  }

  void Wildcard(size_t index, uint32_t node) {
    for (uint32_t child = tree_.node(node).first_child; child != JsonNode::kNone;
         child = tree_.node(child).next) {
      StepQuietly(index + 1, child);
    }
  }

  // `$..x`: step `index` on this node and on all below it.
  void Scan(size_t index, uint32_t node) {
    if (failed_ || (!IsObject(node) && !IsArray(node))) return;
    if (ScanMatches(index, node)) {
      if (IsObject(node) || IsLast(index)) {
        Step(index, node);
      } else {
        for (uint32_t child = tree_.node(node).first_child; child != JsonNode::kNone;
             child = tree_.node(child).next) {
          Step(index + 1, child);
        }
      }
    }
    for (uint32_t child = tree_.node(node).first_child; child != JsonNode::kNone;
         child = tree_.node(child).next) {
      Scan(index, child);
    }
  }

  bool ScanMatches(size_t index, uint32_t node) const {
    const JsonPathStep& step = steps_[index];
    switch (step.kind) {
      case Kind::kKeys:
        if (!IsObject(node)) return false;
        if (!IsDefiniteStep(step, IsLast(index))) return true;
        return std::all_of(step.keys.begin(), step.keys.end(), [&](const std::string& key) {
          return tree_.FindMember(node, key) != JsonNode::kNone;
        });
      case Kind::kIndexes:
      case Kind::kSlice: return IsArray(node);
      case Kind::kWildcard: return true;
      default: return false;
    }
  }

  void Function(size_t index, uint32_t node) {
    const std::string& name = steps_[index].keys[0];
    if (!IsLast(index)) return Throw("A function must end the JSON path");
    JsonItem item;
    item.made_scalar = true;
    if (name == "length" || name == "size") {
      item.made =
          IsObject(node) || IsArray(node) ? std::to_string(tree_.node(node).num_children) : "null";
    } else if (name == "keys") {
      item.made = KeysOf(node);
      item.made_scalar = false;
    } else if (!Aggregate(name, node, &item.made)) {
      return;
    }
    out_.items.push_back(std::move(item));
  }

  std::string KeysOf(uint32_t node) const {
    if (!IsObject(node)) return "null";
    std::string keys = "[";
    for (uint32_t child = tree_.node(node).first_child; child != JsonNode::kNone;
         child = tree_.node(child).next) {
      if (keys.size() > 1) keys.push_back(',');
      AppendJacksonString(tree_.node(child).key, &keys);
    }
    return keys + "]";
  }

  bool Aggregate(std::string_view name, uint32_t node, std::string* made) {
    double sum = 0;
    double squares = 0;
    double min = std::numeric_limits<double>::max();
    double max = std::numeric_limits<double>::denorm_min();  // Double.MIN_VALUE: Jayway's own start
    int64_t count = 0;
    if (IsArray(node)) {
      for (uint32_t child = tree_.node(node).first_child; child != JsonNode::kNone;
           child = tree_.node(child).next) {
        const JsonToken kind = tree_.node(child).kind;
        if (kind != JsonToken::kInt && kind != JsonToken::kFloat) continue;
        const double value = JsonNumberToDouble(tree_.node(child).text);
        ++count;
        sum += value;
        squares += value * value;
        min = std::min(min, value);
        max = std::max(max, value);
      }
    }
    const auto n = static_cast<double>(count);
    double result = 0;
    if (name == "sum") {
      result = sum;
    } else if (name == "min") {
      result = min;
    } else if (name == "max") {
      result = max;
    } else if (name == "avg") {
      result = sum / n;
    } else if (name == "stddev") {
      result = std::sqrt(squares / n - sum * sum / n / n);
    } else {
      Throw("Function with this name is not known in JSON paths");
      return false;
    }
    if (count == 0) {
      Throw("Aggregation function attempted to calculate value using empty array");
      return false;
    }
    AppendJavaDouble(result, made);
    return true;
  }

  const JsonTree& tree_;
  const JsonPath& path_;
  const JsonStyle& style_;
  JsonMatches& out_;
  const std::vector<JsonPathStep>& steps_;
  std::vector<bool> upstream_definite_;
  bool failed_ = false;
};

}  // namespace

void EvaluateJsonPath(const JsonTree& tree, const JsonPath& path, const JsonStyle& style,
                      JsonMatches& out) {
  out.items.clear();
  out.error.clear();
  Evaluation(tree, path, style, out).Run();
}

bool FieldNameIs(const JsonCursor& cursor, std::string_view key) {
  const std::string_view raw = cursor.raw();
  if (!cursor.escaped()) return raw == key;
  // An escape is at most six times as long as what it stands for.
  if (raw.size() < key.size() || raw.size() > 6 * key.size()) return false;
  std::string name(raw.size(), '\0');
  name.resize(UnescapeJson(raw, name.data()));
  return name == key;
}

JsonPlainMatch FindPlain(JsonCursor& cursor, std::string_view text,
                         std::span<const std::string> keys) {
  JsonPlainMatch match;
  cursor.Reset(text, JsonControls::kReject);
  // The keys keys[0 … matched) lead to the innermost open object that is on the path.
  size_t matched = 0;
  JsonToken token = cursor.Next();
  if (token != JsonToken::kStartObject) {
    const bool ok = token != JsonToken::kNone && token != JsonToken::kError && cursor.Finish();
    match.outcome = ok ? JsonPlainMatch::Outcome::kMissing : JsonPlainMatch::Outcome::kMalformed;
    return match;
  }
  while ((token = cursor.Next()) != JsonToken::kNone) {
    if (token == JsonToken::kError) {
      match.outcome = JsonPlainMatch::Outcome::kMalformed;
      return match;
    }
    if (token == JsonToken::kEndObject && cursor.depth() == matched && matched > 0) {
      --matched;
      continue;
    }
    if (token != JsonToken::kFieldName || cursor.depth() != matched + 1 ||
        !FieldNameIs(cursor, keys[matched]))
      continue;
    // The last of equal keys counts: what an earlier one held is forgotten.
    match.outcome = JsonPlainMatch::Outcome::kMissing;
    token = cursor.Next();
    if (matched + 1 < keys.size()) {
      if (token == JsonToken::kStartObject) ++matched;
      continue;
    }
    if (token == JsonToken::kError) continue;
    match = {JsonPlainMatch::Outcome::kFound, token, cursor.escaped(),
             IsJsonScalar(token) ? cursor.raw() : std::string_view()};
  }
  return match;
}

}  // namespace sluice
