#include "connector_testing.h"

namespace sluice {
namespace {

class ChangelogFileTest : public ConnectorTest {
 protected:
  TestFolder folder_;
};

TEST_F(ChangelogFileTest, WritesEveryChangeAsALineOfJson) {
  folder_.Write("log", "old\n");
  TableInfo table = Table(
      {{"a", Type::BigInt()}, {"b", Type::String()}, {"c", Type::Boolean()}, {"d", Type::Int()}},
      {{"path", "file://" + folder_.Path("log")}});
  auto sink = FindConnector("changelog-file")->make_sink(table, {.columns = {0, 1, 2}}, session_);
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->Open(Context()).ok());
  TableInfo given = table;
  given.columns.pop_back();
  Batch batch = Rows(given, {{Value::OfInt(1), Value::OfText("a\"b"), Value::Null()},
                             {Value::OfInt(2), Value::OfText("错"), Value::OfInt(1)}});
  batch.row_kinds =
      std::shared_ptr<RowKind[]>(new RowKind[2]{RowKind::kUpdateBefore, RowKind::kUpdateAfter});
  ASSERT_TRUE((*sink)->Write(batch).ok());
  Flush(**sink);
  EXPECT_EQ(folder_.Read("log"),
            "[\"-U\",\"1\",\"a\\\"b\",null,null]\n[\"+U\",\"2\",\"错\",\"TRUE\",null]\n");
}

TEST_F(ChangelogFileTest, TakesUpsertsWithAPrimaryKey) {
  TableInfo table = Table({{"a", Type::BigInt()}}, {{"path", folder_.Path("log")}});
  const Connector* connector = FindConnector("changelog-file");
  EXPECT_EQ(connector->sink_changelog(table), ChangelogSupport::kAll);
  table.primary_key = {0};
  EXPECT_EQ(connector->sink_changelog(table), ChangelogSupport::kUpsert);
}

}  // namespace
}  // namespace sluice
