// Names, plain literals of clauses, and data types.
#include <charconv>
#include <limits>
#include <optional>
#include <string>

#include "fmt/format.h"
#include "sql/parser_class.h"
#include "sql/parser_nesting.h"

namespace sluice {
namespace {

using ast::TimeUnit;
using ast::TypeName;
using ast::TypeNameKind;

struct ForeignType {
  std::string_view name;
  std::string_view flink;
};

// Types that scripts bring along from MySQL, PostgreSQL and Hive.
constexpr ForeignType kForeignTypes[] = {
    {"TEXT", "STRING"},           {"LONGTEXT", "STRING"}, {"MEDIUMTEXT", "STRING"},
    {"TINYTEXT", "STRING"},       {"JSON", "STRING"},     {"UUID", "STRING"},
    {"DATETIME", "TIMESTAMP(3)"}, {"BOOL", "BOOLEAN"},    {"LONG", "BIGINT"},
    {"INT8", "BIGINT"},           {"INT4", "INT"},        {"INT2", "SMALLINT"},
    {"FLOAT8", "DOUBLE"},         {"FLOAT4", "FLOAT"},    {"NUMBER", "DECIMAL(38, 0)"},
    {"VARCHAR2", "STRING"},       {"BYTEA", "BYTES"},     {"BLOB", "BYTES"},
    {"CLOB", "STRING"},
};

std::string_view FlinkTypeFor(std::string_view foreign) {
  std::string upper = UpperText(foreign);
  for (const ForeignType& type : kForeignTypes) {
    if (type.name == upper) return type.flink;
  }
  return "";
}

}  // namespace

bool Parser::IsNameToken(const Token& token) const {
  if (token.kind == TokenKind::kQuotedName) return true;
  return token.kind == TokenKind::kWord && !IsReserved(token.keyword, version_);
}

ast::Identifier Parser::ParseIdentifier(std::string_view what) {
  ast::Identifier identifier;
  identifier.span = Peek().span;
  if (!IsNameToken(Peek())) {
    if (IsReservedName(Peek())) {
      FailOnReservedWord();
    } else {
      Unexpected(what);
    }
    return identifier;
  }
  identifier.text = NameOfToken(text_, Peek());
  identifier.quoted = Is(TokenKind::kQuotedName);
  if (identifier.text.empty()) {
    Fail(ErrorCode::kSyntax, identifier.span, "a name cannot be empty");
  }
  Advance();
  return identifier;
}

ast::Name Parser::ParseName(std::string_view what) {
  ast::Name name;
  SourceSpan start = Peek().span;
  do {
    name.parts.push_back(ParseIdentifier(what));
  } while (Accept(TokenKind::kDot));
  name.span = SpanFrom(start);
  return name;
}

std::vector<ast::Identifier> Parser::ParseIdentifierList(std::string_view what) {
  std::vector<ast::Identifier> list;
  Expect(TokenKind::kLeftParen, "`(`");
  do {
    list.push_back(ParseIdentifier(what));
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kRightParen, "`,` or `)`");
  return list;
}

std::string Parser::ParseString(std::string_view what) {
  if (!Is(TokenKind::kString)) {
    Unexpected(what);
    return "";
  }
  std::string text = *StringOfToken(text_, Peek());
  Advance();
  return text;
}

std::optional<std::string> Parser::ParseComment() {
  if (!Accept(Keyword::kComment)) return std::nullopt;
  return ParseString("the comment in single quotes");
}

int64_t Parser::ParseInteger(std::string_view what) {
  int64_t value = 0;
  if (!Is(TokenKind::kNumber)) {
    Unexpected(what);
    return value;
  }
  std::string_view digits = TextOf(Peek().span);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || value > std::numeric_limits<int32_t>::max()) {
    Fail(ErrorCode::kInvalidLiteral, Peek().span,
         fmt::format("expected {} up to 2147483647, found `{}`", what, digits));
    return 0;
  }
  Advance();
  return value;
}

