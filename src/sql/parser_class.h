// The recursive-descent parser behind sql/parser.h, its methods grouped by topic over parser_*.cc.
//
// After an error the cursor stands at the end of the statement, where nothing is accepted any more:
// every method can go on as if nothing had happened, each loop ends, and what was built is thrown
// away. So no method checks for failure, no pointer that a method returns is null, and one
// statement gives one error.
// tidy: long file, one method for each rule of the grammar.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/ast.h"
#include "sql/diagnostic.h"
#include "sql/lexer.h"
#include "sql/parser.h"

namespace sluice {

// The text with its ASCII letters in upper case.
std::string UpperText(std::string_view text);

class Parser {
 public:
  // REQUIRES: the text fulfils Tokenize's conditions and outlives the parser.
  Parser(std::string_view text, const sluice::ParseOptions& options);

  std::vector<ast::Statement> ParseStatements();
  ast::ExprPtr ParseWholeExpr();
  ast::TypeName ParseWholeType();
  bool failed() const { return failed_; }
  std::vector<Diagnostic> TakeDiagnostics() { return std::move(diagnostics_); }

 private:
  // Operators bind by these, the tightest last. They are Calcite's numbers, as Flink 1.20.3 parses.
  enum Precedence {
    kNoPrecedence = 0,
    kOrPrecedence = 22,
    kAndPrecedence = 24,
    kNotPrecedence = 26,
    kIsPrecedence = 28,
    kComparisonPrecedence = 30,
    kLikePrecedence = 32,
    kAddPrecedence = 40,
    kMultiplyPrecedence = 60,
    kSignPrecedence = 80
  };
  class Nesting;  // sql/parser_nesting.h

  // The cursor (parser.cc).
  const Token& Peek(int ahead = 0) const;
  const Token& Previous() const { return tokens_[pos_ > 0 ? pos_ - 1 : 0]; }
  bool Is(TokenKind kind) const { return Peek().kind == kind; }
  bool Is(Keyword keyword) const {
    return Peek().kind == TokenKind::kWord && Peek().keyword == keyword;
  }
  bool Is(Keyword first, Keyword second) const;
  bool IsAnyOf(std::initializer_list<Keyword> keywords) const;
  bool AtStatementEnd() const { return Is(TokenKind::kEnd) || Is(TokenKind::kSemicolon); }
  SourceSpan Advance();
  bool Accept(TokenKind kind);
  bool Accept(Keyword keyword);
  bool Accept(Keyword first, Keyword second);
  void Expect(TokenKind kind, std::string_view what);
  void Expect(Keyword keyword);
  void Expect(Keyword first, Keyword second);
  SourceSpan SpanFrom(SourceSpan start) const { return start.To(Previous().span); }
  std::string_view TextOf(SourceSpan span) const { return text_.substr(span.offset, span.length); }

  // Errors (parser_errors.cc).
  void Fail(ErrorCode code, SourceSpan span, std::string message, std::string remedy = "");
  // Reports the token at the cursor; words that `typos` may stand for are suggested.
  void Unexpected(std::string_view expected, std::initializer_list<Keyword> typos = {});
  void UnexpectedInQuery();
  bool IsReservedName(const Token& token) const;  // reserved, but probably meant as a name
  void FailOnReservedWord();
  bool FailOnForeignClause();
  bool FailOnSpecialToken();
  void FailOnUnknownCharacter(const Token& token);
  std::string DescribeToken(const Token& token) const;
  std::string TypoRemedy(std::initializer_list<Keyword> candidates) const;

  // Names, literals, types (parser_type.cc).
  bool IsNameToken(const Token& token) const;
  ast::Identifier ParseIdentifier(std::string_view what);
  ast::Name ParseName(std::string_view what);
  std::vector<ast::Identifier> ParseIdentifierList(std::string_view what);  // (a, b)
  std::string ParseString(std::string_view what);                           // 'a' only
  std::optional<std::string> ParseComment();                                // [COMMENT 'a']
  int64_t ParseInteger(std::string_view what);
  ast::TypeName ParseType();
  ast::TypeName ParseNullableType();  // with [NOT NULL | NULL]
  void ParseTypeBody(ast::TypeName* type);
  void ParseTypeByKeyword(Keyword keyword, ast::TypeName* type);
  void ParseConstructedType(Keyword keyword, ast::TypeName* type);
  void ParseTypeArguments(ast::TypeName* type, bool with_scale);
  void ParseTimestampZone(ast::TypeName* type);
  void ParseRowFields(ast::TypeName* type);
  std::optional<ast::TimeUnit> AcceptIntervalUnit();
  ast::IntervalQualifier ParseIntervalQualifier();

