#include "connector_testing.h"

namespace sluice {
namespace {

class FilesystemLookupTest : public ConnectorTest {
 protected:
  std::unique_ptr<LookupSource> Open(std::vector<int32_t> keys, std::vector<int32_t> columns) {
    const TableInfo table =
        Table({{"id", Type::BigInt()}, {"name", Type::String()}, {"kind", Type::String()}},
              {{"path", folder_.Path("dim")}, {"format", "json"}});
    auto lookup = FindConnector("filesystem")
                      ->make_lookup(table, {.key_columns = keys, .columns = columns}, session_);
    EXPECT_TRUE(lookup.ok()) << lookup.status();
    EXPECT_TRUE((*lookup)->Open(Context()).ok());
    return *std::move(lookup);
  }
  static Vector Keys(const Type& type, const std::vector<Value>& values) {
    VectorBuilder builder(type, static_cast<int32_t>(values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
      SetValue(builder, static_cast<int32_t>(i), values[i]);
    }
    return builder.Finish();
  }
  // "key:first column" of each row found.
  std::vector<std::string> Find(LookupSource& lookup, const std::vector<std::string>& names) {
    std::vector<Value> values;
    for (const std::string& name : names) values.push_back(Value::OfText(name));
    LookupReply reply;
    const Status status = lookup.Lookup({Keys(Type::String().NotNull(), values)},
                                        static_cast<int32_t>(values.size()), reply);
    EXPECT_TRUE(status.ok()) << status;
    std::vector<std::string> found;
    for (int32_t row = 0; row < reply.num_rows; ++row) {
      found.push_back(names[reply.key_of_row[row]] + ":" +
                      std::to_string(GetValue(reply.columns[0], row).as_int()));
    }
    return found;
  }
  TestFolder folder_;
};

TEST_F(FilesystemLookupTest, FindsAllRowsOfAKeyInOrder) {
  folder_.Write("dim/a", R"({"id": 1, "name": "x"}
{"id": 2, "name": "a name that is not inline"}
{"id": 3, "name": null}
)");
  folder_.Write("dim/b", R"({"id": 4, "name": "x"})");
  auto lookup = Open({1}, {0, 2});
  EXPECT_EQ(Find(*lookup, {"a name that is not inline", "none", "x"}),
            (std::vector<std::string>{"a name that is not inline:2", "x:1", "x:4"}));
}

TEST_F(FilesystemLookupTest, SeesThatFilesHaveChanged) {
  folder_.Write("dim/a", R"({"id": 1, "name": "x"})");
  auto lookup = Open({1}, {0});
  EXPECT_EQ(Find(*lookup, {"x"}), std::vector<std::string>{"x:1"});
  const int64_t version = lookup->ContentVersion();
  EXPECT_EQ(lookup->ContentVersion(), version);
  folder_.Write("dim/a", R"({"id": 25, "name": "x"})");
  EXPECT_NE(lookup->ContentVersion(), version);
  EXPECT_EQ(Find(*lookup, {"x"}), std::vector<std::string>{"x:25"});
}

TEST_F(FilesystemLookupTest, ScansAllRowsInBlocksAsOftenAsAsked) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "{\"id\": " + std::to_string(i) + "}\n";
  folder_.Write("dim", text);
  auto lookup = Open({}, {0});
  for (int round = 0; round < 2; ++round) {
    int64_t next = 0;
    for (bool done = false; !done;) {
      LookupReply block;
      ASSERT_TRUE(lookup->ScanAll(block, done).ok());
      for (int32_t row = 0; row < block.num_rows; ++row) {
        EXPECT_EQ(GetValue(block.columns[0], row).as_int(), next++);
      }
    }
    EXPECT_EQ(next, 10'000);
  }
}

TEST_F(FilesystemLookupTest, ABadRecordIsAnErrorWithItsPlace) {
  folder_.Write("dim", "{\"id\": 1}\n{\"id\": \n");
  auto lookup = Open({}, {0});
  LookupReply block;
  bool done = false;
  const Status status = lookup->ScanAll(block, done);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find("dim at 10"), std::string::npos) << status;
}

}  // namespace
}  // namespace sluice
