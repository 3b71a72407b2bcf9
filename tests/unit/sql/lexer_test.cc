// Tokens, and what string and name tokens stand for.
#include "sql/lexer.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<TokenKind> Kinds(std::string_view text) {
  std::vector<TokenKind> kinds;
  for (const Token& token : Tokenize(text)) kinds.push_back(token.kind);
  return kinds;
}

std::optional<std::string> FirstString(std::string_view text) {
  return StringOfToken(text, Tokenize(text)[0]);
}

using K = TokenKind;

TEST(LexerTest, KeywordsAreFoundInAnyCase) {
  std::vector<Token> tokens = Tokenize("select Select SELECT selects");
  EXPECT_EQ(tokens[0].keyword, Keyword::kSelect);
  EXPECT_EQ(tokens[1].keyword, Keyword::kSelect);
  EXPECT_EQ(tokens[2].keyword, Keyword::kSelect);
  EXPECT_EQ(tokens[3].keyword, Keyword::kOther);
}

TEST(LexerTest, NamesMayBeChinese) {
  std::string_view text = "错题 `a``b`";
  std::vector<Token> tokens = Tokenize(text);
  ASSERT_EQ(tokens.size(), 3u);
  EXPECT_EQ(NameOfToken(text, tokens[0]), "错题");
  EXPECT_EQ(NameOfToken(text, tokens[1]), "a`b");
}

TEST(LexerTest, CommentsVanishAndHintsStay) {
  EXPECT_EQ(Kinds("a -- b\n c /* d ' */ // e"), (std::vector<K>{K::kWord, K::kWord, K::kEnd}));
  EXPECT_EQ(Kinds("/*+ a */"), (std::vector<K>{K::kHintStart, K::kWord, K::kHintEnd, K::kEnd}));
}

TEST(LexerTest, NumbersKeepTheirForm) {
  EXPECT_EQ(Kinds("1 1. .5 1.5 1e3 1.5E-3"),
            (std::vector<K>{K::kNumber, K::kNumber, K::kNumber, K::kNumber, K::kApproxNumber,
                            K::kApproxNumber, K::kEnd}));
}

TEST(LexerTest, StringsAreUnescaped) {
  EXPECT_EQ(FirstString("'it''s'"), "it's");
  EXPECT_EQ(FirstString("''"), "");
  EXPECT_EQ(FirstString("X'4a4B'"), "JK");
  EXPECT_EQ(FirstString("X'4'"), std::nullopt);
  EXPECT_EQ(FirstString("U&'\\4e2d\\6587'"), "中文");
  EXPECT_EQ(FirstString("U&'\\D83D\\DE00'"), "😀");
  EXPECT_EQ(FirstString("U&'\\D83D'"), std::nullopt);
}

TEST(LexerTest, OpenQuotesAndCommentsAreErrors) {
  for (std::string_view text : {"'abc", "`abc", "/* abc", "X'ab"}) {
    std::vector<Token> tokens = Tokenize(text);
    ASSERT_EQ(tokens.size(), 2u) << text;
    EXPECT_EQ(tokens[0].error, ErrorCode::kUnterminated) << text;
  }
  EXPECT_EQ(Tokenize("\"a\"")[0].error, ErrorCode::kUnquotedString);
  EXPECT_EQ(Tokenize("#")[0].error, ErrorCode::kUnknownCharacter);
}

TEST(LexerTest, ParenthesesAreMatchedWithinAStatement) {
  std::vector<Token> tokens = Tokenize("(a (b)) ; ( )");
  EXPECT_EQ(tokens[0].match, 5);
  EXPECT_EQ(tokens[2].match, 4);
  EXPECT_EQ(Tokenize("( ; )")[0].match, -1);
}

TEST(LexerTest, EncodingErrorsAreFound) {
  EXPECT_EQ(FindEncodingError("错题"), std::nullopt);
  EXPECT_EQ(FindEncodingError("ab\xFF")->offset, 2);
  EXPECT_EQ(FindEncodingError(std::string_view("a\0b", 3))->offset, 1);
}

TEST(KeywordTest, ReservedWordsDependOnTheRelease) {
  EXPECT_TRUE(IsReserved(Keyword::kModel, FlinkVersion::k1_20));
  EXPECT_FALSE(IsReserved(Keyword::kModel, FlinkVersion::k2_3));
  EXPECT_FALSE(IsReserved(Keyword::kQualify, FlinkVersion::k1_20));
  EXPECT_TRUE(IsReserved(Keyword::kQualify, FlinkVersion::k2_3));
  EXPECT_FALSE(IsReserved(FindKeyword("domain"), FlinkVersion::k1_20));
}

}  // namespace
}  // namespace sluice
