// The generator's promises: the same bytes for a seed, independent of how they are asked for, in
// the shape and the proportions that the wrongbook job is measured with.
#include "events/event_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice {
namespace {

std::string Generate(EventOptions options) {
  StatusOr<EventGenerator> generator = EventGenerator::Make(std::move(options));
  EXPECT_TRUE(generator.ok()) << generator.status();
  std::string text;
  while (generator->Append(1000, &text) > 0) {
  }
  return text;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    EXPECT_NE(end, std::string_view::npos);
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// FNV-1a, to pin bytes without writing them down.
uint64_t Fingerprint(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3u;
  return hash;
}

int64_t CountOf(const std::vector<std::string_view>& lines, std::string_view part) {
  return std::count_if(lines.begin(), lines.end(), [&](std::string_view line) {
    return line.find(part) != std::string_view::npos;
  });
}

std::string_view ErrorOf(std::string_view types, std::string* storage) {
  const auto parsed = ParseEventTypes(types);
  EXPECT_FALSE(parsed.ok()) << types;
  *storage = std::string(parsed.status().message());
  return *storage;
}

TEST(EventGenerator, BytesOfASeedNeverChange) {
  const std::string text = Generate({.seed = 7, .count = 2000});
  EXPECT_EQ(Fingerprint(text), 13557880167602753885u) << text.substr(0, 700);
  EXPECT_EQ(Fingerprint(
                Generate({.seed = 7, .count = 2000, .bad_share = 0.5, .payload_as_string = true})),
            15235604305979720113u);
}

TEST(EventGenerator, PortionsDoNotMatter) {
  const std::string whole = Generate({.seed = 3, .count = 500, .bad_share = 0.3});
  StatusOr<EventGenerator> generator =
      EventGenerator::Make({.seed = 3, .count = 500, .bad_share = 0.3});
  ASSERT_TRUE(generator.ok());
  std::string text;
  EXPECT_EQ(generator->Append(1, &text), 1);
  EXPECT_EQ(generator->Append(250, &text), 250);
  EXPECT_EQ(generator->Append(1000, &text), 249);
  EXPECT_EQ(generator->Append(1000, &text), 0);
  EXPECT_EQ(generator->num_generated(), 500);
  EXPECT_EQ(text, whole);
  EXPECT_NE(text, Generate({.seed = 4, .count = 500, .bad_share = 0.3}));
}

TEST(EventGenerator, DamageLeavesOtherEventsAlone) {
  const std::string clean = Generate({.seed = 3, .count = 1000});
  const std::string damaged = Generate({.seed = 3, .count = 1000, .bad_share = 0.1});
  const auto clean_lines = Lines(clean);
  const auto damaged_lines = Lines(damaged);
  ASSERT_EQ(clean_lines.size(), damaged_lines.size());
  int64_t num_changed = 0;
  for (size_t i = 0; i < clean_lines.size(); ++i) num_changed += clean_lines[i] != damaged_lines[i];
  EXPECT_GT(num_changed, 50);
  EXPECT_LT(num_changed, 130);
}

TEST(EventGenerator, ProportionsAndSizes) {
  const std::string text = Generate({.seed = 1, .count = 20000});
  const auto lines = Lines(text);
  ASSERT_EQ(lines.size(), 20000u);
  EXPECT_NEAR(CountOf(lines, "\"type\":\"wrongbook_fix\""), 16000, 300);
  EXPECT_NEAR(CountOf(lines, "\"type\":\"wrongbook_add\""), 3000, 250);
  EXPECT_NEAR(CountOf(lines, "\"domain\":\"wrongbook\""), 19000, 200);
  int64_t wrongbook_bytes = 0;
  int64_t num_wrongbook = 0;
  for (std::string_view line : lines) {
    if (line.find("\"type\":\"wrongbook_fix\"") == std::string_view::npos) continue;
    wrongbook_bytes += static_cast<int64_t>(line.size()) + 1;
    ++num_wrongbook;
  }
  EXPECT_NEAR(static_cast<double>(wrongbook_bytes) / static_cast<double>(num_wrongbook), 337, 6);
}

TEST(EventGenerator, PayloadAsString) {
  const std::string object = Generate({.seed = 9, .count = 1});
  const std::string text = Generate({.seed = 9, .count = 1, .payload_as_string = true});
  const std::string key = "\"payload\":";
  std::string payload = object.substr(object.find(key) + key.size());
  payload.resize(payload.size() - 2);  // without the end of the envelope and of the line
  std::string escaped;
  for (char c : payload) {
    if (c == '"' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  EXPECT_EQ(text, object.substr(0, object.find(key)) + key + "\"" + escaped + "\"}\n");
}

TEST(EventGenerator, RefusesOptionsOutOfRange) {
  EXPECT_FALSE(EventGenerator::Make({.count = -1}).ok());
  EXPECT_FALSE(EventGenerator::Make({.bad_share = 1.5}).ok());
  EXPECT_FALSE(EventGenerator::Make({.types = {}}).ok());
  EXPECT_FALSE(EventGenerator::Make({.domain = "a\"b"}).ok());
  EXPECT_TRUE(EventGenerator::Make({.count = 0}).ok());
}

TEST(ParseEventTypes, ReadsNamesAndWeights) {
  const auto types = ParseEventTypes("wrongbook_fix:80, wrongbook_add:15,user_login");
  ASSERT_TRUE(types.ok()) << types.status();
  ASSERT_EQ(types->size(), 3u);
  EXPECT_EQ((*types)[0].type, EventType::kWrongbookFix);
  EXPECT_EQ((*types)[0].weight, 80u);
  EXPECT_EQ((*types)[1].weight, 15u);
  EXPECT_EQ((*types)[2].type, EventType::kUserLogin);
  EXPECT_EQ((*types)[2].weight, 1u);
}

TEST(ParseEventTypes, NamesWhatIsWrong) {
  std::string error;
  EXPECT_EQ(ErrorOf("wrongbok:3", &error),
            "unknown event type 'wrongbok'; known are wrongbook_fix, wrongbook_add, "
            "homework_submit, course_view, "
            "user_login, other");
  EXPECT_EQ(ErrorOf("other:-1", &error),
            "the weight of event type 'other' must be a whole number from 1 to 1000000, not '-1'");
  EXPECT_EQ(ErrorOf("other:5,other:6", &error), "event type 'other' is given twice");
  EXPECT_EQ(ErrorOf("", &error).substr(0, 23), "unknown event type ''; ");
}

}  // namespace
}  // namespace sluice
