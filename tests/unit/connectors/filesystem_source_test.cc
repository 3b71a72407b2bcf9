#include <zlib.h>

#include <set>

#include "connector_testing.h"
#include "connectors/filesystem/byte_reader.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {
namespace {

class FilesystemSourceTest : public ConnectorTest {
 protected:
  TableInfo Files(std::map<std::string, std::string> options = {}) {
    options.emplace("path", folder_.Path("in"));
    options.emplace("format", "json");
    return Table(
        {{"f", Type::String().NotNull(), ColumnRole::kMetadata, "file.name"},
         {"z", Type::BigInt().NotNull(), ColumnRole::kMetadata, "file.size"},
         {"m", Type::TimestampLtz(3).NotNull(), ColumnRole::kMetadata, "file.modification-time"},
         {"a", Type::String()}},
        std::move(options));
  }
  StatusOr<std::unique_ptr<Source>> Open(const TableInfo& table, const ScanSpec& spec = {},
                                         int32_t subtask = 0, int32_t parallelism = 1,
                                         const SourcePosition& resume_from = {}) {
    SL_ASSIGN(auto source, FindConnector("filesystem")->make_source(table, spec, session_));
    SL_TRY(source->Open(resume_from, Context(subtask, parallelism)));
    return source;
  }
  // Polls until there is nothing at present; true at the end.
  bool ReadAll(Source& source, std::vector<std::string>* records) {
    while (true) {
      SourceOutput out;
      auto progress = source.Poll(out);
      EXPECT_TRUE(progress.ok()) << progress.status();
      if (out.records.has_value()) {
        for (std::string_view record : out.records->records) records->emplace_back(record);
      }
      if (*progress != Progress::kHasMore) return *progress == Progress::kFinished;
    }
  }
  TestFolder folder_;
};

TEST_F(FilesystemSourceTest, ReadsFilesInTheOrderOfTheirNames) {
  folder_.Write("in/b", "3\n4");
  folder_.Write("in/a", "1\r\n2\n");
  folder_.Write("in/c", "");
  auto source = Open(Files());
  ASSERT_TRUE(source.ok());
  std::vector<std::string> records;
  EXPECT_TRUE(ReadAll(**source, &records));
  EXPECT_EQ(records, (std::vector<std::string>{"1", "2", "3", "4"}));
  const SourcePosition position = (*source)->Position();
  EXPECT_EQ(position.offsets.at(folder_.Path("in/a")), 5);
  EXPECT_EQ(position.offsets.at(folder_.Path("in/b")), 3);
}

TEST_F(FilesystemSourceTest, GoesOnWhereItStopped) {
  folder_.Write("in/a", "1\n2\n3\n");
  auto source = Open(Files(), {}, 0, 1, {{{folder_.Path("in/a"), 2}}});
  ASSERT_TRUE(source.ok());
  std::vector<std::string> records;
  EXPECT_TRUE(ReadAll(**source, &records));
  EXPECT_EQ(records, (std::vector<std::string>{"2", "3"}));
}

TEST_F(FilesystemSourceTest, InstancesShareALargeFile) {
  std::string text;
  std::vector<std::string> all;
  for (int i = 0; text.size() < (17u << 20); ++i) {
    all.push_back(std::to_string(i) + std::string(i % 700, 'x'));
    text += all.back() + "\n";
  }
  folder_.Write("in", text);
  for (int32_t parallelism : {1, 2, 3}) {
    std::vector<std::string> records;
    for (int32_t subtask = 0; subtask < parallelism; ++subtask) {
      const size_t before = records.size();
      auto source = Open(Files(), {}, subtask, parallelism);
      ASSERT_TRUE(source.ok());
      EXPECT_TRUE(ReadAll(**source, &records));
      EXPECT_GT(records.size() - before, all.size() / 6);
    }
    std::multiset<std::string> sorted(records.begin(), records.end());
    EXPECT_EQ(sorted, std::multiset<std::string>(all.begin(), all.end())) << parallelism;
  }
}

TEST_F(FilesystemSourceTest, InstancesShareSmallFiles) {
  std::multiset<std::string> all;
  for (int i = 0; i < 40; ++i) {
    folder_.Write("in/" + std::to_string(i), std::to_string(i));
    all.insert(std::to_string(i));
  }
  std::vector<std::string> records;
  for (int32_t subtask = 0; subtask < 2; ++subtask) {
    auto source = Open(Files(), {}, subtask, 2);
    ASSERT_TRUE(source.ok());
    EXPECT_TRUE(ReadAll(**source, &records));
    EXPECT_GT(records.size(), 0u);
    EXPECT_EQ(records.size() == 40, subtask == 1);
  }
  EXPECT_EQ(std::multiset<std::string>(records.begin(), records.end()), all);
}

TEST_F(FilesystemSourceTest, GivesMetadataInTheOrderAskedFor) {
  folder_.Write("in/a.json", "1\n22\n");
  auto source = Open(Files(), {.columns = {1, 0, 2}});
  ASSERT_TRUE(source.ok());
  SourceOutput out;
  ASSERT_TRUE((*source)->Poll(out).ok());
  ASSERT_TRUE(out.records.has_value());
  const auto& metadata = out.records->metadata;
  ASSERT_EQ(metadata.size(), 3u);
  EXPECT_EQ(metadata[0].View<int64_t>()[1], 5);
  EXPECT_EQ(metadata[1].View<Text>()[1].view(), "a.json");
  EXPECT_GT(metadata[2].View<Timestamp>()[0].millis, 1'600'000'000'000);
  EXPECT_EQ(metadata[2].num_rows(), 2);
}

TEST_F(FilesystemSourceTest, WatchesForNewFiles) {
  auto source = Open(Files({{"source.monitor-interval", "0 ms"}}));
  ASSERT_TRUE(source.ok());
  std::vector<std::string> records;
  EXPECT_FALSE(ReadAll(**source, &records));
  folder_.Write("in/a", "1");
  EXPECT_FALSE(ReadAll(**source, &records));
  folder_.Write("in/b", "2");
  EXPECT_FALSE(ReadAll(**source, &records));
  EXPECT_EQ(records, (std::vector<std::string>{"1", "2"}));
}

TEST_F(FilesystemSourceTest, NothingAtThePathIsAnError) {
  EXPECT_TRUE(absl::IsNotFound(Open(Files()).status()));
}

TEST_F(FilesystemSourceTest, ReadsGzip) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + "\n";
  folder_.Write("in/plain", "x\n");
  gzFile file = gzopen(folder_.Path("in/z.gz").c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  file = gzopen(folder_.Path("in/z.gz").c_str(), "ab");  // a second member
  gzwrite(file, "last", 4);
  gzclose(file);
  auto source = Open(Files(), {}, 0, 1);
  ASSERT_TRUE(source.ok());
  std::vector<std::string> records;
  EXPECT_TRUE(ReadAll(**source, &records));
  ASSERT_EQ(records.size(), 300'002u);
  EXPECT_EQ(records[300'000], "299999");
  EXPECT_EQ(records.back(), "last");
}

TEST_F(FilesystemSourceTest, ATornGzipFileIsDataLoss) {
  gzFile file = gzopen(folder_.Path("in.gz").c_str(), "wb");
  gzwrite(file, "some text", 9);
  gzclose(file);
  const std::string whole = folder_.Read("in.gz");
  folder_.Write("in.gz", whole.substr(0, whole.size() - 9));
  auto reader = OpenFile(folder_.Path("in.gz"), 0);
  ASSERT_TRUE(reader.ok());
  char bytes[100];
  EXPECT_TRUE(absl::IsDataLoss((*reader)->Read(bytes, sizeof(bytes)).status()));
}

TEST_F(FilesystemSourceTest, ChecksItsOptions) {
  const Connector* connector = FindConnector("filesystem");
  EXPECT_TRUE(connector->check(Files()).empty());
  EXPECT_EQ(connector->check(Files({{"path", "hdfs://host/x"}})).size(), 1u);
  EXPECT_EQ(connector->check(Files({{"source.path.regex-pattern", "(?=x)"}})).size(), 1u);
  TableInfo partitioned = Files();
  partitioned.partitioned_by = {3};
  EXPECT_EQ(connector->check(partitioned).size(), 1u);
  EXPECT_TRUE(connector->is_bounded(Files()));
  EXPECT_FALSE(connector->is_bounded(Files({{"source.monitor-interval", "1 s"}})));
}

}  // namespace
}  // namespace sluice
