// Expressions of the syntax tree. One struct for all kinds: switch over `kind`; the comment at each
// kind says which members it uses. Special call syntaxes are already ordinary calls here, keywords
// being kKeyword arguments: EXTRACT(DAY FROM x) = (DAY, x); TRIM(BOTH a FROM x) = (BOTH, a, x),
// TRIM(x) = (x); FLOOR(x TO DAY) = (x, DAY); TIMESTAMPADD(DAY, n, x); SUBSTRING(x FROM a FOR b) =
// (x, a, b); POSITION(a IN b) = (a, b); OVERLAY(x PLACING y FROM a FOR b) = (x, y, a, b).
// tidy: long file, an expression, its clauses and its windows name each other.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/source_span.h"

namespace sluice::ast {

// Deep enough for any text that a person wrote; recursion over a tree of this height fits every
// thread's stack.
inline constexpr int kMaxTreeHeight = 500;

struct Expr;
struct Query;
struct WindowSpec;
using ExprPtr = std::unique_ptr<Expr>;
using QueryPtr = std::unique_ptr<Query>;

struct Identifier {
  std::string text;  // without backticks
  bool quoted = false;
  SourceSpan span;
};

// `vvp`.`default`.t, e.user.name
struct Name {
  std::vector<Identifier> parts;
  SourceSpan span;
  bool empty() const { return parts.empty(); }
};

enum class TimeUnit : uint8_t {
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  // Only in EXTRACT, FLOOR/CEIL, TIMESTAMPADD and TIMESTAMPDIFF, where units are kKeyword
  // arguments:
  kMillisecond,
  kMicrosecond,
  kNanosecond,
  kDow,
  kDoy,
  kIsoDow,
  kIsoYear,
  kDecade,
  kCentury,
  kMillennium,
  kEpoch,
};
std::string_view TimeUnitName(TimeUnit unit);  // "YEAR"

struct IntervalQualifier {  // DAY(2) TO SECOND(3)
  TimeUnit start = TimeUnit::kSecond;
  std::optional<TimeUnit> end;
  std::optional<int32_t> start_precision;
  std::optional<int32_t> fraction_precision;
  SourceSpan span;
};

enum class TypeNameKind : uint8_t {
  kBoolean,
  kTinyInt,
  kSmallInt,
  kInt,
  kBigInt,
  kFloat,
  kDouble,
  kDecimal,
  kChar,
  kVarChar,
  kString,
  kBinary,
  kVarBinary,
  kBytes,
  kDate,
  kTime,
  kTimestamp,
  kTimestampTz,
  kTimestampLtz,
  kInterval,
  kArray,
  kMap,
  kMultiset,
  kRow,
  kRaw,
  kNull,
  kNamed,  // a user-defined type: `name`
};

struct TypeName {
  struct RowField;
  TypeNameKind kind = TypeNameKind::kNamed;
  bool nullable = true;  // false for NOT NULL
  std::optional<int32_t>
      precision;  // of DECIMAL, TIME, TIMESTAMP; length of CHAR, VARCHAR, BINARY, VARBINARY
  std::optional<int32_t> scale;
  std::vector<TypeName> elements;  // ARRAY, MULTISET: 1; MAP: key, value
  std::vector<RowField> fields;    // ROW
  IntervalQualifier interval;      // INTERVAL
  Name name;                       // kNamed
  std::vector<std::string> raw;    // RAW('class', 'serializer snapshot')
  SourceSpan span;
};

struct TypeName::RowField {
  Identifier name;
  TypeName type;
  std::optional<std::string> comment;
};

enum class LiteralKind : uint8_t {
  kNull,
  kTrue,
  kFalse,
  kUnknown,  // the BOOLEAN NULL
  // A minus directly in front of a number is part of it.
  kExactNumber,   // text: 12, -12., 0.50, .5: an integer when it has no dot
  kApproxNumber,  // text: 1e3, -1.5E-3
  kString,        // text: unescaped
  kBinary,        // text: the bytes
  kDate,
  kTime,
  kTimestamp,  // text: between the quotes, unchecked
};

enum class UnaryOp : uint8_t { kMinus, kPlus, kNot };

enum class BinaryOp : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kConcat,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIsDistinctFrom,
  kIsNotDistinctFrom,
  kOverlaps,
};
std::string_view BinaryOpText(BinaryOp op);  // "+", "<>", "IS DISTINCT FROM"

enum class IsTest : uint8_t {
  kNull,
  kTrue,
  kFalse,
  kUnknown,
  kJsonValue,
  kJsonObject,
  kJsonArray,
  kJsonScalar,
};

