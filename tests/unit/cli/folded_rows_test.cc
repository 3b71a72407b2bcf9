#include "cli/folded_rows.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<std::string> Texts(const std::vector<FoldedRow>& rows) {
  std::vector<std::string> texts;
  for (const FoldedRow& row : rows) texts.push_back(row.row);
  return texts;
}

FoldedRow Row(std::string text, Value sort_value = Value()) {
  return {std::move(text), {std::move(sort_value)}};
}

using Strings = std::vector<std::string>;

TEST(FoldedRowsTest, UpdatedRowKeepsItsPlace) {
  FoldedRows rows;
  rows.Apply(RowKind::kInsert, Row("a1"));
  rows.Apply(RowKind::kInsert, Row("b1"));
  rows.Apply(RowKind::kUpdateBefore, Row("a1"));
  rows.Apply(RowKind::kUpdateAfter, Row("a2"));
  EXPECT_EQ(Texts(rows.Take({})), (Strings{"a2", "b1"}));
}

TEST(FoldedRowsTest, EqualRowsCount) {
  FoldedRows rows;
  for (int i = 0; i < 3; ++i) rows.Apply(RowKind::kInsert, Row("x"));
  rows.Apply(RowKind::kDelete, Row("x"));
  EXPECT_EQ(Texts(rows.Take({})), (Strings{"x", "x"}));
  EXPECT_EQ(rows.num_unknown(), 0);
}

TEST(FoldedRowsTest, TakingBackWhatWasNeverThereIsNoticed) {
  FoldedRows rows;
  rows.Apply(RowKind::kDelete, Row("x"));
  EXPECT_EQ(rows.num_unknown(), 1);
}

TEST(FoldedRowsTest, OrderAscendingAndDescendingWithNulls) {
  const auto folded = [](const SortColumn& order) {
    FoldedRows rows;
    rows.Apply(RowKind::kInsert, Row("two", Value::OfInt(2)));
    rows.Apply(RowKind::kInsert, Row("null"));
    rows.Apply(RowKind::kInsert, Row("ten", Value::OfInt(10)));
    return Texts(rows.Take({order}));
  };
  EXPECT_EQ(folded({}), (Strings{"null", "two", "ten"}));
  EXPECT_EQ(folded({.nulls_last = true}), (Strings{"two", "ten", "null"}));
  EXPECT_EQ(folded({.descending = true, .nulls_last = true}), (Strings{"ten", "two", "null"}));
  EXPECT_EQ(folded({.descending = true}), (Strings{"null", "ten", "two"}));
}

TEST(FoldedRowsTest, EqualSortValuesStayAsTheyCame) {
  FoldedRows rows;
  rows.Apply(RowKind::kInsert, Row("first", Value::OfText("k")));
  rows.Apply(RowKind::kInsert, Row("second", Value::OfText("k")));
  EXPECT_EQ(Texts(rows.Take({SortColumn{}})), (Strings{"first", "second"}));
}

}  // namespace
}  // namespace sluice
