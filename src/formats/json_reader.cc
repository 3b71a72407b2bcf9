#include "formats/json_reader.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "json/json_text.h"
#include "types/text.h"

namespace sluice {
namespace {

JsonField* FindOrAdd(std::vector<JsonField>& fields, std::string_view name, const Type& type) {
  for (JsonField& field : fields) {
    if (field.name == name) return &field;
  }
  fields.push_back({.name = std::string(name), .type = type});
  return &fields.back();
}

JsonDocumentNode* FindOrAdd(JsonDocumentNode& parent, const std::string& key) {
  for (JsonDocumentNode& child : parent.children) {
    if (child.key == key) return &child;
  }
  parent.children.push_back({.key = key});
  return &parent.children.back();
}

const Type* DeclaredType(const Schema& table, std::string_view name) {
  for (const Field& field : table) {
    if (field.name == name) return &field.type;
  }
  return nullptr;
}

// Walks to the part path[1 …] of a ROW, adding all declared fields on the way: an object is read
// until all of them were seen.
JsonField* FindPart(JsonField* field, const std::vector<std::string>& path) {
  for (size_t i = 1; i < path.size(); ++i) {
    if (field->parts.empty()) {
      for (const Field& part : field->type.fields())
        field->parts.push_back({.name = part.name, .type = part.type});
    }
    field = FindOrAdd(field->parts, path[i], Type::Null());
    field->wanted = true;
  }
  return field;
}

void ClearField(const JsonField& field, JsonColumns& columns) {
  for (const int32_t column : field.columns) columns.Drop(column);
  for (const JsonField& part : field.parts) ClearField(part, columns);
  ClearDocument(field.document, columns);
}

// True if convertToString takes the token's own text. Behind a field that does not fit its column
// the end of an object or array can stand where a value is wanted, and is "}" or "]" then.
bool HasText(JsonToken token) {
  return IsJsonScalar(token) || token == JsonToken::kFieldName || token == JsonToken::kEndObject ||
         token == JsonToken::kEndArray;
}

}  // namespace

void ClearDocument(const JsonDocumentNode& node, JsonColumns& columns) {
  for (const int32_t column : node.columns) columns.Drop(column);
  for (const JsonDocumentNode& child : node.children) ClearDocument(child, columns);
}

std::vector<JsonField> PlanJsonFields(const DecodeSpec& spec) {
  std::vector<JsonField> fields;
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    const DecodedColumn& column = spec.columns[i];
    const Type* declared = DeclaredType(spec.table, column.path[0]);
    JsonField* field =
        FindOrAdd(fields, column.path[0], declared == nullptr ? column.type : *declared);
    field->wanted = true;
    const auto index = static_cast<int32_t>(i);
    if (column.kind == DecodedKind::kField) {
      FindPart(field, column.path)->columns.push_back(index);
      continue;
    }
    JsonDocumentNode* node = &field->document;
    for (size_t k = 1; k < column.path.size(); ++k) node = FindOrAdd(*node, column.path[k]);
    node->columns.push_back(index);
  }
  return fields;
}

JsonReader::JsonReader(const DecodeSpec& spec, const JsonDecodeSettings& settings)
    : settings_(settings), fields_(PlanJsonFields(spec)) {
  inner_.SetLimits(settings.text_limits);
}

void JsonReader::NoteFieldError(std::string_view field, std::string_view value, const Type& type) {
  if (!field_error_.empty()) return;
  constexpr size_t kShown = 60;
  field_error_ = "field '" + std::string(field) + "': " + std::string(value.substr(0, kShown)) +
                 (value.size() > kShown ? "…" : "") + " is no " + type.ToString();
}

JsonReader::Outcome JsonReader::ReadRecord(JsonCursor& cursor, JsonColumns& columns) {
  error_.clear();
  field_error_.clear();
  const size_t outside = cursor.depth() - 1;
  if (ReadFields(fields_, cursor, columns)) {
    // Flink never looks behind the last field it needs; here the whole document must be sound.
    while (cursor.depth() > outside && cursor.Next() != JsonToken::kError) {
    }
  }
  if (cursor.token() == JsonToken::kError) error_ = std::string(cursor.error());
  return error_.empty() ? Outcome::kRow : Outcome::kBad;
}

