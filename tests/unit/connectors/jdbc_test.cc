// The jdbc connector on real SQLite files.
#include <sqlite3.h>

#include <numeric>
#include <random>

#include "connector_testing.h"

namespace sluice {
namespace {

class JdbcTest : public ConnectorTest {
 protected:
  ~JdbcTest() override { io_.Stop(); }

  // Runs SQL on the file with a connection of the test's own; the rows, columns joined by '|'.
  std::vector<std::string> Sql(const std::string& sql) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(folder_.Path("x.db").c_str(), &database), SQLITE_OK);
    std::vector<std::string> rows;
    char* error = nullptr;
    const auto add = [](void* out, int count, char** values, char**) {
      std::string row;
      for (int i = 0; i < count; ++i) {
        row += (i == 0 ? "" : "|") + std::string(values[i] == nullptr ? "NULL" : values[i]);
      }
      static_cast<std::vector<std::string>*>(out)->push_back(row);
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &rows, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_close(database);
    return rows;
  }

  TableInfo MakeTable(std::vector<TableColumn> columns, std::vector<int32_t> key = {},
                      std::map<std::string, std::string> options = {}) {
    options.insert({{"connector", "jdbc"},
                    {"url", "jdbc:sqlite:" + folder_.Path("x.db")},
                    {"table-name", "t"}});
    TableInfo table = Table(std::move(columns), std::move(options));
    table.primary_key = std::move(key);
    return table;
  }
  static std::vector<int32_t> AllColumns(const TableInfo& table) {
    std::vector<int32_t> columns(table.columns.size());
    std::iota(columns.begin(), columns.end(), 0);
    return columns;
  }
  Status Write(const TableInfo& table, const SinkSpec& spec, const std::vector<Batch>& batches) {
    auto sink = jdbc_.make_sink(table, spec, session_);
    SL_TRY(sink.status());
    SL_TRY((*sink)->Open(Context()));
    for (const Batch& batch : batches) SL_TRY((*sink)->Write(batch).status());
    Flush(**sink);
    return (*sink)->Close();
  }
  Status WriteAll(const TableInfo& table, const std::vector<std::vector<Value>>& rows) {
    return Write(table, {.columns = AllColumns(table)}, {Rows(table, rows)});
  }
  StatusOr<std::vector<Batch>> ReadAll(const TableInfo& table, int32_t subtask = 0,
                                       int32_t parallelism = 1) {
    auto source = jdbc_.make_source(table, {.columns = AllColumns(table)}, session_);
    SL_TRY(source.status());
    SL_TRY((*source)->Open({}, Context(subtask, parallelism)));
    std::vector<Batch> batches;
    while (true) {
      woken_.store(false);
      SourceOutput out;
      SL_ASSIGN(const Progress progress, (*source)->Poll(out));
      if (out.batch.has_value()) batches.push_back(*std::move(out.batch));
      if (progress == Progress::kFinished) return batches;
      if (progress == Progress::kBlocked) woken_.wait(false);
    }
  }

  TestFolder folder_;
  const Connector jdbc_ = *FindConnector("jdbc");
};

const Value kNull;
Value Int(int64_t value) { return Value::OfInt(value); }
Value Str(std::string value) { return Value::OfText(std::move(value)); }

TEST_F(JdbcTest, ValuesComeBackAsTheyWent) {
  Sql("CREATE TABLE t (b BOOLEAN, i INTEGER, l BIGINT, d REAL, s TEXT, y BLOB, n TEXT, big TEXT, "
      "dt DATE, tm TEXT, ts DATETIME)");
  const TableInfo table = MakeTable({{"b", Type::Boolean()},
                                     {"i", Type::Int()},
                                     {"l", Type::BigInt()},
                                     {"d", Type::Double()},
                                     {"s", Type::String()},
                                     {"y", Type::Bytes()},
                                     {"n", Type::Decimal(10, 2)},
                                     {"big", Type::Decimal(38, 3)},
                                     {"dt", Type::Date()},
                                     {"tm", Type::Time()},
                                     {"ts", Type::TimestampType(3)}});
  const std::vector<std::vector<Value>> rows = {
      {Int(1), Int(-7), Int(INT64_MIN), Value::OfDouble(0.1), Str("一元二次方程 🏆 'quoted'"),
       Str(std::string("\0\xff", 2)), Int(-12345), Value::OfInt128(Int128{1} << 100), Int(19700),
       Int(3'723'000), Value::OfTimestamp({.millis = 1'703'123'456'789})},
      std::vector<Value>(11)};
  ASSERT_TRUE(WriteAll(table, rows).ok());
  EXPECT_EQ(Sql("SELECT n, dt, tm, ts FROM t LIMIT 1")[0],
            "-123.45|2023-12-09|01:02:03|2023-12-21 01:50:56.789");
  const auto batches = ReadAll(table);
  ASSERT_TRUE(batches.ok()) << batches.status();
  ASSERT_EQ(batches->size(), 1u);
  for (size_t row = 0; row < rows.size(); ++row) {
    for (size_t c = 0; c < table.columns.size(); ++c) {
      EXPECT_EQ(GetValue((*batches)[0].columns[c], static_cast<int32_t>(row)), rows[row][c])
          << table.columns[c].name;
    }
  }
}

TEST_F(JdbcTest, ValueOutOfRangeIsNamed) {
  Sql("CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (3000000000)");
  const auto read = ReadAll(MakeTable({{"i", Type::Int()}}));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().message(),
            "SL3004 table t: column 'i' of table t holds '3000000000', which is no INT");
}

