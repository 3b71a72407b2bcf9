#include "connector_testing.h"

namespace sluice {
namespace {

class FilesystemSinkTest : public ConnectorTest {
 protected:
  TableInfo Files(std::map<std::string, std::string> options = {}) {
    options.emplace("path", folder_.Path("out"));
    options.emplace("format", "json");
    return Table({{"a", Type::Int()}, {"b", Type::String()}}, std::move(options));
  }
  std::unique_ptr<Sink> Open(const TableInfo& table, std::vector<int32_t> columns = {0, 1}) {
    auto sink = FindConnector("filesystem")->make_sink(table, {.columns = columns}, session_);
    EXPECT_TRUE(sink.ok()) << sink.status();
    EXPECT_TRUE((*sink)->Open(Context()).ok());
    return *std::move(sink);
  }
  std::vector<std::string> Parts(bool hidden) {
    std::vector<std::string> parts;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.Path("out"))) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.') == hidden) parts.push_back("out/" + name);
    }
    return parts;
  }
  TestFolder folder_;
};

TEST_F(FilesystemSinkTest, PartsAppearWithTheFlush) {
  const TableInfo table = Files();
  auto sink = Open(table);
  ASSERT_TRUE(sink->Write(Rows(table, {{Value::OfInt(1), Value::OfText("x")}})).ok());
  EXPECT_TRUE(Parts(false).empty());
  Flush(*sink);
  ASSERT_EQ(Parts(false).size(), 1u);
  EXPECT_EQ(folder_.Read(Parts(false)[0]), "{\"a\":1,\"b\":\"x\"}\n");
  Flush(*sink);  // nothing new
  EXPECT_EQ(Parts(false).size(), 1u);
  ASSERT_TRUE(sink->Write(Rows(table, {{Value::OfInt(2), Value::Null()}})).ok());
  Flush(*sink);
  ASSERT_TRUE(sink->Close().ok());
  EXPECT_EQ(Parts(false).size(), 2u);
  EXPECT_TRUE(Parts(true).empty());
}

TEST_F(FilesystemSinkTest, RollsBySize) {
  const TableInfo table = Files({{"sink.rolling-policy.file-size", "1 kb"}});
  auto sink = Open(table);
  const std::string text(300'000, 'x');
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(sink->Write(Rows(table, {{Value::OfInt(i), Value::OfText(text)}})).ok());
  }
  Flush(*sink);
  EXPECT_EQ(Parts(false).size(), 3u);
}

TEST_F(FilesystemSinkTest, ColumnsThatAreNotGivenAreNull) {
  TableInfo table = Files();
  auto sink = Open(table, {1});
  TableInfo given = table;
  given.columns = {table.columns[1]};
  ASSERT_TRUE(sink->Write(Rows(given, {{Value::OfText("x")}})).ok());
  Flush(*sink);
  EXPECT_EQ(folder_.Read(Parts(false).at(0)), "{\"a\":null,\"b\":\"x\"}\n");
}

TEST_F(FilesystemSinkTest, WhatWasNotFlushedLeavesNothingBehind) {
  const TableInfo table = Files();
  auto sink = Open(table);
  const std::string text(300'000, 'x');
  ASSERT_TRUE(sink->Write(Rows(table, {{Value::OfInt(1), Value::OfText(text)}})).ok());
  sink.reset();
  io_.Stop();
  EXPECT_TRUE(Parts(true).empty());
  EXPECT_TRUE(Parts(false).empty());
}

}  // namespace
}  // namespace sluice
