// The FROM clause: tables, sub-queries, table functions and joins.
#include <optional>
#include <utility>

#include "sql/parser_class.h"
#include "sql/parser_nesting.h"

namespace sluice {

using ast::JoinKind;
using ast::TableRef;
using ast::TableRefKind;
using ast::TableRefPtr;

namespace {

TableRefPtr NewTable(TableRefKind kind, SourceSpan span) {
  auto table = std::make_unique<TableRef>();
  table->kind = kind;
  table->span = span;
  return table;
}

}  // namespace

// The comma binds less than JOIN.
ast::TableRefPtr Parser::ParseFrom() {
  TableRefPtr left = ParseJoins();
  while (Accept(TokenKind::kComma)) {
    TableRefPtr join = NewTable(TableRefKind::kJoin, left->span);
    join->join_kind = JoinKind::kComma;
    join->left = std::move(left);
    join->right = ParseJoins();
    join->span = SpanFrom(join->span);
    NoteHeight(peak_height_ + 1);
    left = std::move(join);
  }
  return left;
}

ast::TableRefPtr Parser::ParseJoins() {
  Nesting nesting(this);
  TableRefPtr left = ParseTablePrimary();
  while (!failed_) {
    TableRefPtr join = NewTable(TableRefKind::kJoin, left->span);
    if (!AcceptJoin(join.get())) break;
    join->left = std::move(left);
    join->right = ParseTablePrimary();
    bool conditional = !join->natural && join->join_kind != JoinKind::kCross;
    if (conditional && Accept(Keyword::kOn)) {
      join->condition = ParseExpr();
    } else if (conditional && Accept(Keyword::kUsing)) {
      join->using_columns = ParseIdentifierList("a column");
    } else if (conditional) {
      if (FailOnForeignClause()) return join;
      Unexpected("ON and the condition of the join", {Keyword::kOn, Keyword::kUsing});
    }
    join->span = SpanFrom(join->span);
    NoteHeight(peak_height_ + 1);
    left = std::move(join);
  }
  return left;
}

// The words in front of the right table; false if there are none.
bool Parser::AcceptJoin(ast::TableRef* join) {
  join->natural = Accept(Keyword::kNatural);
  std::optional<JoinKind> kind;
  if (Accept(Keyword::kInner)) {
    kind = JoinKind::kInner;
  } else if (Accept(Keyword::kCross)) {
    kind = JoinKind::kCross;
  } else if (Accept(Keyword::kLeft)) {
    kind = JoinKind::kLeft;
  } else if (Accept(Keyword::kRight)) {
    kind = JoinKind::kRight;
  } else if (Accept(Keyword::kFull)) {
    kind = JoinKind::kFull;
  }
  if (kind && *kind != JoinKind::kInner && *kind != JoinKind::kCross) Accept(Keyword::kOuter);
  if (!kind && !join->natural) {
    join->join_kind = JoinKind::kInner;
    return Accept(Keyword::kJoin);
  }
  join->join_kind = kind.value_or(JoinKind::kInner);
  Expect(Keyword::kJoin);
  return true;
}

ast::TableRefPtr Parser::ParseTablePrimary() {
  SourceSpan start = Peek().span;
  bool lateral = Accept(Keyword::kLateral);
  TableRefPtr table;
  if (Is(TokenKind::kLeftParen)) {
    table = ParseParenthesisedTable(lateral);
    if (table->kind == TableRefKind::kJoin) return table;
  } else if (Is(Keyword::kUnnest)) {
    table = ParseUnnest();
  } else if (Is(Keyword::kTable) && Peek(1).kind == TokenKind::kLeftParen) {
    table = ParseTableFunction(lateral);
  } else if (lateral) {
    Unexpected("TABLE(function) or a query in parentheses behind LATERAL", {Keyword::kTable});
    return NewTable(TableRefKind::kTable, start);
  } else {
    table = ParseNamedTable();
  }
  table->span = start;
  RejectTableSuffix();
  ParseTableAlias(table.get());
  RejectTableSuffix();
  table->span = SpanFrom(start);
  return table;
}

ast::TableRefPtr Parser::ParseNamedTable() {
  TableRefPtr table = NewTable(TableRefKind::kTable, Peek().span);
  table->name = ParseName("a table, `(` or LATERAL");
  // A table function may stand without TABLE(...) around it.
  if (Is(TokenKind::kLeftParen)) {
    table->kind = TableRefKind::kFunction;
    table->call = ParseCall(std::exchange(table->name, {}));
    return table;
  }
  table->hints = ParseHints();
  if (Accept(Keyword::kFor)) {
    Expect(Keyword::kSystemTime);
    Expect(Keyword::kAs);
    Expect(Keyword::kOf);
    table->system_time = ParseExpr();
  }
  return table;
}

// TABLE(f(...))
ast::TableRefPtr Parser::ParseTableFunction(bool lateral) {
  TableRefPtr table = NewTable(TableRefKind::kFunction, Peek().span);
  table->lateral = lateral;
  Expect(Keyword::kTable);
  Expect(TokenKind::kLeftParen, "`(`");
  ast::Name name = ParseName("a table function");
  table->call = ParseCall(std::move(name));
  Expect(TokenKind::kRightParen, "`)`");
  return table;
}

ast::TableRefPtr Parser::ParseParenthesisedTable(bool lateral) {
  SourceSpan start = Peek().span;
  if (AtQueryParen()) {
    TableRefPtr table = NewTable(TableRefKind::kSubquery, start);
    table->lateral = lateral;
    table->query = ParseQueryInParens();
    return table;
  }
  Expect(TokenKind::kLeftParen, "`(`");
  TableRefPtr table = ParseJoins();
  Expect(TokenKind::kRightParen, "a join or `)`");
  return table;
}

// UNNEST(array [, array]) [WITH ORDINALITY]
ast::TableRefPtr Parser::ParseUnnest() {
  TableRefPtr table = NewTable(TableRefKind::kUnnest, Peek().span);
  Expect(Keyword::kUnnest);
  Expect(TokenKind::kLeftParen, "`(`");
  do {
    table->args.push_back(ParseExpr());
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kRightParen, "`,` or `)`");
  table->with_ordinality = Accept(Keyword::kWith, Keyword::kOrdinality);
  return table;
}

// Suffixes that Flink takes and this grammar does not.
void Parser::RejectTableSuffix() {
  SourceSpan span = Peek().span;
  if (Is(Keyword::kMatchRecognize)) {
    Fail(ErrorCode::kUnsupportedSyntax, span, "MATCH_RECOGNIZE is not supported");
  } else if (Is(Keyword::kPivot) || Is(Keyword::kUnpivot)) {
    Fail(ErrorCode::kUnsupportedSyntax, span, "PIVOT and UNPIVOT are not supported",
         "write one aggregate with FILTER (WHERE ...) for each column");
  } else if (Is(Keyword::kTablesample)) {
    Fail(ErrorCode::kUnsupportedSyntax, span, "TABLESAMPLE is not supported",
         "write WHERE RAND() < 0.1");
  }
}

void Parser::ParseTableAlias(ast::TableRef* table) {
  if (Accept(Keyword::kAs)) {
    table->alias = ParseIdentifier("a name for the table");
  } else if (IsNameToken(Peek())) {
    table->alias = ParseIdentifier("a name for the table");
  }
  if (table->alias && Is(TokenKind::kLeftParen)) {
    table->columns = ParseIdentifierList("a column");
  }
}

}  // namespace sluice
