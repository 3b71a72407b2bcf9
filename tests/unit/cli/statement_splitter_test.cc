#include "cli/statement_splitter.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<std::string> Split(std::string text) {
  std::vector<std::string> statements;
  while (auto statement = TakeStatement(&text)) statements.push_back(*statement);
  statements.push_back(text);  // what is left
  return statements;
}

using Strings = std::vector<std::string>;

TEST(StatementSplitterTest, OneAfterTheOther) {
  EXPECT_EQ(Split("SELECT 1;\n SELECT 2; SEL"), (Strings{"SELECT 1;", "SELECT 2;", " SEL"}));
}

TEST(StatementSplitterTest, SemicolonsInTextsNamesAndComments) {
  EXPECT_EQ(Split("SELECT ';', `a;b` -- ;\n /* ; */ FROM t;"),
            (Strings{"SELECT ';', `a;b` -- ;\n /* ; */ FROM t;", ""}));
  EXPECT_EQ(Split("SELECT 'open;"), (Strings{"SELECT 'open;"}));
  EXPECT_EQ(Split("SELECT /* open;"), (Strings{"SELECT /* open;"}));
}

TEST(StatementSplitterTest, StatementSetEndsWithItsEnd) {
  const std::string set =
      "execute statement set begin INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; end;";
  EXPECT_EQ(Split(set + "SELECT 3;"), (Strings{set, "SELECT 3;", ""}));
  EXPECT_EQ(Split("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;").size(), 1U);
}

TEST(StatementSplitterTest, BrokenTextIsNotWaitedFor) {
  EXPECT_EQ(Split("SELECT \xFF"), (Strings{"SELECT \xFF", ""}));
}

TEST(StatementSplitterTest, BlankSql) {
  EXPECT_TRUE(IsBlankSql(" \n-- a comment\n/* another */;"));
  EXPECT_FALSE(IsBlankSql("SELECT"));
}

}  // namespace
}  // namespace sluice