ast::TypeName Parser::ParseNullableType() {
  TypeName type = ParseType();
  if (Accept(Keyword::kNot, Keyword::kNull)) {
    type.nullable = false;
  } else {
    Accept(Keyword::kNull);
  }
  type.span = SpanFrom(type.span);
  return type;
}

ast::TypeName Parser::ParseType() {
  Nesting nesting(this);
  TypeName type;
  type.span = Peek().span;
  ParseTypeBody(&type);
  type.span = SpanFrom(type.span);
  // INT ARRAY, INT MULTISET: the long way to write ARRAY<INT>.
  for (int depth = 0; IsAnyOf({Keyword::kArray, Keyword::kMultiset}); ++depth) {
    if (depth == kMaxNesting) {
      Fail(ErrorCode::kTooDeep, Peek().span, "the type nests too deeply");
      break;
    }
    TypeName outer;
    outer.kind = Is(Keyword::kArray) ? TypeNameKind::kArray : TypeNameKind::kMultiset;
    Advance();
    outer.span = SpanFrom(type.span);
    outer.elements.push_back(std::move(type));
    type = std::move(outer);
  }
  return type;
}

void Parser::ParseTypeBody(ast::TypeName* type) {
  const Token& token = Peek();
  if (token.kind == TokenKind::kWord) {
    std::string_view word = TextOf(token.span);
    std::string_view flink = FlinkTypeFor(word);
    if (!flink.empty()) {
      Fail(ErrorCode::kInvalidType, token.span, fmt::format("Flink SQL has no type {}", word),
           fmt::format("write {}", flink));
      return;
    }
    // MAP is free to be a name, so that only the bracket tells that it is the type.
    bool is_map = token.keyword == Keyword::kMap && Peek(1).kind == TokenKind::kLess;
    if (is_map || IsReserved(token.keyword, version_)) {
      return ParseTypeByKeyword(token.keyword, type);
    }
  }
  if (!IsNameToken(token)) return Unexpected("a data type");
  type->kind = TypeNameKind::kNamed;
  type->name = ParseName("a data type");
}

void Parser::ParseTypeByKeyword(Keyword keyword, ast::TypeName* type) {
  struct SimpleType {
    Keyword keyword;
    TypeNameKind kind;
    int arguments;  // how many numbers may stand in parentheses
  };
  static constexpr SimpleType kSimpleTypes[] = {
      {Keyword::kBoolean, TypeNameKind::kBoolean, 0},
      {Keyword::kTinyint, TypeNameKind::kTinyInt, 0},
      {Keyword::kSmallint, TypeNameKind::kSmallInt, 0},
      {Keyword::kInt, TypeNameKind::kInt, 0},
      {Keyword::kInteger, TypeNameKind::kInt, 0},
      {Keyword::kBigint, TypeNameKind::kBigInt, 0},
      {Keyword::kFloat, TypeNameKind::kFloat, 0},
      {Keyword::kReal, TypeNameKind::kFloat, 0},
      {Keyword::kDouble, TypeNameKind::kDouble, 0},
      {Keyword::kString, TypeNameKind::kString, 0},
      {Keyword::kBytes, TypeNameKind::kBytes, 0},
      {Keyword::kDate, TypeNameKind::kDate, 0},
      {Keyword::kNull, TypeNameKind::kNull, 0},
      {Keyword::kDecimal, TypeNameKind::kDecimal, 2},
      {Keyword::kDec, TypeNameKind::kDecimal, 2},
      {Keyword::kNumeric, TypeNameKind::kDecimal, 2},
      {Keyword::kChar, TypeNameKind::kChar, 1},
      {Keyword::kCharacter, TypeNameKind::kChar, 1},
      {Keyword::kVarchar, TypeNameKind::kVarChar, 1},
      {Keyword::kBinary, TypeNameKind::kBinary, 1},
      {Keyword::kVarbinary, TypeNameKind::kVarBinary, 1},
      {Keyword::kTime, TypeNameKind::kTime, 1},
      {Keyword::kTimestamp, TypeNameKind::kTimestamp, 1},
      {Keyword::kTimestampLtz, TypeNameKind::kTimestampLtz, 1},
  };
  for (const SimpleType& simple : kSimpleTypes) {
    if (simple.keyword != keyword) continue;
    type->kind = simple.kind;
    Advance();
    if (keyword == Keyword::kDouble) Accept(Keyword::kPrecision);
    bool may_vary = type->kind == TypeNameKind::kChar || type->kind == TypeNameKind::kBinary;
    if (may_vary && Accept(Keyword::kVarying)) {
      type->kind =
          type->kind == TypeNameKind::kChar ? TypeNameKind::kVarChar : TypeNameKind::kVarBinary;
    }
    if (simple.arguments > 0) {
      ParseTypeArguments(type, simple.arguments == 2);
    } else if (Is(TokenKind::kLeftParen)) {
      Fail(ErrorCode::kInvalidType, Peek().span,
           fmt::format("{} takes no length", KeywordText(keyword)),
           fmt::format("write {}", KeywordText(keyword)));
    }
    return ParseTimestampZone(type);
  }
  ParseConstructedType(keyword, type);
}