// JsonParser.getText() of the current token, which need not be a key: see the head of
// json_reader.h.
std::string_view JsonReader::TokenText(const JsonCursor& cursor) {
  const JsonScalar token = ScalarAt(cursor);
  if (!token.escaped) return token.raw;
  key_.resize(token.raw.size());
  key_.resize(UnescapeJson(token.raw, key_.data()));
  return key_;
}

const JsonField* JsonReader::FindField(const std::vector<JsonField>& fields, JsonCursor& cursor) {
  const std::string_view name = TokenText(cursor);
  for (const JsonField& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

// createRowConverter. False when the record is bad.
bool JsonReader::ReadFields(const std::vector<JsonField>& fields, JsonCursor& cursor,
                            JsonColumns& columns) {
  size_t num_seen = 0;
  cursor.Next();
  while (cursor.token() != JsonToken::kEndObject) {
    if (cursor.token() == JsonToken::kError) return false;
    if (cursor.token() == JsonToken::kNone) {
      error_ = "a field that does not fit its column left the object misread";
      return false;
    }
    const JsonField* field = num_seen < fields.size() ? FindField(fields, cursor) : nullptr;
    if (num_seen < fields.size()) cursor.Next();
    if (field == nullptr) {
      if (!cursor.SkipChildren()) return false;
    } else {
      ++num_seen;
      if (field->wanted) {
        ReadField(*field, cursor, columns);
      } else if (!cursor.SkipChildren()) {
        return false;
      }
    }
    cursor.Next();
  }
  if (num_seen < fields.size() && settings_.fail_on_missing_field) {
    error_ = "a field is missing";
    return false;
  }
  return true;
}

void JsonReader::ReadField(const JsonField& field, JsonCursor& cursor, JsonColumns& columns) {
  ClearField(field, columns);
  if (cursor.token() == JsonToken::kNull || cursor.token() == JsonToken::kError) return;
  if (field.columns.empty() && !field.WantsDocument()) {
    // Parts of a ROW only.
    if (cursor.token() == JsonToken::kStartObject) {
      const std::string outer_error = error_;
      if (!ReadFields(field.parts, cursor, columns) && cursor.token() != JsonToken::kError) {
        NoteFieldError(field.name, error_, field.type);
        error_ = outer_error;
        ClearField(field, columns);
      }
    } else if (!settings_.ignore_parse_errors) {
      NoteFieldError(field.name, TokenText(cursor), field.type);
      cursor.SkipChildren();
    }
    return;
  }
  if (field.columns.empty()) {
    ReadDocument(field.document, cursor, columns);
    return;
  }
  const char* const begin = cursor.token_begin();
  const JsonToken kind = cursor.token();
  ReadWhole(field, cursor, columns);
  const std::string_view text(begin, static_cast<size_t>(cursor.position() - begin));
  if (cursor.token() == JsonToken::kError || kind == JsonToken::kStartArray) return;
  JsonCursor again(text, JsonControls::kAllow);  // within limits, as the whole record is
  if (field.WantsDocument()) {
    again.Next();
    ReadDocument(field.document, again, columns);
  }
  if (field.WantsParts() && kind == JsonToken::kStartObject) {
    again.Reset(text, JsonControls::kAllow);
    again.Next();
    ReadFields(field.parts, again, columns);
  }
}

void JsonReader::ReadWhole(const JsonField& field, JsonCursor& cursor, JsonColumns& columns) {
  const int32_t first = field.columns[0];
  const char* const begin = cursor.token_begin();
  const size_t outside = cursor.depth() - (cursor.token() == JsonToken::kStartObject ||
                                           cursor.token() == JsonToken::kStartArray);
  const JsonConversion result = ReadValue(cursor, columns.builder(first), columns.row());
  if (result == JsonConversion::kValue) {
    columns.Keep(first);
    for (size_t i = 1; i < field.columns.size(); ++i) {
      JsonCursor again({begin, static_cast<size_t>(cursor.position() - begin)},
                       JsonControls::kAllow);
      again.Next();
      if (ReadValue(again, columns.builder(field.columns[i]), columns.row()) ==
          JsonConversion::kValue) {
        columns.Keep(field.columns[i]);
      }
    }
  } else if (result == JsonConversion::kFailed && !settings_.ignore_parse_errors &&
             cursor.token() != JsonToken::kError) {
    NoteFieldError(field.name, {begin, static_cast<size_t>(cursor.position() - begin)}, field.type);
    // The job fails, or this record is a dead letter; the rest of it is only checked.
    while (cursor.depth() > outside && cursor.Next() != JsonToken::kError) {
    }
  }
}

JsonConversion JsonReader::ReadValue(JsonCursor& cursor, VectorBuilder& out, int32_t row) {
  if (cursor.token() == JsonToken::kNull) return JsonConversion::kNull;
  switch (out.type().kind()) {
    case TypeKind::kRow: return ReadRow(cursor, out, row);
    case TypeKind::kArray: return ReadArray(cursor, out, row);
    case TypeKind::kMap:
    case TypeKind::kMultiset: return ReadMap(cursor, out, row);
    case TypeKind::kChar:
    case TypeKind::kVarChar:
      if (!HasText(cursor.token())) return ReadTree(cursor, out, row);
      break;
    default: break;
  }
  return ConvertJsonScalar(ScalarAt(cursor), settings_, out, row);
}

// An object or array for a text column: as Jackson's tree writes it.
JsonConversion JsonReader::ReadTree(JsonCursor& cursor, VectorBuilder& out, int32_t row) {
  const char* const begin = cursor.token_begin();
  JsonCursor ahead = cursor;
  if (!ahead.SkipChildren()) {
    cursor = ahead;
    return JsonConversion::kFailed;
  }
  const bool ok = tree_.ParseValue(cursor, static_cast<size_t>(ahead.position() - begin));
  if (!ok) {
    cursor = ahead;
    return JsonConversion::kFailed;
  }
  text_.clear();
  AppendJson(tree_, tree_.root(), {.floats = settings_.tree_floats}, &text_);
  out.values<Text>()[row] =
      Text(text_.size() > Text::kInlineBytes ? out.arena().Copy(text_) : std::string_view(text_));
  return JsonConversion::kValue;
}

bool JsonReader::ReadNested(JsonCursor& cursor, VectorBuilder& out, int32_t row) {
  const JsonConversion result = ReadValue(cursor, out, row);
  if (result == JsonConversion::kValue) {
    out.SetValid(row);
    return true;
  }
  out.SetNull(row);
  if (out.type().layout() == Layout::kText) out.values<Text>()[row] = Text();
  if (out.type().layout() == Layout::kList) out.values<ListEntry>()[row] = ListEntry();
  return result == JsonConversion::kNull ||
         (settings_.ignore_parse_errors && cursor.token() != JsonToken::kError);
}

JsonConversion JsonReader::ReadRow(JsonCursor& cursor, VectorBuilder& out, int32_t row) {
  if (cursor.token() != JsonToken::kStartObject) return JsonConversion::kFailed;
  const std::vector<Field>& fields = out.type().fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    VectorBuilder& child = out.child(static_cast<int>(i));
    if (child.num_rows() <= row) child.Resize(row + 1);
    child.SetNull(row);
    if (child.type().layout() == Layout::kText) child.values<Text>()[row] = Text();
    if (child.type().layout() == Layout::kList) child.values<ListEntry>()[row] = ListEntry();
  }
  size_t num_seen = 0;
  cursor.Next();
  while (cursor.token() != JsonToken::kEndObject) {
    if (cursor.token() == JsonToken::kError || cursor.token() == JsonToken::kNone)
      return JsonConversion::kFailed;
    size_t index = fields.size();
    if (num_seen < fields.size()) {
      const std::string_view name = TokenText(cursor);
      for (index = 0; index < fields.size() && fields[index].name != name;) ++index;
      cursor.Next();
    }
    if (index < fields.size()) {
      if (!ReadNested(cursor, out.child(static_cast<int>(index)), row))
        return JsonConversion::kFailed;
      ++num_seen;
    } else if (!cursor.SkipChildren()) {
      return JsonConversion::kFailed;
    }
    cursor.Next();
  }
  return num_seen < fields.size() && settings_.fail_on_missing_field ? JsonConversion::kFailed
                                                                     : JsonConversion::kValue;
}

JsonConversion JsonReader::ReadArray(JsonCursor& cursor, VectorBuilder& out, int32_t row) {
  if (cursor.token() != JsonToken::kStartArray) return JsonConversion::kFailed;
  VectorBuilder& elements = out.child(0);
  ListEntry entry{elements.num_rows(), 0};
  while (cursor.Next() != JsonToken::kEndArray) {
    if (cursor.token() == JsonToken::kError || cursor.token() == JsonToken::kNone)
      return JsonConversion::kFailed;
    elements.Resize(entry.offset + entry.length + 1);
    if (!ReadNested(cursor, elements, entry.offset + entry.length)) return JsonConversion::kFailed;
    ++entry.length;
  }
  out.values<ListEntry>()[row] = entry;
  return JsonConversion::kValue;
}

JsonConversion JsonReader::ReadMap(JsonCursor& cursor, VectorBuilder& out, int32_t row) {
  if (cursor.token() != JsonToken::kStartObject) return JsonConversion::kFailed;
  VectorBuilder& keys = out.child(0);
  VectorBuilder& values = out.child(1);
  ListEntry entry{keys.num_rows(), 0};
  absl::flat_hash_map<std::string, int32_t> place_of_key;
  while (cursor.Next() != JsonToken::kEndObject) {
    if (cursor.token() == JsonToken::kError || cursor.token() == JsonToken::kNone)
      return JsonConversion::kFailed;
    const auto [found, is_new] =
        place_of_key.try_emplace(std::string(TokenText(cursor)), entry.offset + entry.length);
    const int32_t place = found->second;
    if (is_new) {
      keys.Resize(place + 1);
      values.Resize(place + 1);
      if (!ReadNested(cursor, keys, place)) return JsonConversion::kFailed;
      ++entry.length;
    }
    cursor.Next();
    if (!ReadNested(cursor, values, place)) return JsonConversion::kFailed;
  }
  out.values<ListEntry>()[row] = entry;
  return JsonConversion::kValue;
}

void JsonReader::ReadDocument(const JsonDocumentNode& document, JsonCursor& cursor,
                              JsonColumns& columns) {
  if (cursor.token() == JsonToken::kStartObject) {
    ReadMembers(document, cursor, columns);
    return;
  }
  if (cursor.token() != JsonToken::kString) {
    cursor.SkipChildren();
    return;
  }
  // Columns point into the unescaped copy, so they all keep its arena alive.
  std::string_view text = cursor.raw();
  if (cursor.escaped()) text = StringContent(ScalarAt(cursor), columns.document_arena());
  ReadDocumentText(document, text, JsonControls::kReject, columns);
}

bool JsonReader::ReadDocumentText(const JsonDocumentNode& document, std::string_view text,
                                  JsonControls controls, JsonColumns& columns) {
  inner_.Reset(text, controls);
  if (inner_.Next() != JsonToken::kStartObject) return false;
  ReadMembers(document, inner_, columns);
  if (inner_.token() != JsonToken::kError) return true;
  ClearDocument(document, columns);
  return false;
}

// Follows the keys into the object at which the cursor stands; of equal keys the last counts.
void JsonReader::ReadMembers(const JsonDocumentNode& node, JsonCursor& cursor,
                             JsonColumns& columns) {
  while (cursor.Next() == JsonToken::kFieldName) {
    const std::string_view key = TokenText(cursor);
    const auto child =
        std::find_if(node.children.begin(), node.children.end(),
                     [&](const JsonDocumentNode& candidate) { return candidate.key == key; });
    const JsonToken kind = cursor.Next();
    if (child == node.children.end()) {
      cursor.SkipChildren();
      continue;
    }
    ClearDocument(*child, columns);
    if (kind == JsonToken::kStartObject && !child->children.empty()) {
      ReadMembers(*child, cursor, columns);
    } else if (IsJsonScalar(kind)) {
      for (const int32_t column : child->columns) {
        if (WriteJsonValue(ScalarAt(cursor), settings_, &cursor == &inner_, columns.builder(column),
                           columns.row())) {
          columns.Keep(column);
        }
      }
    } else {
      cursor.SkipChildren();
    }
  }
}

}  // namespace sluice