TEST_F(JdbcTest, MissingFileAndTableAreToldClearly) {
  const TableInfo table = MakeTable({{"a", Type::Int()}});
  const Status no_file = ReadAll(table).status();
  EXPECT_EQ(no_file.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(std::string(no_file.message()).find("does not exist"), std::string::npos) << no_file;
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("x.db")));
  Sql("CREATE TABLE other (a)");
  const Status no_table = WriteAll(table, {{Int(1)}});
  EXPECT_NE(std::string(no_table.message()).find("has no table 't'"), std::string::npos)
      << no_table;
}

TEST_F(JdbcTest, AllMismatchesInOneMessage) {
  Sql("CREATE TABLE t (id INTEGER PRIMARY KEY, user_name TEXT, n TEXT, must TEXT NOT NULL)");
  const Status status = WriteAll(
      MakeTable({{"id", Type::Int()}, {"username", Type::String()}, {"n", Type::Int()}}, {0}), {});
  EXPECT_EQ(
      status.message(),
      "SL1310 table t does not fit 't' in the database: it has no column 'username' (but "
      "'user_name'); column 'n' is TEXT there, which cannot hold INT; column 'must' is NOT NULL "
      "there and gets no value");
  Sql("DROP TABLE t; CREATE TABLE t (id INTEGER)");
  EXPECT_NE(std::string(WriteAll(MakeTable({{"id", Type::Int()}}, {0}), {}).message())
                .find("no PRIMARY KEY or unique index on exactly (\"id\")"),
            std::string::npos);
}

TEST_F(JdbcTest, PartitionsCoverTheRangeOnce) {
  Sql("CREATE TABLE t (id INTEGER); WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s "
      "WHERE n < 10000) INSERT INTO t SELECT n FROM s");
  const TableInfo table = MakeTable({{"id", Type::BigInt()}}, {},
                                    {{"scan.partition.column", "id"},
                                     {"scan.partition.num", "7"},
                                     {"scan.partition.lower-bound", "11"},
                                     {"scan.partition.upper-bound", "9990"}});
  std::vector<int> seen(10001);
  for (int32_t subtask = 0; subtask < 3; ++subtask) {
    const auto batches = ReadAll(table, subtask, 3);
    ASSERT_TRUE(batches.ok()) << batches.status();
    for (const Batch& batch : *batches) {
      EXPECT_LE(batch.num_rows, kMaxBatchRows);
      for (int32_t row = 0; row < batch.num_rows; ++row) {
        ++seen[batch.columns[0].View<int64_t>()[row]];
      }
    }
  }
  for (int id = 1; id <= 10000; ++id) EXPECT_EQ(seen[id], id >= 11 && id <= 9990) << id;
  const auto unpartitioned = ReadAll(MakeTable({{"id", Type::BigInt()}}), 1, 2);
  EXPECT_TRUE(unpartitioned->empty());
}

