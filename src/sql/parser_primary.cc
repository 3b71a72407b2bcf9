// Operands: literals, names, parentheses, CASE, CAST, collections, sub-queries.
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "sql/parser_class.h"

namespace sluice {

using ast::ExprKind;
using ast::ExprPtr;
using ast::LiteralKind;

ast::ExprPtr Parser::ParsePrimary() {
  switch (Peek().kind) {
    case TokenKind::kNumber:
    case TokenKind::kApproxNumber:
    case TokenKind::kString:
    case TokenKind::kUnicodeString:
    case TokenKind::kBinaryString: return ParseLiteral();
    case TokenKind::kLeftParen: return ParseParenthesised();
    case TokenKind::kWord: return ParseWordPrimary();
    case TokenKind::kQuotedName: return ParseNamePrimary();
    default: Unexpected("an expression"); return FailedExpr();
  }
}

ast::ExprPtr Parser::ParseWordPrimary() {
  bool is_special = false;
  ExprPtr special = ParseSpecialCall(&is_special);
  if (is_special) return special;
  Keyword keyword = Peek().keyword;
  const Token& next = Peek(1);
  bool call = next.kind == TokenKind::kLeftParen;
  bool text = next.kind == TokenKind::kString;
  switch (keyword) {
    case Keyword::kNull: return ParseWordLiteral(LiteralKind::kNull);
    case Keyword::kTrue: return ParseWordLiteral(LiteralKind::kTrue);
    case Keyword::kFalse: return ParseWordLiteral(LiteralKind::kFalse);
    case Keyword::kUnknown: return ParseWordLiteral(LiteralKind::kUnknown);
    case Keyword::kCase: return ParseCase();
    case Keyword::kDate:
      if (text) return ParseTimeLiteral(LiteralKind::kDate);
      break;
    case Keyword::kTime:
      if (text) return ParseTimeLiteral(LiteralKind::kTime);
      break;
    case Keyword::kTimestamp:
      if (text) return ParseTimeLiteral(LiteralKind::kTimestamp);
      break;
    case Keyword::kInterval:
      if (next.kind != TokenKind::kDot) return ParseInterval();
      break;
    case Keyword::kArray: return ParseCollection(ExprKind::kArray, ExprKind::kArrayQuery);
    case Keyword::kMultiset: return ParseCollection(ExprKind::kMultiset, ExprKind::kMultisetQuery);
    case Keyword::kMap:
      if (next.kind == TokenKind::kLeftBracket) {
        return ParseCollection(ExprKind::kMap, ExprKind::kMap);
      }
      break;
    case Keyword::kExists: {
      SourceSpan start = Advance();
      if (AtQueryParen()) return ParseSubquery(ExprKind::kExists, start);
      Unexpected("a query in parentheses");
      return FailedExpr();
    }
    case Keyword::kRow: {
      if (!call) break;
      ExprPtr row = NewExpr(ExprKind::kRow, Advance());
      row->explicit_row = true;
      Accept(TokenKind::kLeftParen);
      if (!Is(TokenKind::kRightParen)) ParseExprList(row.get());
      Expect(TokenKind::kRightParen, "`,` or `)`");
      return Done(std::move(row));
    }
    default: break;
  }
  if (IsReserved(keyword, version_)) {
    if (call && IsCallable(keyword)) return ParseCall(TakeFunctionName());
    if (IsBareCall(keyword)) return ParseBareCall();
  }
  return ParseNamePrimary();
}

// The word at the cursor as a function's name, reserved or not.
ast::Name Parser::TakeFunctionName() {
  ast::Name name;
  name.span = Peek().span;
  name.parts.push_back({NameOfToken(text_, Peek()), Is(TokenKind::kQuotedName), name.span});
  Advance();
  return name;
}

ast::ExprPtr Parser::ParseNamePrimary() {
  if (!IsNameToken(Peek())) {
    if (Peek(1).kind == TokenKind::kLeftParen && FailOnForeignCall()) return FailedExpr();
    if (IsReservedName(Peek())) {
      FailOnReservedWord();
    } else {
      Unexpected("an expression");
    }
    return FailedExpr();
  }
  ast::Name name = ParseName("a name");
  if (Is(TokenKind::kLeftParen)) return ParseCall(std::move(name));
  ExprPtr column = NewExpr(ExprKind::kColumn, name.span);
  column->name = std::move(name);
  return Done(std::move(column));
}

// At "(": a sub-query, an expression, or several as a row.
ast::ExprPtr Parser::ParseParenthesised() {
  SourceSpan start = Peek().span;
  if (AtQueryParen()) return ParseSubquery(ExprKind::kSubquery, start);
  Expect(TokenKind::kLeftParen, "`(`");
  ExprPtr first = ParseExpr();
  if (!Is(TokenKind::kComma)) {
    Expect(TokenKind::kRightParen, "an operator or `)`");
    return first;
  }
  ExprPtr row = NewExpr(ExprKind::kRow, start);
  row->args.push_back(std::move(first));
  while (Accept(TokenKind::kComma)) row->args.push_back(ParseExpr());
  Expect(TokenKind::kRightParen, "`,` or `)`");
  return Done(std::move(row));
}

ast::ExprPtr Parser::ParseLiteral() {
  if (Is(TokenKind::kNumber) || Is(TokenKind::kApproxNumber)) return ParseNumber("", Peek().span);
  return ParseStringLiteral();
}

ast::ExprPtr Parser::ParseNumber(std::string sign, SourceSpan start) {
  if (!Is(TokenKind::kNumber) && !Is(TokenKind::kApproxNumber)) {
    Unexpected("a number");
    return FailedExpr();
  }
  ExprPtr number = NewExpr(ExprKind::kLiteral, start);
  number->literal = Is(TokenKind::kNumber) ? LiteralKind::kExactNumber : LiteralKind::kApproxNumber;
  SourceSpan span = Advance();
  number->text = fmt::format("{}{}", sign, TextOf(span));
  // 12abc is two tokens, and would read as a number with an alias.
  bool glued = Is(TokenKind::kWord) && Peek().span.offset == span.end();
  if (glued) {
    Fail(ErrorCode::kInvalidLiteral, span.To(Peek().span),
         fmt::format("`{}` is neither a number nor a name", TextOf(span.To(Peek().span))),
         "write a blank behind the number, or the name in backticks");
  }
  return Done(std::move(number));
}

// Texts that follow each other on different lines are one text, as in standard SQL.
ast::ExprPtr Parser::ParseStringLiteral() {
  ExprPtr literal = NewExpr(ExprKind::kLiteral, Peek().span);
  TokenKind kind = Peek().kind;
  literal->literal = kind == TokenKind::kBinaryString ? LiteralKind::kBinary : LiteralKind::kString;
  do {
    const Token& token = Peek();
    char escape = '\\';
    bool has_escape_clause = kind == TokenKind::kUnicodeString &&
                             Peek(1).kind == TokenKind::kWord &&
                             Peek(1).keyword == Keyword::kUescape;
    if (has_escape_clause && Peek(2).kind == TokenKind::kString && Peek(2).span.length == 3) {
      escape = text_[Peek(2).span.offset + 1];
    }
    std::optional<std::string> text = StringOfToken(text_, token, escape);
    if (!text) {
      bool binary = kind == TokenKind::kBinaryString;
      Fail(ErrorCode::kInvalidLiteral, token.span,
           binary ? "a binary literal takes pairs of hexadecimal digits: X'0aff'"
                  : "a unicode escape takes four hexadecimal digits: U&'\\4e2d'");
      break;
    }
    literal->text += *text;
    Advance();
    if (has_escape_clause) {
      Advance();
      ParseString("the escape character in single quotes");
    }
  } while (
      !failed_ && Is(TokenKind::kString) &&
      text_.substr(Previous().span.end(), Peek().span.offset - Previous().span.end()).find('\n') !=
          std::string_view::npos);
  return Done(std::move(literal));
}

ast::ExprPtr Parser::ParseWordLiteral(ast::LiteralKind kind) {
  ExprPtr literal = NewExpr(ExprKind::kLiteral, Advance());
  literal->literal = kind;
  return Done(std::move(literal));
}

ast::ExprPtr Parser::ParseTimeLiteral(ast::LiteralKind kind) {
  ExprPtr literal = NewExpr(ExprKind::kLiteral, Advance());
  literal->literal = kind;
  literal->text = ParseString("text in single quotes");
  return Done(std::move(literal));
}

// INTERVAL -'1:30' HOUR TO MINUTE, INTERVAL n DAY
ast::ExprPtr Parser::ParseInterval() {
  ExprPtr interval = NewExpr(ExprKind::kInterval, Peek().span);
  Expect(Keyword::kInterval);
  SourceSpan sign_span = Peek().span;
  bool minus = Accept(TokenKind::kMinus);
  if (!minus) Accept(TokenKind::kPlus);
  if (Is(TokenKind::kString)) {
    interval->text = fmt::format("{}{}", minus ? "-" : "", ParseString("the amount"));
  } else {
    ExprPtr amount;
    if (Is(TokenKind::kNumber)) {
      amount = ParseNumber(minus ? "-" : "", minus ? sign_span : Peek().span);
    } else {
      amount = ParsePostfix(ParsePrimary());
      if (minus) {
        ExprPtr negative = NewExpr(ExprKind::kUnary, sign_span);
        negative->unary_op = ast::UnaryOp::kMinus;
        negative->args.push_back(std::move(amount));
        amount = Done(std::move(negative));
      }
    }
    interval->args.push_back(std::move(amount));
  }
  interval->interval = std::make_unique<ast::IntervalQualifier>(ParseIntervalQualifier());
  return Done(std::move(interval));
}

ast::ExprPtr Parser::ParseCase() {
  ExprPtr expr = NewExpr(ExprKind::kCase, Peek().span);
  Expect(Keyword::kCase);
  if (!Is(Keyword::kWhen)) {
    expr->has_operand = true;
    expr->args.push_back(ParseExpr());
  }
  if (!Is(Keyword::kWhen)) Unexpected("WHEN", {Keyword::kWhen});
  while (Accept(Keyword::kWhen)) {
    expr->args.push_back(ParseExpr());
    if (expr->has_operand && Is(TokenKind::kComma)) {
      ExprPtr list = NewExpr(ExprKind::kWhenList, expr->args.back()->span);
      list->args.push_back(std::move(expr->args.back()));
      while (Accept(TokenKind::kComma)) list->args.push_back(ParseExpr());
      expr->args.back() = Done(std::move(list));
    }
    Expect(Keyword::kThen);
    expr->args.push_back(ParseExpr());
  }
  if (Accept(Keyword::kElse)) {
    expr->has_else = true;
    expr->args.push_back(ParseExpr());
  }
  if (!Accept(Keyword::kEnd)) {
    Unexpected(expr->has_else ? "END" : "WHEN, ELSE or END",
               {Keyword::kWhen, Keyword::kElse, Keyword::kEnd});
  }
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseCast(bool try_cast) {
  ExprPtr cast = NewExpr(ExprKind::kCast, Advance());
  cast->try_cast = try_cast;
  Expect(TokenKind::kLeftParen, "`(`");
  cast->args.push_back(ParseExpr());
  Expect(Keyword::kAs);
  cast->type = std::make_unique<ast::TypeName>(ParseType());
  Expect(TokenKind::kRightParen, "`)`");
  return Done(std::move(cast));
}

// ARRAY[a, b], MAP[k, v], or the rows of a query: ARRAY(SELECT ...)
ast::ExprPtr Parser::ParseCollection(ast::ExprKind kind, ast::ExprKind query_kind) {
  SourceSpan start = Advance();
  if (kind != query_kind && AtQueryParen()) return ParseSubquery(query_kind, start);
  ExprPtr expr = NewExpr(kind, start);
  Expect(TokenKind::kLeftBracket, "`[`");
  if (!Is(TokenKind::kRightBracket)) ParseExprList(expr.get());
  Expect(TokenKind::kRightBracket, "`,` or `]`");
  if (kind == ExprKind::kMap && expr->args.size() % 2 != 0) {
    Fail(ErrorCode::kSyntax, SpanFrom(start), "MAP takes pairs of a key and a value",
         "write MAP[key1, value1, key2, value2]");
  }
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseSubquery(ast::ExprKind kind, SourceSpan start) {
  ExprPtr expr = NewExpr(kind, start);
  expr->query = Is(TokenKind::kLeftParen) ? ParseQueryInParens() : ParseQuery();
  return Done(std::move(expr));
}

}  // namespace sluice
