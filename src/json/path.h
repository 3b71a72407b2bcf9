// JSON paths as Flink evaluates them: Jayway JsonPath 2.7, its odd spellings included, behind an
// optional `strict` or `lax`.
//
//   $.a.b  $['a b']  $['a','b']  $[0]  $[-1]  $[0,2]  $[1:3]  $.*  $[*]  $..a  $.a.length()
//
// Filters ([?(…)]) parse, but using one fails, as it does in Flink, whose build lacks the class for
// it. Immutable after Compile; shared by all threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "json/cursor.h"
#include "json/tree.h"

namespace sluice {

struct JsonPathStep {
  enum class Kind : uint8_t { kKeys, kIndexes, kSlice, kWildcard, kScan, kFunction };

  Kind kind;
  std::vector<std::string> keys;  // kKeys; of kFunction: its name
  std::vector<int32_t> indexes;
  std::optional<int32_t> from;  // kSlice
  std::optional<int32_t> to;
};

class JsonPath {
 public:
  // Never fails: a path that does not parse is an error on each row, where ON ERROR decides.
  static JsonPath Compile(std::string_view text);

  bool lax() const { return lax_; }
  // Why the path can never give anything; empty if it can.
  const std::string& error() const { return error_; }
  bool has_filter() const { return has_filter_; }
  // True for $.a.b and $['a']['b'] in strict mode: keys() says it all, and no tree is needed.
  bool is_plain() const { return is_plain_; }
  const std::vector<std::string>& keys() const { return keys_; }
  // A path that is not definite gives a list of all that it finds.
  bool is_definite() const { return is_definite_; }
  const std::vector<JsonPathStep>& steps() const { return steps_; }

 private:
  std::vector<JsonPathStep> steps_;
  std::vector<std::string> keys_;
  std::string error_;
  bool lax_ = false;
  bool has_filter_ = false;
  bool is_plain_ = false;
  bool is_definite_ = true;
};

// Parses the part behind the mode: false, with a reason, when it is no path. path_compiler.cc.
bool ParseJsonPath(std::string_view text, std::vector<JsonPathStep>* steps, bool* has_filter,
                   std::string* error);

// One thing that a path found: a node of the tree, or a value that a function or ['a','b'] made.
struct JsonItem {
  uint32_t node = JsonNode::kNone;
  std::string made;  // its JSON text, if node is kNone
  bool made_scalar = false;
};

struct JsonMatches {
  enum class Outcome : uint8_t { kFound, kNothing, kError };
  Outcome outcome = Outcome::kNothing;
  bool is_list = false;  // the value is the array of `items`; else it is the one item
  std::vector<JsonItem> items;
  std::string error;
};

// The value at `path` in the document: kNothing for JSON null and, in lax mode, for what is not
// there; kError otherwise. REQUIRES: path.error() is empty and the path has no filter.
void EvaluateJsonPath(const JsonTree& tree, const JsonPath& path, const JsonStyle& style,
                      JsonMatches& out);

// What stands at a plain path.
struct JsonPlainMatch {
  enum class Outcome : uint8_t { kFound, kMissing, kMalformed };
  Outcome outcome = Outcome::kMissing;
  JsonToken kind = JsonToken::kNull;
  bool escaped = false;
  std::string_view raw;  // as JsonCursor::raw(); of an object or array: nothing
};

// Finds `keys` in the first document of `text` and checks the whole document.
JsonPlainMatch FindPlain(JsonCursor& cursor, std::string_view text,
                         std::span<const std::string> keys);

// True if the key at which the cursor stands is `key`.
bool FieldNameIs(const JsonCursor& cursor, std::string_view key);

}  // namespace sluice