void Parser::ParseConstructedType(Keyword keyword, ast::TypeName* type) {
  switch (keyword) {
    case Keyword::kInterval:
      Advance();
      type->kind = TypeNameKind::kInterval;
      type->interval = ParseIntervalQualifier();
      return;
    case Keyword::kArray:
    case Keyword::kMultiset:
    case Keyword::kMap:
      Advance();
      type->kind = keyword == Keyword::kArray      ? TypeNameKind::kArray
                   : keyword == Keyword::kMultiset ? TypeNameKind::kMultiset
                                                   : TypeNameKind::kMap;
      Expect(TokenKind::kLess, "`<` and the type of the elements");
      type->elements.push_back(ParseNullableType());
      if (keyword == Keyword::kMap) {
        Expect(TokenKind::kComma, "`,` and the type of the values");
        type->elements.push_back(ParseNullableType());
      }
      return Expect(TokenKind::kGreater, "`>`");
    case Keyword::kRow:
      Advance();
      type->kind = TypeNameKind::kRow;
      return ParseRowFields(type);
    case Keyword::kRaw:
      Advance();
      type->kind = TypeNameKind::kRaw;
      Expect(TokenKind::kLeftParen, "`(`");
      type->raw.push_back(ParseString("a class name in single quotes"));
      Expect(TokenKind::kComma, "`,`");
      type->raw.push_back(ParseString("a serializer snapshot in single quotes"));
      return Expect(TokenKind::kRightParen, "`)`");
    default: Unexpected("a data type");
  }
}

void Parser::ParseTypeArguments(ast::TypeName* type, bool with_scale) {
  if (!Accept(TokenKind::kLeftParen)) return;
  type->precision = static_cast<int32_t>(ParseInteger("a number"));
  if (with_scale && Accept(TokenKind::kComma)) {
    type->scale = static_cast<int32_t>(ParseInteger("the number of digits behind the point"));
  }
  Expect(TokenKind::kRightParen, "`)`");
}

// [WITHOUT TIME ZONE | WITH [LOCAL] TIME ZONE]
void Parser::ParseTimestampZone(ast::TypeName* type) {
  bool timestamp = type->kind == TypeNameKind::kTimestamp;
  if (!timestamp && type->kind != TypeNameKind::kTime) return;
  if (Accept(Keyword::kWithout, Keyword::kTime)) {
    Expect(Keyword::kZone);
  } else if (timestamp && Accept(Keyword::kWith, Keyword::kLocal)) {
    Expect(Keyword::kTime, Keyword::kZone);
    type->kind = TypeNameKind::kTimestampLtz;
  } else if (timestamp && Accept(Keyword::kWith, Keyword::kTime)) {
    Expect(Keyword::kZone);
    type->kind = TypeNameKind::kTimestampTz;
  }
}

