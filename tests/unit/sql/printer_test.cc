// The printed form, and that it parses to the same tree again.
#include "sql/printer.h"

#include <gtest/gtest.h>

#include <variant>

#include "sql/parser.h"

namespace sluice {
namespace {

std::string PrintedExpr(std::string_view text) {
  std::vector<Diagnostic> diagnostics;
  ast::ExprPtr expr = ParseExpression(text, &diagnostics);
  return expr ? ToSql(*expr) : RenderDiagnostics(text, "expr", diagnostics);
}

std::string PrintedQuery(std::string_view text) {
  ParsedScript script = ParseScript(text);
  if (!script.ok()) return RenderDiagnostics(text, "query", script.diagnostics);
  return ToSql(*std::get<ast::QueryPtr>(script.statements[0].body));
}

TEST(PrinterTest, ExpressionsAreCanonical) {
  EXPECT_EQ(PrintedExpr("cast ( json_value(payload,'$.x') as bigint)"),
            "CAST(json_value(payload, '$.x') AS BIGINT)");
  EXPECT_EQ(PrintedExpr("((a + b)) * (c)"), "(a + b) * c");
  EXPECT_EQ(PrintedExpr("a - (b - c)"), "a - (b - c)");
  EXPECT_EQ(PrintedExpr("not (a or b) and c!=1"), "NOT (a OR b) AND c <> 1");
  EXPECT_EQ(PrintedExpr("- (-a)"), "-(-a)");
  EXPECT_EQ(PrintedExpr("`timestamp`"), "`timestamp`");
  EXPECT_EQ(PrintedExpr("`a`.`b`"), "a.b");
  EXPECT_EQ(PrintedExpr("current_date - interval '7' day"), "current_date - INTERVAL '7' DAY");
}

// One canonical text per construct: printing what was parsed from it gives it back.
TEST(PrinterTest, ExpressionsComeBack) {
  for (std::string_view text :
       {"a",
        "-1",
        "-1.5E3",
        "+a",
        "'it''s'",
        "X'0AFF'",
        "DATE '2024-01-01'",
        "INTERVAL -'1:30' HOUR TO MINUTE",
        "INTERVAL '1.5' SECOND(2, 3)",
        "INTERVAL n DAY",
        "a AND b AND c OR d",
        "(a OR b) AND c",
        "a = b IS NOT TRUE",
        "(a IS NULL) = b",
        "a IS NOT DISTINCT FROM b",
        "a NOT LIKE '%x!%' ESCAPE '!'",
        "a SIMILAR TO 'x|y'",
        "a NOT BETWEEN 1 AND 2 + 3",
        "a BETWEEN SYMMETRIC b AND c",
        "a IN (1, 2)",
        "a NOT IN (SELECT b FROM t)",
        "a > ALL (SELECT b FROM t)",
        "a = ANY (1, 2)",
        "EXISTS (SELECT 1)",
        "(SELECT 1) + 1",
        "(a, b) IN ((1, 2), (3, 4))",
        "ROW(a, 1)",
        "CASE WHEN a THEN b END",
        "CASE a WHEN 1 THEN 'x' ELSE NULL END",
        "CASE a WHEN 1, 2 THEN 'x' WHEN (3, 4) THEN 'y' END",
        "TRY_CAST(a AS DECIMAL(10, 2))",
        "CAST(a AS ROW<x INT NOT NULL, y ARRAY<STRING>>)",
        "ARRAY[1, 2]",
        "MAP['a', 1]",
        "ARRAY(SELECT a FROM t)",
        "a[1].b",
        "(a).b",
        "f(a).b",
        "COUNT(*)",
        "COUNT(DISTINCT a) FILTER (WHERE b > 1)",
        "CURRENT_TIMESTAMP",
        "PROCTIME()",
        "EXTRACT(DAY FROM a)",
        "TRIM(BOTH 'x' FROM a)",
        "TRIM(a)",
        "FLOOR(a TO DAY)",
        "POSITION('a' IN b)",
        "OVERLAY(a PLACING b FROM 1 FOR 2)",
        "TIMESTAMPADD(DAY, 7, a)",
        "JSON_VALUE(a, '$.x' RETURNING INT DEFAULT 0 ON EMPTY ERROR ON ERROR)",
        "JSON_QUERY(a, '$.x' WITH UNCONDITIONAL WRAPPER EMPTY ARRAY ON ERROR)",
        "JSON_EXISTS(a, '$.x' TRUE ON ERROR)",
        "JSON_OBJECT('k' VALUE a ABSENT ON NULL)",
        "JSON_ARRAY(a, b NULL ON NULL)",
        "a IS NOT JSON OBJECT",
        "SUM(a) OVER (PARTITION BY b ORDER BY c DESC NULLS LAST ROWS BETWEEN 2 PRECEDING AND "
        "CURRENT ROW)",
        "LAG(a, 1) IGNORE NULLS OVER w",
        "LISTAGG(a) WITHIN GROUP (ORDER BY b)"}) {
    EXPECT_EQ(PrintedExpr(text), text);
  }
}

TEST(PrinterTest, QueriesComeBack) {
  for (std::string_view text :
       {"SELECT 1",
        "SELECT DISTINCT a AS x, t.* FROM t",
        "SELECT * FROM c.db.t AS x",
        "WITH a (x) AS (SELECT 1), b AS (SELECT 2) SELECT * FROM a, b",
        "SELECT a FROM t WHERE b GROUP BY a HAVING COUNT(*) > 1",
        "SELECT a FROM t ORDER BY a DESC LIMIT 3 OFFSET 2",
        "SELECT a FROM t UNION ALL SELECT b FROM u",
        "SELECT 1 UNION (SELECT 2 UNION SELECT 3)",
        "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
        "(SELECT 1 LIMIT 1) UNION ALL SELECT 2",
        "VALUES (1, 'a'), (2, 'b')",
        "TABLE t",
        "SELECT COUNT(*) FROM t GROUP BY ()",
        "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ())",
        "SELECT /*+ LOOKUP('table' = 'd') */ * FROM e LEFT JOIN d FOR SYSTEM_TIME AS OF "
        "e.proc_time AS x ON x.id = e.id",
        "SELECT * FROM t /*+ OPTIONS('a' = 'b') */ AS x",
        "SELECT * FROM a JOIN (b CROSS JOIN c) ON TRUE",
        "SELECT * FROM a NATURAL LEFT JOIN b",
        "SELECT * FROM a FULL JOIN b USING (x, y)",
        "SELECT * FROM a CROSS JOIN UNNEST(a.xs) WITH ORDINALITY AS u(x, n)",
        "SELECT * FROM a LEFT JOIN LATERAL TABLE(f(a.x)) AS f(y) ON TRUE",
        "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
        "SELECT * FROM TABLE(HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts)))",
        "SELECT * FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), x))",
        "SELECT * FROM TABLE(f(TABLE t PARTITION BY (a, b) ORDER BY (c DESC), 1))",
        "SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b)",
        "SELECT * FROM (SELECT 1) AS t(a)"}) {
    EXPECT_EQ(PrintedQuery(text), text);
  }
}

TEST(PrinterTest, NamesAreQuotedOnlyWhereNeeded) {
  EXPECT_EQ(QuoteName("domain"), "domain");
  EXPECT_EQ(QuoteName("错题"), "错题");
  EXPECT_EQ(QuoteName("timestamp"), "`timestamp`");
  EXPECT_EQ(QuoteName("a b"), "`a b`");
  EXPECT_EQ(QuoteName("a`b"), "`a``b`");
  EXPECT_EQ(QuoteName(""), "``");
  EXPECT_EQ(QuoteName("1a"), "`1a`");
}

}  // namespace
}  // namespace sluice
