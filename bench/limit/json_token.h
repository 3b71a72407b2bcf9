// From the text of a JSON scalar to what Flink makes of it: JSON_VALUE's text, CAST to an integer,
// and a BIGINT column.
//
// A token is the source text of one value: `"a\n"`, `12.5`, `true`, `null`; a token without data is
// a missing value and one that starts with a bracket stands for an object or array. Tokens have
// been found, not checked: a number is checked here.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "bench/limit/wide_table.h"

namespace sluice::limit {

enum class Outcome : uint8_t {
  kOk,
  kMalformed,  // the token is no JSON
  kBadValue,   // it is, but the job fails on it
};

// Owns the texts that differ from their source. Their addresses are stable until Clear.
class TextArena {
 public:
  std::string_view Keep(std::string text) {
    text.append(16, '\0');  // readers of short texts look past their end
    const std::string& kept = texts_.emplace_back(std::move(text));
    return {kept.data(), kept.size() - 16};
  }
  void Clear() { texts_.clear(); }

 private:
  std::deque<std::string> texts_;
};

// The content of a string between its quotes; false when an escape is malformed. Half of a
// surrogate pair becomes '?', as when Java encodes it.
bool Unescape(std::string_view content, std::string* out);

// JSON_VALUE in its plain form: NULL for a missing value, null, objects and arrays.
Outcome JsonValueText(std::string_view token, TextArena& arena, std::string_view* text);

// CAST(text AS BIGINT) or INT, by the bounds. A NULL text gives NULL.
Outcome CastInteger(std::string_view text, int64_t min, int64_t max, Integer* value);

// A top-level field declared as STRING. An object or array is kept as it is written.
Outcome StringColumn(std::string_view token, TextArena& arena, std::string_view* text);

// A top-level field declared as BIGINT, where parse errors are ignored: NULL for what is no
// integer.
Outcome BigintColumn(std::string_view token, Integer* value);

}  // namespace sluice::limit
