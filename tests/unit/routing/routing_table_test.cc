#include "routing/routing_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sluice {
namespace {

TEST(MatchesPatternTest, StarsStandForAnyText) {
  EXPECT_TRUE(MatchesPattern("", ""));
  EXPECT_TRUE(MatchesPattern("*", ""));
  EXPECT_TRUE(MatchesPattern("a*c", "abbc"));
  EXPECT_TRUE(MatchesPattern("*_fix", "wrongbook_fix"));
  EXPECT_TRUE(MatchesPattern("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(MatchesPattern("错题*", "错题_订正"));
  EXPECT_FALSE(MatchesPattern("a*c", "abcd"));
  EXPECT_FALSE(MatchesPattern("abc", "ab"));
  EXPECT_FALSE(MatchesPattern("", "a"));
}

// All patterns and texts of up to four characters over {a, b}, against a recursive definition.
bool MatchesByDefinition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return MatchesByDefinition(pattern.substr(1), text) ||
           (!text.empty() && MatchesByDefinition(pattern, text.substr(1)));
  }
  return !text.empty() && pattern[0] == text[0] &&
         MatchesByDefinition(pattern.substr(1), text.substr(1));
}

std::vector<std::string> AllWords(std::string_view letters, int longest) {
  std::vector<std::string> words = {""};
  for (size_t i = 0; i < words.size(); ++i) {
    if (static_cast<int>(words[i].size()) == longest) break;
    for (const char letter : letters) words.push_back(words[i] + letter);
  }
  return words;
}

TEST(MatchesPatternTest, IsItsDefinition) {
  for (const std::string& pattern : AllWords("ab*", 4)) {
    for (const std::string& text : AllWords("ab", 4)) {
      EXPECT_EQ(MatchesPattern(pattern, text), MatchesByDefinition(pattern, text))
          << pattern << " against " << text;
    }
  }
}

// What the table finds is what reading all routes in order finds.
KeyRoutes FindByDefinition(std::vector<RoutingTable::Entry> entries,
                           const std::vector<std::string>& domains, RouteMode mode,
                           const std::string& domain, const std::string& type) {
  KeyRoutes routes;
  if (!domains.empty() && std::find(domains.begin(), domains.end(), domain) == domains.end()) {
    routes.outcome = KeyOutcome::kForeign;
    return routes;
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.spec.priority != b.spec.priority ? a.spec.priority > b.spec.priority
                                              : a.spec.id < b.spec.id;
  });
  for (const auto& [spec, processor] : entries) {
    if (!spec.domain.empty() && !MatchesByDefinition(spec.domain, domain)) continue;
    if (!MatchesByDefinition(spec.event_type, type)) continue;
    if (!spec.enabled) {
      if (routes.outcome == KeyOutcome::kUnknown) routes.outcome = KeyOutcome::kDisabled;
      continue;
    }
    routes.outcome = KeyOutcome::kRouted;
    auto& all = routes.processors;
    if (std::find(all.begin(), all.end(), processor) == all.end()) all.push_back(processor);
    if (mode == RouteMode::kFirstMatch) break;
  }
  return routes;
}

TEST(RoutingTableTest, IsItsDefinition) {
  std::mt19937 random(4711);
  const std::vector<std::string> names = {"a", "b", "ab", "*", "a*", "*b", ""};
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<RoutingTable::Entry> entries;
    for (uint32_t i = random() % 6; i > 0; --i) {
      entries.push_back({.spec = {.id = static_cast<int64_t>(random() % 9),
                                  .domain = pick(names),
                                  .event_type = pick(names),
                                  .processor = "",
                                  .sinks = {},
                                  .enabled = random() % 3 != 0,
                                  .hot_deployable = true,
                                  .priority = static_cast<int64_t>(random() % 3)},
                         .processor = static_cast<int32_t>(random() % 3)});
    }
    std::vector<std::string> domains;
    if (random() % 2 == 0) domains = {"a", "ab"};
    const RouteMode mode = random() % 2 == 0 ? RouteMode::kFirstMatch : RouteMode::kAllMatch;
    const RoutingTable table(entries, domains, mode);
    for (const char* domain : {"a", "b", "ab", ""}) {
      for (const char* type : {"a", "b", "ab", "ba", ""}) {
        const KeyRoutes found = table.Find(domain, type);
        const KeyRoutes expected = FindByDefinition(entries, domains, mode, domain, type);
        ASSERT_EQ(found.outcome, expected.outcome)
            << "round " << round << " " << domain << ":" << type;
        ASSERT_EQ(found.processors, expected.processors) << "round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace sluice
