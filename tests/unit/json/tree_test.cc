#include "json/tree.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

std::string Compact(std::string_view text, const JsonStyle& style = {}) {
  JsonTree tree;
  if (!tree.Parse(text, JsonControls::kAllow)) return "!";
  std::string out;
  AppendJson(tree, tree.root(), style, &out);
  return out;
}

TEST(JsonTreeTest, WritesCompactText) {
  EXPECT_EQ(Compact(R"( { "b" : [ 1 , 2.50 , "x\u0041\/" ] , "a" : null } tail)"),
            R"({"b":[1,2.5,"xA/"],"a":null})");
  EXPECT_EQ(Compact("[1E400]"), R"(["Infinity"])");
  EXPECT_EQ(Compact("[[],{}]"), "[[],{}]");
  EXPECT_EQ(Compact("\"a\tb\""), R"("a\tb")");
}

TEST(JsonTreeTest, RepeatedKeysKeepTheirPlaceAndTheLastValue) {
  EXPECT_EQ(Compact(R"({"a":{"x":1,"y":2},"b":2,"a":{"z":3}})"), R"({"a":{"z":3},"b":2})");
  std::string many = "{";
  for (int i = 0; i < 50; ++i) many += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_EQ(Compact(many + "\"k3\":[1],\"k40\":{\"k1\":2}}").find("\"k3\":[1]"), 22u);
  EXPECT_NE(Compact(many + "\"k3\":[1],\"k40\":{\"k1\":2}}").find("\"k40\":{\"k1\":2}"),
            std::string::npos);
}

TEST(JsonTreeTest, SortsKeysAsJavaDoes) {
  EXPECT_EQ(Compact(R"({"b":1,"a":{"d":1,"c":2},"B":0})", {.sort_keys = true}),
            R"({"B":0,"a":{"c":2,"d":1},"b":1})");
  // U+1F600 is written with surrogates, which come before U+FF00 in UTF-16.
  EXPECT_TRUE(JavaLess("😀", "＀"));
  EXPECT_FALSE(JavaLess("＀", "😀"));
  EXPECT_TRUE(JavaLess("a", "ab"));
  EXPECT_FALSE(JavaLess("a", "a"));
}

TEST(JsonTreeTest, RefusesDeepAndBrokenDocuments) {
  EXPECT_NE(Compact(std::string(JsonTree::kMaxDepth, '[') + std::string(JsonTree::kMaxDepth, ']')),
            "!");
  EXPECT_EQ(Compact(std::string(JsonTree::kMaxDepth + 1, '[') +
                    std::string(JsonTree::kMaxDepth + 1, ']')),
            "!");
  EXPECT_EQ(Compact("[1,"), "!");
  EXPECT_EQ(Compact(""), "!");
}

}  // namespace
}  // namespace sluice
