#include "types/type.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"

namespace sluice {

namespace {

std::shared_ptr<const std::vector<Field>> Share(std::vector<Field> fields) {
  return std::make_shared<const std::vector<Field>>(std::move(fields));
}

std::string LengthName(std::string_view fixed, std::string_view unlimited, int32_t length) {
  if (length == Type::kMaxLength && !unlimited.empty()) return std::string(unlimited);
  return absl::StrCat(std::string(fixed), "(", length, ")");
}

std::string RowName(const std::vector<Field>& fields) {
  return absl::StrCat("ROW<",
                      absl::StrJoin(fields, ", ",
                                    [](std::string* out, const Field& field) {
                                      absl::StrAppend(
                                          out, "`", absl::StrReplaceAll(field.name, {{"`", "``"}}),
                                          "` ", field.type.ToString());
                                    }),
                      ">");
}

std::string NameWithoutNull(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull: return "NULL";
    case TypeKind::kBoolean: return "BOOLEAN";
    case TypeKind::kTinyInt: return "TINYINT";
    case TypeKind::kSmallInt: return "SMALLINT";
    case TypeKind::kInt: return "INT";
    case TypeKind::kBigInt: return "BIGINT";
    case TypeKind::kFloat: return "FLOAT";
    case TypeKind::kDouble: return "DOUBLE";
    case TypeKind::kDecimal:
      return absl::StrCat("DECIMAL(", type.precision(), ", ", type.scale(), ")");
    case TypeKind::kChar: return LengthName("CHAR", "", type.length());
    case TypeKind::kVarChar: return LengthName("VARCHAR", "STRING", type.length());
    case TypeKind::kBinary: return LengthName("BINARY", "", type.length());
    case TypeKind::kVarBinary: return LengthName("VARBINARY", "BYTES", type.length());
    case TypeKind::kDate: return "DATE";
    case TypeKind::kTime: return absl::StrCat("TIME(", type.precision(), ")");
    case TypeKind::kTimestamp: return absl::StrCat("TIMESTAMP(", type.precision(), ")");
    case TypeKind::kTimestampLtz: return absl::StrCat("TIMESTAMP_LTZ(", type.precision(), ")");
    case TypeKind::kIntervalYearMonth: return "INTERVAL MONTH";
    case TypeKind::kIntervalDayTime: return "INTERVAL SECOND(3)";
    case TypeKind::kArray: return absl::StrCat("ARRAY<", type.element().ToString(), ">");
    case TypeKind::kMap:
      return absl::StrCat("MAP<", type.key().ToString(), ", ", type.value().ToString(), ">");
    case TypeKind::kMultiset: return absl::StrCat("MULTISET<", type.element().ToString(), ">");
    case TypeKind::kRow: return RowName(type.fields());
  }
  return "";
}

}  // namespace

Type Type::Array(Type element) {
  Type type(TypeKind::kArray);
  type.fields_ = Share({{"element", std::move(element)}});
  return type;
}

Type Type::Map(Type key, Type value) {
  Type type(TypeKind::kMap);
  type.fields_ = Share({{"key", std::move(key)}, {"value", std::move(value)}});
  return type;
}

Type Type::Multiset(Type element) {
  Type type(TypeKind::kMultiset);
  type.fields_ = Share({{"element", std::move(element)}, {"count", Type::Int().NotNull()}});
  return type;
}

Type Type::Row(std::vector<Field> fields) {
  Type type(TypeKind::kRow);
  type.fields_ = Share(std::move(fields));
  return type;
}

Layout Type::layout() const {
  switch (kind_) {
    case TypeKind::kNull: return Layout::kNone;
    case TypeKind::kBoolean:
    case TypeKind::kTinyInt: return Layout::kInt8;
    case TypeKind::kSmallInt: return Layout::kInt16;
    case TypeKind::kInt:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kIntervalYearMonth: return Layout::kInt32;
    case TypeKind::kBigInt:
    case TypeKind::kIntervalDayTime: return Layout::kInt64;
    case TypeKind::kFloat: return Layout::kFloat;
    case TypeKind::kDouble: return Layout::kDouble;
    case TypeKind::kDecimal: return precision_ <= 18 ? Layout::kInt64 : Layout::kInt128;
    case TypeKind::kChar:
    case TypeKind::kVarChar:
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: return Layout::kText;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return Layout::kTimestamp;
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kMultiset: return Layout::kList;
    case TypeKind::kRow: return Layout::kRow;
  }
  return Layout::kNone;
}

Type Type::WithNullable(bool nullable) const {
  Type copy = *this;
  copy.nullable_ = nullable;
  return copy;
}

const std::vector<Field>& Type::fields() const {
  static const std::vector<Field> kNoFields;
  return fields_ == nullptr ? kNoFields : *fields_;
}

const Type& Type::element() const { return fields().at(0).type; }
const Type& Type::key() const { return fields().at(0).type; }
const Type& Type::value() const { return fields().at(1).type; }

std::string Type::ToString() const {
  std::string name = NameWithoutNull(*this);
  if (!nullable_) absl::StrAppend(&name, " NOT NULL");
  return name;
}

bool operator==(const Type& a, const Type& b) {
  return a.kind_ == b.kind_ && a.nullable_ == b.nullable_ && a.precision_ == b.precision_ &&
         a.scale_ == b.scale_ && (a.fields_ == b.fields_ || a.fields() == b.fields());
}

}  // namespace sluice
