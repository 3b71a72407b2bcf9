#include "connectors/filesystem/file_list.h"

#include "connector_testing.h"

namespace sluice {
namespace {

std::vector<std::string> Listed(const TestFolder& folder, const std::string& pattern = "") {
  auto files = ListFiles(folder.Path(), pattern);
  EXPECT_TRUE(files.ok()) << files.status();
  std::vector<std::string> names;
  for (const FileEntry& file : *files) names.push_back(file.path.substr(folder.Path().size() + 1));
  return names;
}

TEST(FileListTest, ReadsFoldersWholeButForHiddenNames) {
  const TestFolder folder;
  for (const char* name : {"b.json", "a.json", "sub/c.json", ".hidden", "_SUCCESS", "_temp/d.json",
                           "sub/.part", "sub/deep/e.csv"}) {
    folder.Write(name, "x");
  }
  EXPECT_EQ(Listed(folder),
            (std::vector<std::string>{"a.json", "b.json", "sub/c.json", "sub/deep/e.csv"}));
  EXPECT_EQ(Listed(folder, ".*/[bc]\\.json"), (std::vector<std::string>{"b.json", "sub/c.json"}));
}

TEST(FileListTest, AFileIsItself) {
  const TestFolder folder;
  folder.Write("_a", "four");
  auto files = ListFiles(folder.Path("_a"), "");
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 1u);
  EXPECT_EQ(files->front().size, 4);
  EXPECT_GT(files->front().modified_ms, 1'600'000'000'000);
  EXPECT_TRUE(absl::IsNotFound(ListFiles(folder.Path("none"), "").status()));
}

}  // namespace
}  // namespace sluice
