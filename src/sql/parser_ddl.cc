// CREATE, DROP and ALTER.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "sql/parser_class.h"

namespace sluice {

using ast::ColumnKind;
using ast::ObjectKind;

void Parser::ParseCreate(ast::Statement* statement) {
  SourceSpan start = Peek().span;
  Expect(Keyword::kCreate);
  bool or_replace = Accept(Keyword::kOr, Keyword::kReplace);
  bool temporary = Accept(Keyword::kTemporary);
  bool system = temporary && Accept(Keyword::kSystem);
  SourceSpan words = SpanFrom(start);
  if (or_replace && !Is(Keyword::kTable)) {
    return Fail(ErrorCode::kNotFlinkSql, words, "only tables can be created with OR REPLACE",
                "write DROP ... IF EXISTS in front, or CREATE ... IF NOT EXISTS");
  }
  if (Accept(Keyword::kTable)) {
    ast::CreateTable table = ParseCreateTable();
    table.or_replace = or_replace;
    table.temporary = temporary;
    statement->body = std::move(table);
  } else if (Accept(Keyword::kView)) {
    ast::CreateView view = ParseCreateView();
    view.temporary = temporary;
    statement->body = std::move(view);
  } else if (Accept(Keyword::kCatalog)) {
    statement->body = ParseCreateCatalog();
  } else if (Accept(Keyword::kDatabase)) {
    statement->body = ParseCreateDatabase();
  } else if (Accept(Keyword::kFunction)) {
    ast::CreateFunction function = ParseCreateFunction();
    function.temporary = temporary;
    function.system = system;
    statement->body = std::move(function);
  } else if (IsAnyOf({Keyword::kModel, Keyword::kMaterialized, Keyword::kProcedure})) {
    Fail(ErrorCode::kUnsupportedStatement, Peek().span,
         fmt::format("CREATE {} is not supported", KeywordText(Peek().keyword)));
  } else {
    Unexpected("TABLE, VIEW, CATALOG, DATABASE or FUNCTION",
               {Keyword::kTable, Keyword::kView, Keyword::kCatalog, Keyword::kDatabase,
                Keyword::kFunction});
  }
}

ast::CreateTable Parser::ParseCreateTable() {
  ast::CreateTable table;
  table.if_not_exists = AcceptIfNotExists();
  table.name = ParseName("the name of the table");
  if (Accept(TokenKind::kLeftParen)) {
    do {
      ParseTableElement(&table);
    } while (Accept(TokenKind::kComma));
    Expect(TokenKind::kRightParen, "`,` or `)`");
  }
  table.comment = ParseComment();
  if (Is(Keyword::kDistributed)) table.distribution = ParseDistribution();
  if (Accept(Keyword::kPartitioned)) {
    Expect(Keyword::kBy);
    table.partitioned_by = ParseIdentifierList("a column");
  }
  if (Accept(Keyword::kWith)) table.options = ParseOptions();
  if (Is(Keyword::kLike)) table.like = ParseLikeClause();
  if (Accept(Keyword::kAs)) table.as_query = ParseQuery();
  if (!AtStatementEnd() && !StartsNewStatement()) {
    Unexpected(
        table.options.empty() ? "WITH and the options of the table" : "the end of the statement",
        {Keyword::kWith, Keyword::kComment, Keyword::kPartitioned, Keyword::kLike});
  }
  return table;
}

ast::CreateView Parser::ParseCreateView() {
  ast::CreateView view;
  view.if_not_exists = AcceptIfNotExists();
  view.name = ParseName("the name of the view");
  if (Is(TokenKind::kLeftParen)) view.columns = ParseIdentifierList("a column");
  view.comment = ParseComment();
  Expect(Keyword::kAs);
  view.query = ParseQuery();
  return view;
}

ast::CreateCatalog Parser::ParseCreateCatalog() {
  ast::CreateCatalog catalog;
  catalog.if_not_exists = AcceptIfNotExists();
  catalog.name = ParseIdentifier("the name of the catalog");
  catalog.comment = ParseComment();
  if (Accept(Keyword::kWith)) catalog.options = ParseOptions();
  return catalog;
}

ast::CreateDatabase Parser::ParseCreateDatabase() {
  ast::CreateDatabase database;
  database.if_not_exists = AcceptIfNotExists();
  database.name = ParseName("the name of the database");
  database.comment = ParseComment();
  if (Accept(Keyword::kWith)) database.options = ParseOptions();
  return database;
}

// name AS 'class' [LANGUAGE JAVA | SCALA | PYTHON] [USING JAR 'path' [, JAR 'path']]
ast::CreateFunction Parser::ParseCreateFunction() {
  ast::CreateFunction function;
  function.if_not_exists = AcceptIfNotExists();
  function.name = ParseName("the name of the function");
  Expect(Keyword::kAs);
  function.class_name = ParseString("the name of a class in single quotes");
  if (Accept(Keyword::kLanguage)) {
    if (IsAnyOf({Keyword::kJava, Keyword::kScala, Keyword::kPython})) {
      function.language = KeywordText(Peek().keyword);
      Advance();
    } else {
      Unexpected("JAVA, SCALA or PYTHON");
    }
  }
  if (Accept(Keyword::kUsing)) {
    do {
      Expect(Keyword::kJar);
      function.jars.push_back(ParseString("the path of a jar in single quotes"));
    } while (Accept(TokenKind::kComma));
  }
  return function;
}

void Parser::ParseTableElement(ast::CreateTable* table) {
  if (Is(Keyword::kWatermark)) {
    table->watermarks.push_back(ParseWatermark());
  } else if (IsAnyOf({Keyword::kPrimary, Keyword::kUnique, Keyword::kConstraint})) {
    ParseTableConstraint(table);
  } else {
    ParseColumn(table);
  }
}

void Parser::ParseColumn(ast::CreateTable* table) {
  ast::ColumnDef column;
  column.name = ParseIdentifier("a column, WATERMARK FOR or PRIMARY KEY");
  if (Accept(Keyword::kAs)) {
    column.kind = ColumnKind::kComputed;
    column.expr = ParseExpr();
  } else {
    column.type = ParseNullableType();
    if (Accept(Keyword::kMetadata)) {
      column.kind = ColumnKind::kMetadata;
      if (Accept(Keyword::kFrom)) {
        column.metadata_key = ParseString("the key of the metadata in single quotes");
      }
      column.is_virtual = Accept(Keyword::kVirtual);
    } else {
      ParseColumnConstraint(table, column);
    }
  }
  column.comment = ParseComment();
  column.span = SpanFrom(column.name.span);
  if (!Is(TokenKind::kComma) && !Is(TokenKind::kRightParen)) FailBehindColumn();
  table->columns.push_back(std::move(column));
}

void Parser::FailBehindColumn() {
  SourceSpan span = Peek().span;
  if (Is(Keyword::kDefault)) {
    return Fail(ErrorCode::kNotFlinkSql, span, "columns have no DEFAULT in Flink SQL",
                "leave it out; write COALESCE(x, value) in the query");
  }
  for (std::string_view word : {"AUTO_INCREMENT", "UNSIGNED", "ON"}) {
    if (UpperText(TextOf(span)) == word) {
      return Fail(ErrorCode::kNotFlinkSql, span,
                  fmt::format("columns have no {} in Flink SQL", word), "leave it out");
    }
  }
  Unexpected("`,` or `)` behind the column",
             {Keyword::kComment, Keyword::kMetadata, Keyword::kVirtual, Keyword::kNot});
}

// [CONSTRAINT name] PRIMARY KEY [NOT ENFORCED] at a column.
void Parser::ParseColumnConstraint(ast::CreateTable* table, const ast::ColumnDef& column) {
  SourceSpan start = Peek().span;
  ast::PrimaryKey key;
  if (Accept(Keyword::kConstraint)) key.constraint = ParseIdentifier("the name of the constraint");
  if (!key.constraint && !Is(Keyword::kPrimary)) return;
  Expect(Keyword::kPrimary, Keyword::kKey);
  key.columns.push_back(column.name);
  ParsePrimaryKeyEnd(&key);
  key.span = SpanFrom(start);
  table->primary_keys.push_back(std::move(key));
}

void Parser::ParseTableConstraint(ast::CreateTable* table) {
  SourceSpan start = Peek().span;
  ast::PrimaryKey key;
  if (Accept(Keyword::kConstraint)) key.constraint = ParseIdentifier("the name of the constraint");
  if (Is(Keyword::kUnique)) {
    Fail(ErrorCode::kUnsupportedSyntax, Peek().span, "UNIQUE constraints are not supported",
         "write PRIMARY KEY (...) NOT ENFORCED");
  }
  Expect(Keyword::kPrimary, Keyword::kKey);
  key.columns = ParseIdentifierList("a column");
  ParsePrimaryKeyEnd(&key);
  key.span = SpanFrom(start);
  table->primary_keys.push_back(std::move(key));
}

void Parser::ParsePrimaryKeyEnd(ast::PrimaryKey* key) {
  key->not_enforced = Accept(Keyword::kNot, Keyword::kEnforced);
  if (!key->not_enforced) Accept(Keyword::kEnforced);
}

ast::Watermark Parser::ParseWatermark() {
  ast::Watermark watermark;
  watermark.span = Peek().span;
  Expect(Keyword::kWatermark);
  Expect(Keyword::kFor);
  watermark.column = ParseName("a column");
  Expect(Keyword::kAs);
  watermark.expr = ParseExpr();
  watermark.span = SpanFrom(watermark.span);
  return watermark;
}

// DISTRIBUTED [BY [HASH | RANGE] (columns)] [INTO n BUCKETS]
ast::Distribution Parser::ParseDistribution() {
  ast::Distribution distribution;
  Expect(Keyword::kDistributed);
  if (Accept(Keyword::kBy)) {
    if (Accept(Keyword::kHash)) {
      distribution.kind = "HASH";
    } else if (Accept(Keyword::kRange)) {
      distribution.kind = "RANGE";
    }
    distribution.columns = ParseIdentifierList("a column");
  }
  if (Accept(Keyword::kInto)) {
    distribution.buckets = ParseInteger("a number of buckets");
    Expect(Keyword::kBuckets);
  } else if (distribution.columns.empty()) {
    Unexpected("BY (columns) or INTO n BUCKETS", {Keyword::kBy, Keyword::kInto});
  }
  return distribution;
}

// LIKE t [(INCLUDING ALL EXCLUDING OPTIONS ...)]
ast::LikeClause Parser::ParseLikeClause() {
  ast::LikeClause like;
  Expect(Keyword::kLike);
  like.table = ParseName("the name of a table");
  if (!Accept(TokenKind::kLeftParen)) return like;
  while (!failed_ && !Accept(TokenKind::kRightParen)) {
    ast::LikeOption option;
    option.span = Peek().span;
    if (IsAnyOf({Keyword::kIncluding, Keyword::kExcluding, Keyword::kOverwriting})) {
      option.action = KeywordText(Peek().keyword);
      Advance();
    } else {
      Unexpected("INCLUDING, EXCLUDING, OVERWRITING or `)`",
                 {Keyword::kIncluding, Keyword::kExcluding, Keyword::kOverwriting});
    }
    if (IsAnyOf({Keyword::kAll, Keyword::kConstraints, Keyword::kDistribution, Keyword::kGenerated,
                 Keyword::kMetadata, Keyword::kOptions, Keyword::kPartitions,
                 Keyword::kWatermarks})) {
      option.feature = KeywordText(Peek().keyword);
      Advance();
    } else {
      Unexpected(
          "ALL, CONSTRAINTS, DISTRIBUTION, GENERATED, METADATA, OPTIONS, PARTITIONS or WATERMARKS",
          {Keyword::kConstraints, Keyword::kDistribution, Keyword::kGenerated, Keyword::kMetadata,
           Keyword::kOptions, Keyword::kPartitions, Keyword::kWatermarks});
    }
    option.span = SpanFrom(option.span);
    like.options.push_back(std::move(option));
  }
  return like;
}

// ('key' = 'value', ...)
std::vector<ast::Option> Parser::ParseOptions() {
  std::vector<ast::Option> options;
  Expect(TokenKind::kLeftParen, "`(` and the options");
  if (Accept(TokenKind::kRightParen)) return options;
  do {
    options.push_back(ParseOption());
  } while (Accept(TokenKind::kComma));
  Expect(TokenKind::kRightParen, "`,` or `)`");
  return options;
}

ast::Option Parser::ParseOption() {
  ast::Option option;
  option.key_span = Peek().span;
  option.key = ParseString("an option's key in single quotes");
  Expect(TokenKind::kEqual, "`=`");
  option.value_span = Peek().span;
  bool bare = Is(TokenKind::kNumber) || Is(TokenKind::kApproxNumber) || Is(TokenKind::kWord);
  if (bare) {
    std::string_view value = TextOf(Peek().span);
    Fail(ErrorCode::kSyntax, Peek().span, "the values of options stand between single quotes",
         fmt::format("write '{}'", value));
    return option;
  }
  if (Is(TokenKind::kUnicodeString)) {
    option.value = ParseStringLiteral()->text;
  } else {
    option.value = ParseString("the option's value in single quotes");
  }
  return option;
}

ast::Drop Parser::ParseDrop() {
  ast::Drop drop;
  Expect(Keyword::kDrop);
  drop.temporary = Accept(Keyword::kTemporary);
  drop.system = drop.temporary && Accept(Keyword::kSystem);
  std::optional<ObjectKind> object = AcceptObjectKind();
  if (!object) Unexpected("TABLE, VIEW, CATALOG, DATABASE or FUNCTION");
  drop.object = object.value_or(ObjectKind::kTable);
  drop.if_exists = AcceptIfExists();
  drop.name = ParseName("a name");
  drop.cascade = Accept(Keyword::kCascade);
  if (!drop.cascade) Accept(Keyword::kRestrict);
  return drop;
}

ast::Alter Parser::ParseAlter() {
  ast::Alter alter;
  Expect(Keyword::kAlter);
  Accept(Keyword::kTemporary);
  Accept(Keyword::kSystem);
  std::optional<ObjectKind> object = AcceptObjectKind();
  if (!object) Unexpected("TABLE, VIEW, CATALOG, DATABASE or FUNCTION");
  alter.object = object.value_or(ObjectKind::kTable);
  alter.if_exists = AcceptIfExists();
  alter.name = ParseName("a name");
  if (Accept(Keyword::kSet)) {
    alter.action = "SET";
    alter.set_options = ParseOptions();
  } else if (Accept(Keyword::kReset)) {
    alter.action = "RESET";
    Expect(TokenKind::kLeftParen, "`(`");
    do {
      alter.reset_keys.push_back(ParseString("an option's key in single quotes"));
    } while (Accept(TokenKind::kComma));
    Expect(TokenKind::kRightParen, "`,` or `)`");
  } else if (Accept(Keyword::kRename, Keyword::kTo)) {
    alter.action = "RENAME TO";
    alter.rename_to = ParseName("the new name");
  } else if (Is(TokenKind::kWord)) {
    alter.action = UpperText(TextOf(Advance()));
    alter.rest = TextOf(TakeRawRest());
  } else {
    Unexpected("SET, RESET, RENAME, ADD, MODIFY or DROP");
  }
  return alter;
}

std::optional<ast::ObjectKind> Parser::AcceptObjectKind() {
  if (Accept(Keyword::kTable)) return ObjectKind::kTable;
  if (Accept(Keyword::kView)) return ObjectKind::kView;
  if (Accept(Keyword::kCatalog)) return ObjectKind::kCatalog;
  if (Accept(Keyword::kDatabase)) return ObjectKind::kDatabase;
  if (Accept(Keyword::kFunction)) return ObjectKind::kFunction;
  return std::nullopt;
}

bool Parser::AcceptIfNotExists() {
  if (!Accept(Keyword::kIf)) return false;
  Expect(Keyword::kNot, Keyword::kExists);
  return true;
}

bool Parser::AcceptIfExists() {
  if (!Accept(Keyword::kIf)) return false;
  Expect(Keyword::kExists);
  return true;
}

}  // namespace sluice
