// Statements other than DDL, whole scripts, and the example jobs.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <variant>

#include "sql/parser.h"
#include "sql/printer.h"

namespace sluice {
namespace {

std::vector<ast::Statement> Parse(std::string_view text) {
  ParsedScript script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << RenderDiagnostics(text, "script", script.diagnostics);
  return std::move(script.statements);
}

template <typename Body>
Body ParseOne(std::string_view text) {
  std::vector<ast::Statement> statements = Parse(text);
  EXPECT_EQ(statements.size(), 1u);
  if (statements.size() != 1 || !std::holds_alternative<Body>(statements[0].body)) {
    ADD_FAILURE() << "another statement than expected: " << text;
    return Body();
  }
  return std::move(std::get<Body>(statements[0].body));
}

TEST(ParserStatementTest, ScriptsMayBeEmpty) {
  EXPECT_EQ(Parse("").size(), 0u);
  EXPECT_EQ(Parse(" ;; -- nothing\n;").size(), 0u);
  EXPECT_EQ(Parse("\xEF\xBB\xBFSELECT 1").size(), 1u);
}

TEST(ParserStatementTest, SpansLeaveTheSemicolonOut) {
  std::vector<ast::Statement> statements = Parse("SELECT 1 ;\nSELECT 2;");
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_EQ(statements[0].span, (SourceSpan{0, 8}));
  EXPECT_EQ(statements[1].span, (SourceSpan{11, 8}));
}

TEST(ParserStatementTest, Inserts) {
  ast::Insert insert = ParseOne<ast::Insert>("INSERT INTO `vvp`.`default`.t (a, b) SELECT 1, 2");
  EXPECT_EQ(ToSql(insert.table), "vvp.`default`.t");
  EXPECT_EQ(insert.columns.size(), 2u);
  EXPECT_TRUE(ParseOne<ast::Insert>("INSERT OVERWRITE t VALUES (1)").overwrite);
  EXPECT_TRUE(ParseOne<ast::Insert>("INSERT INTO t (SELECT 1)").columns.empty());
  EXPECT_EQ(ParseOne<ast::Insert>("INSERT INTO t PARTITION (d = '1') SELECT 1").partition.size(),
            1u);
  EXPECT_EQ(ParseOne<ast::Insert>("INSERT INTO t SELECT 1 ON CONFLICT DO DEDUPLICATE").on_conflict,
            ast::ConflictAction::kDeduplicate);
  EXPECT_EQ(ParseOne<ast::Insert>("INSERT INTO t /*+ OPTIONS('a'='b') */ SELECT 1").hints.size(),
            1u);
  EXPECT_EQ(ParseOne<ast::Insert>("EXECUTE INSERT INTO t SELECT 1").table.parts[0].text, "t");
}

TEST(ParserStatementTest, StatementSets) {
  for (std::string_view text :
       {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END;",
        "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END;"}) {
    EXPECT_EQ(ParseOne<ast::StatementSet>(text).inserts.size(), 2u);
  }
}

TEST(ParserStatementTest, Settings) {
  ast::Set set = ParseOne<ast::Set>("SET 'table.exec.state.ttl' = '1 d'");
  EXPECT_EQ(set.option.key, "table.exec.state.ttl");
  EXPECT_EQ(set.option.value, "1 d");
  EXPECT_EQ(ParseOne<ast::Set>("SET").option.key, "");
  EXPECT_EQ(ParseOne<ast::Reset>("RESET 'a'").key, "a");
  EXPECT_EQ(ParseOne<ast::Reset>("RESET").key, "");
}

TEST(ParserStatementTest, ExplainAndShow) {
  ast::Explain explain =
      ParseOne<ast::Explain>("EXPLAIN ESTIMATED_COST, CHANGELOG_MODE INSERT INTO t SELECT 1");
  EXPECT_EQ(explain.details.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<ast::Insert>(explain.statement->body));
  EXPECT_TRUE(std::holds_alternative<ast::QueryPtr>(
      ParseOne<ast::Explain>("EXPLAIN PLAN FOR SELECT 1").statement->body));
  EXPECT_TRUE(std::holds_alternative<ast::StatementSet>(
      ParseOne<ast::Explain>("EXPLAIN STATEMENT SET BEGIN INSERT INTO t SELECT 1; END")
          .statement->body));
  EXPECT_EQ(ParseOne<ast::Show>("show tables from db not like 'a%'").what, "TABLES");
  EXPECT_EQ(ParseOne<ast::Show>("SHOW CREATE TABLE a.b").name.parts.size(), 2u);
  EXPECT_EQ(ParseOne<ast::Show>("SHOW CURRENT CATALOG").what, "CURRENT CATALOG");
  EXPECT_EQ(ParseOne<ast::Describe>("DESC EXTENDED t").extended, true);
  EXPECT_EQ(ParseOne<ast::Describe>("DESCRIBE CATALOG c").object, ast::ObjectKind::kCatalog);
  EXPECT_TRUE(ParseOne<ast::Use>("USE CATALOG c").catalog);
  EXPECT_EQ(ParseOne<ast::Use>("USE c.d").name.parts.size(), 2u);
}

class ExampleTest : public testing::TestWithParam<const char*> {};

TEST_P(ExampleTest, Parses) {
  std::string path = std::string("examples/wrongbook/") + GetParam();
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  std::vector<ast::Statement> statements = Parse(text.str());
  ASSERT_FALSE(statements.empty());
  EXPECT_TRUE(std::holds_alternative<ast::Insert>(statements.back().body));
}

INSTANTIATE_TEST_SUITE_P(Wrongbook, ExampleTest,
                         testing::Values("job.sql", "job_blackhole.sql", "job_row.sql"));

}  // namespace
}  // namespace sluice
