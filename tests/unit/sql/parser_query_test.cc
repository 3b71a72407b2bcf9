// Queries: the shape of the tree.
#include <gtest/gtest.h>

#include <variant>

#include "sql/parser.h"
#include "sql/printer.h"

namespace sluice {
namespace {

ast::QueryPtr Parse(std::string_view text) {
  ParsedScript script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << RenderDiagnostics(text, "query", script.diagnostics);
  if (script.statements.size() != 1) return std::make_unique<ast::Query>();
  return std::move(std::get<ast::QueryPtr>(script.statements[0].body));
}

TEST(ParserQueryTest, LookupJoins) {
  ast::QueryPtr query = Parse(
      "SELECT e.a FROM events e LEFT JOIN dim FOR SYSTEM_TIME AS OF e.proc_time d "
      "ON d.k = e.k AND d.is_delete = 0 "
      "JOIN dim2 FOR SYSTEM_TIME AS OF PROCTIME() AS d2 ON d2.k = d.k");
  const ast::TableRef& join = *query->select->from;
  ASSERT_EQ(join.kind, ast::TableRefKind::kJoin);
  EXPECT_EQ(join.join_kind, ast::JoinKind::kInner);
  EXPECT_EQ(join.right->alias->text, "d2");
  EXPECT_EQ(ToSql(*join.right->system_time), "PROCTIME()");
  EXPECT_EQ(join.left->join_kind, ast::JoinKind::kLeft);
  EXPECT_EQ(join.left->right->alias->text, "d");
  EXPECT_EQ(join.left->condition->args.size(), 2u);
}

TEST(ParserQueryTest, Hints) {
  ast::QueryPtr query = Parse(
      "SELECT /*+ LOOKUP('table'='d', 'async'='true'), BROADCAST(t1) */ a "
      "FROM t /*+ OPTIONS('k'='v') */");
  ASSERT_EQ(query->select->hints.size(), 2u);
  EXPECT_EQ(query->select->hints[0].entries[1].key, "async");
  EXPECT_EQ(query->select->hints[0].entries[1].value, "true");
  EXPECT_EQ(query->select->hints[1].entries[0].key, "");
  EXPECT_EQ(query->select->hints[1].entries[0].value, "t1");
  EXPECT_EQ(query->select->from->hints[0].entries[0].value, "v");
}

TEST(ParserQueryTest, SetOperationsGroup) {
  ast::QueryPtr query = Parse("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 ORDER BY 1 LIMIT 2");
  ASSERT_EQ(query->kind, ast::QueryKind::kSetOperation);
  EXPECT_EQ(query->left->kind, ast::QueryKind::kSetOperation);
  EXPECT_TRUE(query->limit);
  EXPECT_EQ(query->order_by.size(), 1u);
}

TEST(ParserQueryTest, TableFunctions) {
  ast::QueryPtr query = Parse(
      "SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' "
      "MINUTES)) GROUP BY window_start, window_end");
  ASSERT_EQ(query->select->from->kind, ast::TableRefKind::kFunction);
  const ast::Expr& call = *query->select->from->call;
  EXPECT_EQ(call.args[0]->kind, ast::ExprKind::kTableArg);
  EXPECT_EQ(call.args[1]->kind, ast::ExprKind::kDescriptor);
  EXPECT_EQ(call.args[2]->kind, ast::ExprKind::kInterval);
  EXPECT_EQ(Parse("SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), x) AS w")->select->from->kind,
            ast::TableRefKind::kFunction);
}

TEST(ParserQueryTest, RowLimits) {
  EXPECT_EQ(Parse("SELECT 1 FETCH FIRST 3 ROWS ONLY")->limit->text, "3");
  EXPECT_EQ(Parse("SELECT 1 OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY")->offset->text, "2");
  EXPECT_FALSE(Parse("SELECT 1 LIMIT ALL")->limit);
}

TEST(ParserQueryTest, GroupByNothing) {
  ast::QueryPtr query = Parse("SELECT COUNT(*) FROM t GROUP BY ()");
  EXPECT_TRUE(query->select->has_group_by);
  EXPECT_TRUE(query->select->group_by.empty());
}

TEST(ParserQueryTest, ThreeFullJoinsOfAggregates) {
  Parse(R"(
    WITH a AS (SELECT k, COUNT(*) AS n FROM x GROUP BY k),
         b AS (SELECT k, AVG(v) AS m FROM y GROUP BY k HAVING COUNT(*) > 1)
    SELECT COALESCE(a.k, b.k, c.k), ROUND(n * 100.0 / COUNT(*), 2)
    FROM a FULL OUTER JOIN b ON a.k = b.k
    FULL OUTER JOIN (SELECT DISTINCT k FROM z) c ON c.k = COALESCE(a.k, b.k))");
}

}  // namespace
}  // namespace sluice
