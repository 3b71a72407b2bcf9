// Expressions, calls and types: the shape of the tree.
#include <gtest/gtest.h>

#include "sql/parser.h"
#include "sql/printer.h"

namespace sluice {
namespace {

using ast::ExprKind;

ast::ExprPtr Parse(std::string_view text) {
  std::vector<Diagnostic> diagnostics;
  ast::ExprPtr expr = ParseExpression(text, &diagnostics);
  EXPECT_TRUE(expr) << RenderDiagnostics(text, "expr", diagnostics);
  return expr;
}

// Every operator with its parentheses.
std::string Grouped(const ast::Expr& expr) {
  if (expr.args.empty()) return ToSql(expr);
  std::string text = "(";
  for (size_t i = 0; i < expr.args.size(); ++i) {
    if (i > 0) text += ' ';
    text += Grouped(*expr.args[i]);
  }
  return text + ")";
}

std::string Grouped(std::string_view text) { return Grouped(*Parse(text)); }

TEST(ParserExprTest, OperatorsGroupByPrecedence) {
  EXPECT_EQ(Grouped("a + b * c"), "(a (b c))");
  EXPECT_EQ(Grouped("a - b - c"), "((a b) c)");
  EXPECT_EQ(Grouped("a || b + c"), "((a b) c)");
  EXPECT_EQ(Grouped("a = b OR c AND d"), "((a b) (c d))");
  EXPECT_EQ(Grouped("NOT a = b"), "((a b))");
  EXPECT_EQ(Grouped("a = b IS NULL"), "((a b))");
  EXPECT_EQ(Grouped("a BETWEEN b AND c AND d"), "((a b c) d)");
  EXPECT_EQ(Grouped("a AND b AND c"), "(a b c)");
  EXPECT_EQ(Grouped("90.0 + (300000 - (a - b)) / 10000.0"), "(90.0 ((300000 (a b)) 10000.0))");
}

TEST(ParserExprTest, AMinusBelongsToItsNumber) {
  ast::ExprPtr number = Parse("-2147483648");
  EXPECT_EQ(number->kind, ExprKind::kLiteral);
  EXPECT_EQ(number->text, "-2147483648");
  EXPECT_EQ(Parse("a -1")->kind, ExprKind::kBinary);
}

TEST(ParserExprTest, StringsOnSeveralLinesAreOne) {
  EXPECT_EQ(Parse("'a'\n'b'")->text, "ab");
  EXPECT_EQ(Parse("U&'!4e2d' UESCAPE '!'")->text, "中");
}

TEST(ParserExprTest, CallsKnowTheirClauses) {
  ast::ExprPtr call = Parse("COUNT(DISTINCT a) FILTER (WHERE b = 1)");
  ASSERT_EQ(call->kind, ExprKind::kCall);
  EXPECT_TRUE(call->call->distinct);
  EXPECT_TRUE(call->call->filter);
  EXPECT_TRUE(Parse("COUNT(*)")->call->star);
  EXPECT_TRUE(Parse("CURRENT_TIMESTAMP")->call->no_parens);
  EXPECT_EQ(Parse("SUM(COUNT(*)) OVER ()")->call->over->in_parens, true);
  EXPECT_EQ(Parse("LEFT(a, 1)")->kind, ExprKind::kCall);
  EXPECT_EQ(Parse("`f`(a)")->name.parts[0].quoted, true);
}

TEST(ParserExprTest, SpecialSyntaxBecomesPlainArguments) {
  ast::ExprPtr trim = Parse("TRIM(LEADING FROM a)");
  ASSERT_EQ(trim->args.size(), 3u);
  EXPECT_EQ(trim->args[0]->text, "LEADING");
  EXPECT_EQ(trim->args[1]->text, " ");
  EXPECT_EQ(Parse("TRIM('x' FROM a)")->args[0]->text, "BOTH");
  EXPECT_EQ(Parse("SUBSTRING(a FROM 2 FOR 3)")->args.size(), 3u);
  EXPECT_EQ(Parse("EXTRACT(day FROM a)")->args[0]->text, "DAY");
  EXPECT_EQ(Parse("TIMESTAMPDIFF(SQL_TSI_MINUTE, a, b)")->args[0]->text, "MINUTE");
  EXPECT_EQ(Parse("CEIL(a TO hour)")->args[1]->text, "HOUR");
}

TEST(ParserExprTest, JsonClauses) {
  ast::ExprPtr value =
      Parse("JSON_VALUE(p, 'lax $.x' RETURNING INTEGER NULL ON EMPTY DEFAULT -1 ON ERROR)");
  const ast::JsonClauses& json = value->call->json;
  EXPECT_EQ(json.returning->kind, ast::TypeNameKind::kInt);
  EXPECT_EQ(json.on_empty, ast::JsonBehavior::kNull);
  EXPECT_EQ(json.on_error, ast::JsonBehavior::kDefault);
  EXPECT_EQ(json.default_on_error->text, "-1");
  EXPECT_EQ(Parse("JSON_OBJECT(KEY 'a' VALUE 1, 'b' : 2)")->args.size(), 4u);
  EXPECT_EQ(Parse("JSON_OBJECT()")->args.size(), 0u);
  EXPECT_EQ(Parse("JSON_ARRAY(NULL ON NULL)")->call->json.nulls, ast::JsonNulls::kNullOnNull);
  EXPECT_EQ(Parse("JSON_OBJECTAGG(k VALUE v)")->args.size(), 2u);
}

TEST(ParserExprTest, NamesThatAreWordsOfTheGrammar) {
  for (std::string_view name : {"domain", "type", "source", "version", "data", "key", "status",
                                "payload", "url", "event", "map", "first", "error", "json"}) {
    EXPECT_EQ(Parse(name)->kind, ExprKind::kColumn) << name;
  }
}

TEST(ParserExprTest, ParenthesesHoldQueriesOrExpressions) {
  EXPECT_EQ(Parse("(SELECT 1)")->kind, ExprKind::kSubquery);
  EXPECT_EQ(Parse("((SELECT 1))")->kind, ExprKind::kSubquery);
  EXPECT_EQ(Parse("((SELECT 1) + 2)")->kind, ExprKind::kBinary);
  EXPECT_EQ(Parse("((SELECT 1) UNION (SELECT 2))")->kind, ExprKind::kSubquery);
  EXPECT_EQ(Parse("(a, b)")->kind, ExprKind::kRow);
}

TEST(ParserTypeTest, TypesComeBack) {
  for (std::string_view text : {"BOOLEAN",
                                "TINYINT",
                                "SMALLINT",
                                "INT",
                                "BIGINT",
                                "FLOAT",
                                "DOUBLE",
                                "DECIMAL(10, 2)",
                                "CHAR(3)",
                                "VARCHAR(20)",
                                "STRING",
                                "BINARY(2)",
                                "VARBINARY(3)",
                                "BYTES",
                                "DATE",
                                "TIME(0)",
                                "TIMESTAMP(3)",
                                "TIMESTAMP_LTZ(3)",
                                "TIMESTAMP(3) WITH TIME ZONE",
                                "INTERVAL DAY(2) TO SECOND(3)",
                                "ARRAY<INT NOT NULL>",
                                "MAP<STRING, INT>",
                                "MULTISET<STRING>",
                                "STRING NOT NULL",
                                "ROW<a INT, `b c` STRING 'x'>",
                                "RAW('a', 'b')",
                                "db.my_type"}) {
    std::vector<Diagnostic> diagnostics;
    std::optional<ast::TypeName> type = ParseTypeName(text, &diagnostics);
    ASSERT_TRUE(type) << RenderDiagnostics(text, "type", diagnostics);
    EXPECT_EQ(ToSql(*type), text);
  }
}

TEST(ParserTypeTest, OtherSpellings) {
  auto printed = [](std::string_view text) {
    std::vector<Diagnostic> diagnostics;
    std::optional<ast::TypeName> type = ParseTypeName(text, &diagnostics);
    return type ? ToSql(*type) : RenderDiagnostics(text, "type", diagnostics);
  };
  EXPECT_EQ(printed("integer"), "INT");
  EXPECT_EQ(printed("double precision"), "DOUBLE");
  EXPECT_EQ(printed("numeric(5,3)"), "DECIMAL(5, 3)");
  EXPECT_EQ(printed("character varying(3)"), "VARCHAR(3)");
  EXPECT_EQ(printed("timestamp(3) with local time zone"), "TIMESTAMP_LTZ(3)");
  EXPECT_EQ(printed("timestamp without time zone"), "TIMESTAMP");
  EXPECT_EQ(printed("int array"), "ARRAY<INT>");
  EXPECT_EQ(printed("row(a int)"), "ROW<a INT>");
  EXPECT_EQ(printed("ROW<>"), "ROW<>");
}

}  // namespace
}  // namespace sluice
