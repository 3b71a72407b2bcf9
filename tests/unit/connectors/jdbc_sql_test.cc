// What the jdbc connector sends to databases, without one: statements, literals, the order of
// changes, URLs, pauses.
#include <gtest/gtest.h>

#include <cmath>

#include "connector_testing.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/literals.h"
#include "connectors/jdbc/server_url.h"
#include "connectors/jdbc/sql_text.h"
#include "connectors/jdbc/upsert_rules.h"
#include "connectors/retries.h"

namespace sluice {
namespace {

Value Int(int64_t value) { return Value::OfInt(value); }
Value Str(std::string value) { return Value::OfText(std::move(value)); }

// id, a, v with the key id.
TableInfo MakeTable(std::map<std::string, std::string> options = {}) {
  options.insert({{"connector", "jdbc"}, {"url", "jdbc:mysql://h/d"}, {"table-name", "t"}});
  TableInfo table =
      Table({{"id", Type::Int()}, {"a", Type::String()}, {"v", Type::BigInt()}}, options);
  table.primary_key = {0};
  return table;
}

StoredTable Stored(const Dialect& dialect) {
  return {.quoted_name = dialect.Quote("t"),
          .columns = {{.name = "ID"}, {.name = "a", .matching = "f(?)"}, {.name = "v"}},
          .unique_keys = {}};
}

// The statement over one row, with the places of its values in brackets.
std::string Show(const ValuesSql& sql) {
  std::string text = sql.before;
  for (const ValuesSql::Slot& slot : sql.row) {
    text += slot.text + "[" + std::to_string(slot.place) + "]";
  }
  return text + sql.row_end + sql.after;
}

std::string UpsertOf(const Dialect& dialect, std::map<std::string, std::string> options) {
  const TableInfo table = MakeTable(std::move(options));
  const StoredTable stored = Stored(dialect);
  return Show(
      SqlText(dialect, table, stored).Upsert(*MakeUpsertRules(table, {.columns = {0, 1, 2}})));
}

TEST(JdbcSqlTest, Upserts) {
  EXPECT_EQ(UpsertOf(MysqlDialect(), {}),
            "INSERT INTO `t` (`ID`, `a`, `v`) VALUES ([0], [1], [2]) ON DUPLICATE KEY UPDATE `a` = "
            "VALUES(`a`), `v` = VALUES(`v`)");
  EXPECT_EQ(UpsertOf(PostgresDialect(), {}),
            "INSERT INTO \"t\" AS existing (\"ID\", \"a\", \"v\") VALUES ([0], [1], [2]) ON "
            "CONFLICT (\"ID\") DO UPDATE SET \"a\" = excluded.\"a\", \"v\" = excluded.\"v\"");
  EXPECT_EQ(UpsertOf(MysqlDialect(), {{"sink.ignore-existing", "true"}}),
            "INSERT INTO `t` (`ID`, `a`, `v`) VALUES ([0], [1], [2]) ON DUPLICATE KEY UPDATE `ID` "
            "= `ID`");
}

// MySQL assigns from left to right: the version must be the last to change.
TEST(JdbcSqlTest, UpsertsWithAVersion) {
  EXPECT_EQ(UpsertOf(MysqlDialect(), {{"sink.version-column", "a"}}),
            "INSERT INTO `t` (`ID`, `a`, `v`) VALUES ([0], [1], [2]) ON DUPLICATE KEY UPDATE "
            "`v` = CASE WHEN (`a` IS NULL OR VALUES(`a`) >= `a`) THEN VALUES(`v`) ELSE `v` END, "
            "`a` = CASE WHEN (`a` IS NULL OR VALUES(`a`) >= `a`) THEN VALUES(`a`) ELSE `a` END");
  EXPECT_EQ(UpsertOf(PostgresDialect(), {{"sink.version-column", "v"}}),
            "INSERT INTO \"t\" AS existing (\"ID\", \"a\", \"v\") VALUES ([0], [1], [2]) ON "
            "CONFLICT (\"ID\") DO UPDATE SET \"a\" = excluded.\"a\", \"v\" = excluded.\"v\" WHERE "
            "(existing.\"v\" IS NULL OR excluded.\"v\" >= existing.\"v\")");
}

TEST(JdbcSqlTest, Deletes) {
  const TableInfo table = MakeTable({{"sink.version-column", "v"}});
  const Dialect dialect = MysqlDialect();
  const StoredTable stored = Stored(dialect);
  const SqlText sql(dialect, table, stored);
  EXPECT_EQ(Show(sql.Delete(*MakeUpsertRules(table, {.columns = {0, 1, 2}}))),
            "DELETE FROM `t` WHERE (`ID` = [0] AND (`v` IS NULL OR `v` <= [2]))");
}

TEST(JdbcSqlTest, Lookups) {
  const TableInfo table = MakeTable();
  const LookupSpec spec{.key_columns = {0, 1}, .columns = {2}};
  const Dialect mysql = MysqlDialect(), postgres = PostgresDialect();
  const StoredTable in_mysql = Stored(mysql), in_postgres = Stored(postgres);
  EXPECT_EQ(Show(SqlText(mysql, table, in_mysql).Lookup(spec)),
            "SELECT asked.place, t.`v` FROM (SELECT [-1] AS place, [0] AS k0, [1] AS k1) AS asked "
            "STRAIGHT_JOIN `t` AS t ON t.`ID` = asked.k0 AND t.`a` = f(asked.k1)");
  EXPECT_EQ(Show(SqlText(postgres, table, in_postgres).Lookup(spec)),
            "WITH asked(place, k0, k1) AS (VALUES ([-1], [0], [1])) SELECT asked.place, t.\"v\" "
            "FROM asked JOIN \"t\" AS t ON t.\"ID\" = asked.k0 AND t.\"a\" = f(asked.k1) ORDER BY "
            "asked.place");
}

std::string Literal(LiteralStyle style, const Type& type, const Value& value) {
  const Batch batch = Rows(Table({{"c", type}}, {}), {{value}});
  std::string out;
  const Status status = LiteralWriter(style, Session()).Append(batch.columns[0], 0, false, &out);
  return status.ok() ? out : IsBadRow(status) ? "bad row" : "failure";
}

TEST(JdbcLiteralsTest, CannotBeLeft) {
  using enum LiteralStyle;
  const std::string nasty("a'b\\c\0d\ne\x1a", 10);
  EXPECT_EQ(Literal(kMysql, Type::String(), Str(nasty)), "'a''b\\\\c\\0d\\ne\\Z'");
  EXPECT_EQ(Literal(kPostgres, Type::String(), Str("a'b\\c")), "'a''b\\c'");
  EXPECT_EQ(Literal(kPostgres, Type::String(), Str(nasty)), "bad row");
  EXPECT_EQ(Literal(kMysql, Type::Bytes(), Str(std::string("\0'\xff", 3))), "X'0027ff'");
  EXPECT_EQ(Literal(kPostgres, Type::Bytes(), Str(std::string("\0'\xff", 3))), "'\\x0027ff'");
}

TEST(JdbcLiteralsTest, Numbers) {
  using enum LiteralStyle;
  EXPECT_EQ(Literal(kMysql, Type::Int(), Int(-5)), "-5");
  EXPECT_EQ(Literal(kPostgres, Type::Int(), Int(-5)), "'-5'");
  EXPECT_EQ(Literal(kMysql, Type::Boolean(), Int(1)), "1");
  EXPECT_EQ(Literal(kMysql, Type::Decimal(10, 2), Int(-5)), "-0.05");
  EXPECT_EQ(Literal(kMysql, Type::Double(), Value::OfDouble(HUGE_VAL)), "bad row");
  EXPECT_EQ(Literal(kPostgres, Type::Double(), Value::OfDouble(HUGE_VAL)), "'Infinity'");
  EXPECT_EQ(Literal(kMysql, Type::Int(), Value()), "NULL");
}

TEST(JdbcLiteralsTest, LongStatementsAreCut) {
  const TableInfo table = Table({{"c", Type::String()}}, {});
  const Batch batch = Rows(table, {{Str(std::string(50, 'x'))}, {Str("y")}, {Str("z")}});
  const std::vector<RowRef> rows = {{0, 0}, {0, 1}, {0, 2}};
  const ValuesSql sql{
      .before = "I ", .row = {{"(", 0, false}}, .row_end = ")", .between = ",", .after = ";"};
  LiteralWriter literals(LiteralStyle::kMysql, Session());
  std::string text;
  EXPECT_EQ(*literals.AppendStatement(sql, {{&batch, 1}, rows}, 0, 20, &text), 1u);
  text.clear();
  EXPECT_EQ(*literals.AppendStatement(sql, {{&batch, 1}, rows}, 1, 20, &text), 3u);
  EXPECT_EQ(text, "I ('y'),('z');");
}

// The waves of a batch of (kind, id): upserts, then deletes, as places in the batch.
std::string Waves(const std::vector<std::pair<RowKind, int64_t>>& changes,
                  std::map<std::string, std::string> options, bool repeats_keys) {
  const TableInfo table = MakeTable(std::move(options));
  std::vector<std::vector<Value>> rows;
  std::shared_ptr<RowKind[]> kinds(new RowKind[changes.size()]);
  for (size_t i = 0; i < changes.size(); ++i) {
    rows.push_back({Int(changes[i].second), Str("x"), Int(1)});
    kinds[i] = changes[i].first;
  }
  Batch batch = Rows(table, rows);
  batch.row_kinds = kinds;
  std::vector<RowRef> refs;
  for (int32_t row = 0; row < batch.num_rows; ++row) refs.push_back({0, row});
  std::string shown;
  for (const Wave& wave :
       PlanWaves({&batch, 1}, refs, *MakeUpsertRules(table, {.columns = {0, 1, 2}}),
                 {.repeats_keys = repeats_keys})) {
    shown += shown.empty() ? "" : " | ";
    for (const RowRef& ref : wave.deletes) shown += "-" + std::to_string(ref.row);
    for (const RowRef& ref : wave.upserts) shown += "+" + std::to_string(ref.row);
  }
  return shown;
}

TEST(JdbcWavesTest, KeepTheOrderOfEachKey) {
  using enum RowKind;
  const std::vector<std::pair<RowKind, int64_t>> changes = {
      {kInsert, 1}, {kInsert, 2}, {kUpdateBefore, 1}, {kUpdateAfter, 1},
      {kDelete, 2}, {kInsert, 2}, {kDelete, 3}};
  EXPECT_EQ(Waves(changes, {}, false), "-6+3+5");
  EXPECT_EQ(Waves(changes, {{"sink.partial-update", "true"}}, false), "-6+3+1 | -4 | +5");
  EXPECT_EQ(Waves(changes, {{"sink.version-column", "v"}}, false), "-6+0+1 | -4+3 | +5");
  EXPECT_EQ(Waves(changes, {{"sink.version-column", "v"}}, true), "-6+0+1+3 | -4 | +5");
  EXPECT_EQ(Waves(changes, {{"sink.ignore-delete", "true"}}, false), "+3+5");
}

StatusOr<ServerUrl> Parse(const std::string& url, std::map<std::string, std::string> more = {}) {
  more["url"] = url;
  return ParseServerUrl(MakeTable(std::move(more)), "jdbc:mysql:", 3306);
}

TEST(JdbcUrlTest, IsReadAsConnectorJDoes) {
  const auto url =
      Parse("jdbc:mysql://a.b:3307,[::1],c/my%20db?useSSL=false&user=u%40x&password=p%3D");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->ShowHosts(), "a.b:3307, ::1:3306, c:3306");
  EXPECT_EQ(url->database, "my db");
  EXPECT_EQ(url->user, "u@x");
  EXPECT_EQ(url->password, "p=");
  EXPECT_EQ(url->Find("USESSL"), "false");
  EXPECT_EQ(Parse("jdbc:mysql://h/d?user=x", {{"username", "y"}})->user, "y");
  for (const char* bad : {"jdbc:mysql:h/d", "jdbc:mysql://h:99999/d", "jdbc:mysql://u:secret@h/d",
                          "jdbc:mysql://[::1/d"}) {
    const auto refused = Parse(bad);
    EXPECT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(std::string(refused.status().message()).find("secret"), std::string::npos);
  }
}

TEST(JdbcUrlTest, WhatHasNoEffectIsSaid) {
  const auto warnings = [](const std::string& parameters) {
    const TableInfo table = MakeTable({{"url", "jdbc:mysql://h/d?" + parameters}});
    std::string all;
    for (const std::string& warning : MysqlDialect().warnings(table, Session())) all += warning;
    return all;
  };
  EXPECT_EQ(warnings("useSSL=false&rewriteBatchedStatements=true&characterEncoding=utf8"), "");
  EXPECT_EQ(warnings("serverTimezone=UTC&allowPublicKeyRetrieval=true"), "");
  EXPECT_NE(warnings("serverTimezone=Asia/Shanghai").find("local-time-zone"), std::string::npos);
  EXPECT_NE(warnings("characterEncoding=GBK").find("utf8mb4"), std::string::npos);
  EXPECT_NE(warnings("trustCertificateKeyStoreUrl=file:x.jks").find("PEM"), std::string::npos);
  EXPECT_NE(warnings("useSSl2=false").find("did you mean 'useSSL'"), std::string::npos);
}

TEST(JdbcRetriesTest, LostConnectionsAreTriedForAWhile) {
  const Status lost = absl::UnavailableError("");
  Retries retries(/*max_retries=*/2, /*window_ms=*/1000);
  for (int64_t now : {0, 100, 300, 900}) {
    const int64_t pause = retries.PauseMs(lost, now);
    EXPECT_GE(pause, Retries::kFirstPauseMs / 2);
    EXPECT_LE(pause, Retries::kLongestPauseMs * 3 / 2);
  }
  EXPECT_EQ(retries.PauseMs(lost, 1100), -1);
  retries.Succeeded();
  EXPECT_GE(retries.PauseMs(lost, 1200), 0);
}

TEST(JdbcRetriesTest, OtherFailuresAreCounted) {
  const Status busy = absl::DeadlineExceededError("");
  Retries retries(/*max_retries=*/2, /*window_ms=*/1'000'000);
  EXPECT_GE(retries.PauseMs(busy, 0), 0);
  EXPECT_GE(retries.PauseMs(busy, 0), 0);
  EXPECT_EQ(retries.PauseMs(busy, 0), -1);
  EXPECT_EQ(Retries(9, 9).PauseMs(absl::InvalidArgumentError(""), 0), -1);
}

}  // namespace
}  // namespace sluice
