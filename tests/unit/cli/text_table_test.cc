#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(TextTableTest, ColumnsStandBelowEachOther) {
  TextTable table({"id", "name"}, {true, false}, {});
  const TableCells first = {"7", "数学"};
  const TableCells second = {"1234", std::nullopt};
  table.Fit(first);
  table.Fit(second);
  EXPECT_EQ(table.Top() + table.Row(first) + table.Row(second) + table.Bottom(),
            "+------+------+\n"
            "|   id | name |\n"
            "+------+------+\n"
            "|    7 | 数学 |\n"
            "| 1234 | NULL |\n"
            "+------+------+\n");
}

TEST(TextTableTest, CellsStayOnTheirLine) {
  TextTable table({"x"}, {false}, {});
  EXPECT_EQ(table.Row({"a\n\tb\x01"}), "| a\\n\\tb? |\n");
}

TEST(TextTableTest, LongCellsAreCut) {
  TextTable table({"x"}, {false}, {.max_cell_columns = 4});
  table.Fit({"abcdefgh"});
  EXPECT_EQ(table.Row({"abcdefgh"}), "| abc… |\n");
}

TEST(TextTableTest, Color) {
  TextTable table({"x"}, {false}, {.color = true});
  EXPECT_EQ(table.Row({std::nullopt}), "| \033[2mNULL\033[0m |\n");
}

}  // namespace
}  // namespace sluice
