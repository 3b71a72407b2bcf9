// Literals of SQL with Calcite's types: 1 is INT, 1.50 DECIMAL(3, 2), 'a' CHAR(1), all NOT NULL.
#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "expr/program.h"
#include "plan/expr_binder.h"
#include "sql/utf8.h"
#include "types/number_text.h"

namespace sluice {

namespace {

int32_t CountCodePoints(std::string_view text) {
  return static_cast<int32_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool ParseWhole(std::string_view text, int64_t* value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

// Milliseconds, or months, of one unit.
int64_t AmountOf(ast::TimeUnit unit) {
  switch (unit) {
    case ast::TimeUnit::kYear: return 12;
    case ast::TimeUnit::kQuarter: return 3;
    case ast::TimeUnit::kMonth: return 1;
    case ast::TimeUnit::kWeek: return 7 * int64_t{86'400'000};
    case ast::TimeUnit::kDay: return 86'400'000;
    case ast::TimeUnit::kHour: return 3'600'000;
    case ast::TimeUnit::kMinute: return 60'000;
    case ast::TimeUnit::kSecond: return 1000;
    default: return 0;
  }
}

bool IsMonths(ast::TimeUnit unit) {
  return unit == ast::TimeUnit::kYear || unit == ast::TimeUnit::kQuarter ||
         unit == ast::TimeUnit::kMonth;
}

// "5", "1-2", "1 02:03:04.5", ":"-separated from `start` to `end`; nothing when malformed.
std::optional<int64_t> ParseIntervalText(std::string_view text, ast::TimeUnit start,
                                         ast::TimeUnit end) {
  int64_t sign = 1;
  while (!text.empty() && (text.front() == '-' || text.front() == '+' || text.front() == ' ')) {
    if (text.front() == '-') sign = -sign;
    text.remove_prefix(1);
  }
  static constexpr ast::TimeUnit kOrder[] = {ast::TimeUnit::kYear,   ast::TimeUnit::kMonth,
                                             ast::TimeUnit::kDay,    ast::TimeUnit::kHour,
                                             ast::TimeUnit::kMinute, ast::TimeUnit::kSecond};
  int64_t total = 0;
  ast::TimeUnit unit = start;
  while (true) {
    int64_t amount = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (error != std::errc() || amount < 0 || amount > int64_t{1} << 40) return std::nullopt;
    text.remove_prefix(rest - text.data());
    total += amount * AmountOf(unit);
    if (unit == ast::TimeUnit::kSecond && text.starts_with('.')) {
      text.remove_prefix(1);
      int64_t scale = 100;
      for (; !text.empty() && text.front() >= '0' && text.front() <= '9';
           text.remove_prefix(1), scale /= 10) {
        total += (text.front() - '0') * scale;
      }
    }
    if (unit == end) break;
    const auto* next = std::find(std::begin(kOrder), std::end(kOrder), unit) + 1;
    if (next >= std::end(kOrder) || text.empty()) return std::nullopt;
    const char separator = unit == ast::TimeUnit::kYear  ? '-'
                           : unit == ast::TimeUnit::kDay ? ' '
                                                         : ':';
    if (text.front() != separator) return std::nullopt;
    text.remove_prefix(1);
    unit = *next;
  }
  if (!text.empty()) return std::nullopt;
  return sign * total;
}

}  // namespace

ExprPtr ExprBinder::BindLiteral(const ast::Expr& expr) {
  using Kind = ast::LiteralKind;
  switch (expr.literal) {
    case Kind::kNull: return MakeLiteral(Value::Null(), Type::Null());
    case Kind::kUnknown: return MakeLiteral(Value::Null(), Type::Boolean());
    case Kind::kTrue: return MakeLiteral(Value::OfInt(1), Type::Boolean().NotNull());
    case Kind::kFalse: return MakeLiteral(Value::OfInt(0), Type::Boolean().NotNull());
    case Kind::kExactNumber: return BindExactNumber(expr);
    case Kind::kApproxNumber: {
      double value = 0;
      if (!ParseDouble(expr.text, &value)) {
        script_.Error(ErrorCode::kInvalidLiteral, expr.span, "the number is malformed");
        return nullptr;
      }
      return MakeLiteral(Value::OfDouble(value), Type::Double().NotNull());
    }
    case Kind::kString:
      return MakeLiteral(Value::OfText(expr.text),
                         Type::Char(CountCodePoints(expr.text)).NotNull());
    case Kind::kBinary:
      return MakeLiteral(Value::OfText(expr.text),
                         Type::Binary(static_cast<int32_t>(expr.text.size())).NotNull());
    case Kind::kDate: return BindTimeLiteral(expr, Type::Date());
    case Kind::kTime: return BindTimeLiteral(expr, Type::Time(0));
    case Kind::kTimestamp: {
      const size_t dot = expr.text.find('.');
      const size_t digits = dot == std::string::npos ? 0 : expr.text.size() - dot - 1;
      return BindTimeLiteral(expr,
                             Type::TimestampType(static_cast<int>(std::min<size_t>(digits, 9))));
    }
  }
  return nullptr;
}

ExprPtr ExprBinder::BindTimeLiteral(const ast::Expr& expr, const Type& type) {
  const ExprPtr text =
      MakeLiteral(Value::OfText(expr.text), Type::Char(CountCodePoints(expr.text)).NotNull());
  const auto value = EvaluateConstant(MakeCast(text, type.NotNull()), session_);
  if (!value.ok() || value->is_null()) {
    script_.Error(ErrorCode::kInvalidLiteral, expr.span,
                  StrCat("'", expr.text, "' is no ", type.ToString()),
                  "write DATE 'yyyy-MM-dd', TIME 'HH:mm:ss' or TIMESTAMP 'yyyy-MM-dd HH:mm:ss'");
    return nullptr;
  }
  return MakeLiteral(*value, type.NotNull());
}

ExprPtr ExprBinder::BindExactNumber(const ast::Expr& expr) {
  std::string_view digits = expr.text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const size_t dot = digits.find('.');
  int64_t small = 0;
  // "5." is an integer, too.
  if (std::min(dot, digits.size()) + 1 >= digits.size() && dot != 0) {
    if (!ParseWhole(std::string_view(expr.text).substr(0, expr.text.find('.')), &small)) {
      script_.Error(ErrorCode::kLiteralOutOfRange, expr.span,
                    "the number is out of the range of BIGINT",
                    "write CAST('…' AS DECIMAL(38, 0))");
      return nullptr;
    }
    const bool is_int = small >= INT32_MIN && small <= INT32_MAX;
    return MakeLiteral(Value::OfInt(small), (is_int ? Type::Int() : Type::BigInt()).NotNull());
  }
  Int128 unscaled = 0;
  int precision = 0;
  const int scale = static_cast<int>(digits.size() - dot - 1);
  // Every digit written counts: 0.1 is a DECIMAL(2, 1), .1 a DECIMAL(1, 1).
  for (const char c : digits) {
    if (c == '.') continue;
    ++precision;
    if (precision > Type::kMaxDecimalPrecision) break;
    unscaled = unscaled * 10 + (c - '0');
  }
  if (precision > Type::kMaxDecimalPrecision) {
    script_.Error(ErrorCode::kLiteralOutOfRange, expr.span, "the number has more than 38 digits",
                  "write it with an exponent for a DOUBLE: 1E0");
    return nullptr;
  }
  if (negative) unscaled = -unscaled;
  const Type type = Type::Decimal(precision, scale).NotNull();
  const bool fits = type.layout() == Layout::kInt64;
  return MakeLiteral(
      fits ? Value::OfInt(static_cast<int64_t>(unscaled)) : Value::OfInt128(unscaled), type);
}

ExprPtr ExprBinder::BindInterval(const ast::Expr& expr) {
  const ast::IntervalQualifier& qualifier = *expr.interval;
  const bool months = IsMonths(qualifier.start);
  const Type type = (months ? Type::IntervalYearMonth() : Type::IntervalDayTime()).NotNull();
  if (!expr.args.empty()) {
    ExprPtr amount = Bind(*expr.args[0]);
    if (amount == nullptr) return nullptr;
    ExprPtr unit = MakeLiteral(Value::OfInt(AmountOf(qualifier.start)), type);
    return Call("*", {std::move(amount), std::move(unit)}, expr);
  }
  const auto value =
      ParseIntervalText(expr.text, qualifier.start, qualifier.end.value_or(qualifier.start));
  if (!value.has_value()) {
    script_.Error(
        ErrorCode::kInvalidLiteral, expr.span,
        StrCat("'", expr.text, "' is no interval of this unit"),
        "write INTERVAL '5' SECOND, INTERVAL '1:30' HOUR TO MINUTE, INTERVAL '1-2' YEAR TO MONTH");
    return nullptr;
  }
  return MakeLiteral(Value::OfInt(*value), type);
}

}  // namespace sluice
