// One JSON value to one SQL value of a declared type, as Flink's JsonParserToRowDataConverters
// converts it.
#pragma once

#include <string_view>

#include "formats/json_settings.h"
#include "json/cursor.h"
#include "types/vector.h"

namespace sluice {

// A value that the cursor or the fast path found: a scalar, or just the bracket that opens a
// container.
struct JsonScalar {
  JsonToken kind = JsonToken::kNull;
  bool escaped = false;
  std::string_view raw;  // as JsonCursor::raw(); of a container its bracket
};

inline JsonScalar ScalarAt(const JsonCursor& cursor) {
  if (IsJsonScalar(cursor.token()) || cursor.token() == JsonToken::kFieldName) {
    return {cursor.token(), cursor.token() <= JsonToken::kString && cursor.escaped(), cursor.raw()};
  }
  return {cursor.token(), false, {cursor.token_begin(), 1}};
}

enum class JsonConversion : uint8_t {
  kValue,   // written
  kNull,    // it is NULL: the caller says so in the row
  kFailed,  // the text is no value of the type
};

// Writes the value to `row` of `out`, whose validity is left alone. Text points into the record
// where it can, else into out's arena. REQUIRES: a type that is not nested, and not JSON null.
JsonConversion ConvertJsonScalar(const JsonScalar& value, const JsonDecodeSettings& settings,
                                 VectorBuilder& out, int32_t row);

// What JSON_VALUE gives for a scalar, to `row` of `out` (text). False for null, objects and arrays:
// the row is NULL then. `in_text`: the document was a text in the record, else an object of it.
bool WriteJsonValue(const JsonScalar& value, const JsonDecodeSettings& settings, bool in_text,
                    VectorBuilder& out, int32_t row);

// The text of a string, unescaped into the arena if need be.
std::string_view StringContent(const JsonScalar& value, Arena& arena);

}  // namespace sluice
