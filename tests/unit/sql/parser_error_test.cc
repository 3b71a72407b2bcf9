// Errors: each has its code, its place and a way out, and one error does not hide the next.
#include <gtest/gtest.h>

#include <string>

#include "sql/parser.h"

namespace sluice {
namespace {

struct Case {
  std::string_view text;
  ErrorCode code;
  std::string_view place;   // the text that the caret marks
  std::string_view remedy;  // part of it
};

TEST(ParserErrorTest, EachErrorNamesTheRewrite) {
  constexpr ErrorCode kSyntax = ErrorCode::kSyntax;
  constexpr ErrorCode kNotFlink = ErrorCode::kNotFlinkSql;
  for (const Case& c : {
           Case{"SELECT timestamp FROM t", ErrorCode::kReservedWord, "timestamp", "`timestamp`"},
           Case{"SELECT e.timestamp FROM e", ErrorCode::kReservedWord, "timestamp", "`timestamp`"},
           Case{"SELECT a AS count FROM t", ErrorCode::kReservedWord, "count", "`count`"},
           Case{"SELECT a value FROM t", ErrorCode::kReservedWord, "value", "`value`"},
           Case{"CREATE TABLE t (date DATE)", ErrorCode::kReservedWord, "date", "`date`"},
           Case{"SELECT DATE(ts) FROM t", kNotFlink, "DATE", "CAST(ts AS DATE)"},
           Case{"SELECT DAY(ts) FROM t", kNotFlink, "DAY", "DAYOFMONTH(ts)"},
           Case{"SELECT GROUP_CONCAT(a) FROM t", kNotFlink, "GROUP_CONCAT", "LISTAGG"},
           Case{"SELECT a FROM t WHERE b == 1", kNotFlink, "==", "single `=`"},
           Case{"SELECT \"a\" FROM t", ErrorCode::kUnquotedString, "\"a\"", "backticks"},
           Case{"SELECT a::INT FROM t", kNotFlink, "::", "CAST(value AS type)"},
           Case{"SELECT a FROM t LIMIT 5, 10", kNotFlink, "5, 10", "LIMIT 10 OFFSET 5"},
           Case{"INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1", kNotFlink, "ON DUPLICATE",
                "PRIMARY KEY"},
           Case{"INSERT INTO t SELECT 1 ON CONFLICT (a) DO NOTHING", kNotFlink, "ON CONFLICT",
                "PRIMARY KEY"},
           Case{"WITH RECURSIVE a AS (SELECT 1) SELECT 1", kNotFlink, "RECURSIVE", ""},
           Case{"SELECT a FROM t WHERE a ILIKE 'x'", kNotFlink, "ILIKE", "LOWER"},
           Case{"SELECT a FROM d AS x FOR SYSTEM_TIME AS OF y.t", kNotFlink, "FOR SYSTEM_TIME",
                "AS alias"},
           Case{"CREATE TABLE t (a INT(11))", ErrorCode::kInvalidType, "(", "write INT"},
           Case{"CREATE TABLE t (a DATETIME)", ErrorCode::kInvalidType, "DATETIME", "TIMESTAMP(3)"},
           Case{"CREATE TABLE t (a INT DEFAULT 1)", kNotFlink, "DEFAULT", "COALESCE"},
           Case{"CREATE TABLE t (a INT) WITH ('k' = 5)", kSyntax, "5", "'5'"},
           Case{"CREATE TABLE t (a INT,) WITH ('k' = 'v')", kSyntax, ",", "remove the comma"},
           Case{"SET a.b = 1 d", kSyntax, "SET a.b = 1 d", "SET 'a.b' = '1 d'"},
           Case{"SELECT a FORM t", kSyntax, "t", "FROM"},
           Case{"SELECT a FROM t WHER b = 1", kSyntax, "b", "WHERE"},
           Case{"SELCT 1", ErrorCode::kUnknownStatement, "SELCT", "SELECT"},
           Case{"ADD JAR 'x'", ErrorCode::kUnsupportedStatement, "ADD", "JAR"},
           Case{"SELECT a， b FROM t", ErrorCode::kUnknownCharacter, "，", "ASCII comma"},
           Case{"SELECT 'abc", ErrorCode::kUnterminated, "'", "close it with '"},
           Case{"SELECT /* abc", ErrorCode::kUnterminated, "/*", "*/"},
           Case{"SELECT X'0'", ErrorCode::kInvalidLiteral, "X'0'", ""},
           Case{"SELECT 1abc", ErrorCode::kInvalidLiteral, "1abc", ""},
           Case{"SELECT a FROM t MATCH_RECOGNIZE (x)", ErrorCode::kUnsupportedSyntax,
                "MATCH_RECOGNIZE", ""},
           Case{"SELECT a FROM b JOIN c", kSyntax, "", ""},
           Case{"SELECT (a FROM t", kSyntax, "FROM", ""},
           Case{"SELECT ``.* FROM t", kSyntax, "``", ""},
           Case{"SELECT a.``.* FROM t", kSyntax, "``", ""},
           Case{"SELECT a FROM t)", kSyntax, ")", ""},
           Case{"SELECT", kSyntax, "", ""},
       }) {
    ParsedScript script = ParseScript(c.text);
    ASSERT_EQ(script.diagnostics.size(), 1u) << c.text;
    const Diagnostic& error = script.diagnostics[0];
    EXPECT_EQ(error.code, c.code) << c.text << ": " << error.message;
    EXPECT_EQ(c.text.substr(error.span.offset, error.span.length), c.place) << c.text;
    EXPECT_NE(error.remedy.find(c.remedy), std::string::npos) << c.text << ": " << error.remedy;
    EXPECT_TRUE(script.statements.empty()) << c.text;
  }
}

TEST(ParserErrorTest, EveryStatementReportsItsError) {
  ParsedScript script =
      ParseScript("SELECT a b c;\nSELECT 1;\nCREATE TABLE (;\nINSERT INTO t SELECT 2;\nFOO;");
  EXPECT_EQ(script.diagnostics.size(), 3u);
  EXPECT_EQ(script.statements.size(), 2u);
}

TEST(ParserErrorTest, AMissingSemicolonCostsOneError) {
  ParsedScript script = ParseScript("SELECT 1\nINSERT INTO t SELECT 2;\nSELECT 3;");
  ASSERT_EQ(script.diagnostics.size(), 1u);
  EXPECT_NE(script.diagnostics[0].message.find("`;`"), std::string::npos);
  EXPECT_EQ(script.statements.size(), 2u);
}

TEST(ParserErrorTest, StatementSetsReportEveryInsert) {
  ParsedScript script = ParseScript(
      "EXECUTE STATEMENT SET BEGIN\nINSERT INTO a SELECT FROM;\nINSERT INTO b SELECT 1;\n"
      "INSERT INTO c SELECT x y z;\nEND;\nSELECT 1;");
  EXPECT_EQ(script.diagnostics.size(), 2u);
  EXPECT_EQ(script.statements.size(), 1u);
  script = ParseScript("BEGIN STATEMENT SET;\nINSERT INTO a SELECT 1\nEND;\nSELECT 1;");
  EXPECT_EQ(script.diagnostics.size(), 1u);
  EXPECT_EQ(script.statements.size(), 1u);
}

TEST(ParserErrorTest, ReservedWordsFollowTheRelease) {
  EXPECT_FALSE(ParseScript("SELECT model FROM t").ok());
  EXPECT_TRUE(ParseScript("SELECT model FROM t", {FlinkVersion::k2_3}).ok());
  EXPECT_TRUE(ParseScript("SELECT qualify FROM t").ok());
  EXPECT_FALSE(ParseScript("SELECT qualify FROM t", {FlinkVersion::k2_3}).ok());
}

TEST(ParserErrorTest, TextThatIsNotUtf8IsRefused) {
  ParsedScript script = ParseScript("SELECT '\xFF'");
  ASSERT_EQ(script.diagnostics.size(), 1u);
  EXPECT_EQ(script.diagnostics[0].code, ErrorCode::kInvalidEncoding);
}

std::string Repeat(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

// Nothing that is deep may overflow the stack, here or when the tree is freed.
TEST(ParserErrorTest, DeepNestingIsRefused) {
  constexpr int kMany = 100000;
  for (const std::string& text : {"SELECT " + Repeat("(", kMany),
                                  "SELECT " + Repeat("(", kMany) + "1" + Repeat(")", kMany),
                                  "SELECT " + Repeat("- ", kMany) + "1",
                                  "SELECT " + Repeat("NOT ", kMany) + "a",
                                  "SELECT 1" + Repeat(" + 1", kMany),
                                  "SELECT " + Repeat("f(", kMany),
                                  "SELECT " + Repeat("CASE WHEN ", kMany),
                                  "SELECT a" + Repeat("[1]", kMany),
                                  "SELECT " + Repeat("ARRAY[", kMany),
                                  Repeat("SELECT * FROM (", kMany),
                                  "SELECT 1" + Repeat(" UNION ALL SELECT 1", kMany),
                                  "SELECT * FROM a" + Repeat(", a", kMany),
                                  "SELECT * FROM a" + Repeat(" CROSS JOIN a", kMany),
                                  Repeat("(", kMany) + "SELECT 1",
                                  "SELECT CAST(a AS " + Repeat("ARRAY<", kMany),
                                  "SELECT CAST(a AS INT" + Repeat(" ARRAY", kMany),
                                  "SELECT a IN (" + Repeat("(SELECT a IN ", kMany),
                                  Repeat("WITH a AS (", kMany),
                                  "SELECT 1 FROM t GROUP BY " + Repeat("CUBE(", kMany),
                                  Repeat("EXPLAIN ", kMany)}) {
    ParsedScript script = ParseScript(text);
    EXPECT_FALSE(script.ok()) << text.substr(0, 60);
    EXPECT_EQ(script.diagnostics.size(), 1u) << text.substr(0, 60);
  }
}

TEST(ParserErrorTest, LongButFlatIsFine) {
  EXPECT_TRUE(ParseScript("SELECT a" + Repeat(" AND a", 20000)).ok());
  EXPECT_TRUE(ParseScript("SELECT a" + Repeat(", a", 20000) + " FROM t").ok());
  EXPECT_TRUE(ParseScript("SELECT a" + Repeat(" || a", 400)).ok());
  EXPECT_TRUE(ParseScript("SELECT 1" + Repeat(" UNION ALL SELECT 1", 400)).ok());
  EXPECT_TRUE(ParseScript("SELECT " + Repeat("(", 80) + "1" + Repeat(")", 80)).ok());
}

}  // namespace
}  // namespace sluice
