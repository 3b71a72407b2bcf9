#include "json/cursor.h"

#include <gtest/gtest.h>

#include <string>

#include "json/json_text.h"

namespace sluice {
namespace {

// The tokens of a document as a line: {k:s#,…}.
std::string Tokens(std::string_view text, JsonControls controls = JsonControls::kReject) {
  JsonCursor cursor(text, controls);
  std::string line;
  for (;;) {
    switch (cursor.Next()) {
      case JsonToken::kNone: return line;
      case JsonToken::kError: return line + "!";
      case JsonToken::kStartObject: line += '{'; break;
      case JsonToken::kEndObject: line += '}'; break;
      case JsonToken::kStartArray: line += '['; break;
      case JsonToken::kEndArray: line += ']'; break;
      case JsonToken::kFieldName: line += std::string(cursor.raw()) + ":"; break;
      case JsonToken::kString: line += "'" + std::string(cursor.raw()) + "'"; break;
      case JsonToken::kInt: line += "i" + std::string(cursor.raw()); break;
      case JsonToken::kFloat: line += "f" + std::string(cursor.raw()); break;
      case JsonToken::kTrue: line += 'T'; break;
      case JsonToken::kFalse: line += 'F'; break;
      case JsonToken::kNull: line += 'N'; break;
    }
  }
}

TEST(JsonCursorTest, ReadsDocuments) {
  EXPECT_EQ(Tokens(R"({"a":1,"b":[true,false,null],"c":{"d":"x"},"e":-1.5e+3})"),
            "{a:i1b:[TFN]c:{d:'x'}e:f-1.5e+3}");
  EXPECT_EQ(Tokens(" [ ] "), "[]");
  EXPECT_EQ(Tokens("\t{\r\n}"), "{}");
  EXPECT_EQ(Tokens("12"), "i12");
  EXPECT_EQ(Tokens(""), "");
  EXPECT_EQ(Tokens("   "), "");
}

TEST(JsonCursorTest, StopsBehindTheDocument) {
  EXPECT_EQ(Tokens("{}trailing"), "{}");
  EXPECT_EQ(Tokens("{} {"), "{}");
  EXPECT_EQ(Tokens("1 x"), "i1");
  EXPECT_EQ(Tokens("1x"), "!");
}

TEST(JsonCursorTest, RefusesWhatIsNoJson) {
  for (const char* text :
       {"{",       "[1",    "[1,]",    "{\"a\"}",     "{\"a\":}",  "{\"a\":1,}", "{a:1}",
        "{'a':1}", "[1 2]", "]",       "}",           "[}",        "{]",         "nul",
        "nulll",   "tru",   "truex",   "01",          "-",         "-a",         "1.",
        "1.e3",    ".5",    "+1",      "1e",          "1e+",       "NaN",        "Infinity",
        "\"",      "\"a",   "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\\",       "/*c*/1",
        "[,1]",    "{,}"}) {
    EXPECT_EQ(Tokens(text).back(), '!') << text;
  }
}

TEST(JsonCursorTest, ControlsInStrings) {
  EXPECT_EQ(Tokens("\"a\tb\""), "!");
  EXPECT_EQ(Tokens("\"a\tb\"", JsonControls::kAllow), "'a\tb'");
  const std::string nul("\"a\0b\"", 5);
  EXPECT_EQ(Tokens(nul), "!");
  EXPECT_EQ(Tokens(nul, JsonControls::kAllow), std::string("'a\0b'", 5));
}

TEST(JsonCursorTest, SpecialBytesAtEveryPlaceOfAVector) {
  for (size_t length = 0; length < 70; ++length) {
    const std::string plain = "\"" + std::string(length, 'x') + "\"";
    EXPECT_EQ(Tokens(plain).size(), length + 2);
    std::string escaped = plain;
    escaped.insert(1 + length / 2, "\\\"");
    JsonCursor cursor(escaped, JsonControls::kReject);
    EXPECT_EQ(cursor.Next(), JsonToken::kString);
    EXPECT_TRUE(cursor.escaped());
    EXPECT_EQ(cursor.raw().size(), length + 2);
  }
}

TEST(JsonCursorTest, DeepNestingNeedsNoStack) {
  std::string deep(1000000, '[');
  EXPECT_EQ(Tokens(deep).back(), '!');
  deep += std::string(1000000, ']');
  JsonCursor cursor(deep, JsonControls::kReject);
  cursor.Next();
  EXPECT_TRUE(cursor.SkipChildren());
  EXPECT_EQ(cursor.Next(), JsonToken::kNone);
}

TEST(JsonCursorTest, SkipsAndFinishes) {
  JsonCursor cursor(R"({"a":{"b":[1,{"c":2}]},"d":3})", JsonControls::kReject);
  cursor.Next();
  cursor.Next();
  EXPECT_EQ(cursor.Next(), JsonToken::kStartObject);
  EXPECT_TRUE(cursor.SkipChildren());
  EXPECT_EQ(cursor.Next(), JsonToken::kFieldName);
  EXPECT_EQ(cursor.raw(), "d");
  EXPECT_TRUE(cursor.Finish());
  cursor.Reset("{\"a\":[}", JsonControls::kReject);
  cursor.Next();
  EXPECT_FALSE(cursor.Finish());
}

std::string Unescape(std::string_view raw) {
  std::string out(raw.size(), '#');
  out.resize(UnescapeJson(raw, out.data()));
  return out;
}

TEST(JsonTextTest, Unescapes) {
  EXPECT_EQ(Unescape(R"(plain)"), "plain");
  EXPECT_EQ(Unescape(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(Unescape(R"(\u0041\u00e9\u4e2d)"), "Aé中");
  EXPECT_EQ(Unescape(R"(\ud83d\ude00)"), "😀");
  EXPECT_EQ(Unescape(R"(\ud83d)"), "?");
  EXPECT_EQ(Unescape(R"(\ude00\ud83d)"), "??");
  EXPECT_EQ(Unescape(R"(\ud83dx\ude00)"), "?x?");
  EXPECT_EQ(Unescape(R"(\ud83d\ud83d\ude00)"), "?😀");
  EXPECT_EQ(Unescape("0123456789abcdef0123456789\\n0123456789abcdef0123"),
            "0123456789abcdef0123456789\n0123456789abcdef0123");
}

TEST(JsonTextTest, NotesControls) {
  bool controls = false;
  char out[16];
  UnescapeJson(R"(\"\\)", out, &controls);
  EXPECT_FALSE(controls);
  UnescapeJson(R"(\u001f)", out, &controls);
  EXPECT_TRUE(controls);
  UnescapeJson(R"(\u0020)", out, &controls);
  EXPECT_FALSE(controls);
  UnescapeJson(R"(a\tb)", out, &controls);
  EXPECT_TRUE(controls);
}

TEST(JsonTextTest, EscapesAndReadsBack) {
  std::string all;
  for (int c = 0; c < 128; ++c) all.push_back(static_cast<char>(c));
  all += "中😀";
  std::string escaped;
  AppendJacksonEscaped(all, &escaped);
  EXPECT_NE(escaped.find("\\u001F"), std::string::npos);
  EXPECT_NE(escaped.find("\\\"#"), std::string::npos);
  EXPECT_EQ(Unescape(escaped), all);
}

}  // namespace
}  // namespace sluice
