// JsonReader: the generic decoder of JSON records, right for every document. It is Flink's
// JsonParserToRowDataConverters on a pull parser, move by move, because the odd results are part of
// the contract: once all wanted fields of an object were seen the rest is not looked at (so a
// repeated key counts only before that), and a scalar column that meets an object goes on inside of
// it.
//
// Everything faster (json_shapes.h) must give the same rows and is tested against it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "formats/json_columns.h"
#include "formats/json_scalar.h"
#include "formats/json_settings.h"
#include "json/cursor.h"
#include "json/tree.h"

namespace sluice {

// What the plan wants of a document that JSON_VALUE looks into: a tree of keys.
struct JsonDocumentNode {
  std::string key;
  std::vector<int32_t> columns;  // that get the value
  std::vector<JsonDocumentNode> children;
};

// A field of an object that is decoded by declared types.
struct JsonField {
  std::string name;
  Type type;
  std::vector<int32_t> columns;  // that get the whole value
  std::vector<JsonField>
      parts;                  // the fields of a ROW of which only parts are wanted; empty: none are
  JsonDocumentNode document;  // what JSON_VALUE wants of it
  bool wanted = false;

  bool WantsParts() const { return !parts.empty(); }
  bool WantsDocument() const { return !document.children.empty(); }
};

// The top level of a record for a spec: the declared columns of which something is wanted.
std::vector<JsonField> PlanJsonFields(const DecodeSpec& spec);

// Makes all that is wanted of a document NULL.
void ClearDocument(const JsonDocumentNode& node, JsonColumns& columns);

class JsonReader {
 public:
  enum class Outcome : uint8_t { kRow, kBad };

  JsonReader(const DecodeSpec& spec, const JsonDecodeSettings& settings);

  const std::vector<JsonField>& fields() const { return fields_; }

  // Reads the object at which `cursor` stands into the current row of `columns`, which was started.
  // kBad: not decodable; error() says why. A field that does not fit and is not to be ignored
  // leaves the row whole and sets field_error().
  Outcome ReadRecord(JsonCursor& cursor, JsonColumns& columns);
  const std::string& error() const { return error_; }
  const std::string& field_error() const { return field_error_; }

  // The value at which `cursor` stands, to `row` of `out`. The cursor ends at its last token.
  JsonConversion ReadValue(JsonCursor& cursor, VectorBuilder& out, int32_t row);
  // What JSON_VALUE wants of the string or object at which `cursor` stands.
  void ReadDocument(const JsonDocumentNode& document, JsonCursor& cursor, JsonColumns& columns);
  // The same for a text that holds a document; false if it is malformed, and all is NULL then.
  bool ReadDocumentText(const JsonDocumentNode& document, std::string_view text,
                        JsonControls controls, JsonColumns& columns);

 private:
  bool ReadFields(const std::vector<JsonField>& fields, JsonCursor& cursor, JsonColumns& columns);
  void ReadField(const JsonField& field, JsonCursor& cursor, JsonColumns& columns);
  void ReadWhole(const JsonField& field, JsonCursor& cursor, JsonColumns& columns);
  const JsonField* FindField(const std::vector<JsonField>& fields, JsonCursor& cursor);
  void ReadMembers(const JsonDocumentNode& node, JsonCursor& cursor, JsonColumns& columns);
  JsonConversion ReadTree(JsonCursor& cursor, VectorBuilder& out, int32_t row);
  JsonConversion ReadRow(JsonCursor& cursor, VectorBuilder& out, int32_t row);
  JsonConversion ReadArray(JsonCursor& cursor, VectorBuilder& out, int32_t row);
  JsonConversion ReadMap(JsonCursor& cursor, VectorBuilder& out, int32_t row);
  // Reads one nested value, NULL included; false if it fails and must not be ignored.
  bool ReadNested(JsonCursor& cursor, VectorBuilder& out, int32_t row);
  void NoteFieldError(std::string_view field, std::string_view value, const Type& type);
  std::string_view TokenText(const JsonCursor& cursor);

  const JsonDecodeSettings settings_;
  std::vector<JsonField> fields_;
  JsonTree tree_;
  JsonCursor inner_;
  std::string key_;
  std::string text_;
  std::string error_;
  std::string field_error_;
};

}  // namespace sluice
