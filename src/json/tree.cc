#include "json/tree.h"

#include <algorithm>

#include "json/json_text.h"

namespace sluice {

bool JsonTree::Parse(std::string_view text, JsonControls controls, const JsonLimits& limits) {
  JsonCursor cursor(text, controls);
  cursor.SetLimits(limits);
  const JsonToken token = cursor.Next();
  if (token == JsonToken::kNone || token == JsonToken::kError) return false;
  return ParseValue(cursor, text.size());
}

std::string_view JsonTree::TextOf(const JsonCursor& cursor, size_t max_text_bytes) {
  if (!cursor.escaped()) return cursor.raw();
  // All strings of the document together are no longer than its text.
  if (unescaped_.capacity() < max_text_bytes) unescaped_.reserve(max_text_bytes);
  const size_t begin = unescaped_.size();
  unescaped_.resize(begin + cursor.raw().size());
  const size_t size = UnescapeJson(cursor.raw(), unescaped_.data() + begin);
  unescaped_.resize(begin + size);
  return {unescaped_.data() + begin, size};
}

uint32_t JsonTree::FindMember(uint32_t object, std::string_view key) const {
  if (nodes_[object].num_children > kScanMembers) {
    const auto found = members_.find({object, key});
    return found == members_.end() ? JsonNode::kNone : found->second;
  }
  for (uint32_t child = nodes_[object].first_child; child != JsonNode::kNone;
       child = nodes_[child].next) {
    if (nodes_[child].key == key) return child;
  }
  return JsonNode::kNone;
}

uint32_t JsonTree::AddChild(std::string_view key) {
  Open& parent = open_.back();
  const bool is_member = nodes_[parent.node].kind == JsonToken::kStartObject;
  if (is_member) {
    const uint32_t known = FindMember(parent.node, key);
    if (known != JsonNode::kNone) {
      nodes_[known].first_child = JsonNode::kNone;
      nodes_[known].num_children = 0;
      return known;
    }
  }
  const auto child = static_cast<uint32_t>(nodes_.size());
  nodes_.push_back({.key = key});
  (parent.last_child == JsonNode::kNone ? nodes_[parent.node].first_child
                                        : nodes_[parent.last_child].next) = child;
  parent.last_child = child;
  const uint32_t num_children = ++nodes_[parent.node].num_children;
  if (is_member && num_children == kScanMembers + 1) {
    for (uint32_t i = nodes_[parent.node].first_child; i != JsonNode::kNone; i = nodes_[i].next) {
      members_[{parent.node, nodes_[i].key}] = i;
    }
  } else if (is_member && num_children > kScanMembers) {
    members_[{parent.node, key}] = child;
  }
  return child;
}

bool JsonTree::ParseValue(JsonCursor& cursor, size_t max_text_bytes) {
  nodes_.clear();
  open_.clear();
  unescaped_.clear();
  members_.clear();
  std::string_view key;
  for (;;) {
    const JsonToken token = cursor.token();
    if (token == JsonToken::kError || token == JsonToken::kNone) return false;
    if (token == JsonToken::kFieldName) {
      key = TextOf(cursor, max_text_bytes);
    } else if (token == JsonToken::kEndObject || token == JsonToken::kEndArray) {
      open_.pop_back();
    } else {
      uint32_t index = 0;
      if (open_.empty()) {
        nodes_.emplace_back();
      } else {
        index = AddChild(key);
      }
      nodes_[index].kind = token;
      if (token == JsonToken::kStartObject || token == JsonToken::kStartArray) {
        // A member that is given again may have been indexed under this number.
        if (nodes_.size() - 1 != index && !members_.empty()) {
          absl::erase_if(members_,
                         [index](const auto& entry) { return entry.first.first == index; });
        }
        if (open_.size() == kMaxDepth) return false;
        open_.push_back({index, JsonNode::kNone});
      } else {
        nodes_[index].text =
            token == JsonToken::kString ? TextOf(cursor, max_text_bytes) : cursor.raw();
      }
    }
    if (open_.empty()) return true;
    cursor.Next();
  }
}

bool JavaLess(std::string_view a, std::string_view b) {
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return at_a == a.end() && at_b != b.end();
  // In UTF-16 the surrogates of supplementary characters (lead byte F0 and above) come before
  // U+E000 … U+FFFF (EE and EF).
  const auto rank = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xf0 ? byte - 2 : byte >= 0xee ? byte + 16 : byte;
  };
  return rank(*at_a) < rank(*at_b);
}

namespace {

void AppendFloat(std::string_view number, JsonFloats floats, std::string* out) {
  const size_t begin = out->size();
  AppendJsonNumber(number, true, floats, out);
  // What overflows a double is an infinity, and Jackson writes those as strings.
  if (out->back() != 'y') return;
  out->insert(begin, 1, '"');
  out->push_back('"');
}

void AppendMember(const JsonTree& tree, uint32_t member, const JsonStyle& style, std::string* out) {
  AppendJacksonString(tree.node(member).key, out);
  out->push_back(':');
  AppendJson(tree, member, style, out);
}

void AppendSorted(const JsonTree& tree, const JsonNode& object, const JsonStyle& style,
                  std::string* out) {
  std::vector<uint32_t> members;
  for (uint32_t child = object.first_child; child != JsonNode::kNone; child = tree.node(child).next)
    members.push_back(child);
  std::sort(members.begin(), members.end(), [&tree](uint32_t a, uint32_t b) {
    return JavaLess(tree.node(a).key, tree.node(b).key);
  });
  out->push_back('{');
  for (const uint32_t member : members) {
    if (member != members.front()) out->push_back(',');
    AppendMember(tree, member, style, out);
  }
  out->push_back('}');
}

}  // namespace

void AppendJson(const JsonTree& tree, uint32_t index, const JsonStyle& style, std::string* out) {
  const JsonNode& node = tree.node(index);
  switch (node.kind) {
    case JsonToken::kString: AppendJacksonString(node.text, out); return;
    case JsonToken::kInt: AppendJsonNumber(node.text, false, style.floats, out); return;
    case JsonToken::kFloat: AppendFloat(node.text, style.floats, out); return;
    case JsonToken::kStartObject:
    case JsonToken::kStartArray: break;
    default: out->append(node.text); return;
  }
  const bool is_object = node.kind == JsonToken::kStartObject;
  if (is_object && style.sort_keys) return AppendSorted(tree, node, style, out);
  out->push_back(is_object ? '{' : '[');
  for (uint32_t child = node.first_child; child != JsonNode::kNone; child = tree.node(child).next) {
    if (child != node.first_child) out->push_back(',');
    if (is_object) {
      AppendMember(tree, child, style, out);
    } else {
      AppendJson(tree, child, style, out);
    }
  }
  out->push_back(is_object ? '}' : ']');
}

}  // namespace sluice
