// Calls: ordinary ones with their clauses, and those with a syntax of their own.
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "sql/parser_class.h"
#include "sql/parser_nesting.h"

namespace sluice {

using ast::ExprKind;
using ast::ExprPtr;
using ast::LiteralKind;

namespace {

struct ForeignCall {
  Keyword keyword;
  std::string_view remedy;
};

// Reserved words that other dialects use as functions.
constexpr ForeignCall kForeignCalls[] = {
    {Keyword::kDate, "write CAST(x AS DATE)"},
    {Keyword::kTime, "write CAST(x AS TIME)"},
    {Keyword::kTimestamp, "write CAST(x AS TIMESTAMP(3)), or TO_TIMESTAMP(text)"},
    {Keyword::kDay, "write DAYOFMONTH(x), or EXTRACT(DAY FROM x)"},
    {Keyword::kString, "write CAST(x AS STRING)"},
    {Keyword::kInt, "write CAST(x AS INT)"},
    {Keyword::kInteger, "write CAST(x AS INT)"},
    {Keyword::kBigint, "write CAST(x AS BIGINT)"},
    {Keyword::kDouble, "write CAST(x AS DOUBLE)"},
    {Keyword::kFloat, "write CAST(x AS FLOAT)"},
    {Keyword::kDecimal, "write CAST(x AS DECIMAL(p, s))"},
    {Keyword::kBoolean, "write CAST(x AS BOOLEAN)"},
    {Keyword::kConvert, "write CAST(x AS type)"},
    {Keyword::kSafeCast, "write TRY_CAST(x AS type)"},
    {Keyword::kGroupConcat, "write LISTAGG(x, ',')"},
    {Keyword::kStringAgg, "write LISTAGG(x, ',')"},
    {Keyword::kContains, "write POSITION(part IN text) > 0"},
    {Keyword::kContainsSubstr, "write POSITION(part IN text) > 0"},
    {Keyword::kDateTrunc, "write FLOOR(x TO DAY)"},
    {Keyword::kTimestampTrunc, "write FLOOR(x TO DAY)"},
    {Keyword::kTimestampDiff, "write TIMESTAMPDIFF(SECOND, a, b)"},
};

ExprPtr KeywordExpr(std::string text, SourceSpan span) {
  auto expr = std::make_unique<ast::Expr>(ExprKind::kKeyword, span);
  expr->text = std::move(text);
  return expr;
}

}  // namespace

// DATE(x) and its like, which Flink's grammar does not take.
bool Parser::FailOnForeignCall() {
  for (const ForeignCall& foreign : kForeignCalls) {
    if (!Is(foreign.keyword)) continue;
    std::string_view word = TextOf(Peek().span);
    Fail(ErrorCode::kNotFlinkSql, Peek().span, fmt::format("{}(...) is not Flink SQL", word),
         RewriteCall(foreign.remedy));
    return true;
  }
  return false;
}

// The remedy with the x in it replaced by the call's argument, where that is short and single.
std::string Parser::RewriteCall(std::string_view remedy) const {
  constexpr size_t kLongest = 40;
  std::string result(remedy);
  const Token& open = Peek(1);
  size_t x = result.find("(x");
  if (open.match < 0 || x == std::string::npos) return result;
  SourceSpan inner{open.span.end(), tokens_[open.match].span.offset - open.span.end()};
  std::string_view argument = TextOf(inner);
  bool simple = !argument.empty() && argument.size() <= kLongest &&
                argument.find_first_of(",\n") == std::string_view::npos;
  return simple ? result.replace(x + 1, 1, argument) : result;
}

ast::ExprPtr Parser::ParseSpecialCall(bool* is_special) {
  *is_special = true;
  if (Peek(1).kind == TokenKind::kLeftParen) {
    switch (Peek().keyword) {
      case Keyword::kCast: return ParseCast(/*try_cast=*/false);
      case Keyword::kTryCast: return ParseCast(/*try_cast=*/true);
      case Keyword::kDescriptor: return ParseDescriptor();
      case Keyword::kExtract: return ParseExtract();
      case Keyword::kTrim: return ParseTrim();
      case Keyword::kSubstring: return ParseSubstring();
      case Keyword::kPosition: return ParsePosition();
      case Keyword::kOverlay: return ParseOverlay();
      case Keyword::kFloor:
      case Keyword::kCeil:
      case Keyword::kCeiling: return ParseRounding();
      case Keyword::kTimestampadd:
      case Keyword::kTimestampdiff: return ParseTimestampCall();
      case Keyword::kJsonValue: return ParseJsonValue();
      case Keyword::kJsonQuery: return ParseJsonQuery();
      case Keyword::kJsonExists: return ParseJsonExists();
      case Keyword::kJsonObject: return ParseJsonObject(/*aggregate=*/false);
      case Keyword::kJsonObjectagg: return ParseJsonObject(/*aggregate=*/true);
      case Keyword::kJsonArray: return ParseJsonArray(/*aggregate=*/false);
      case Keyword::kJsonArrayagg: return ParseJsonArray(/*aggregate=*/true);
      default: break;
    }
  }
  *is_special = false;
  return nullptr;
}

ast::ExprPtr Parser::StartCall() {
  ExprPtr call = NewExpr(ExprKind::kCall, Peek().span);
  call->call = std::make_unique<ast::CallClauses>();
  call->name = TakeFunctionName();
  Expect(TokenKind::kLeftParen, "`(`");
  return call;
}

ast::ExprPtr Parser::FinishCall(ast::ExprPtr call) {
  Expect(TokenKind::kRightParen, "`,` or `)`");
  ParseCallClauses(call->call.get());
  return Done(std::move(call));
}

ast::ExprPtr Parser::ParseCall(ast::Name name) {
  ExprPtr call = NewExpr(ExprKind::kCall, name.span);
  call->call = std::make_unique<ast::CallClauses>();
  call->name = std::move(name);
  Expect(TokenKind::kLeftParen, "`(`");
  if (Is(TokenKind::kRightParen)) return FinishCall(std::move(call));
  if (Is(TokenKind::kStar) && Peek(1).kind == TokenKind::kRightParen) {
    Advance();
    call->call->star = true;
    return FinishCall(std::move(call));
  }
  call->call->distinct = Accept(Keyword::kDistinct);
  if (!call->call->distinct) Accept(Keyword::kAll);
  do {
    call->args.push_back(ParseArgument());
  } while (Accept(TokenKind::kComma));
  if (Accept(Keyword::kOrder, Keyword::kBy)) call->call->order_by = ParseOrderItems();
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseBareCall() {
  ExprPtr call = NewExpr(ExprKind::kCall, Peek().span);
  call->call = std::make_unique<ast::CallClauses>();
  call->call->no_parens = true;
  call->name = TakeFunctionName();
  return Done(std::move(call));
}

ast::ExprPtr Parser::ParseArgument() {
  Nesting nesting(this);
  SourceSpan start = Peek().span;
  // Any word may name an argument: OFFSET => ...
  bool is_word = Is(TokenKind::kWord) || Is(TokenKind::kQuotedName);
  if (is_word && Peek(1).kind == TokenKind::kArrow) {
    ExprPtr named = NewExpr(ExprKind::kNamedArg, start);
    named->name = TakeFunctionName();
    Expect(TokenKind::kArrow, "`=>`");
    named->args.push_back(ParseArgument());
    return Done(std::move(named));
  }
  if (Accept(Keyword::kDefault)) return Done(NewExpr(ExprKind::kDefault, start));
  if (Is(Keyword::kTable)) return ParseTableArgument(nullptr);
  if (AtQueryParen() || AtQueryStart()) {
    ExprPtr query = ParseSubquery(ExprKind::kSubquery, start);
    if (Is(Keyword::kPartition, Keyword::kBy) || Is(Keyword::kOrder, Keyword::kBy)) {
      return ParseTableArgument(std::move(query));
    }
    return query;
  }
  return ParseExpr();
}

// TABLE t or TABLE (query) or, already read, (query), with PARTITION BY and ORDER BY.
ast::ExprPtr Parser::ParseTableArgument(ast::ExprPtr query) {
  ExprPtr table = NewExpr(ExprKind::kTableArg, query ? query->span : Peek().span);
  table->call = std::make_unique<ast::CallClauses>();
  if (query) {
    table->query = std::move(query->query);
  } else {
    Expect(Keyword::kTable);
    if (AtQueryParen()) {
      table->query = ParseQueryInParens();
    } else {
      // TABLE(t) is an old spelling of TABLE t.
      bool parens = Accept(TokenKind::kLeftParen);
      table->name = ParseName("a table");
      if (parens) Expect(TokenKind::kRightParen, "`)`");
    }
  }
  // Several keys stand in parentheses, as a comma ends the argument.
  if (Accept(Keyword::kPartition, Keyword::kBy)) {
    ExprPtr key = ParseExpr();
    bool several = key->kind == ExprKind::kRow && !key->explicit_row;
    if (several) {
      table->call->partition_by = std::move(key->args);
    } else {
      table->call->partition_by.push_back(std::move(key));
    }
  }
  if (Accept(Keyword::kOrder, Keyword::kBy)) {
    if (Accept(TokenKind::kLeftParen)) {
      table->call->order_by = ParseOrderItems();
      Expect(TokenKind::kRightParen, "`,` or `)`");
    } else {
      table->call->order_by.push_back(ParseOrderItem());
    }
  }
  return Done(std::move(table));
}

ast::ExprPtr Parser::ParseDescriptor() {
  ExprPtr descriptor = NewExpr(ExprKind::kDescriptor, Peek().span);
  Expect(Keyword::kDescriptor);
  Expect(TokenKind::kLeftParen, "`(`");
  do {
    ast::Name name = ParseName("a column");
    ExprPtr column = NewExpr(ExprKind::kColumn, name.span);
    column->name = std::move(name);
    descriptor->args.push_back(Done(std::move(column)));
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kRightParen, "`,` or `)`");
  return Done(std::move(descriptor));
}

ast::ExprPtr Parser::ParseExtract() {
  ExprPtr call = StartCall();
  call->args.push_back(ParseTimeUnitArgument());
  Expect(Keyword::kFrom);
  call->args.push_back(ParseExpr());
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseTrim() {
  ExprPtr call = StartCall();
  SourceSpan start = Peek().span;
  std::string side;
  if (IsAnyOf({Keyword::kBoth, Keyword::kLeading, Keyword::kTrailing})) {
    side = KeywordText(Peek().keyword);
    Advance();
  }
  ExprPtr first;
  if (!side.empty() && Is(Keyword::kFrom)) {
    first = NewExpr(ExprKind::kLiteral, Peek().span);
    first->literal = LiteralKind::kString;
    first->text = " ";
  } else {
    first = ParseExpr();
  }
  if (side.empty() && !Is(Keyword::kFrom)) {
    call->args.push_back(std::move(first));
    while (Accept(TokenKind::kComma)) call->args.push_back(ParseExpr());
    return FinishCall(std::move(call));
  }
  Expect(Keyword::kFrom);
  call->args.push_back(KeywordExpr(side.empty() ? "BOTH" : side, start));
  call->args.push_back(std::move(first));
  call->args.push_back(ParseExpr());
  return FinishCall(std::move(call));
}

// SUBSTRING(x FROM a FOR b) is the long way to write SUBSTRING(x, a, b).
ast::ExprPtr Parser::ParseSubstring() {
  ExprPtr call = StartCall();
  call->args.push_back(ParseExpr());
  if (Accept(Keyword::kFrom)) {
    call->args.push_back(ParseExpr());
    if (Accept(Keyword::kFor)) call->args.push_back(ParseExpr());
  } else {
    while (Accept(TokenKind::kComma)) call->args.push_back(ParseExpr());
  }
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParsePosition() {
  ExprPtr call = StartCall();
  call->args.push_back(ParseExpr(kLikePrecedence));  // IN is not the operator here
  Expect(Keyword::kIn);
  call->args.push_back(ParseExpr());
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseOverlay() {
  ExprPtr call = StartCall();
  call->args.push_back(ParseExpr());
  Expect(Keyword::kPlacing);
  call->args.push_back(ParseExpr());
  Expect(Keyword::kFrom);
  call->args.push_back(ParseExpr());
  if (Accept(Keyword::kFor)) call->args.push_back(ParseExpr());
  return FinishCall(std::move(call));
}

// FLOOR(x), FLOOR(x TO DAY)
ast::ExprPtr Parser::ParseRounding() {
  ExprPtr call = StartCall();
  call->args.push_back(ParseExpr());
  if (Accept(Keyword::kTo)) {
    call->args.push_back(ParseTimeUnitArgument());
  } else {
    while (Accept(TokenKind::kComma)) call->args.push_back(ParseExpr());
  }
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseTimestampCall() {
  ExprPtr call = StartCall();
  call->args.push_back(ParseTimeUnitArgument());
  while (Accept(TokenKind::kComma)) call->args.push_back(ParseExpr());
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseTimeUnitArgument() {
  constexpr std::string_view kOdbcPrefix = "SQL_TSI_";
  SourceSpan span = Peek().span;
  std::string unit = UpperText(TextOf(span));
  if (unit.starts_with(kOdbcPrefix)) unit.erase(0, kOdbcPrefix.size());
  bool known = false;
  for (int i = 0; i <= static_cast<int>(ast::TimeUnit::kEpoch); ++i) {
    known = known || ast::TimeUnitName(static_cast<ast::TimeUnit>(i)) == unit;
  }
  if (!Is(TokenKind::kWord) || !known) {
    Unexpected("a unit of time such as YEAR, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND",
               {Keyword::kYear, Keyword::kMonth, Keyword::kWeek, Keyword::kDay, Keyword::kHour,
                Keyword::kMinute, Keyword::kSecond, Keyword::kQuarter});
    return FailedExpr();
  }
  Advance();
  return KeywordExpr(std::move(unit), span);
}

void Parser::ParseCallClauses(ast::CallClauses* call) {
  if (Accept(Keyword::kIgnore, Keyword::kNulls)) {
    call->ignore_nulls = true;
  } else if (Accept(Keyword::kRespect, Keyword::kNulls)) {
    call->respect_nulls = true;
  }
  if (Accept(Keyword::kWithin, Keyword::kGroup)) {
    Expect(TokenKind::kLeftParen, "`(`");
    Expect(Keyword::kOrder, Keyword::kBy);
    call->within_group = ParseOrderItems();
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  if (Accept(Keyword::kFilter)) {
    Expect(TokenKind::kLeftParen, "`(`");
    Expect(Keyword::kWhere);
    call->filter = ParseExpr();
    Expect(TokenKind::kRightParen, "an operator or `)`");
  }
  if (Is(Keyword::kOver)) call->over = ParseOver();
}

std::unique_ptr<ast::WindowSpec> Parser::ParseOver() {
  Expect(Keyword::kOver);
  if (Is(TokenKind::kLeftParen)) return std::make_unique<ast::WindowSpec>(ParseWindowSpec());
  auto window = std::make_unique<ast::WindowSpec>();
  window->base = ParseIdentifier("a window's name or `(`");
  window->in_parens = false;
  window->span = window->base.span;
  return window;
}

ast::WindowSpec Parser::ParseWindowSpec() {
  ast::WindowSpec window;
  window.span = Peek().span;
  Expect(TokenKind::kLeftParen, "`(`");
  if (IsNameToken(Peek())) window.base = ParseIdentifier("a window's name");
  if (Is(Keyword::kPartition)) window.partition_by = ParsePartitionBy();
  if (Accept(Keyword::kOrder, Keyword::kBy)) window.order_by = ParseOrderItems();
  if (IsAnyOf({Keyword::kRows, Keyword::kRange})) {
    window.has_frame = true;
    window.rows = Is(Keyword::kRows);
    Advance();
    if (Accept(Keyword::kBetween)) {
      window.start = ParseFrameBound();
      Expect(Keyword::kAnd);
      window.end = ParseFrameBound();
    } else {
      window.start = ParseFrameBound();
    }
  }
  Expect(TokenKind::kRightParen, "PARTITION BY, ORDER BY, ROWS, RANGE or `)`");
  window.span = SpanFrom(window.span);
  return window;
}

ast::FrameBound Parser::ParseFrameBound() {
  ast::FrameBound bound;
  if (Accept(Keyword::kCurrent, Keyword::kRow)) return bound;
  bool unbounded = Accept(Keyword::kUnbounded);
  if (!unbounded) bound.offset = ParseExpr(kAndPrecedence);
  if (Accept(Keyword::kPreceding)) {
    bound.kind =
        unbounded ? ast::FrameBoundKind::kUnboundedPreceding : ast::FrameBoundKind::kPreceding;
  } else if (Accept(Keyword::kFollowing)) {
    bound.kind =
        unbounded ? ast::FrameBoundKind::kUnboundedFollowing : ast::FrameBoundKind::kFollowing;
  } else {
    Unexpected("PRECEDING or FOLLOWING", {Keyword::kPreceding, Keyword::kFollowing});
  }
  return bound;
}

std::vector<ast::ExprPtr> Parser::ParsePartitionBy() {
  std::vector<ExprPtr> keys;
  Expect(Keyword::kPartition, Keyword::kBy);
  do {
    keys.push_back(ParseExpr());
  } while (Accept(TokenKind::kComma));
  return keys;
}

std::vector<ast::OrderItem> Parser::ParseOrderItems() {
  std::vector<ast::OrderItem> items;
  do {
    items.push_back(ParseOrderItem());
  } while (Accept(TokenKind::kComma));
  return items;
}

ast::OrderItem Parser::ParseOrderItem() {
  ast::OrderItem item;
  item.expr = ParseExpr();
  item.descending = Accept(Keyword::kDesc);
  if (!item.descending) Accept(Keyword::kAsc);
  if (!Accept(Keyword::kNulls)) return item;
  if (Accept(Keyword::kFirst)) {
    item.nulls = ast::SortNulls::kFirst;
  } else {
    Expect(Keyword::kLast);
    item.nulls = ast::SortNulls::kLast;
  }
  return item;
}

}  // namespace sluice
