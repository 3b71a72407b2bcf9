// Logical types of Flink SQL. A Type is an immutable value and cheap to copy (children are shared).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class TypeKind : uint8_t {
  kNull,  // the type of an untyped NULL literal
  kBoolean,
  kTinyInt,
  kSmallInt,
  kInt,
  kBigInt,
  kFloat,
  kDouble,
  kDecimal,
  kChar,
  kVarChar,  // STRING is VARCHAR(kMaxLength)
  kBinary,
  kVarBinary,  // BYTES is VARBINARY(kMaxLength)
  kDate,
  kTime,
  kTimestamp,
  kTimestampLtz,
  kIntervalYearMonth,
  kIntervalDayTime,
  kArray,
  kMap,
  kMultiset,
  kRow,
};

// How values lie in a Vector's data.
enum class Layout : uint8_t {
  kNone,    // kNull
  kInt8,    // TINYINT; BOOLEAN as 0 or 1
  kInt16,   // SMALLINT
  kInt32,   // INT; DATE: days since 1970-01-01; TIME: milliseconds of the day; INTERVAL YEAR TO
            // MONTH: months
  kInt64,   // BIGINT; INTERVAL DAY TO SECOND: milliseconds; DECIMAL with precision <= 18: unscaled
            // value
  kInt128,  // DECIMAL with precision > 18: unscaled value
  kFloat,
  kDouble,
  kText,       // Text (types/text.h): CHAR, VARCHAR, BINARY, VARBINARY
  kTimestamp,  // Timestamp (types/timestamp.h)
  kList,       // ListEntry into one child (ARRAY, elements) or two (MAP, MULTISET: keys, values)
  kRow,        // no data of its own: one child per field
};

class Type {
 public:
  struct Field;

  static constexpr int32_t kMaxLength = 2147483647;
  static constexpr int kMaxDecimalPrecision = 38;

  Type() = default;  // the nullable NULL type
  static Type Null() { return Type(); }
  static Type Boolean() { return Type(TypeKind::kBoolean); }
  static Type TinyInt() { return Type(TypeKind::kTinyInt); }
  static Type SmallInt() { return Type(TypeKind::kSmallInt); }
  static Type Int() { return Type(TypeKind::kInt); }
  static Type BigInt() { return Type(TypeKind::kBigInt); }
  static Type Float() { return Type(TypeKind::kFloat); }
  static Type Double() { return Type(TypeKind::kDouble); }
  static Type Decimal(int precision, int scale) {
    return Type(TypeKind::kDecimal, precision, scale);
  }
  static Type Char(int32_t length) { return Type(TypeKind::kChar, length); }
  static Type VarChar(int32_t length) { return Type(TypeKind::kVarChar, length); }
  static Type String() { return VarChar(kMaxLength); }
  static Type Binary(int32_t length) { return Type(TypeKind::kBinary, length); }
  static Type VarBinary(int32_t length) { return Type(TypeKind::kVarBinary, length); }
  static Type Bytes() { return VarBinary(kMaxLength); }
  static Type Date() { return Type(TypeKind::kDate); }
  static Type Time(int precision = 0) { return Type(TypeKind::kTime, precision); }
  static Type TimestampType(int precision = 6) { return Type(TypeKind::kTimestamp, precision); }
  static Type TimestampLtz(int precision = 6) { return Type(TypeKind::kTimestampLtz, precision); }
  static Type IntervalYearMonth() { return Type(TypeKind::kIntervalYearMonth); }
  static Type IntervalDayTime() { return Type(TypeKind::kIntervalDayTime); }
  static Type Array(Type element);
  static Type Map(Type key, Type value);
  static Type Multiset(Type element);
  static Type Row(std::vector<Field> fields);

  TypeKind kind() const { return kind_; }
  Layout layout() const;
  bool nullable() const { return nullable_; }
  Type WithNullable(bool nullable) const;
  Type NotNull() const { return WithNullable(false); }
  Type Nullable() const { return WithNullable(true); }

  // DECIMAL and TIME/TIMESTAMP precision; CHAR, VARCHAR, BINARY, VARBINARY length.
  int32_t precision() const { return precision_; }
  int32_t length() const { return precision_; }
  int32_t scale() const { return scale_; }

  // ARRAY, MULTISET: {element}; MAP: {key, value}; ROW: its fields.
  const std::vector<Field>& fields() const;
  const Type& element() const;
  const Type& key() const;
  const Type& value() const;

  bool IsInteger() const { return kind_ >= TypeKind::kTinyInt && kind_ <= TypeKind::kBigInt; }
  bool IsExactNumeric() const { return IsInteger() || kind_ == TypeKind::kDecimal; }
  bool IsApproximate() const { return kind_ == TypeKind::kFloat || kind_ == TypeKind::kDouble; }
  bool IsNumeric() const { return IsExactNumeric() || IsApproximate(); }
  bool IsCharacter() const { return kind_ == TypeKind::kChar || kind_ == TypeKind::kVarChar; }
  bool IsBinary() const { return kind_ == TypeKind::kBinary || kind_ == TypeKind::kVarBinary; }
  bool IsTimestamp() const {
    return kind_ == TypeKind::kTimestamp || kind_ == TypeKind::kTimestampLtz;
  }
  bool IsInterval() const {
    return kind_ == TypeKind::kIntervalYearMonth || kind_ == TypeKind::kIntervalDayTime;
  }
  bool IsNested() const { return kind_ >= TypeKind::kArray; }

  // Flink's summary string: "DECIMAL(10, 2) NOT NULL", "STRING", "ROW<`a` INT>".
  std::string ToString() const;

  // Equality includes nullability; EqualsIgnoringNull leaves out that of the outermost level only.
  friend bool operator==(const Type& a, const Type& b);
  bool EqualsIgnoringNull(const Type& other) const { return Nullable() == other.Nullable(); }

 private:
  explicit Type(TypeKind kind, int32_t precision = 0, int32_t scale = 0)
      : kind_(kind), precision_(precision), scale_(scale) {}

  TypeKind kind_ = TypeKind::kNull;
  bool nullable_ = true;
  int32_t precision_ = 0;
  int32_t scale_ = 0;
  std::shared_ptr<const std::vector<Field>> fields_;
};

struct Type::Field {
  std::string name;
  Type type;
  friend bool operator==(const Field&, const Field&) = default;
};

using Field = Type::Field;
// The columns of a table or of an operator's output, in order.
using Schema = std::vector<Field>;

}  // namespace sluice
