// Value: one SQL value outside a vector, for what is not on the hot path: literals, folded
// constants, bounds, tests.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "types/timestamp.h"
#include "types/vector.h"

namespace sluice {

using Int128 = __int128;

class Value {
 public:
  using List = std::vector<Value>;                       // ARRAY elements, ROW fields
  using Entries = std::vector<std::pair<Value, Value>>;  // MAP and MULTISET

  Value() = default;  // NULL
  static Value Null() { return Value(); }
  // BOOLEAN, the integers, DATE, TIME, intervals and DECIMAL up to 18 digits.
  static Value OfInt(int64_t value) { return Value(Variant(value)); }
  static Value OfInt128(Int128 value) { return Value(Variant(value)); }  // DECIMAL above 18 digits
  static Value OfDouble(double value) { return Value(Variant(value)); }  // FLOAT too
  static Value OfText(std::string value) { return Value(Variant(std::move(value))); }
  static Value OfTimestamp(Timestamp value) { return Value(Variant(value)); }
  static Value OfList(List value) { return Value(Variant(std::move(value))); }
  static Value OfEntries(Entries value) { return Value(Variant(std::move(value))); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  int64_t as_int() const { return std::get<int64_t>(value_); }
  Int128 as_int128() const { return std::get<Int128>(value_); }
  double as_double() const { return std::get<double>(value_); }
  const std::string& as_text() const { return std::get<std::string>(value_); }
  Timestamp as_timestamp() const { return std::get<Timestamp>(value_); }
  const List& as_list() const { return std::get<List>(value_); }
  const Entries& as_entries() const { return std::get<Entries>(value_); }

  using Variant =
      std::variant<std::monostate, int64_t, Int128, double, std::string, Timestamp, List, Entries>;
  const Variant& variant() const { return value_; }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  explicit Value(Variant value) : value_(std::move(value)) {}

  Variant value_;
};

// The value of one row, copied out.
Value GetValue(const Vector& vector, int32_t row);

// Writes `value`, which fits the builder's type, to `row`; text is copied into the builder's arena.
void SetValue(VectorBuilder& builder, int32_t row, const Value& value);

// num_rows (at most kMaxBatchRows) rows of `value`, in constant encoding.
Vector MakeConstant(const Type& type, const Value& value, int32_t num_rows);

}  // namespace sluice
