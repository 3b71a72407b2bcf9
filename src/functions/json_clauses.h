// The clauses of JSON_VALUE, JSON_QUERY, JSON_EXISTS and of the JSON constructors, bound.
#pragma once

#include <cstdint>
#include <optional>

#include "types/type.h"
#include "types/value.h"

namespace sluice {

enum class JsonOn : uint8_t {
  kNull,
  kError,
  kDefault,
  kEmptyArray,
  kEmptyObject,
  kTrue,
  kFalse,
  kUnknown
};
enum class JsonWrapper : uint8_t { kWithout, kConditional, kUnconditional };

struct JsonClauses {
  std::optional<Type> returning;
  std::optional<JsonOn> on_empty;  // unset: the default of the function
  std::optional<JsonOn> on_error;
  Value default_on_empty;  // of kDefault, already of the returned type
  Value default_on_error;
  JsonWrapper wrapper = JsonWrapper::kWithout;
  std::optional<bool> absent_on_null;  // of the constructors

  friend bool operator==(const JsonClauses&, const JsonClauses&) = default;
};

}  // namespace sluice
