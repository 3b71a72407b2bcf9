// Operators: precedence climbing over Calcite's numbers. An operator is taken when it binds tighter
// than the caller's, which makes operators of one level group from the left.
#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "sql/parser_class.h"
#include "sql/parser_nesting.h"

namespace sluice {
namespace {

using ast::BinaryOp;
using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

struct BinarySymbol {
  TokenKind token;
  BinaryOp op;
  int precedence;
};

}  // namespace

ast::ExprPtr Parser::NewExpr(ast::ExprKind kind, SourceSpan span) const {
  return std::make_unique<Expr>(kind, span);
}

void Parser::NoteHeight(int height) {
  if (height > ast::kMaxTreeHeight) {
    Fail(ErrorCode::kTooDeep, Previous().span,
         fmt::format("more than {} operators or tables in a chain", ast::kMaxTreeHeight),
         "split the statement, for instance into views");
  }
  peak_height_ = std::max(peak_height_, std::min(height, ast::kMaxTreeHeight));
}

ast::ExprPtr Parser::Done(ast::ExprPtr expr) {
  int below = 0;
  auto look_at = [&below](const ExprPtr& child) {
    if (child) below = std::max<int>(below, child->height);
  };
  for (const ExprPtr& arg : expr->args) look_at(arg);
  if (expr->query) below = std::max<int>(below, expr->query->height);
  if (expr->call) {
    const ast::CallClauses& call = *expr->call;
    look_at(call.filter);
    look_at(call.json.default_on_empty);
    look_at(call.json.default_on_error);
    for (const ExprPtr& key : call.partition_by) look_at(key);
    for (const ast::OrderItem& item : call.order_by) look_at(item.expr);
    for (const ast::OrderItem& item : call.within_group) look_at(item.expr);
    if (call.over) {
      for (const ExprPtr& key : call.over->partition_by) look_at(key);
      for (const ast::OrderItem& item : call.over->order_by) look_at(item.expr);
      look_at(call.over->start.offset);
      if (call.over->end) look_at(call.over->end->offset);
    }
  }
  expr->span = SpanFrom(expr->span);
  expr->height = static_cast<int16_t>(std::min(below + 1, ast::kMaxTreeHeight));
  NoteHeight(below + 1);
  return expr;
}

ast::ExprPtr Parser::ParseExpr(int min_precedence) {
  static constexpr BinarySymbol kSymbols[] = {
      {TokenKind::kEqual, BinaryOp::kEqual, kComparisonPrecedence},
      {TokenKind::kNotEqual, BinaryOp::kNotEqual, kComparisonPrecedence},
      {TokenKind::kLess, BinaryOp::kLess, kComparisonPrecedence},
      {TokenKind::kLessEqual, BinaryOp::kLessEqual, kComparisonPrecedence},
      {TokenKind::kGreater, BinaryOp::kGreater, kComparisonPrecedence},
      {TokenKind::kGreaterEqual, BinaryOp::kGreaterEqual, kComparisonPrecedence},
      {TokenKind::kPlus, BinaryOp::kAdd, kAddPrecedence},
      {TokenKind::kMinus, BinaryOp::kSubtract, kAddPrecedence},
      {TokenKind::kStar, BinaryOp::kMultiply, kMultiplyPrecedence},
      {TokenKind::kSlash, BinaryOp::kDivide, kMultiplyPrecedence},
      {TokenKind::kPercent, BinaryOp::kModulo, kMultiplyPrecedence},
      {TokenKind::kConcat, BinaryOp::kConcat, kMultiplyPrecedence},
  };
  Nesting nesting(this);
  ExprPtr left = ParsePrefix();
  while (!failed_) {
    const BinarySymbol* symbol =
        std::find_if(std::begin(kSymbols), std::end(kSymbols),
                     [this](const BinarySymbol& s) { return Is(s.token); });
    if (symbol == std::end(kSymbols)) {
      bool done = true;
      left = ParseInfixWord(std::move(left), min_precedence, &done);
      if (done) break;
      continue;
    }
    if (symbol->precedence <= min_precedence) break;
    Advance();
    bool quantified = symbol->precedence == kComparisonPrecedence &&
                      IsAnyOf({Keyword::kAny, Keyword::kSome, Keyword::kAll}) &&
                      Peek(1).kind == TokenKind::kLeftParen;
    left = quantified ? ParseQuantifiedRest(std::move(left), symbol->op)
                      : ParseBinaryRest(std::move(left), symbol->op, symbol->precedence);
  }
  return left;
}

ast::ExprPtr Parser::ParsePrefix() {
  SourceSpan start = Peek().span;
  if (Accept(Keyword::kNot)) {
    ExprPtr expr = NewExpr(ExprKind::kUnary, start);
    expr->unary_op = ast::UnaryOp::kNot;
    expr->args.push_back(ParseExpr(kNotPrecedence));
    return Done(std::move(expr));
  }
  if (!Is(TokenKind::kMinus) && !Is(TokenKind::kPlus)) return ParsePostfix(ParsePrimary());
  bool minus = Is(TokenKind::kMinus);
  Advance();
  if (minus && (Is(TokenKind::kNumber) || Is(TokenKind::kApproxNumber))) {
    return ParseNumber("-", start);
  }
  ExprPtr expr = NewExpr(ExprKind::kUnary, start);
  expr->unary_op = minus ? ast::UnaryOp::kMinus : ast::UnaryOp::kPlus;
  expr->args.push_back(ParseExpr(kSignPrecedence));
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseBinaryRest(ast::ExprPtr left, ast::BinaryOp op, int precedence) {
  ExprPtr expr = NewExpr(ExprKind::kBinary, left->span);
  expr->binary_op = op;
  expr->args.push_back(std::move(left));
  expr->args.push_back(ParseExpr(precedence));
  return Done(std::move(expr));
}

// a AND b AND c: the cursor is at the first AND.
ast::ExprPtr Parser::ParseChainRest(ast::ExprPtr left, ast::ExprKind kind, int precedence) {
  Keyword word = kind == ExprKind::kAnd ? Keyword::kAnd : Keyword::kOr;
  ExprPtr expr = NewExpr(kind, left->span);
  expr->args.push_back(std::move(left));
  while (Accept(word)) expr->args.push_back(ParseExpr(precedence));
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseQuantifiedRest(ast::ExprPtr left, ast::BinaryOp op) {
  ExprPtr expr = NewExpr(ExprKind::kQuantified, left->span);
  expr->binary_op = op;
  expr->text = Is(Keyword::kAll) ? "ALL" : "ANY";
  Advance();
  expr->args.push_back(std::move(left));
  if (AtQueryParen()) {
    expr->query = ParseQueryInParens();
  } else {
    Expect(TokenKind::kLeftParen, "`(`");
    ParseExprList(expr.get());
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  return Done(std::move(expr));
}

// The operators that are words; *done when none follows that binds tighter than min_precedence.
ast::ExprPtr Parser::ParseInfixWord(ast::ExprPtr left, int min_precedence, bool* done) {
  *done = false;
  if (!Is(TokenKind::kWord)) {
    *done = true;
    return left;
  }
  switch (Peek().keyword) {
    case Keyword::kOr:
      if (kOrPrecedence <= min_precedence) break;
      return ParseChainRest(std::move(left), ExprKind::kOr, kOrPrecedence);
    case Keyword::kAnd:
      if (kAndPrecedence <= min_precedence) break;
      return ParseChainRest(std::move(left), ExprKind::kAnd, kAndPrecedence);
    case Keyword::kIs: {
      const Token& test = Peek(Peek(1).keyword == Keyword::kNot ? 2 : 1);
      bool distinct = test.kind == TokenKind::kWord && test.keyword == Keyword::kDistinct;
      if ((distinct ? kComparisonPrecedence : kIsPrecedence) <= min_precedence) break;
      return ParseIsRest(std::move(left));
    }
    case Keyword::kOverlaps:
      if (kComparisonPrecedence <= min_precedence) break;
      Advance();
      return ParseBinaryRest(std::move(left), BinaryOp::kOverlaps, kComparisonPrecedence);
    case Keyword::kNot:
    case Keyword::kLike:
    case Keyword::kSimilar:
    case Keyword::kBetween:
    case Keyword::kIn: {
      if (kLikePrecedence <= min_precedence) break;
      bool negated = Is(Keyword::kNot);
      const Token& test = Peek(negated ? 1 : 0);
      if (test.kind != TokenKind::kWord) break;
      Keyword word = test.keyword;
      if (word != Keyword::kLike && word != Keyword::kSimilar && word != Keyword::kBetween &&
          word != Keyword::kIn) {
        break;
      }
      Accept(Keyword::kNot);
      if (word == Keyword::kBetween) return ParseBetweenRest(std::move(left), negated);
      if (word == Keyword::kIn) return ParseInRest(std::move(left), negated);
      return ParseLikeRest(std::move(left), negated);
    }
    default: break;
  }
  *done = true;
  return left;
}

ast::ExprPtr Parser::ParseIsRest(ast::ExprPtr left) {
  Expect(Keyword::kIs);
  bool negated = Accept(Keyword::kNot);
  if (Accept(Keyword::kDistinct)) {
    Expect(Keyword::kFrom);
    return ParseBinaryRest(std::move(left),
                           negated ? BinaryOp::kIsNotDistinctFrom : BinaryOp::kIsDistinctFrom,
                           kComparisonPrecedence);
  }
  ExprPtr expr = NewExpr(ExprKind::kIs, left->span);
  expr->negated = negated;
  expr->args.push_back(std::move(left));
  if (Accept(Keyword::kNull)) {
    expr->is_test = ast::IsTest::kNull;
  } else if (Accept(Keyword::kTrue)) {
    expr->is_test = ast::IsTest::kTrue;
  } else if (Accept(Keyword::kFalse)) {
    expr->is_test = ast::IsTest::kFalse;
  } else if (Accept(Keyword::kUnknown)) {
    expr->is_test = ast::IsTest::kUnknown;
  } else if (Accept(Keyword::kJson)) {
    expr->is_test = ast::IsTest::kJsonValue;
    if (Accept(Keyword::kObject)) {
      expr->is_test = ast::IsTest::kJsonObject;
    } else if (Accept(Keyword::kArray)) {
      expr->is_test = ast::IsTest::kJsonArray;
    } else if (Accept(Keyword::kScalar)) {
      expr->is_test = ast::IsTest::kJsonScalar;
    } else {
      Accept(Keyword::kValue);
    }
  } else {
    Unexpected("NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM",
               {Keyword::kNull, Keyword::kTrue, Keyword::kFalse, Keyword::kUnknown});
  }
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseLikeRest(ast::ExprPtr left, bool negated) {
  bool similar = Accept(Keyword::kSimilar);
  Expect(similar ? Keyword::kTo : Keyword::kLike);
  ExprPtr expr = NewExpr(similar ? ExprKind::kSimilar : ExprKind::kLike, left->span);
  expr->negated = negated;
  expr->args.push_back(std::move(left));
  expr->args.push_back(ParseExpr(kLikePrecedence));
  if (Accept(Keyword::kEscape)) expr->args.push_back(ParseExpr(kLikePrecedence));
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseBetweenRest(ast::ExprPtr left, bool negated) {
  Expect(Keyword::kBetween);
  ExprPtr expr = NewExpr(ExprKind::kBetween, left->span);
  expr->negated = negated;
  expr->symmetric = Accept(Keyword::kSymmetric);
  if (!expr->symmetric) Accept(Keyword::kAsymmetric);
  expr->args.push_back(std::move(left));
  expr->args.push_back(ParseExpr(kLikePrecedence));
  Expect(Keyword::kAnd);
  expr->args.push_back(ParseExpr(kLikePrecedence));
  return Done(std::move(expr));
}

ast::ExprPtr Parser::ParseInRest(ast::ExprPtr left, bool negated) {
  Expect(Keyword::kIn);
  ExprPtr expr = NewExpr(ExprKind::kIn, left->span);
  expr->negated = negated;
  expr->args.push_back(std::move(left));
  if (AtQueryParen()) {
    expr->query = ParseQueryInParens();
  } else {
    Expect(TokenKind::kLeftParen, "`(`");
    ParseExprList(expr.get());
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  return Done(std::move(expr));
}

// base[index], base.field, any number of them.
ast::ExprPtr Parser::ParsePostfix(ast::ExprPtr base) {
  while (true) {
    if (Accept(TokenKind::kLeftBracket)) {
      ExprPtr item = NewExpr(ExprKind::kItem, base->span);
      item->args.push_back(std::move(base));
      item->args.push_back(ParseExpr());
      Expect(TokenKind::kRightBracket, "`]`");
      base = Done(std::move(item));
    } else if (Accept(TokenKind::kDot)) {
      ExprPtr field = NewExpr(ExprKind::kField, base->span);
      field->args.push_back(std::move(base));
      field->name.parts.push_back(ParseIdentifier("the name of a field"));
      field->name.span = field->name.parts[0].span;
      base = Done(std::move(field));
    } else {
      return base;
    }
  }
}

void Parser::ParseExprList(ast::Expr* parent) {
  do {
    parent->args.push_back(ParseExpr());
  } while (Accept(TokenKind::kComma));
}

}  // namespace sluice
