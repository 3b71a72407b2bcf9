#include "json/path.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

// What a path gives: "E" for an error, "-" for nothing, else JSON text.
std::string Eval(std::string_view document, std::string_view path_text) {
  const JsonPath path = JsonPath::Compile(path_text);
  if (!path.error().empty()) return "E";
  if (path.has_filter()) return "F";
  JsonTree tree;
  if (!tree.Parse(document, JsonControls::kReject)) return "!";
  JsonMatches matches;
  EvaluateJsonPath(tree, path, {}, matches);
  if (matches.outcome == JsonMatches::Outcome::kError) return "E";
  if (matches.outcome == JsonMatches::Outcome::kNothing) return "-";
  std::string out = matches.is_list ? "[" : "";
  for (const JsonItem& item : matches.items) {
    if (&item != &matches.items[0]) out += ',';
    if (item.node == JsonNode::kNone) {
      out += item.made;
    } else {
      AppendJson(tree, item.node, {}, &out);
    }
  }
  return matches.is_list ? out + "]" : out;
}

constexpr std::string_view kNumbers = R"({"a":[1,2,3,4,5],"o":{"x":1,"y":2}})";
constexpr std::string_view kRecords =
    R"({"a":[{"k":1,"v":"one"},{"k":2,"v":"two"},{"k":3}],"o":{}})";
constexpr std::string_view kDeep = R"({"a":"str","o":{"x":{"y":{"z":"deep"}}}})";

TEST(JsonPathTest, Keys) {
  EXPECT_EQ(Eval(kNumbers, "$.o.x"), "1");
  EXPECT_EQ(Eval(kNumbers, "$['o']['x']"), "1");
  EXPECT_EQ(Eval(kNumbers, "$[\"o\"].x"), "1");
  EXPECT_EQ(Eval(kNumbers, "o.x"), "1");
  EXPECT_EQ(Eval(kNumbers, "$.o.z"), "E");
  EXPECT_EQ(Eval(kNumbers, "lax $.o.z"), "-");
  EXPECT_EQ(Eval(kNumbers, "$.o.z.z"), "E");
  EXPECT_EQ(Eval(kNumbers, "lax $.o.z.z"), "-");
  EXPECT_EQ(Eval(kDeep, "$.o.x.y.z"), "\"deep\"");
  EXPECT_EQ(Eval(R"({"点":1})", "$.点"), "1");
  EXPECT_EQ(Eval(R"({"a b":{"c.d":1}})", "$['a b']['c.d']"), "1");
  EXPECT_EQ(Eval(kNumbers, "$.o['x','y']"), R"({"x":1,"y":2})");
  EXPECT_EQ(Eval(kRecords, "$.o['x','y']"), "{}");
}

TEST(JsonPathTest, ElementsAndSlices) {
  EXPECT_EQ(Eval(kNumbers, "$.a[0]"), "1");
  EXPECT_EQ(Eval(kNumbers, "$.a[-1]"), "5");
  EXPECT_EQ(Eval(kNumbers, "$.a[9]"), "E");
  EXPECT_EQ(Eval(kNumbers, "lax $.a[9]"), "-");
  EXPECT_EQ(Eval(kNumbers, "$.a[0,2]"), "[1,3]");
  EXPECT_EQ(Eval(kNumbers, "$.a[0:2]"), "[1,2]");
  EXPECT_EQ(Eval(kNumbers, "$.a[1:]"), "[2,3,4,5]");
  EXPECT_EQ(Eval(kNumbers, "$.a[:-1]"), "[1,2,3,4]");
  EXPECT_EQ(Eval(kNumbers, "$.a[-2:]"), "[4,5]");
  EXPECT_EQ(Eval(kNumbers, "$.o[0]"), "E");
  EXPECT_EQ(Eval(kNumbers, "$.a[*]"), "[1,2,3,4,5]");
  EXPECT_EQ(Eval(kNumbers, "$.a[0:99999999]"), "[1,2,3,4,5]");
}

TEST(JsonPathTest, WildcardsAndScans) {
  EXPECT_EQ(Eval(kNumbers, "$.o.*"), "[1,2]");
  EXPECT_EQ(Eval(kRecords, "$.a[*].v"), R"(["one","two"])");
  EXPECT_EQ(Eval(kNumbers, "$.a[*].v"), "[]");
  EXPECT_EQ(Eval(kNumbers, "$..x"), "[1]");
  EXPECT_EQ(Eval(kNumbers, "$..*"), R"([[1,2,3,4,5],{"x":1,"y":2},1,2,3,4,5,1,2])");
}

