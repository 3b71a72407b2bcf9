#include "plan/type_binder.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/options.h"
#include "base/strings.h"

namespace sluice {

namespace {

class TypeBinder {
 public:
  explicit TypeBinder(Script& script) : script_(script) {}

  std::optional<Type> Bind(const ast::TypeName& name) {
    std::optional<Type> type = BindNullable(name);
    if (type.has_value() && !name.nullable) type = type->NotNull();
    return type;
  }

 private:
  // The parameter, its default, or an error when it is out of its range.
  std::optional<int32_t> Parameter(const ast::TypeName& name, std::optional<int32_t> given,
                                   int32_t fallback, int32_t min, int32_t max,
                                   std::string_view what) {
    const int32_t value = given.value_or(fallback);
    if (value >= min && value <= max) return value;
    script_.Error(ErrorCode::kInvalidType, name.span,
                  StrCat("the ", what, " must be between ", min, " and ", max, ", not ", value));
    return std::nullopt;
  }

  template <typename Make>
  std::optional<Type> WithLength(const ast::TypeName& name, Make make) {
    const auto length = Parameter(name, name.precision, 1, 1, Type::kMaxLength, "length");
    if (!length.has_value()) return std::nullopt;
    return make(*length);
  }

  std::optional<Type> BindDecimal(const ast::TypeName& name) {
    const auto precision =
        Parameter(name, name.precision, 10, 1, Type::kMaxDecimalPrecision, "precision of DECIMAL");
    if (!precision.has_value()) return std::nullopt;
    const auto scale = Parameter(name, name.scale, 0, 0, *precision, "scale of DECIMAL");
    if (!scale.has_value()) return std::nullopt;
    return Type::Decimal(*precision, *scale);
  }

  std::optional<Type> BindInterval(const ast::TypeName& name) {
    const ast::TimeUnit unit = name.interval.start;
    const bool months = unit == ast::TimeUnit::kYear || unit == ast::TimeUnit::kQuarter ||
                        unit == ast::TimeUnit::kMonth;
    return months ? Type::IntervalYearMonth() : Type::IntervalDayTime();
  }

  std::optional<Type> BindNested(const ast::TypeName& name) {
    std::vector<Type> elements;
    for (const ast::TypeName& element : name.elements) {
      const auto type = Bind(element);
      if (!type.has_value()) return std::nullopt;
      elements.push_back(*type);
    }
    if (name.kind == ast::TypeNameKind::kArray) return Type::Array(elements.at(0));
    if (name.kind == ast::TypeNameKind::kMultiset) return Type::Multiset(elements.at(0));
    if (name.kind == ast::TypeNameKind::kMap) return Type::Map(elements.at(0), elements.at(1));
    std::vector<Field> fields;
    for (const ast::TypeName::RowField& field : name.fields) {
      const auto type = Bind(field.type);
      if (!type.has_value()) return std::nullopt;
      fields.push_back({field.name.text, *type});
    }
    return Type::Row(std::move(fields));
  }

  std::optional<Type> Unsupported(const ast::TypeName& name, std::string_view what) {
    script_.Error(ErrorCode::kUnsupportedType, name.span, StrCat(what, " is not supported"));
    return std::nullopt;
  }

  std::optional<Type> BindNullable(const ast::TypeName& name) {
    using Kind = ast::TypeNameKind;
    switch (name.kind) {
      case Kind::kBoolean: return Type::Boolean();
      case Kind::kTinyInt: return Type::TinyInt();
      case Kind::kSmallInt: return Type::SmallInt();
      case Kind::kInt: return Type::Int();
      case Kind::kBigInt: return Type::BigInt();
      case Kind::kFloat: return Type::Float();
      case Kind::kDouble: return Type::Double();
      case Kind::kDecimal: return BindDecimal(name);
      case Kind::kChar: return WithLength(name, Type::Char);
      case Kind::kVarChar:
        return name.precision.has_value() ? WithLength(name, Type::VarChar) : Type::String();
      case Kind::kString: return Type::String();
      case Kind::kBinary: return WithLength(name, Type::Binary);
      case Kind::kVarBinary:
        return name.precision.has_value() ? WithLength(name, Type::VarBinary) : Type::Bytes();
      case Kind::kBytes: return Type::Bytes();
      case Kind::kDate: return Type::Date();
      case Kind::kTime: return WithPrecision(name, 0, Type::Time);
      case Kind::kTimestamp: return WithPrecision(name, 6, Type::TimestampType);
      case Kind::kTimestampLtz: return WithPrecision(name, 6, Type::TimestampLtz);
      case Kind::kTimestampTz:
        return Unsupported(name, "TIMESTAMP WITH TIME ZONE (Flink does not have it either)");
      case Kind::kInterval: return BindInterval(name);
      case Kind::kArray:
      case Kind::kMap:
      case Kind::kMultiset:
      case Kind::kRow: return BindNested(name);
      case Kind::kNull: return Type::Null();
      case Kind::kRaw: return Unsupported(name, "RAW");
      case Kind::kNamed: return Unknown(name);
    }
    return std::nullopt;
  }

  // A name that the grammar does not have: a type of the user in Flink, or a slip.
  std::optional<Type> Unknown(const ast::TypeName& name) {
    static constexpr std::string_view kNames[] = {
        "BOOLEAN",   "TINYINT",       "SMALLINT", "INT",       "INTEGER", "BIGINT",
        "FLOAT",     "DOUBLE",        "DECIMAL",  "NUMERIC",   "CHAR",    "VARCHAR",
        "STRING",    "BINARY",        "BYTES",    "VARBINARY", "DATE",    "TIME",
        "TIMESTAMP", "TIMESTAMP_LTZ", "ARRAY",    "MAP",       "ROW",     "MULTISET"};
    const std::string text = script_.Excerpt(name.span);
    const std::string nearest = NearestOf(absl::AsciiStrToUpper(text), kNames);
    if (nearest.empty()) return Unsupported(name, "a user-defined type");
    script_.Error(ErrorCode::kUnsupportedType, name.span, StrCat("there is no type ", text),
                  StrCat("did you mean ", nearest, "?"));
    return std::nullopt;
  }

  template <typename Make>
  std::optional<Type> WithPrecision(const ast::TypeName& name, int32_t fallback, Make make) {
    const auto precision = Parameter(name, name.precision, fallback, 0, 9, "precision");
    if (!precision.has_value()) return std::nullopt;
    return make(*precision);
  }

  Script& script_;
};

}  // namespace

std::optional<Type> BindType(const ast::TypeName& name, Script& script) {
  return TypeBinder(script).Bind(name);
}

}  // namespace sluice