enum class ExprKind : uint8_t {
  kLiteral,   // literal, text
  kInterval,  // interval; text with its sign in front (INTERVAL -'1:30' HOUR TO MINUTE), or args[0]
              // where the amount is an expression (INTERVAL n DAY)
  kColumn,    // name: c, t.c, db.t.c or a path into a ROW: the binder resolves which
  kStar,      // name: empty for *, else the table of t.*
  kUnary,     // unary_op, args[0]
  kBinary,    // binary_op, args[0], args[1]
  kAnd,
  kOr,          // args: two or more, a AND b AND c is one node
  kLike,        // args: value, pattern[, escape]; negated
  kSimilar,     // args: value, pattern[, escape]; negated
  kBetween,     // args: value, low, high; negated, symmetric
  kIn,          // args[0]: value; query, or args[1..]: the list; negated
  kQuantified,  // binary_op, args[0], text "ANY" or "ALL" (SOME is ANY); query, or args[1..]
  kExists,      // query
  kSubquery,    // query, as a scalar
  kIs,          // is_test, args[0]; negated
  kCase,      // has_operand, args: [operand,] when1, then1, when2, then2 ...[, else]: see has_else
  kWhenList,  // args: WHEN 1, 2 THEN of a CASE that has an operand
  kCast,      // args[0], type; try_cast
  kCall,      // name, args, call (never null)
  kRow,       // args: ROW(a, b) or (a, b): explicit_row says which
  kArray,     // args: ARRAY[a, b]
  kArrayQuery,
  kMultisetQuery,  // query: ARRAY(SELECT ...), MULTISET(SELECT ...)
  kMultiset,       // args: MULTISET[a, b]
  kMap,            // args: key1, value1, key2, value2 ...
  kItem,           // args[0][args[1]]
  kField,          // args[0].name, one part: a field of something that is not a plain name
  kNamedArg,       // name => args[0], only as a call's argument
  kDefault,        // the word DEFAULT as a call's argument or in VALUES (...)
  kDescriptor,     // args: kColumn each: DESCRIPTOR(c)
  kTableArg,  // name, or query; call: TABLE t [PARTITION BY ...] [ORDER BY ...] and, where one of
              // these follows, (SELECT ...) PARTITION BY ...; without them it is a kSubquery
  kKeyword,   // text in upper case: DAY in EXTRACT(DAY FROM x), BOTH in TRIM(BOTH x FROM y)
  kGroupingSets,
  kCube,
  kRollup,  // args, only in GROUP BY; a set of several is a kRow, the empty set an empty kRow
};

enum class SortNulls : uint8_t { kDefault, kFirst, kLast };

enum class JsonBehavior : uint8_t {
  kUnset,
  kNull,
  kError,
  kDefault,
  kEmptyArray,
  kEmptyObject,
  kTrue,
  kFalse,
  kUnknown,
};
enum class JsonWrapper : uint8_t { kUnset, kWithout, kConditional, kUnconditional };
enum class JsonNulls : uint8_t { kUnset, kNullOnNull, kAbsentOnNull };

// The clauses of JSON_VALUE, JSON_QUERY, JSON_EXISTS and of the JSON constructors, whose args are
// plain: (document, path); JSON_OBJECT and JSON_OBJECTAGG: key1, value1, key2, value2 ...;
// JSON_ARRAY[AGG]: the elements.
struct JsonClauses {
  std::optional<TypeName> returning;
  JsonWrapper wrapper = JsonWrapper::kUnset;
  JsonBehavior on_empty = JsonBehavior::kUnset;
  JsonBehavior on_error = JsonBehavior::kUnset;
  ExprPtr default_on_empty;  // of kDefault
  ExprPtr default_on_error;
  JsonNulls nulls = JsonNulls::kUnset;
};

struct OrderItem {
  ExprPtr expr;
  bool descending = false;
  SortNulls nulls = SortNulls::kDefault;
};

// What a call has beyond its arguments.
struct CallClauses {
  bool distinct = false;   // COUNT(DISTINCT x)
  bool star = false;       // COUNT(*): args is empty
  bool no_parens = false;  // CURRENT_DATE and its like, written without ()
  bool ignore_nulls = false;
  bool respect_nulls = false;
  ExprPtr filter;                       // FILTER (WHERE ...)
  std::vector<OrderItem> within_group;  // WITHIN GROUP (ORDER BY ...)
  std::unique_ptr<WindowSpec> over;     // OVER w or OVER (...)
  JsonClauses json;
  std::vector<ExprPtr> partition_by;  // of kTableArg
  std::vector<OrderItem> order_by;    // of kTableArg; of ARRAY_AGG(x ORDER BY y)
};

// Owns its children. Name and text of a call are as written; function names are matched without
// regard to case.
struct Expr {
  Expr(ExprKind k, SourceSpan s);
  ~Expr();
  Expr(const Expr&) = delete;
  Expr& operator=(const Expr&) = delete;

  ExprKind kind;
  UnaryOp unary_op = UnaryOp::kMinus;
  BinaryOp binary_op = BinaryOp::kAdd;
  LiteralKind literal = LiteralKind::kNull;
  IsTest is_test = IsTest::kNull;
  bool negated = false;  // NOT LIKE, NOT IN, NOT BETWEEN, IS NOT
  bool symmetric = false;
  bool has_operand = false;  // CASE x WHEN ...
  bool has_else = false;
  bool try_cast = false;
  bool explicit_row = false;
  int16_t height = 1;  // at most kMaxTreeHeight
  SourceSpan span;
  std::string text;
  Name name;
  std::vector<ExprPtr> args;
  QueryPtr query;
  std::unique_ptr<IntervalQualifier> interval;
  std::unique_ptr<TypeName> type;
  std::unique_ptr<CallClauses> call;
};

enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing,
};
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kCurrentRow;
  ExprPtr offset;  // of kPreceding and kFollowing
};

// OVER (...) or WINDOW w AS (...).
struct WindowSpec {
  Identifier base;        // OVER w, or the window that (w ORDER BY ...) extends; empty text if none
  bool in_parens = true;  // false for OVER w
  std::vector<ExprPtr> partition_by;
  std::vector<OrderItem> order_by;
  bool has_frame = false;
  bool rows = false;  // ROWS; false: RANGE
  FrameBound start;
  std::optional<FrameBound> end;  // of BETWEEN start AND end
  SourceSpan span;
};

}  // namespace sluice::ast
