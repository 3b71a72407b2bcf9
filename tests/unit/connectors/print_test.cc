#include "connector_testing.h"

namespace sluice {
namespace {

class PrintTest : public ConnectorTest {
 protected:
  // What a sink with these options prints for an insert and a delete.
  std::string Printed(std::map<std::string, std::string> options, int32_t subtask = 0,
                      int32_t parallelism = 1, std::vector<int32_t> columns = {0, 1}) {
    TableInfo table = Table({{"a", Type::Int()}, {"b", Type::String()}}, std::move(options));
    auto sink = FindConnector("print")->make_sink(table, {.columns = columns}, session_);
    EXPECT_TRUE((*sink)->Open(Context(subtask, parallelism)).ok());
    TableInfo given = table;
    given.columns.clear();
    for (int32_t column : columns) given.columns.push_back(table.columns[column]);
    std::vector<Value> row{Value::OfInt(1), Value::OfText("x")};
    row.resize(columns.size());
    Batch batch = Rows(given, {row, row});
    batch.row_kinds =
        std::shared_ptr<RowKind[]>(new RowKind[2]{RowKind::kInsert, RowKind::kDelete});
    EXPECT_TRUE((*sink)->Write(batch).ok());
    Flush(**sink);
    return "";
  }
  std::string Out(std::map<std::string, std::string> options, int32_t subtask = 0,
                  int32_t parallelism = 1, std::vector<int32_t> columns = {0, 1}) {
    testing::internal::CaptureStdout();
    Printed(std::move(options), subtask, parallelism, std::move(columns));
    return testing::internal::GetCapturedStdout();
  }
};

TEST_F(PrintTest, WritesKindsAndValues) { EXPECT_EQ(Out({}), "+I[1, x]\n-D[1, x]\n"); }

TEST_F(PrintTest, SaysWhoPrints) {
  EXPECT_EQ(Out({{"print-identifier", "id"}}), "id> +I[1, x]\nid> -D[1, x]\n");
  EXPECT_EQ(Out({}, 1, 2), "2> +I[1, x]\n2> -D[1, x]\n");
  EXPECT_EQ(Out({{"print-identifier", "id"}}, 0, 2), "id:1> +I[1, x]\nid:1> -D[1, x]\n");
}

TEST_F(PrintTest, ColumnsThatAreNotGivenAreNull) {
  EXPECT_EQ(Out({}, 0, 1, {0}), "+I[1, null]\n-D[1, null]\n");
}

TEST_F(PrintTest, WritesToStandardErrorWhenAsked) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(Out({{"standard-error", "true"}}), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "+I[1, x]\n-D[1, x]\n");
}

}  // namespace
}  // namespace sluice