TEST(JsonPathTest, Functions) {
  EXPECT_EQ(Eval(kNumbers, "$.a.length()"), "5");
  EXPECT_EQ(Eval(kNumbers, "$.a.size()"), "5");
  EXPECT_EQ(Eval(kNumbers, "$.a.sum()"), "15.0");
  EXPECT_EQ(Eval(kNumbers, "$.a.max()"), "5.0");
  EXPECT_EQ(Eval(kDeep, "$.a.length()"), "-");
  EXPECT_EQ(Eval(kRecords, "$.a.sum()"), "E");
  EXPECT_EQ(Eval(kNumbers, "$.a.nonsense()"), "E");
}

TEST(JsonPathTest, OddSpellings) {
  EXPECT_EQ(Eval(kNumbers, "STRICT $.o.x"), "1");
  EXPECT_EQ(Eval(kNumbers, "lax  $.o.x"), "1");
  EXPECT_EQ(Eval(kNumbers, " $.o.x"), "E");
  EXPECT_EQ(Eval(kNumbers, "$ .o.x"), "E");
  EXPECT_EQ(Eval(kNumbers, ""), "E");
  EXPECT_EQ(Eval(kDeep, "$.a["), "\"str\"");
  EXPECT_EQ(Eval(kNumbers, "$.a."), "E");
  EXPECT_EQ(Eval(kNumbers, "$.a[?(@ > 1)]"), "F");
  EXPECT_EQ(Eval(R"({"a-b":1,"1a":4,"$x":5,"@t":6})", "$.a-b"), "1");
  EXPECT_EQ(Eval(R"({"a-b":1,"1a":4,"$x":5,"@t":6})", "$.1a"), "4");
  EXPECT_EQ(Eval(R"({"a-b":1,"1a":4,"$x":5,"@t":6})", "$.$x"), "5");
  EXPECT_EQ(Eval(R"({"a-b":1,"1a":4,"$x":5,"@t":6})", "$.@t"), "6");
}

TEST(JsonPathTest, PlainPathsAgreeWithTrees) {
  const char* documents[] = {R"({"a":1})",
                             R"({"a":{"b":2}})",
                             R"({"a":{"b":2},"a":{"c":3}})",
                             R"({"a":{"c":3},"a":{"b":4}})",
                             R"({"b":{"a":{"b":1}}})",
                             R"([{"a":1}])",
                             R"({"\u0061":{"b":"x"}})",
                             R"({"a":{"b":2},"a":5})",
                             R"({"a":{"b":[1]},"x":{"a":{"b":7}}})",
                             R"({"a":{"b":{"b":1}}})",
                             "1",
                             "null",
                             "{}",
                             R"({"a":{"b":1,"b":"z"}})"};
  for (const char* text : {"$.a", "$.a.b", "$.a.b.b"}) {
    const JsonPath path = JsonPath::Compile(text);
    ASSERT_TRUE(path.is_plain());
    for (const char* document : documents) {
      JsonCursor cursor;
      const JsonPlainMatch match = FindPlain(cursor, document, path.keys());
      const std::string expected = Eval(document, text);
      const bool found =
          match.outcome == JsonPlainMatch::Outcome::kFound && match.kind != JsonToken::kNull;
      EXPECT_EQ(found, expected != "E" && expected != "-") << text << " of " << document;
      if (!found || !IsJsonScalar(match.kind)) continue;
      const std::string shown = match.kind == JsonToken::kString
                                    ? "\"" + std::string(match.raw) + "\""
                                    : std::string(match.raw);
      EXPECT_EQ(shown, expected) << text << " of " << document;
    }
  }
  JsonCursor cursor;
  const JsonPath path = JsonPath::Compile("$.a");
  EXPECT_EQ(FindPlain(cursor, R"({"a":1)", path.keys()).outcome,
            JsonPlainMatch::Outcome::kMalformed);
  EXPECT_EQ(FindPlain(cursor, R"({"a":1,"b":tru})", path.keys()).outcome,
            JsonPlainMatch::Outcome::kMalformed);
  EXPECT_EQ(FindPlain(cursor, "", path.keys()).outcome, JsonPlainMatch::Outcome::kMalformed);
  EXPECT_EQ(FindPlain(cursor, R"({"a":1}x)", path.keys()).outcome, JsonPlainMatch::Outcome::kFound);
}

}  // namespace
}  // namespace sluice
