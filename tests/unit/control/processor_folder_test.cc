#include "control/processor_folder.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ProcessorOfClassTest, FollowsTheConvention) {
  EXPECT_EQ(ProcessorOfClass("com.flink.realtime.processor.impl.WrongbookFixProcessor"),
            "wrongbook_fix");
  EXPECT_EQ(ProcessorOfClass("WrongbookAdd"), "wrongbook_add");
  EXPECT_EQ(ProcessorOfClass("com.acme.Outer$UserLoginProcessor"), "user_login");
  EXPECT_EQ(ProcessorOfClass("com.acme.HTTPErrorProcessor"), "http_error");
  EXPECT_EQ(ProcessorOfClass("wrongbook_fix"), "wrongbook_fix");
  EXPECT_EQ(ProcessorOfClass("Processor"), "processor");
  EXPECT_EQ(ProcessorOfClass(""), "");
}

TEST(VersionBeforeTest, NumbersAreNumbers) {
  EXPECT_TRUE(VersionBefore("1.9", "1.10"));
  EXPECT_FALSE(VersionBefore("1.10", "1.9"));
  EXPECT_TRUE(VersionBefore("", "1"));
  EXPECT_TRUE(VersionBefore("1", "1.0"));
  EXPECT_TRUE(VersionBefore("1.2-rc1", "1.2-rc2"));
  EXPECT_FALSE(VersionBefore("2", "2"));
  EXPECT_FALSE(VersionBefore("007", "7"));
  EXPECT_FALSE(VersionBefore("7", "007"));
}

ProcessorFolder Folder(const std::vector<std::string>& names) {
  std::map<std::string, ProcessorText> processors;
  for (const std::string& name : names) processors[name] = {name, name + ".sql", "SELECT 1"};
  return ProcessorFolder(std::move(processors));
}

TEST(ProcessorFolderTest, FindsWhatARouteMeans) {
  const ProcessorFolder folder = Folder({"fix@1.9", "fix@1.10", "fixture@9", "plain"});
  const auto found = [&](const std::string& name,
                         const std::map<std::string, std::string>& aliases = {}) {
    const auto processor = folder.Find(name, aliases);
    return processor.ok() ? (*processor)->name : "none";
  };
  EXPECT_EQ(found("fix"), "fix@1.10");
  EXPECT_EQ(found("fix@1.9"), "fix@1.9");
  EXPECT_EQ(found("fix@2"), "none");
  EXPECT_EQ(found("plain"), "plain");
  EXPECT_EQ(found("com.acme.FixProcessor"), "fix@1.10");
  EXPECT_EQ(found("com.acme.Odd", {{"com.acme.Odd", "fix@1.9"}}), "fix@1.9");
  EXPECT_EQ(found(""), "none");
}

}  // namespace
}  // namespace sluice
