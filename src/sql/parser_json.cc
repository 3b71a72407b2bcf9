// The SQL/JSON functions, whose clauses are a language of their own.
#include <string>
#include <utility>

#include "sql/parser_class.h"

namespace sluice {

using ast::ExprPtr;
using ast::JsonBehavior;

ast::ExprPtr Parser::ParseJsonValue() {
  ExprPtr call = StartCall();
  ParseJsonDocument(call.get());
  if (Accept(Keyword::kReturning)) call->call->json.returning = ParseType();
  ParseJsonBehaviors(&call->call->json);
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseJsonQuery() {
  ExprPtr call = StartCall();
  ParseJsonDocument(call.get());
  if (Accept(Keyword::kReturning)) call->call->json.returning = ParseType();
  ParseJsonWrapper(&call->call->json);
  ParseJsonBehaviors(&call->call->json);
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseJsonExists() {
  ExprPtr call = StartCall();
  ParseJsonDocument(call.get());
  ParseJsonBehaviors(&call->call->json);
  return FinishCall(std::move(call));
}

// JSON_OBJECT([KEY] k VALUE v, k : v ... [NULL | ABSENT ON NULL])
ast::ExprPtr Parser::ParseJsonObject(bool aggregate) {
  ExprPtr call = StartCall();
  ParseJsonNulls(&call->call->json);
  if (!Is(TokenKind::kRightParen)) {
    do {
      ParseJsonPair(call.get());
    } while (!aggregate && Accept(TokenKind::kComma));
    ParseJsonNulls(&call->call->json);
  }
  return FinishCall(std::move(call));
}

ast::ExprPtr Parser::ParseJsonArray(bool aggregate) {
  ExprPtr call = StartCall();
  ParseJsonNulls(&call->call->json);
  if (!Is(TokenKind::kRightParen)) {
    do {
      call->args.push_back(ParseExpr());
    } while (!aggregate && Accept(TokenKind::kComma));
    if (aggregate && Accept(Keyword::kOrder, Keyword::kBy)) {
      call->call->order_by = ParseOrderItems();
    }
    ParseJsonNulls(&call->call->json);
  }
  return FinishCall(std::move(call));
}

void Parser::ParseJsonDocument(ast::Expr* call) {
  call->args.push_back(ParseExpr());
  Expect(TokenKind::kComma, "`,` and the path");
  call->args.push_back(ParseExpr());
}

void Parser::ParseJsonPair(ast::Expr* call) {
  // KEY is free to be a name: KEY VALUE 1 has the column KEY as its key.
  const Token& next = Peek(1);
  bool key_follows = next.kind == TokenKind::kString || next.kind == TokenKind::kQuotedName ||
                     (next.kind == TokenKind::kWord && next.keyword != Keyword::kValue);
  if (key_follows) Accept(Keyword::kKey);
  call->args.push_back(ParseExpr());
  if (!Accept(Keyword::kValue)) Expect(TokenKind::kColon, "VALUE and the value of the key");
  call->args.push_back(ParseExpr());
}

// {NULL | ERROR | DEFAULT x | EMPTY ARRAY | EMPTY OBJECT | TRUE | FALSE | UNKNOWN}, or kUnset.
ast::JsonBehavior Parser::AcceptJsonBehavior(ast::ExprPtr* default_value) {
  if (Accept(Keyword::kNull)) return JsonBehavior::kNull;
  if (Accept(Keyword::kError)) return JsonBehavior::kError;
  if (Accept(Keyword::kTrue)) return JsonBehavior::kTrue;
  if (Accept(Keyword::kFalse)) return JsonBehavior::kFalse;
  if (Accept(Keyword::kUnknown)) return JsonBehavior::kUnknown;
  if (Accept(Keyword::kDefault)) {
    *default_value = ParseExpr();
    return JsonBehavior::kDefault;
  }
  if (!Accept(Keyword::kEmpty)) return JsonBehavior::kUnset;
  if (Accept(Keyword::kObject)) return JsonBehavior::kEmptyObject;
  Accept(Keyword::kArray);
  return JsonBehavior::kEmptyArray;
}

void Parser::ParseJsonBehaviors(ast::JsonClauses* json) {
  while (!failed_) {
    SourceSpan start = Peek().span;
    ExprPtr default_value;
    JsonBehavior behavior = AcceptJsonBehavior(&default_value);
    if (behavior == JsonBehavior::kUnset) return;
    Expect(Keyword::kOn);
    bool on_empty = Accept(Keyword::kEmpty);
    if (!on_empty) Expect(Keyword::kError);
    JsonBehavior* target = on_empty ? &json->on_empty : &json->on_error;
    if (*target != JsonBehavior::kUnset) {
      Fail(ErrorCode::kSyntax, SpanFrom(start),
           on_empty ? "a second ON EMPTY" : "a second ON ERROR", "remove one of them");
    }
    *target = behavior;
    (on_empty ? json->default_on_empty : json->default_on_error) = std::move(default_value);
  }
}

// {WITHOUT [ARRAY] | WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY]} WRAPPER
void Parser::ParseJsonWrapper(ast::JsonClauses* json) {
  if (Accept(Keyword::kWithout)) {
    json->wrapper = ast::JsonWrapper::kWithout;
  } else if (Accept(Keyword::kWith)) {
    json->wrapper = Accept(Keyword::kConditional) ? ast::JsonWrapper::kConditional
                                                  : ast::JsonWrapper::kUnconditional;
    Accept(Keyword::kUnconditional);
  } else {
    return;
  }
  Accept(Keyword::kArray);
  Expect(Keyword::kWrapper);
}

// {NULL | ABSENT} ON NULL
void Parser::ParseJsonNulls(ast::JsonClauses* json) {
  bool null = Is(Keyword::kNull, Keyword::kOn);
  if (!null && !Is(Keyword::kAbsent, Keyword::kOn)) return;
  Advance();
  Advance();
  Expect(Keyword::kNull);
  json->nulls = null ? ast::JsonNulls::kNullOnNull : ast::JsonNulls::kAbsentOnNull;
}

}  // namespace sluice
