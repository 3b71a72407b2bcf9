#include "base/options.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr OptionSpec kSpecs[] = {
    {.key = "path", .help = "The file.", .required = true},
    {.key = "sink.rolling-policy.file-size", .type = OptionType::kMemory, .default_value = "128MB"},
    {.key = "lookup.cache",
     .type = OptionType::kEnum,
     .default_value = "NONE",
     .choices = "NONE, PARTIAL, FULL"},
    {.key = "interval", .type = OptionType::kDuration},
    {.key = "max-rows", .type = OptionType::kInt, .default_value = "100"},
    {.key = "async", .type = OptionType::kBool, .default_value = "false"},
    {.key = "rate", .type = OptionType::kDouble},
    {.key = "compaction", .support = OptionSupport::kNotYet},
    {.key = "properties.*"},
};

TEST(OptionsTest, ReadsDurationsAsFlink) {
  const std::pair<std::string_view, int64_t> good[] = {{"10", 10},
                                                       {"10ms", 10},
                                                       {"10 ms", 10},
                                                       {"5 s", 5000},
                                                       {"5sec", 5000},
                                                       {"2 seconds", 2000},
                                                       {"30 min", 1'800'000},
                                                       {"30m", 1'800'000},
                                                       {"1 h", 3'600'000},
                                                       {"1 DAY", 86'400'000},
                                                       {"2d", 172'800'000},
                                                       {" 7 millis ", 7},
                                                       {"1500 micros", 1},
                                                       {"0", 0}};
  for (const auto& [text, ms] : good) EXPECT_EQ(*ParseDurationMs(text), ms) << text;
  for (std::string_view bad : {"", "s", "-1 s", "1.5 s", "5 parsecs", "99999999999999999999"}) {
    EXPECT_FALSE(ParseDurationMs(bad).ok()) << bad;
  }
}

TEST(OptionsTest, ReadsSizesAsFlink) {
  const std::pair<std::string_view, int64_t> good[] = {
      {"1024", 1024},           {"64 kb", 65536},      {"128MB", 128 << 20},
      {"2g", int64_t{2} << 30}, {"1 kibibytes", 1024}, {"3 bytes", 3}};
  for (const auto& [text, bytes] : good) EXPECT_EQ(*ParseMemoryBytes(text), bytes) << text;
  for (std::string_view bad : {"", "mb", "1 pb", "-1"}) EXPECT_FALSE(ParseMemoryBytes(bad).ok());
}

TEST(OptionsTest, FindsAllProblemsAtOnce) {
  const Options given({{"pth", "x"},
                       {"sink.rolling-policy.file-size", "big"},
                       {"lookup.cache", "some"},
                       {"interval", "soon"},
                       {"max-rows", "1.5"},
                       {"async", "yes"},
                       {"rate", "x"},
                       {"compaction", "true"},
                       {"connector", "c"},
                       {"properties.group.id", "g"}});
  constexpr std::string_view kKnown[] = {"connector"};
  std::map<std::string, ErrorCode> codes;
  for (const OptionProblem& problem : CheckOptions(given, kSpecs, kKnown)) {
    codes[problem.key] = problem.code;
    if (problem.key == "pth") {
      EXPECT_EQ(problem.remedy, "did you mean 'path'?");
    }
  }
  const std::map<std::string, ErrorCode> expected = {
      {"pth", ErrorCode::kUnknownOption},
      {"path", ErrorCode::kMissingOption},
      {"sink.rolling-policy.file-size", ErrorCode::kInvalidOption},
      {"lookup.cache", ErrorCode::kInvalidOption},
      {"interval", ErrorCode::kInvalidOption},
      {"max-rows", ErrorCode::kInvalidOption},
      {"async", ErrorCode::kInvalidOption},
      {"rate", ErrorCode::kInvalidOption},
      {"compaction", ErrorCode::kUnsupportedOption}};
  EXPECT_EQ(codes, expected);
}

TEST(OptionsTest, GivesValuesOrDefaults) {
  const Options given({{"path", "p"}, {"lookup.cache", "partial"}, {"interval", "2 s"}});
  EXPECT_TRUE(CheckOptions(given, kSpecs, {}).empty());
  EXPECT_EQ(given.GetString(kSpecs, "path"), "p");
  EXPECT_EQ(given.GetMemoryBytes(kSpecs, "sink.rolling-policy.file-size"), 128 << 20);
  EXPECT_EQ(given.GetInt(kSpecs, "max-rows"), 100);
  EXPECT_FALSE(given.GetBool(kSpecs, "async"));
  EXPECT_EQ(given.FindDurationMs("interval"), 2000);
  EXPECT_EQ(given.FindInt("absent"), std::nullopt);
  EXPECT_EQ(Options({{"json.a", "1"}, {"csv.b", "2"}}).WithPrefix("json.").values(),
            (std::map<std::string, std::string>{{"a", "1"}}));
}

TEST(OptionsTest, TheNearestNameIsOneThatCanBeMeant) {
  constexpr std::string_view kNames[] = {"topic", "topic-pattern", "url", "table-name"};
  EXPECT_EQ(NearestOf("tpoic", kNames), "topic");
  EXPECT_EQ(NearestOf("TABLE_NAME", kNames), "table-name");
  EXPECT_EQ(NearestOf("something-else", kNames), "");
}

}  // namespace
}  // namespace sluice
