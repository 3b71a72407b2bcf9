// Queries: WITH, set operations, SELECT and its clauses, VALUES, hints.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "sql/parser_class.h"
#include "sql/parser_nesting.h"

namespace sluice {

using ast::ExprKind;
using ast::ExprPtr;
using ast::QueryKind;
using ast::QueryPtr;
using ast::SetOp;

namespace {

QueryPtr NewQuery(QueryKind kind, SourceSpan span) {
  auto query = std::make_unique<ast::Query>();
  query->kind = kind;
  query->span = span;
  return query;
}

bool HasOwnClauses(const ast::Query& query) {
  return !query.with.empty() || !query.order_by.empty() || query.limit || query.offset;
}

}  // namespace

bool Parser::AtQueryStart(int ahead) const {
  const Token& token = Peek(ahead);
  if (token.kind != TokenKind::kWord) return false;
  if (token.keyword == Keyword::kTable) return IsNameToken(Peek(ahead + 1));
  return token.keyword == Keyword::kSelect || token.keyword == Keyword::kValues ||
         token.keyword == Keyword::kWith;
}

// True if the token at `index` is a "(" around a query, itself perhaps in parentheses:
// ((SELECT 1) UNION (SELECT 2)), but not ((SELECT 1) + 2).
bool Parser::IsQueryParen(int64_t index, int depth) const {
  if (index >= static_cast<int64_t>(tokens_.size()) || depth > kMaxNesting) return false;
  if (tokens_[index].kind != TokenKind::kLeftParen) return false;
  if (AtQueryStart(static_cast<int>(index + 1 - static_cast<int64_t>(pos_)))) return true;
  if (!IsQueryParen(index + 1, depth + 1)) return false;
  int32_t close = tokens_[index + 1].match;
  if (close < 0) return true;
  const Token& next = tokens_[close + 1];
  if (next.kind == TokenKind::kRightParen) return true;
  if (next.kind != TokenKind::kWord) return false;
  switch (next.keyword) {
    case Keyword::kUnion:
    case Keyword::kIntersect:
    case Keyword::kExcept:
    case Keyword::kMinus:
    case Keyword::kOrder:
    case Keyword::kLimit:
    case Keyword::kOffset:
    case Keyword::kFetch: return true;
    default: return false;
  }
}

ast::QueryPtr Parser::DoneQuery(ast::QueryPtr query) {
  int below = peak_height_;
  if (query->left) below = std::max<int>(below, query->left->height);
  if (query->right) below = std::max<int>(below, query->right->height);
  NoteHeight(below + 1);
  query->height = static_cast<int16_t>(std::min(below + 1, ast::kMaxTreeHeight));
  query->span = SpanFrom(query->span);
  return query;
}

ast::QueryPtr Parser::ParseQuery() {
  Nesting nesting(this);
  int outer_peak = std::exchange(peak_height_, 0);
  SourceSpan start = Peek().span;
  std::vector<ast::CommonTable> with = ParseWith();
  QueryPtr query = ParseSetOperations(0);
  query->span = start;
  query->with = std::move(with);
  ParseOrderAndLimit(query.get());
  query = DoneQuery(std::move(query));
  peak_height_ = std::max<int>(outer_peak, query->height);
  return query;
}

ast::QueryPtr Parser::ParseQueryInParens() {
  Expect(TokenKind::kLeftParen, "`(` and a query");
  QueryPtr query = ParseQuery();
  if (!Accept(TokenKind::kRightParen)) {
    if (AtStatementEnd()) {
      Unexpected("`)` behind the query");
    } else {
      UnexpectedInQuery();
    }
  }
  return query;
}

// Groups from the left; INTERSECT binds tighter than UNION and EXCEPT.
ast::QueryPtr Parser::ParseSetOperations(int min_precedence) {
  QueryPtr left = ParseQueryTerm();
  while (!failed_) {
    SetOp op = SetOp::kUnion;
    if (Is(Keyword::kIntersect)) {
      op = SetOp::kIntersect;
    } else if (Is(Keyword::kExcept)) {
      op = SetOp::kExcept;
    } else if (!Is(Keyword::kUnion)) {
      break;
    }
    int precedence = op == SetOp::kIntersect ? 2 : 1;
    if (precedence <= min_precedence) break;
    Advance();
    QueryPtr query = NewQuery(QueryKind::kSetOperation, left->span);
    query->set_op = op;
    query->all = Accept(Keyword::kAll);
    if (!query->all) Accept(Keyword::kDistinct);
    query->left = std::move(left);
    query->right = ParseSetOperations(precedence);
    left = DoneQuery(std::move(query));
  }
  return left;
}

ast::QueryPtr Parser::ParseQueryTerm() {
  int outer_peak = std::exchange(peak_height_, 0);
  SourceSpan start = Peek().span;
  QueryPtr query;
  if (Is(TokenKind::kLeftParen)) {
    query = ParseQueryInParens();
    if (HasOwnClauses(*query)) {
      QueryPtr nested = NewQuery(QueryKind::kNested, start);
      nested->left = std::move(query);
      query = DoneQuery(std::move(nested));
    }
  } else if (Is(Keyword::kSelect)) {
    query = NewQuery(QueryKind::kSelect, start);
    query->select = ParseSelect();
    query = DoneQuery(std::move(query));
  } else if (Accept(Keyword::kValues)) {
    query = NewQuery(QueryKind::kValues, start);
    query->rows = ParseRows();
    query = DoneQuery(std::move(query));
  } else if (Accept(Keyword::kTable)) {
    query = NewQuery(QueryKind::kTable, start);
    query->table = ParseName("a table");
    query = DoneQuery(std::move(query));
  } else {
    Unexpected("SELECT, VALUES, WITH or `(`", {Keyword::kSelect, Keyword::kValues, Keyword::kWith});
    query = NewQuery(QueryKind::kValues, start);
  }
  peak_height_ = outer_peak;
  return query;
}

std::vector<ast::CommonTable> Parser::ParseWith() {
  std::vector<ast::CommonTable> tables;
  if (!Accept(Keyword::kWith)) return tables;
  if (Is(Keyword::kRecursive)) {
    Fail(ErrorCode::kNotFlinkSql, Peek().span, "Flink SQL has no WITH RECURSIVE",
         "join the table with itself, once a level");
  }
  do {
    ast::CommonTable table;
    table.name = ParseIdentifier("the name of a common table");
    if (Is(TokenKind::kLeftParen)) table.columns = ParseIdentifierList("a column");
    Expect(Keyword::kAs);
    table.query = ParseQueryInParens();
    tables.push_back(std::move(table));
  } while (Accept(TokenKind::kComma));
  return tables;
}

void Parser::ParseOrderAndLimit(ast::Query* query) {
  if (Accept(Keyword::kOrder, Keyword::kBy)) query->order_by = ParseOrderItems();
  if (Accept(Keyword::kLimit)) {
    if (!Accept(Keyword::kAll)) query->limit = ParseRowCount();
    if (Is(TokenKind::kComma) && query->limit && Peek(1).kind == TokenKind::kNumber) {
      std::string_view offset = query->limit->text;
      std::string_view limit = TextOf(Peek(1).span);
      Fail(ErrorCode::kNotFlinkSql, query->limit->span.To(Peek(1).span),
           fmt::format("LIMIT {}, {} is MySQL's", offset, limit),
           fmt::format("write LIMIT {} OFFSET {}", limit, offset));
    }
  }
  if (Accept(Keyword::kOffset)) {
    query->offset = ParseRowCount();
    if (!Accept(Keyword::kRows)) Accept(Keyword::kRow);
    if (!query->limit && Accept(Keyword::kLimit)) query->limit = ParseRowCount();
  }
  if (!query->limit && Accept(Keyword::kFetch)) {
    if (!Accept(Keyword::kFirst)) Expect(Keyword::kNext);
    query->limit = ParseRowCount();
    if (!Accept(Keyword::kRows)) Expect(Keyword::kRow);
    Expect(Keyword::kOnly);
  }
}

ast::ExprPtr Parser::ParseRowCount() {
  if (Is(TokenKind::kNumber)) return ParseNumber("", Peek().span);
  Unexpected("a number of rows");
  return FailedExpr();
}

std::unique_ptr<ast::Select> Parser::ParseSelect() {
  auto select = std::make_unique<ast::Select>();
  Expect(Keyword::kSelect);
  select->hints = ParseHints();
  select->stream = Accept(Keyword::kStream);
  select->distinct = Accept(Keyword::kDistinct);
  if (!select->distinct) Accept(Keyword::kAll);
  do {
    select->items.push_back(ParseSelectItem());
  } while (Accept(TokenKind::kComma));
  if (!Accept(Keyword::kFrom)) return select;
  select->from = ParseFrom();
  if (Accept(Keyword::kWhere)) select->where = ParseExpr();
  if (Accept(Keyword::kGroup, Keyword::kBy)) ParseGroupBy(select.get());
  if (Accept(Keyword::kHaving)) select->having = ParseExpr();
  if (Accept(Keyword::kWindow)) {
    do {
      ast::NamedWindow window;
      window.name = ParseIdentifier("a window's name");
      Expect(Keyword::kAs);
      window.spec = ParseWindowSpec();
      select->windows.push_back(std::move(window));
    } while (Accept(TokenKind::kComma));
  }
  return select;
}

ast::SelectItem Parser::ParseSelectItem() {
  ast::SelectItem item;
  SourceSpan start = Peek().span;
  if (Accept(TokenKind::kStar)) {
    item.expr = Done(NewExpr(ExprKind::kStar, start));
    return item;
  }
  // t.* and db.t.*
  int star = 0;
  while (IsNameToken(Peek(star)) && Peek(star + 1).kind == TokenKind::kDot) star += 2;
  if (star > 0 && Peek(star).kind == TokenKind::kStar) {
    item.expr = NewExpr(ExprKind::kStar, start);
    // Counted, because an empty name is an error at which the tokens stand still.
    for (; star > 0; star -= 2) {
      item.expr->name.parts.push_back(ParseIdentifier("a table"));
      Expect(TokenKind::kDot, "`.`");
    }
    Accept(TokenKind::kStar);
    item.expr->name.span = start.To(item.expr->name.parts.back().span);
    item.expr = Done(std::move(item.expr));
    return item;
  }
  item.expr = ParseExpr();
  if (Accept(Keyword::kAs)) {
    if (Is(TokenKind::kString)) UnexpectedInQuery();
    item.alias = ParseIdentifier("a name for the column");
  } else if (IsNameToken(Peek())) {
    item.alias = ParseIdentifier("a name for the column");
  }
  return item;
}

void Parser::ParseGroupBy(ast::Select* select) {
  select->has_group_by = true;
  select->group_distinct = Accept(Keyword::kDistinct);
  if (!select->group_distinct) Accept(Keyword::kAll);
  do {
    select->group_by.push_back(ParseGroupItem());
  } while (Accept(TokenKind::kComma));
  // GROUP BY () has nothing to group by.
  const ast::Expr& first = *select->group_by[0];
  if (select->group_by.size() == 1 && first.kind == ExprKind::kRow && first.args.empty()) {
    select->group_by.clear();
  }
}

ast::ExprPtr Parser::ParseGroupItem() {
  Nesting nesting(this);
  SourceSpan start = Peek().span;
  if (Is(TokenKind::kLeftParen) && Peek(1).kind == TokenKind::kRightParen) {
    Advance();
    Advance();
    return Done(NewExpr(ExprKind::kRow, start));
  }
  std::optional<ExprKind> kind;
  if (Accept(Keyword::kGrouping, Keyword::kSets)) {
    kind = ExprKind::kGroupingSets;
  } else if (Accept(Keyword::kCube)) {
    kind = ExprKind::kCube;
  } else if (Accept(Keyword::kRollup)) {
    kind = ExprKind::kRollup;
  }
  if (!kind) return ParseExpr();
  ExprPtr sets = NewExpr(*kind, start);
  Expect(TokenKind::kLeftParen, "`(`");
  do {
    sets->args.push_back(ParseGroupItem());
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kRightParen, "`,` or `)`");
  return Done(std::move(sets));
}

std::vector<std::vector<ast::ExprPtr>> Parser::ParseRows() {
  std::vector<std::vector<ExprPtr>> rows;
  do {
    rows.push_back(ParseRow());
  } while (Accept(TokenKind::kComma));
  return rows;
}

// (a, b), ROW(a, b) or a single expression.
std::vector<ast::ExprPtr> Parser::ParseRow() {
  std::vector<ExprPtr> row;
  if (Is(Keyword::kRow) && Peek(1).kind == TokenKind::kLeftParen) Advance();
  if (!Accept(TokenKind::kLeftParen)) {
    row.push_back(ParseExpr());
    return row;
  }
  do {
    SourceSpan start = Peek().span;
    row.push_back(Accept(Keyword::kDefault) ? Done(NewExpr(ExprKind::kDefault, start))
                                            : ParseExpr());
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kRightParen, "`,` or `)`");
  return row;
}

std::vector<ast::Hint> Parser::ParseHints() {
  std::vector<ast::Hint> hints;
  if (!Accept(TokenKind::kHintStart)) return hints;
  do {
    hints.push_back(ParseHint());
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kHintEnd, "`,` or the end of the hint: */");
  return hints;
}

ast::Hint Parser::ParseHint() {
  ast::Hint hint;
  hint.name = ParseIdentifier("the name of a hint");
  if (Accept(TokenKind::kLeftParen)) {
    if (!Is(TokenKind::kRightParen)) {
      do {
        hint.entries.push_back(ParseHintEntry());
      } while (Accept(TokenKind::kComma));
    }
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  hint.span = SpanFrom(hint.name.span);
  return hint;
}

// 'key' = 'value', or a plain argument: a table, a text, a number.
ast::Hint::Entry Parser::ParseHintEntry() {
  auto is_argument = [this] {
    return Is(TokenKind::kString) || Is(TokenKind::kNumber) || IsNameToken(Peek());
  };
  auto take = [this] {
    if (Is(TokenKind::kString)) return ParseString("text");
    if (Is(TokenKind::kNumber)) return std::string(TextOf(Advance()));
    ast::Name name = ParseName("a table");
    std::string text = name.parts[0].text;
    for (size_t i = 1; i < name.parts.size(); ++i) text += fmt::format(".{}", name.parts[i].text);
    return text;
  };
  ast::Hint::Entry entry;
  entry.value_span = Peek().span;
  if (!is_argument()) {
    Unexpected("an argument of the hint, such as 'key' = 'value'");
    return entry;
  }
  entry.value = take();
  entry.value_span = SpanFrom(entry.value_span);
  if (!Accept(TokenKind::kEqual)) return entry;
  entry.key = std::exchange(entry.value, "");
  entry.key_span = std::exchange(entry.value_span, Peek().span);
  if (!is_argument()) {
    Unexpected("a value in single quotes");
    return entry;
  }
  entry.value = take();
  entry.value_span = SpanFrom(entry.value_span);
  return entry;
}

}  // namespace sluice
