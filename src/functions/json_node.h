// SQL values as JSON, as the JSON constructors (JSON_OBJECT, JSON_ARRAY, JSON_STRING and their
// aggregates) write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "functions/scalar_function.h"
#include "types/vector.h"

namespace sluice {

// How an argument of a constructor becomes part of the document.
struct JsonNodeStyle {
  bool is_2x = false;  // later Jackson: DECIMAL keeps its scale, doubles go through BigDecimal
  bool is_document = false;  // the text is JSON already: a nested constructor
};

// True for JSON_OBJECT, JSON_ARRAY and the like, whose calls are put in as they are.
bool MakesJson(std::string_view function);

// InvalidArgument for a type that has no JSON form.
Status CheckJsonNode(const Type& type);

// Appends one row; NULL is null. Members of maps and rows are sorted by name.
void AppendJsonNode(const Vector& vector, int32_t row, const JsonNodeStyle& style,
                    std::string* out);

}  // namespace sluice
