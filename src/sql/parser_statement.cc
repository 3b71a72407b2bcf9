// Statements other than DDL, and how the parser finds its way to the next one after an error.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "sql/parser_class.h"

namespace sluice {
namespace {

struct UnsupportedStatement {
  Keyword keyword;
  std::string_view remedy;
};

constexpr UnsupportedStatement kUnsupportedStatements[] = {
    {Keyword::kAdd, "leave ADD JAR out: functions of jars cannot run here"},
    {Keyword::kRemove, "leave it out"},
    {Keyword::kLoad, "leave it out: the built-in functions are always there"},
    {Keyword::kUnload, "leave it out"},
    {Keyword::kCall, "leave it out"},
    {Keyword::kTruncate, "empty the table in its own store"},
    {Keyword::kDelete, "delete in the table's own store"},
    {Keyword::kUpdate, "write INSERT INTO a sink with a PRIMARY KEY: its rows are updated by key"},
    {Keyword::kMerge, "write INSERT INTO a sink with a PRIMARY KEY: its rows are updated by key"},
    {Keyword::kUpsert, "write INSERT INTO a sink with a PRIMARY KEY: its rows are updated by key"},
    {Keyword::kAnalyze, "leave it out"},
    {Keyword::kCompile, "write the INSERT itself"},
    {Keyword::kStop, "stop the job with Ctrl-C"},
    {Keyword::kGrant, "leave it out"},
    {Keyword::kRevoke, "leave it out"},
};

// Words that only a statement starts with.
constexpr Keyword kFirstWords[] = {
    Keyword::kSelect, Keyword::kInsert,  Keyword::kCreate,   Keyword::kDrop, Keyword::kAlter,
    Keyword::kSet,    Keyword::kReset,   Keyword::kUse,      Keyword::kShow, Keyword::kExecute,
    Keyword::kBegin,  Keyword::kExplain, Keyword::kDescribe, Keyword::kWith, Keyword::kValues,
};

}  // namespace

void Parser::ParseOneStatement(std::vector<ast::Statement>* statements) {
  failed_ = false;
  nesting_ = 0;
  peak_height_ = 0;
  ast::Statement statement;
  SourceSpan start = Peek().span;
  ParseStatement(&statement);
  statement.span = SpanFrom(start);
  FinishStatement();
  if (!failed_) statements->push_back(std::move(statement));
  if (Is(TokenKind::kSemicolon)) ++pos_;
}

void Parser::FinishStatement() {
  if (failed_ || AtStatementEnd()) return;
  if (StartsNewStatement()) return FailOnMissingSemicolon();
  UnexpectedInQuery();
}

// The cursor stays, so that the next statement is read as usual.
void Parser::FailOnMissingSemicolon() {
  size_t next = pos_;
  Fail(ErrorCode::kSyntax, Peek().span,
       fmt::format("expected `;` in front of {}", UpperText(TextOf(Peek().span))),
       "end the statement before with `;`");
  pos_ = next;
}

bool Parser::StartsNewStatement() const {
  if (!Is(TokenKind::kWord) || pos_ == 0) return false;
  bool first_word = false;
  for (Keyword keyword : kFirstWords) first_word = first_word || Is(keyword);
  if (!first_word) return false;
  size_t gap = Previous().span.end();
  return text_.substr(gap, Peek().span.offset - gap).find('\n') != std::string_view::npos;
}

void Parser::ParseStatement(ast::Statement* statement) {
  if (Is(TokenKind::kLeftParen) || AtQueryStart()) {
    statement->body = ParseQuery();
    return;
  }
  switch (Is(TokenKind::kWord) ? Peek().keyword : Keyword::kOther) {
    case Keyword::kInsert: statement->body = ParseInsert(); return;
    case Keyword::kCreate: return ParseCreate(statement);
    case Keyword::kDrop: statement->body = ParseDrop(); return;
    case Keyword::kAlter: statement->body = ParseAlter(); return;
    case Keyword::kUse: statement->body = ParseUse(); return;
    case Keyword::kSet: statement->body = ParseSet(); return;
    case Keyword::kReset: statement->body = ParseReset(); return;
    case Keyword::kExecute: return ParseExecute(statement);
    case Keyword::kBegin:
      Advance();
      statement->body = ParseStatementSet(/*semicolon_after_set=*/true);
      return;
    case Keyword::kExplain: return ParseExplain(statement);
    case Keyword::kDesc:
    case Keyword::kDescribe: statement->body = ParseDescribe(); return;
    case Keyword::kShow: statement->body = ParseShow(); return;
    default: return FailOnStatement();
  }
}

void Parser::FailOnStatement() {
  if (FailOnSpecialToken()) return;
  SourceSpan span = Peek().span;
  for (const UnsupportedStatement& unsupported : kUnsupportedStatements) {
    if (!Is(unsupported.keyword)) continue;
    return Fail(ErrorCode::kUnsupportedStatement, span,
                fmt::format("the statement {} is not supported", KeywordText(unsupported.keyword)),
                std::string(unsupported.remedy));
  }
  std::string remedy;
  if (Is(TokenKind::kWord)) {
    std::vector<std::string_view> words;
    for (Keyword keyword : kFirstWords) words.push_back(KeywordText(keyword));
    std::string nearest = NearestName(TextOf(span), words);
    if (!nearest.empty()) remedy = fmt::format("did you mean {}?", nearest);
  }
  Fail(ErrorCode::kUnknownStatement, span,
       fmt::format("no statement starts with {}", DescribeToken(Peek())), std::move(remedy));
}

// EXECUTE STATEMENT SET BEGIN ... END, EXECUTE INSERT ..., EXECUTE SELECT ...
void Parser::ParseExecute(ast::Statement* statement) {
  Expect(Keyword::kExecute);
  if (Is(Keyword::kStatement)) {
    statement->body = ParseStatementSet(/*semicolon_after_set=*/false);
  } else if (Is(Keyword::kInsert)) {
    statement->body = ParseInsert();
  } else if (AtQueryStart()) {
    statement->body = ParseQuery();
  } else if (Is(Keyword::kPlan)) {
    Fail(ErrorCode::kUnsupportedStatement, Peek().span, "EXECUTE PLAN is not supported",
         "run the script itself");
  } else {
    Unexpected("STATEMENT SET, INSERT or a query", {Keyword::kStatement, Keyword::kInsert});
  }
}

void Parser::ParseExplain(ast::Statement* statement) {
  ast::Explain explain;
  Expect(Keyword::kExplain);
  if (Accept(Keyword::kPlan)) {
    Expect(Keyword::kFor);
  } else if (IsAnyOf({Keyword::kChangelogMode, Keyword::kEstimatedCost, Keyword::kJsonExecutionPlan,
                      Keyword::kPlanAdvice})) {
    do {
      explain.details.emplace_back(KeywordText(Peek().keyword));
      if (!IsNameToken(Peek())) Unexpected("a detail such as CHANGELOG_MODE");
      Advance();
    } while (Accept(TokenKind::kComma));
  }
  explain.statement = std::make_unique<ast::Statement>();
  SourceSpan start = Peek().span;
  if (Accept(Keyword::kExecute) || Is(Keyword::kStatement)) {
    explain.statement->body = ParseStatementSet(/*semicolon_after_set=*/false);
  } else if (Is(Keyword::kInsert)) {
    explain.statement->body = ParseInsert();
  } else {
    explain.statement->body = ParseQuery();
  }
  explain.statement->span = SpanFrom(start);
  statement->body = std::move(explain);
}

ast::Insert Parser::ParseInsert() {
  ast::Insert insert;
  insert.span = Peek().span;
  Expect(Keyword::kInsert);
  insert.overwrite = Accept(Keyword::kOverwrite);
  if (!insert.overwrite) Expect(Keyword::kInto);
  insert.table = ParseName("the name of a table");
  insert.hints = ParseHints();
  if (Accept(Keyword::kPartition)) {
    Expect(TokenKind::kLeftParen, "`(`");
    do {
      ast::PartitionValue value;
      value.column = ParseIdentifier("a partition column");
      if (Accept(TokenKind::kEqual)) value.value = ParseExpr();
      insert.partition.push_back(std::move(value));
    } while (Accept(TokenKind::kComma));
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  if (Is(TokenKind::kLeftParen) && !AtQueryParen()) {
    Advance();
    do {
      insert.columns.push_back(ParseName("a column"));
    } while (Accept(TokenKind::kComma));
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  insert.query = ParseQuery();
  if (Is(Keyword::kOn, Keyword::kConflict)) ParseConflict(&insert);
  insert.span = SpanFrom(insert.span);
  return insert;
}

void Parser::ParseConflict(ast::Insert* insert) {
  SourceSpan start = Peek().span;
  Expect(Keyword::kOn, Keyword::kConflict);
  if (Accept(Keyword::kDo)) {
    if (Accept(Keyword::kDeduplicate)) {
      insert->on_conflict = ast::ConflictAction::kDeduplicate;
      return;
    }
    if (Accept(Keyword::kNothing)) {
      insert->on_conflict = ast::ConflictAction::kNothing;
      return;
    }
    if (Accept(Keyword::kError)) {
      insert->on_conflict = ast::ConflictAction::kError;
      return;
    }
  }
  Fail(ErrorCode::kNotFlinkSql, SpanFrom(start),
       "this form of ON CONFLICT is not Flink SQL: it takes DO DEDUPLICATE, DO NOTHING or DO ERROR",
       "a sink with a PRIMARY KEY is updated by key without any such clause");
}

// STATEMENT SET BEGIN insert; insert; END, or behind BEGIN: STATEMENT SET; insert; insert; END.
// Each INSERT recovers from its own errors.
ast::StatementSet Parser::ParseStatementSet(bool semicolon_after_set) {
  ast::StatementSet set;
  Expect(Keyword::kStatement, Keyword::kSet);
  if (semicolon_after_set) {
    Expect(TokenKind::kSemicolon, "`;`");
  } else {
    Expect(Keyword::kBegin);
  }
  if (failed_) return set;
  bool any_failed = false;
  while (Is(Keyword::kInsert)) {
    set.inserts.push_back(ParseInsert());
    if (!failed_ && Is(Keyword::kEnd)) {
      FailOnMissingSemicolon();
    } else {
      FinishStatement();
    }
    any_failed = any_failed || failed_;
    failed_ = false;
    if (Is(TokenKind::kSemicolon)) ++pos_;
  }
  if (!Accept(Keyword::kEnd)) {
    Unexpected(set.inserts.empty() ? "INSERT INTO"
                                   : "another INSERT INTO, or END as the end of the statement set",
               {Keyword::kInsert, Keyword::kEnd});
  }
  failed_ = failed_ || any_failed;
  return set;
}

ast::Use Parser::ParseUse() {
  ast::Use use;
  Expect(Keyword::kUse);
  if (Is(Keyword::kModules)) {
    Fail(ErrorCode::kUnsupportedStatement, Peek().span, "USE MODULES is not supported",
         "leave it out: the built-in functions are always there");
  }
  use.catalog = Is(Keyword::kCatalog) && IsNameToken(Peek(1));
  if (use.catalog) Advance();
  use.name = ParseName(use.catalog ? "the name of a catalog" : "the name of a database");
  return use;
}

ast::Set Parser::ParseSet() {
  ast::Set set;
  SourceSpan start = Peek().span;
  Expect(Keyword::kSet);
  if (AtStatementEnd()) return set;
  if (!Is(TokenKind::kString)) {
    SourceSpan rest = TakeRawRest();
    std::string_view text = TextOf(rest);
    size_t equal = text.find('=');
    std::string remedy = "write SET 'key' = 'value'";
    if (equal != std::string_view::npos) {
      auto bare = [](std::string_view part) {
        size_t first = part.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) return std::string_view();
        part = part.substr(first, part.find_last_not_of(" \t\r\n") - first + 1);
        if (part.size() >= 2 && part.front() == '\'') part = part.substr(1, part.size() - 2);
        return part;
      };
      remedy = fmt::format("write SET '{}' = '{}'", bare(text.substr(0, equal)),
                           bare(text.substr(equal + 1)));
    }
    Fail(ErrorCode::kSyntax, start.To(rest), "the key of SET stands between single quotes", remedy);
    return set;
  }
  set.option = ParseOption();
  return set;
}

ast::Reset Parser::ParseReset() {
  ast::Reset reset;
  Expect(Keyword::kReset);
  if (AtStatementEnd()) return reset;
  reset.key_span = Peek().span;
  reset.key = ParseString("a key in single quotes");
  return reset;
}

// Everything up to the end of the statement, unread.
SourceSpan Parser::TakeRawRest() {
  SourceSpan start = Peek().span;
  if (AtStatementEnd()) return {start.offset, 0};
  while (!AtStatementEnd()) ++pos_;
  return SpanFrom(start);
}

ast::Describe Parser::ParseDescribe() {
  ast::Describe describe;
  if (!Accept(Keyword::kDesc)) Expect(Keyword::kDescribe);
  std::optional<ast::ObjectKind> object;
  // CATALOG, VIEW and DATABASE are free to be names of tables.
  if (Is(Keyword::kTable) || Peek(1).kind == TokenKind::kWord ||
      Peek(1).kind == TokenKind::kQuotedName) {
    object = AcceptObjectKind();
  }
  describe.object = object.value_or(ast::ObjectKind::kTable);
  describe.extended = Accept(Keyword::kExtended);
  describe.name = ParseName("the name of a table");
  return describe;
}

// SHOW words [FROM | IN name] [[NOT] LIKE 'pattern'], SHOW CREATE TABLE name
ast::Show Parser::ParseShow() {
  ast::Show show;
  Expect(Keyword::kShow);
  SourceSpan start = Peek().span;
  auto take_word = [&] {
    show.what += fmt::format("{}{}", show.what.empty() ? "" : " ", UpperText(TextOf(Advance())));
  };
  if (Is(Keyword::kCreate)) {
    take_word();
    take_word();
    show.name = ParseName("a name");
    return show;
  }
  while (Is(TokenKind::kWord) &&
         !IsAnyOf({Keyword::kFrom, Keyword::kIn, Keyword::kNot, Keyword::kLike, Keyword::kIlike})) {
    take_word();
    if (show.what == "PARTITIONS") {
      show.name = ParseName("a table");
      break;
    }
  }
  static constexpr std::string_view kKnown[] = {
      "TABLES",           "VIEWS",        "DATABASES", "CATALOGS",   "CURRENT CATALOG",
      "CURRENT DATABASE", "COLUMNS",      "FUNCTIONS", "MODULES",    "JARS",
      "USER FUNCTIONS",   "FULL MODULES", "JOBS",      "PARTITIONS", "PROCEDURES"};
  bool known = false;
  for (std::string_view what : kKnown) known = known || what == show.what;
  if (!known) {
    std::string nearest = NearestName(show.what, kKnown);
    Fail(ErrorCode::kUnknownStatement, show.what.empty() ? start : SpanFrom(start),
         fmt::format("there is no SHOW {}", show.what),
         nearest.empty() ? "for instance SHOW TABLES" : fmt::format("did you mean {}?", nearest));
  }
  if (Accept(Keyword::kFrom) || Accept(Keyword::kIn)) show.name = ParseName("a name");
  show.not_like = Accept(Keyword::kNot);
  if (Accept(Keyword::kLike)) {
    show.like = ParseString("a pattern in single quotes");
  } else if (show.not_like) {
    Expect(Keyword::kLike);
  }
  return show;
}

}  // namespace sluice