  // Expressions (parser_expr.cc, parser_primary.cc).
  ast::ExprPtr ParseExpr(int min_precedence = kNoPrecedence);
  ast::ExprPtr ParsePrefix();
  ast::ExprPtr ParseBinaryRest(ast::ExprPtr left, ast::BinaryOp op, int precedence);
  ast::ExprPtr ParseChainRest(ast::ExprPtr left, ast::ExprKind kind, int precedence);
  ast::ExprPtr ParseQuantifiedRest(ast::ExprPtr left, ast::BinaryOp op);
  ast::ExprPtr ParseIsRest(ast::ExprPtr left);
  ast::ExprPtr ParseLikeRest(ast::ExprPtr left, bool negated);
  ast::ExprPtr ParseBetweenRest(ast::ExprPtr left, bool negated);
  ast::ExprPtr ParseInRest(ast::ExprPtr left, bool negated);
  ast::ExprPtr ParseInfixWord(ast::ExprPtr left, int min_precedence, bool* done);
  ast::ExprPtr ParsePostfix(ast::ExprPtr base);
  ast::ExprPtr ParsePrimary();
  ast::ExprPtr ParseWordPrimary();
  ast::ExprPtr ParseNamePrimary();
  ast::ExprPtr ParseParenthesised();
  ast::ExprPtr ParseLiteral();
  ast::ExprPtr ParseNumber(std::string sign, SourceSpan start);
  ast::ExprPtr ParseStringLiteral();
  ast::ExprPtr ParseWordLiteral(ast::LiteralKind kind);
  ast::ExprPtr ParseTimeLiteral(ast::LiteralKind kind);
  ast::ExprPtr ParseInterval();
  ast::ExprPtr ParseCase();
  ast::ExprPtr ParseCast(bool try_cast);
  ast::ExprPtr ParseCollection(ast::ExprKind kind, ast::ExprKind query_kind);
  ast::ExprPtr ParseSubquery(ast::ExprKind kind, SourceSpan start);  // at "(" or at the query in it
  void ParseExprList(ast::Expr* parent);
  ast::ExprPtr NewExpr(ast::ExprKind kind, SourceSpan span) const;
  ast::ExprPtr Done(ast::ExprPtr expr);  // sets span end and height
  void NoteHeight(int height);           // raises peak_height_; refuses what is too high
  ast::ExprPtr FailedExpr() { return NewExpr(ast::ExprKind::kLiteral, Peek().span); }

  // Calls (parser_call.cc, parser_json.cc).
  ast::ExprPtr ParseSpecialCall(bool* is_special);
  ast::ExprPtr StartCall();                    // the name and "("
  ast::ExprPtr FinishCall(ast::ExprPtr call);  // ")" and what may follow
  ast::ExprPtr ParseCall(ast::Name name);
  ast::Name TakeFunctionName();
  bool FailOnForeignCall();
  std::string RewriteCall(std::string_view remedy) const;
  ast::ExprPtr ParseBareCall();
  ast::ExprPtr ParseArgument();
  ast::ExprPtr ParseTableArgument(ast::ExprPtr query);
  ast::ExprPtr ParseDescriptor();
  ast::ExprPtr ParseExtract();
  ast::ExprPtr ParseTrim();
  ast::ExprPtr ParseSubstring();
  ast::ExprPtr ParsePosition();
  ast::ExprPtr ParseOverlay();
  ast::ExprPtr ParseRounding();
  ast::ExprPtr ParseTimestampCall();
  ast::ExprPtr ParseTimeUnitArgument();
  void ParseCallClauses(ast::CallClauses* call);
  std::unique_ptr<ast::WindowSpec> ParseOver();
  ast::WindowSpec ParseWindowSpec();
  ast::FrameBound ParseFrameBound();
  std::vector<ast::ExprPtr> ParsePartitionBy();
  std::vector<ast::OrderItem> ParseOrderItems();
  ast::OrderItem ParseOrderItem();
  ast::ExprPtr ParseJsonValue();
  ast::ExprPtr ParseJsonQuery();
  ast::ExprPtr ParseJsonExists();
  ast::ExprPtr ParseJsonObject(bool aggregate);
  ast::ExprPtr ParseJsonArray(bool aggregate);
  void ParseJsonDocument(ast::Expr* call);
  void ParseJsonPair(ast::Expr* call);
  ast::JsonBehavior AcceptJsonBehavior(ast::ExprPtr* default_value);
  void ParseJsonBehaviors(ast::JsonClauses* json);
  void ParseJsonWrapper(ast::JsonClauses* json);
  void ParseJsonNulls(ast::JsonClauses* json);