TEST_F(JdbcTest, LookupAnswersManyKeysInOrder) {
  Sql("CREATE TABLE t (a INTEGER, b TEXT, v TEXT); "
      "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 2999) "
      "INSERT INTO t SELECT n / 2, '键' || (n / 2), 'v' || n FROM s; CREATE INDEX i ON t (a, b)");
  const TableInfo table =
      MakeTable({{"a", Type::Int()}, {"b", Type::String()}, {"v", Type::String()}});
  auto lookup = jdbc_.make_lookup(table, {.key_columns = {0, 1}, .columns = {2}}, session_);
  ASSERT_TRUE((*lookup)->Open(Context()).ok());
  constexpr int32_t kKeys = 1333;
  VectorBuilder a(Type::Int().NotNull(), kKeys), b(Type::String().NotNull(), kKeys);
  for (int32_t k = 0; k < kKeys; ++k) {
    const int32_t id = kKeys * 2 - 2 * k;  // descending, some beyond the table
    SetValue(a, k, Int(id));
    SetValue(b, k, Str("键" + std::to_string(id)));
  }
  LookupReply reply;
  ASSERT_TRUE((*lookup)->Lookup({a.Finish(), b.Finish()}, kKeys, reply).ok());
  std::vector<std::pair<int32_t, std::string>> found, wanted;
  for (int32_t row = 0; row < reply.num_rows; ++row) {
    found.emplace_back(reply.key_of_row[row], GetValue(reply.columns[0], row).as_text());
  }
  for (int32_t k = 0; k < kKeys; ++k) {
    const int32_t id = kKeys * 2 - 2 * k;
    if (id > 1499) continue;
    wanted.emplace_back(k, "v" + std::to_string(2 * id));
    wanted.emplace_back(k, "v" + std::to_string(2 * id + 1));
  }
  EXPECT_EQ(found, wanted);

  int32_t num_rows = 0;
  for (int scan = 0; scan < 2; ++scan) {
    for (bool done = false; !done; num_rows += reply.num_rows) {
      ASSERT_TRUE((*lookup)->ScanAll(reply, done).ok());
    }
  }
  EXPECT_EQ(num_rows, 6000);
}

TEST_F(JdbcTest, UpsertsAndDeletesByKey) {
  Sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
  const TableInfo table = MakeTable({{"id", Type::Int()}, {"v", Type::String()}}, {0});
  Batch batch = Rows(table, {{Int(1), Str("a")},
                             {Int(2), Str("b")},
                             {Int(1), Str("c")},
                             {Int(2), Str("b")},
                             {Int(3), Str("d")},
                             {Int(3), Str("d")},
                             {Int(3), Str("e")}});
  using enum RowKind;
  batch.row_kinds.reset(
      new RowKind[7]{kInsert, kInsert, kUpdateAfter, kDelete, kInsert, kDelete, kInsert});
  ASSERT_TRUE(Write(table, {.columns = {0, 1}, .upsert = true}, {batch, batch}).ok());
  EXPECT_EQ(Sql("SELECT * FROM t"), (std::vector<std::string>{"1|c", "3|e"}));
  EXPECT_EQ(Sql("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

TEST_F(JdbcTest, WithoutKeyRowsAreAppended) {
  Sql("CREATE TABLE t (id INTEGER, v TEXT)");
  const TableInfo table = MakeTable({{"id", Type::Int()}, {"v", Type::String()}});
  ASSERT_TRUE(WriteAll(table, {{Int(1), Str("a")}, {Int(1), Str("a")}}).ok());
  // Columns that the INSERT does not give are NULL.
  Batch narrow;
  narrow.num_rows = 1;
  narrow.columns = {Rows(table, {{Int(2), kNull}}).columns[0]};
  ASSERT_TRUE(Write(table, {.columns = {0}}, {narrow}).ok());
  EXPECT_EQ(Sql("SELECT * FROM t"), (std::vector<std::string>{"1|a", "1|a", "2|NULL"}));
}

TEST_F(JdbcTest, WaitsForAnotherWriter) {
  Sql("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  const TableInfo table = MakeTable({{"id", Type::Int()}}, {0});
  auto sink = jdbc_.make_sink(table, {.columns = {0}}, session_);
  ASSERT_TRUE((*sink)->Open(Context()).ok());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder_.Path("x.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(other, "BEGIN IMMEDIATE; INSERT INTO t VALUES (9)", nullptr, nullptr, nullptr),
      SQLITE_OK);
  ASSERT_TRUE((*sink)->Write(Rows(table, {{Int(1)}})).ok());
  EXPECT_EQ(*(*sink)->Flush(), Progress::kBlocked);  // the task goes on meanwhile
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  Flush(**sink);
  EXPECT_EQ(Sql("SELECT id FROM t"), (std::vector<std::string>{"1", "9"}));
}

TEST_F(JdbcTest, NullDoesNotOverwriteIfAskedFor) {
  Sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)");
  const TableInfo table =
      MakeTable({{"id", Type::Int()}, {"a", Type::String()}, {"b", Type::String()}}, {0},
                {{"sink.ignore-null-when-update", "true"}});
  ASSERT_TRUE(WriteAll(table, {{Int(1), Str("x"), kNull}, {Int(1), kNull, Str("y")}}).ok());
  EXPECT_EQ(Sql("SELECT * FROM t"), (std::vector<std::string>{"1|x|y"}));
}

TEST_F(JdbcTest, OlderRowNeverOverwrites) {
  Sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, v INTEGER)");
  const TableInfo table =
      MakeTable({{"id", Type::Int()}, {"a", Type::String()}, {"v", Type::BigInt()}}, {0},
                {{"sink.version-column", "v"}});
  ASSERT_TRUE(WriteAll(table, {{Int(1), Str("new"), Int(5)}, {Int(1), Str("old"), Int(4)}}).ok());
  Batch deletion = Rows(table, {{Int(1), Str("old"), Int(3)}});
  deletion.row_kinds.reset(new RowKind[1]{RowKind::kDelete});
  ASSERT_TRUE(Write(table, {.columns = {0, 1, 2}, .upsert = true}, {deletion}).ok());
  EXPECT_EQ(Sql("SELECT * FROM t"), (std::vector<std::string>{"1|new|5"}));
}

// Three types of events, each with columns of its own, write one wide row: any order gives the
// same.
TEST_F(JdbcTest, PartialUpdatesCommute) {
  Sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, v INTEGER)");
  const TableInfo table =
      MakeTable({{"id", Type::Int()},
                 {"a", Type::String()},
                 {"b", Type::String()},
                 {"c", Type::String()},
                 {"v", Type::BigInt()}},
                {0}, {{"sink.partial-update", "true"}, {"sink.version-column", "v"}});
  std::vector<std::unique_ptr<Sink>> sinks;
  for (int32_t type = 0; type < 3; ++type) {
    auto sink = jdbc_.make_sink(table, {.columns = {0, 1 + type, 4}}, session_);
    ASSERT_TRUE(sink.ok());
    ASSERT_TRUE((*sink)->Open(Context()).ok());
    sinks.push_back(*std::move(sink));
  }
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    Sql("DELETE FROM t");
    std::vector<int32_t> order = {0, 1, 2};
    std::shuffle(order.begin(), order.end(), random);
    for (int32_t type : order) {
      const Batch whole =
          Rows(table, {{Int(1), Str("a1"), Str("b1"), Str("c1"), Int(100 + 7 * type)}});
      Batch batch;
      batch.num_rows = 1;
      batch.columns = {whole.columns[0], whole.columns[1 + type], whole.columns[4]};
      ASSERT_TRUE(sinks[type]->Write(batch).ok());
      Flush(*sinks[type]);
    }
    ASSERT_EQ(Sql("SELECT * FROM t"), (std::vector<std::string>{"1|a1|b1|c1|114"}));
  }
}

