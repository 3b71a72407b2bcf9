// CREATE, DROP and ALTER.
#include <gtest/gtest.h>

#include <variant>

#include "sql/parser.h"
#include "sql/printer.h"

namespace sluice {
namespace {

template <typename Body>
Body Parse(std::string_view text) {
  ParsedScript script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << RenderDiagnostics(text, "ddl", script.diagnostics);
  if (script.statements.size() != 1 || !std::holds_alternative<Body>(script.statements[0].body)) {
    ADD_FAILURE() << "another statement than expected: " << text;
    return Body();
  }
  return std::move(std::get<Body>(script.statements[0].body));
}

TEST(ParserDdlTest, TablesWithEveryKindOfColumn) {
  ast::CreateTable table = Parse<ast::CreateTable>(R"(
    CREATE TEMPORARY TABLE IF NOT EXISTS `vvp`.`default`.events (
      id BIGINT NOT NULL PRIMARY KEY NOT ENFORCED COMMENT '编号',
      `timestamp` BIGINT,
      score DECIMAL(5, 3),
      person ROW<name STRING, age INT>,
      proc_time AS PROCTIME(),
      event_time AS TO_TIMESTAMP_LTZ(`timestamp`, 3) COMMENT 'when',
      off BIGINT METADATA FROM 'offset' VIRTUAL,
      headers MAP<STRING, BYTES> METADATA,
      WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND,
      CONSTRAINT pk PRIMARY KEY (id, score) NOT ENFORCED
    ) COMMENT 'all events' PARTITIONED BY (dt) WITH ('connector' = 'kafka', 'topic' = 'a''b'))");
  EXPECT_TRUE(table.temporary);
  EXPECT_TRUE(table.if_not_exists);
  ASSERT_EQ(table.columns.size(), 8u);
  EXPECT_FALSE(table.columns[0].type.nullable);
  EXPECT_EQ(table.columns[0].comment, "编号");
  EXPECT_EQ(table.columns[4].kind, ast::ColumnKind::kComputed);
  EXPECT_EQ(table.columns[5].comment, "when");
  EXPECT_EQ(table.columns[6].metadata_key, "offset");
  EXPECT_TRUE(table.columns[6].is_virtual);
  EXPECT_EQ(table.columns[7].kind, ast::ColumnKind::kMetadata);
  ASSERT_EQ(table.primary_keys.size(), 2u);
  EXPECT_TRUE(table.primary_keys[0].not_enforced);
  EXPECT_EQ(table.primary_keys[1].columns.size(), 2u);
  ASSERT_EQ(table.watermarks.size(), 1u);
  EXPECT_EQ(ToSql(*table.watermarks[0].expr), "event_time - INTERVAL '5' SECOND");
  EXPECT_EQ(table.comment, "all events");
  EXPECT_EQ(table.partitioned_by.size(), 1u);
  ASSERT_EQ(table.options.size(), 2u);
  EXPECT_EQ(table.options[1].value, "a'b");
}

TEST(ParserDdlTest, TablesFromOtherTables) {
  ast::CreateTable like = Parse<ast::CreateTable>(
      "CREATE TABLE a (b INT) WITH ('k' = 'v') LIKE c (INCLUDING ALL OVERWRITING OPTIONS)");
  ASSERT_TRUE(like.like);
  EXPECT_EQ(like.like->options[1].feature, "OPTIONS");
  ast::CreateTable as = Parse<ast::CreateTable>(
      "CREATE OR REPLACE TABLE a DISTRIBUTED BY HASH (b) INTO 4 BUCKETS WITH () AS SELECT 1 AS b");
  EXPECT_TRUE(as.or_replace);
  EXPECT_TRUE(as.as_query);
  EXPECT_EQ(as.distribution->buckets, 4);
}

TEST(ParserDdlTest, OptionValuesPassThrough) {
  ast::CreateTable table = Parse<ast::CreateTable>(
      "CREATE TABLE t (a INT) WITH ('password' = '${env:PASSWORD}', 'path' = '${p:-x}')");
  EXPECT_EQ(table.options[0].value, "${env:PASSWORD}");
  EXPECT_EQ(table.options[1].value, "${p:-x}");
}

TEST(ParserDdlTest, OtherObjects) {
  ast::CreateView view = Parse<ast::CreateView>(
      "CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'c' AS SELECT 1, 2");
  EXPECT_TRUE(view.temporary);
  EXPECT_EQ(view.columns.size(), 2u);
  EXPECT_EQ(Parse<ast::CreateCatalog>("CREATE CATALOG c WITH ('type' = 'x')").options.size(), 1u);
  EXPECT_EQ(Parse<ast::CreateDatabase>("CREATE DATABASE c.d").name.parts.size(), 2u);
  ast::CreateFunction function = Parse<ast::CreateFunction>(
      "CREATE TEMPORARY SYSTEM FUNCTION f AS 'a.B' LANGUAGE JAVA USING JAR 'x', JAR 'y'");
  EXPECT_TRUE(function.system);
  EXPECT_EQ(function.jars.size(), 2u);
}

TEST(ParserDdlTest, DropAndAlter) {
  ast::Drop drop = Parse<ast::Drop>("DROP TEMPORARY VIEW IF EXISTS v");
  EXPECT_EQ(drop.object, ast::ObjectKind::kView);
  EXPECT_TRUE(drop.if_exists);
  EXPECT_TRUE(Parse<ast::Drop>("DROP DATABASE d CASCADE").cascade);
  EXPECT_EQ(Parse<ast::Alter>("ALTER TABLE t SET ('a' = 'b')").set_options.size(), 1u);
  EXPECT_EQ(Parse<ast::Alter>("ALTER TABLE t RESET ('a', 'b')").reset_keys.size(), 2u);
  EXPECT_TRUE(Parse<ast::Alter>("ALTER TABLE t RENAME TO u").rename_to);
  ast::Alter add = Parse<ast::Alter>("ALTER TABLE t ADD (x INT COMMENT 'a;b')");
  EXPECT_EQ(add.action, "ADD");
  EXPECT_EQ(add.rest, "(x INT COMMENT 'a;b')");
}

}  // namespace
}  // namespace sluice
