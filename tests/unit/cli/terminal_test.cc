#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(TerminalTest, DisplayWidth) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("数学"), 4);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);  // an accent of its own
  EXPECT_EQ(DisplayWidth("😀"), 2);
  EXPECT_EQ(DisplayWidth("👍🏽"), 2);            // with a skin tone
  EXPECT_EQ(DisplayWidth("👨‍👩‍👧"), 2);  // joined
  EXPECT_EQ(DisplayWidth("🇨🇳🇩🇪"), 4);                // two flags
  EXPECT_EQ(DisplayWidth("❤️"), 2);              // a symbol in emoji style
  EXPECT_EQ(DisplayWidth("\xFF"), 1);
}

TEST(TerminalTest, CutToWidth) {
  EXPECT_EQ(CutToWidth("abc", 3), "abc");
  EXPECT_EQ(CutToWidth("abcd", 3), "ab…");
  EXPECT_EQ(CutToWidth("数学物理", 5), "数学…");
  EXPECT_EQ(CutToWidth("数学物理", 4), "数…");
}

TEST(TerminalTest, Numbers) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1234567), "1,234,567");
  EXPECT_EQ(FormatCount(-1000), "-1,000");
  EXPECT_EQ(FormatBytes(9999), "9999 B");
  EXPECT_EQ(FormatBytes(70'254'592), "70 MB");
  EXPECT_EQ(FormatSeconds(0.042), "42 ms");
  EXPECT_EQ(FormatSeconds(4.24), "4.2 s");
  EXPECT_EQ(FormatSeconds(187), "3 min 07 s");
  EXPECT_EQ(FormatSeconds(7500), "2 h 05 min");
}

}  // namespace
}  // namespace sluice
