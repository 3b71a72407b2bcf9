#include "operators/unnest.h"

#include "changelog_testing.h"

namespace sluice {
namespace {

using Shown = std::vector<std::string>;

const std::vector<Type> kTypes = {Type::Int(), Type::Array(Type::Int())};

Value List(Value::List values) { return Value::OfList(std::move(values)); }
Change With(RowKind kind, Value id, Value list) { return {kind, {std::move(id), std::move(list)}}; }

// The identity of each row beside its element: the list itself is left out.
Shown Elements(const std::vector<Change>& changes) {
  Shown shown;
  for (const Change& change : changes) {
    Row row = {change.row[0]};
    row.insert(row.end(), change.row.begin() + 2, change.row.end());
    shown.push_back(Show(Change{change.kind, row}));
  }
  return shown;
}

TEST(Unnest, KindsPassAndRowsWithoutElementsVanish) {
  OperatorHarness harness(MakeUnnest({.column = 1, .element_types = {Type::Int()}}));
  EXPECT_EQ(Elements(harness.Push(
                0, kTypes,
                {With(RowKind::kUpdateBefore, Int(1), List({Int(7), kNull})),
                 With(RowKind::kUpdateAfter, Int(1), List({Int(8)})),
                 With(RowKind::kInsert, Int(2), List({})), With(RowKind::kInsert, Int(3), kNull)})),
            (Shown{"-U 1, 7", "-U 1, NULL", "+U 1, 8"}));
}

TEST(Unnest, LeftKeepsThemBesideNulls) {
  OperatorHarness harness(MakeUnnest({.column = 1,
                                      .left_outer = true,
                                      .with_ordinality = true,
                                      .element_types = {Type::Int(), Type::Int()}}));
  EXPECT_EQ(Elements(harness.Push(
                0, kTypes,
                {With(RowKind::kInsert, Int(1), List({Int(7), Int(9)})),
                 With(RowKind::kDelete, Int(2), List({})), With(RowKind::kInsert, Int(3), kNull)})),
            (Shown{"+I 1, 7, 1", "+I 1, 9, 2", "-D 2, NULL, NULL", "+I 3, NULL, NULL"}));
}

TEST(Unnest, CountsRepeatTheRow) {
  const std::vector<Type> types = {Type::Int(), Type::BigInt()};
  OperatorHarness harness(MakeUnnest({.column = 1, .element_types = {}}));
  EXPECT_EQ(harness.PushAndShow(0, types,
                                {{RowKind::kInsert, {Int(1), Int(2)}},
                                 {RowKind::kInsert, {Int(2), Int(0)}},
                                 {RowKind::kDelete, {Int(3), Int(1)}},
                                 {RowKind::kInsert, {Int(4), Int(-5)}}}),
            (Shown{"+I 1, 2", "+I 1, 2", "-D 3, 1"}));
}

// More rows than a batch holds, of one row and of several.
TEST(Unnest, FanOutIsHandedOutInBatches) {
  OperatorHarness lists(MakeUnnest({.column = 1, .element_types = {Type::Int()}}));
  std::vector<Change> rows;
  int64_t expected = 0;
  for (int i = 0; i < 300; ++i) {
    Value::List values;
    for (int k = 0; k < i % 33; ++k) values.push_back(Int(expected++));
    rows.push_back(With(RowKind::kInsert, Int(i), List(std::move(values))));
  }
  const std::vector<Change> output = lists.Push(0, kTypes, rows);
  ASSERT_EQ(static_cast<int64_t>(output.size()), expected);
  for (int64_t i = 0; i < expected; ++i) ASSERT_EQ(output[i].row[2].as_int(), i);

  const std::vector<Type> types = {Type::Int(), Type::BigInt()};
  OperatorHarness counts(MakeUnnest({.column = 1, .element_types = {}}));
  rows.clear();
  for (const int count : {10000, 0, 1, 4095, 4096, 4097})
    rows.push_back({RowKind::kInsert, {Int(count), Int(count)}});
  EXPECT_EQ(counts.Push(0, types, rows).size(), 22289u);
}

}  // namespace
}  // namespace sluice
