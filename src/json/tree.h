// JsonTree: one JSON document as nodes in an array, as Jackson's trees hold it: keys and strings
// unescaped, a repeated key keeps its first place and its last value. Reused from document to
// document without allocating. Single-threaded; nodes point into the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "json/cursor.h"
#include "json/json_number.h"

namespace sluice {

struct JsonNode {
  static constexpr uint32_t kNone = 0xffffffff;

  JsonToken kind = JsonToken::kNull;  // a scalar, kStartObject or kStartArray
  uint32_t next = kNone;              // the next child of the same parent
  uint32_t first_child = kNone;
  uint32_t num_children = 0;
  std::string_view key;   // of a member of an object
  std::string_view text;  // of a string: its content; of a number or literal: as written

  bool IsScalar() const { return IsJsonScalar(kind); }
};

class JsonTree {
 public:
  // Deeper documents are refused: it bounds the recursion of those who walk trees.
  static constexpr size_t kMaxDepth = 5000;

  // Reads the first document in `text`. False when there is none or it is malformed.
  bool Parse(std::string_view text, JsonControls controls, const JsonLimits& limits = {});
  // Reads the value at which `cursor` stands and leaves the cursor at its last token.
  bool ParseValue(JsonCursor& cursor, size_t max_text_bytes);

  uint32_t root() const { return 0; }
  const JsonNode& node(uint32_t index) const { return nodes_[index]; }
  size_t num_nodes() const { return nodes_.size(); }
  // The member of this key, or JsonNode::kNone.
  uint32_t FindMember(uint32_t object, std::string_view key) const;

 private:
  struct Open {
    uint32_t node;
    uint32_t last_child;
  };
  static constexpr uint32_t kScanMembers = 16;

  uint32_t AddChild(std::string_view key);
  std::string_view TextOf(const JsonCursor& cursor, size_t max_text_bytes);

  std::vector<JsonNode> nodes_;
  std::vector<Open> open_;
  std::string unescaped_;  // never grows while a document is read: nodes point into it
  // Members of objects that have more than kScanMembers of them.
  absl::flat_hash_map<std::pair<uint32_t, std::string_view>, uint32_t> members_;
};

// How a tree is written.
struct JsonStyle {
  JsonFloats floats = JsonFloats::kDouble;
  bool sort_keys =
      false;  // by UTF-16 units, as Java compares strings; else in the order of the document
};

// Appends the compact text of a node, as Jackson writes it.
void AppendJson(const JsonTree& tree, uint32_t node, const JsonStyle& style, std::string* out);

// String.compareTo on UTF-8 text: by UTF-16 units.
bool JavaLess(std::string_view a, std::string_view b);

}  // namespace sluice