// ROW<a INT, b STRING 'comment'> or ROW(a INT, b STRING)
void Parser::ParseRowFields(ast::TypeName* type) {
  if (Accept(TokenKind::kNotEqual)) return;  // ROW<>
  bool parens = Accept(TokenKind::kLeftParen);
  if (!parens) Expect(TokenKind::kLess, "`<` and the fields of the row");
  TokenKind close = parens ? TokenKind::kRightParen : TokenKind::kGreater;
  if (Accept(close)) return;
  do {
    TypeName::RowField field;
    field.name = ParseIdentifier("the name of a field");
    field.type = ParseNullableType();
    if (Is(TokenKind::kString)) field.comment = ParseString("a comment");
    type->fields.push_back(std::move(field));
  } while (Accept(TokenKind::kComma));
  Expect(close, parens ? "`,` or `)`" : "`,` or `>`");
}

std::optional<ast::TimeUnit> Parser::AcceptIntervalUnit() {
  struct Unit {
    Keyword singular;
    Keyword plural;
    TimeUnit unit;
  };
  static constexpr Unit kUnits[] = {
      {Keyword::kYear, Keyword::kYears, TimeUnit::kYear},
      {Keyword::kQuarter, Keyword::kQuarters, TimeUnit::kQuarter},
      {Keyword::kMonth, Keyword::kMonths, TimeUnit::kMonth},
      {Keyword::kWeek, Keyword::kWeeks, TimeUnit::kWeek},
      {Keyword::kDay, Keyword::kDays, TimeUnit::kDay},
      {Keyword::kHour, Keyword::kHours, TimeUnit::kHour},
      {Keyword::kMinute, Keyword::kMinutes, TimeUnit::kMinute},
      {Keyword::kSecond, Keyword::kSeconds, TimeUnit::kSecond},
  };
  for (const Unit& unit : kUnits) {
    if (Accept(unit.singular) || Accept(unit.plural)) return unit.unit;
  }
  return std::nullopt;
}

ast::IntervalQualifier Parser::ParseIntervalQualifier() {
  constexpr std::string_view kExpected = "a unit: YEAR, MONTH, DAY, HOUR, MINUTE or SECOND";
  ast::IntervalQualifier qualifier;
  SourceSpan start = Peek().span;
  std::optional<TimeUnit> unit = AcceptIntervalUnit();
  if (!unit) {
    Unexpected(kExpected, {Keyword::kYear, Keyword::kMonth, Keyword::kDay, Keyword::kHour,
                           Keyword::kMinute, Keyword::kSecond});
    return qualifier;
  }
  qualifier.start = *unit;
  if (Is(TokenKind::kLeftParen) && Peek(1).kind == TokenKind::kNumber) {
    Advance();
    qualifier.start_precision = static_cast<int32_t>(ParseInteger("a number of digits"));
    if (qualifier.start == TimeUnit::kSecond && Accept(TokenKind::kComma)) {
      qualifier.fraction_precision = static_cast<int32_t>(ParseInteger("a number of digits"));
    }
    Expect(TokenKind::kRightParen, "`)`");
  }
  if (Accept(Keyword::kTo)) {
    qualifier.end = AcceptIntervalUnit();
    if (!qualifier.end) Unexpected(kExpected);
    if (qualifier.end == TimeUnit::kSecond && Accept(TokenKind::kLeftParen)) {
      qualifier.fraction_precision = static_cast<int32_t>(ParseInteger("a number of digits"));
      Expect(TokenKind::kRightParen, "`)`");
    }
  }
  qualifier.span = SpanFrom(start);
  return qualifier;
}

}  // namespace sluice
