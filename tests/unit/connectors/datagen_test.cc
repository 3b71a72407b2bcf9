#include <set>

#include "connector_testing.h"
#include "types/text.h"

namespace sluice {
namespace {

class DatagenTest : public ConnectorTest {
 protected:
  // All rows of one instance of a bounded table, column by column.
  std::vector<std::vector<Value>> Generate(const TableInfo& table, int32_t subtask = 0,
                                           int32_t parallelism = 1) {
    ScanSpec spec;
    for (size_t c = 0; c < table.columns.size(); ++c)
      spec.columns.push_back(static_cast<int32_t>(c));
    auto source = FindConnector("datagen")->make_source(table, spec, session_);
    EXPECT_TRUE((*source)->Open({}, Context(subtask, parallelism)).ok());
    std::vector<std::vector<Value>> columns(table.columns.size());
    for (Progress progress = Progress::kHasMore; progress != Progress::kFinished;) {
      SourceOutput out;
      auto polled = (*source)->Poll(out);
      EXPECT_TRUE(polled.ok());
      progress = *polled;
      if (!out.batch.has_value()) continue;
      for (size_t c = 0; c < columns.size(); ++c) {
        for (int32_t row = 0; row < out.batch->num_rows; ++row) {
          columns[c].push_back(GetValue(out.batch->columns[c], row));
        }
      }
    }
    return columns;
  }
};

TEST_F(DatagenTest, SequencesAreDealtOutToTheInstances) {
  const TableInfo table =
      Table({{"a", Type::BigInt()}, {"b", Type::String()}}, {{"rows-per-second", "1000000"},
                                                             {"fields.a.kind", "sequence"},
                                                             {"fields.a.start", "5"},
                                                             {"fields.a.end", "11"}});
  std::set<int64_t> seen;
  for (int32_t subtask = 0; subtask < 2; ++subtask) {
    const auto columns = Generate(table, subtask, 2);
    for (const Value& value : columns[0]) EXPECT_TRUE(seen.insert(value.as_int()).second);
    for (const Value& value : columns[1]) EXPECT_EQ(value.as_text().size(), 100u);
  }
  EXPECT_EQ(seen, (std::set<int64_t>{5, 6, 7, 8, 9, 10, 11}));
}

TEST_F(DatagenTest, KeepsToTheBoundsGiven) {
  const TableInfo table = Table({{"i", Type::Int()},
                                 {"d", Type::Double()},
                                 {"s", Type::String()},
                                 {"n", Type::Int()},
                                 {"c", Type::Decimal(10, 2)},
                                 {"t", Type::TimestampLtz(3)},
                                 {"r", Type::Row({{"x", Type::Int()}})},
                                 {"l", Type::Array(Type::Int())}},
                                {{"rows-per-second", "1000000"},
                                 {"number-of-rows", "5000"},
                                 {"fields.i.min", "-3"},
                                 {"fields.i.max", "3"},
                                 {"fields.d.min", "1.5"},
                                 {"fields.d.max", "2.5"},
                                 {"fields.s.length", "7"},
                                 {"fields.s.var-len", "true"},
                                 {"fields.n.null-rate", "0.5"},
                                 {"fields.c.min", "0"},
                                 {"fields.c.max", "9.99"},
                                 {"fields.t.max-past", "1 h"},
                                 {"fields.r.x.min", "8"},
                                 {"fields.r.x.max", "8"},
                                 {"fields.l.element.min", "4"},
                                 {"fields.l.element.max", "4"}});
  EXPECT_TRUE(FindConnector("datagen")->check(table).empty());
  const auto columns = Generate(table);
  ASSERT_EQ(columns[0].size(), 5000u);
  std::set<int64_t> integers;
  int num_null = 0;
  const int64_t now_ms = Env::Posix()->WallMs();
  for (size_t row = 0; row < 5000; ++row) {
    integers.insert(columns[0][row].as_int());
    EXPECT_GE(columns[1][row].as_double(), 1.5);
    EXPECT_LE(columns[1][row].as_double(), 2.5);
    EXPECT_LE(columns[2][row].as_text().size(), 7u);
    num_null += columns[3][row].is_null();
    EXPECT_LE(columns[4][row].as_int(), 999);
    EXPECT_GE(columns[5][row].as_timestamp().millis, now_ms - 3'700'000);
    EXPECT_EQ(columns[6][row].as_list().at(0).as_int(), 8);
    EXPECT_EQ(columns[7][row].as_list().size(), 3u);
    EXPECT_EQ(columns[7][row].as_list().at(2).as_int(), 4);
  }
  EXPECT_EQ(integers, (std::set<int64_t>{-3, -2, -1, 0, 1, 2, 3}));
  EXPECT_GT(num_null, 2000);
  EXPECT_LT(num_null, 3000);
}

TEST_F(DatagenTest, KeepsToTheRate) {
  const TableInfo table = Table({{"a", Type::Int()}}, {{"rows-per-second", "1000"}});
  auto source = FindConnector("datagen")->make_source(table, {.columns = {0}}, session_);
  ASSERT_TRUE((*source)->Open({}, Context()).ok());
  const int64_t start_us = Env::Posix()->MonotonicUs();
  int64_t num_rows = 0;
  while (Env::Posix()->MonotonicUs() - start_us < 50'000) {
    SourceOutput out;
    ASSERT_TRUE((*source)->Poll(out).ok());
    if (out.batch.has_value()) num_rows += out.batch->num_rows;
  }
  const int64_t elapsed_us = Env::Posix()->MonotonicUs() - start_us;
  EXPECT_GT(num_rows, 0);
  EXPECT_LE(num_rows, elapsed_us / 1000 + 12);
}

TEST_F(DatagenTest, FindsWrongOptions) {
  const TableInfo table =
      Table({{"a", Type::Int()}, {"b", Type::Boolean()}}, {{"fields.a.kind", "sequence"},
                                                           {"fields.a.start", "1"},
                                                           {"fields.b.kind", "sequence"},
                                                           {"fields.b.start", "1"},
                                                           {"fields.b.end", "1"},
                                                           {"fields.c.min", "1"},
                                                           {"fields.a.mni", "1"}});
  std::set<std::string> keys;
  for (const OptionProblem& problem : FindConnector("datagen")->check(table))
    keys.insert(problem.key);
  EXPECT_EQ(keys, (std::set<std::string>{"fields.a.end", "fields.b.kind", "fields.c.min",
                                         "fields.a.mni"}));
}

}  // namespace
}  // namespace sluice