TEST_F(JdbcTest, OptionsAreChecked) {
  const auto problems = [&](std::vector<int32_t> key, std::map<std::string, std::string> options) {
    std::string keys;
    for (const OptionProblem& problem :
         jdbc_.check(MakeTable({{"id", Type::Int()}}, std::move(key), std::move(options)))) {
      keys += problem.key + ";";
    }
    return keys;
  };
  EXPECT_EQ(problems({}, {}), "");
  EXPECT_EQ(problems({}, {{"url", "jdbc:mysql://h/d"}}), "");
  EXPECT_EQ(problems({}, {{"url", "jdbc:oracle:x"}}), "url;");
  EXPECT_EQ(problems({}, {{"lookup.cache.max-rows", "1"}}), "lookup.cache.ttl;");
  EXPECT_EQ(problems({}, {{"sink.partial-update", "true"}}), "sink.partial-update;");
  EXPECT_EQ(problems({0}, {{"sink.version-column", "x"}}), "sink.version-column;");
  EXPECT_EQ(problems({}, {{"url", "jdbc:mysql://h"}}), "url;");
  EXPECT_EQ(problems({}, {{"url", "jdbc:postgresql:d"}}), "url;");
  EXPECT_EQ(problems({}, {{"url", "jdbc:postgresql://h:x/d"}}), "url;");
  EXPECT_EQ(problems({}, {{"url", "jdbc:sqlite:x.db?mode=ro"}}), "url;");
  const auto secret =
      jdbc_.check(MakeTable({{"id", Type::Int()}}, {}, {{"url", "jdbc:mysql://u:secret@h/d"}}));
  ASSERT_EQ(secret.size(), 1u);
  EXPECT_EQ(secret[0].message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace sluice