  // Queries (parser_query.cc, parser_from.cc).
  bool AtQueryStart(int ahead = 0) const;
  bool IsQueryParen(int64_t index, int depth = 0) const;
  bool AtQueryParen() const { return IsQueryParen(static_cast<int64_t>(pos_)); }
  ast::QueryPtr ParseQuery();
  ast::QueryPtr ParseQueryInParens();
  ast::QueryPtr ParseSetOperations(int min_precedence);
  ast::QueryPtr ParseQueryTerm();
  ast::QueryPtr DoneQuery(ast::QueryPtr query);
  std::vector<ast::CommonTable> ParseWith();
  void ParseOrderAndLimit(ast::Query* query);
  ast::ExprPtr ParseRowCount();
  std::unique_ptr<ast::Select> ParseSelect();
  ast::SelectItem ParseSelectItem();
  void ParseGroupBy(ast::Select* select);
  ast::ExprPtr ParseGroupItem();
  std::vector<std::vector<ast::ExprPtr>> ParseRows();
  std::vector<ast::ExprPtr> ParseRow();
  std::vector<ast::Hint> ParseHints();
  ast::Hint ParseHint();
  ast::Hint::Entry ParseHintEntry();
  ast::TableRefPtr ParseFrom();
  ast::TableRefPtr ParseJoins();
  bool AcceptJoin(ast::TableRef* join);
  ast::TableRefPtr ParseTablePrimary();
  ast::TableRefPtr ParseNamedTable();
  ast::TableRefPtr ParseTableFunction(bool lateral);
  ast::TableRefPtr ParseParenthesisedTable(bool lateral);
  ast::TableRefPtr ParseUnnest();
  void RejectTableSuffix();
  void ParseTableAlias(ast::TableRef* table);

  // Statements (parser_statement.cc, parser_ddl.cc).
  void ParseOneStatement(std::vector<ast::Statement>* statements);
  void FinishStatement();
  void FailOnMissingSemicolon();
  bool StartsNewStatement() const;
  void ParseStatement(ast::Statement* statement);
  void FailOnStatement();
  void ParseExecute(ast::Statement* statement);
  void ParseExplain(ast::Statement* statement);
  ast::Insert ParseInsert();
  void ParseConflict(ast::Insert* insert);
  ast::StatementSet ParseStatementSet(bool semicolon_after_set);
  ast::Use ParseUse();
  ast::Set ParseSet();
  ast::Reset ParseReset();
  SourceSpan TakeRawRest();
  ast::Describe ParseDescribe();
  ast::Show ParseShow();
  void ParseCreate(ast::Statement* statement);
  ast::CreateTable ParseCreateTable();
  ast::CreateView ParseCreateView();
  ast::CreateCatalog ParseCreateCatalog();
  ast::CreateDatabase ParseCreateDatabase();
  ast::CreateFunction ParseCreateFunction();
  void ParseTableElement(ast::CreateTable* table);
  void ParseColumn(ast::CreateTable* table);
  void FailBehindColumn();
  void ParseColumnConstraint(ast::CreateTable* table, const ast::ColumnDef& column);
  void ParseTableConstraint(ast::CreateTable* table);
  void ParsePrimaryKeyEnd(ast::PrimaryKey* key);
  ast::Watermark ParseWatermark();
  ast::Distribution ParseDistribution();
  ast::LikeClause ParseLikeClause();
  std::vector<ast::Option> ParseOptions();
  ast::Option ParseOption();  // 'key' = 'value'
  ast::Drop ParseDrop();
  ast::Alter ParseAlter();
  std::optional<ast::ObjectKind> AcceptObjectKind();
  bool AcceptIfNotExists();
  bool AcceptIfExists();

  std::string_view text_;
  FlinkVersion version_;
  std::vector<Token> tokens_;
  size_t pos_ = 0;
  bool failed_ = false;
  int nesting_ = 0;
  int peak_height_ = 0;  // of the expressions since the current query began
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace sluice
