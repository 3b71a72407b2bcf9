#include "operators/top_n.h"

#include <cmath>

#include "changelog_testing.h"
#include "operators/sort_key.h"

namespace sluice {
namespace {

using Shown = std::vector<std::string>;

const std::vector<Type> kTypes = {Type::Int(), Type::String()};

Change Plus(Value number, Value text) { return {RowKind::kInsert, {number, text}}; }
Change Minus(Value number, Value text) { return {RowKind::kDelete, {number, text}}; }

TopNSpec Spec(std::vector<SortColumn> order, int64_t offset, int64_t limit, bool append_only) {
  return {.order = std::move(order),
          .offset = offset,
          .limit = limit,
          .input_types = kTypes,
          .input_is_append_only = append_only};
}

TEST(TopN, RowsEnterAndLeave) {
  OperatorHarness harness(MakeTopN(Spec({{.column = 0}}, 0, 2, true)));
  EXPECT_EQ(
      harness.PushAndShow(0, kTypes,
                          {Plus(Int(5), Str("e")), Plus(Int(3), Str("c")), Plus(Int(4), Str("d"))}),
      (Shown{"+I 3, 'c'", "+I 4, 'd'"}));
  EXPECT_TRUE(harness.Push(0, kTypes, {Plus(Int(4), Str("late"))}).empty());
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(kNull, Str("n"))}),
            (Shown{"-D 4, 'd'", "+I NULL, 'n'"}));
}

TEST(TopN, WhatStoodBehindComesBack) {
  OperatorHarness harness(MakeTopN(Spec({{.column = 0, .descending = true}}, 1, 1, false)));
  EXPECT_EQ(
      harness.PushAndShow(0, kTypes,
                          {Plus(Int(1), Str("a")), Plus(Int(2), Str("b")), Plus(Int(3), Str("c"))}),
      (Shown{"+I 2, 'b'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(3), Str("c"))}),
            (Shown{"-U 2, 'b'", "+U 1, 'a'"}));
  EXPECT_TRUE(harness.Push(0, kTypes, {Minus(Int(9), Str("unknown"))}).empty());
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(2), Str("b"))}), (Shown{"-D 1, 'a'"}));
}

TEST(TopN, WithoutOrderTheFirstRowsStay) {
  OperatorHarness harness(MakeTopN(Spec({}, 0, 2, true)));
  EXPECT_EQ(harness.PushAndShow(0, kTypes,
                                {Plus(Int(9), kNull), Plus(Int(8), kNull), Plus(Int(1), kNull)}),
            (Shown{"+I 9, NULL", "+I 8, NULL"}));
  EXPECT_TRUE(harness.Push(0, kTypes, {Plus(Int(0), kNull)}).empty());
}

TEST(TopN, EachPartitionHasItsOwn) {
  TopNSpec spec = Spec({{.column = 0}}, 0, 1, true);
  spec.partition = {1};
  OperatorHarness harness(MakeTopN(spec));
  EXPECT_EQ(harness.PushAndShow(
                0, kTypes, {Plus(Int(5), Str("a")), Plus(Int(3), kNull), Plus(Int(4), Str("a"))}),
            (Shown{"+I 4, 'a'", "+I 3, NULL"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(2), kNull), Plus(Int(9), Str("a"))}),
            (Shown{"-U 3, NULL", "+U 2, NULL"}));
}

TEST(TopN, RanksMove) {
  TopNSpec spec = Spec({{.column = 0}}, 1, 2, false);
  spec.with_rank = true;
  OperatorHarness harness(MakeTopN(spec));
  EXPECT_EQ(harness.PushAndShow(0, kTypes,
                                {Plus(Int(1), kNull), Plus(Int(4), kNull), Plus(Int(6), kNull)}),
            (Shown{"+I 4, NULL, 2", "+I 6, NULL, 3"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(2), kNull)}),
            (Shown{"-U 4, NULL, 2", "+U 2, NULL, 2", "-U 6, NULL, 3", "+U 4, NULL, 3"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), kNull), Minus(Int(6), kNull)}),
            (Shown{"-U 2, NULL, 2", "+U 4, NULL, 2", "-D 4, NULL, 3"}));
}

TEST(TopN, TheLatestOfEqualRowsIsFirst) {
  TopNSpec spec = Spec({{.column = 0}}, 0, 1, true);
  spec.latest_first = true;
  OperatorHarness harness(MakeTopN(spec));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(5), Str("a")), Plus(Int(5), Str("b"))}),
            (Shown{"+I 5, 'b'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(6), Str("c")), Plus(Int(5), Str("d"))}),
            (Shown{"-U 5, 'b'", "+U 5, 'd'"}));
}

TEST(TopN, LimitZeroIsEmpty) {
  OperatorHarness harness(MakeTopN(Spec({{.column = 0}}, 0, 0, false)));
  EXPECT_TRUE(harness.Push(0, kTypes, {Plus(Int(9), kNull), Minus(Int(9), kNull)}).empty());
}

int Compare(const Value& a, const Value& b) {
  if (std::holds_alternative<int64_t>(a.variant())) {
    return a.as_int() < b.as_int() ? -1 : a.as_int() > b.as_int();
  }
  return a.as_text().compare(b.as_text());
}

bool SortsBefore(const Row& a, const Row& b, const std::vector<SortColumn>& order) {
  for (const SortColumn& by : order) {
    const Value& x = a[by.column];
    const Value& y = b[by.column];
    if (x.is_null() != y.is_null()) return x.is_null() != by.nulls_last;
    if (x.is_null() || Compare(x, y) == 0) continue;
    return (Compare(x, y) < 0) != by.descending;
  }
  return false;
}

Materialized Recompute(const LiveRowsModel& live, const TopNSpec& spec) {
  std::vector<Row> rows = live.rows();
  if (spec.latest_first) std::reverse(rows.begin(), rows.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return SortsBefore(a, b, spec.order); });
  std::map<std::string, int64_t> ranks;  // by partition
  Materialized expected;
  for (Row& row : rows) {
    std::string partition;
    for (const int32_t column : spec.partition) partition += Show(row[column]);
    const int64_t rank = ++ranks[partition];
    if (rank <= spec.offset || rank > spec.offset + spec.limit) continue;
    if (spec.with_rank) row.push_back(Int(rank));
    expected.Add(row);
  }
  return expected;
}

void CheckAgainstRecomputation(const TopNSpec& spec, uint32_t seed, size_t batch_size) {
  std::mt19937 random(seed);
  const int size = NumChangesFor(batch_size);
  const auto changes = RandomChangelog::Make(random, size, spec.input_is_append_only, [&] {
    const std::string text(random() % 20, static_cast<char>('a' + random() % 3));
    return Row{random() % 8 == 0 ? kNull : Int(static_cast<int64_t>(random() % 200) - 100),
               random() % 8 == 0 ? kNull : Str(text)};
  });
  OperatorHarness harness(MakeTopN(spec));
  LiveRowsModel live;
  Materialized actual;
  ForEachBatch(changes, batch_size, [&](const std::vector<Change>& batch) {
    actual.Apply(harness.Push(0, kTypes, batch));
    for (const Change& change : batch) live.Apply(change);
    ASSERT_EQ(actual.counts(), Recompute(live, spec).counts());
  });
}

TEST(TopN, EqualsRecomputation) {
  const std::vector<std::vector<SortColumn>> orders = {
      {},
      {{.column = 0}},
      {{.column = 0, .descending = true, .nulls_last = true}, {.column = 1}},
      {{.column = 1, .descending = true}, {.column = 0, .nulls_last = true}}};
  uint32_t seed = 0;
  for (const auto& order : orders) {
    for (const int64_t offset : {0, 4}) {
      for (const int64_t limit : {1, 10, 5000}) {
        for (const bool append_only : {true, false}) {
          for (const size_t batch_size : kBatchSizes) {
            SCOPED_TRACE(testing::Message() << "case " << seed);
            CheckAgainstRecomputation(Spec(order, offset, limit, append_only), ++seed, batch_size);
          }
          TopNSpec spec = Spec(order, offset, limit, append_only);
          spec.partition = {1};
          for (const bool with_rank : {false, true}) {
            spec.with_rank = with_rank;
            spec.latest_first = seed % 2 == 0;
            SCOPED_TRACE(testing::Message() << "partitions, case " << seed);
            const size_t batch_size = kBatchSizes[seed % 3];
            CheckAgainstRecomputation(spec, ++seed, batch_size);
          }
        }
      }
    }
  }
}

// Sorted by the keys, the values must come back in the order given.
void ExpectAscending(const Type& type, const std::vector<Value>& values) {
  VectorBuilder builder(type, static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) SetValue(builder, static_cast<int32_t>(i), values[i]);
  const std::vector<Vector> columns = {builder.Finish()};
  for (const bool descending : {false, true}) {
    const SortColumn order = {.descending = descending, .nulls_last = descending};
    EncodedRows keys;
    EncodeSortKeys(columns, {&order, 1}, static_cast<int32_t>(values.size()), keys);
    for (int32_t i = 0; i + 1 < keys.num_rows(); ++i) {
      EXPECT_EQ(keys.row(i) < keys.row(i + 1), !descending) << type.ToString() << " " << i;
      EXPECT_NE(keys.row(i), keys.row(i + 1)) << type.ToString() << " " << i;
    }
  }
}

TEST(SortKey, OrdersEveryType) {
  ExpectAscending(Type::Boolean(), {kNull, Int(0), Int(1)});
  ExpectAscending(Type::TinyInt(), {kNull, Int(-128), Int(-1), Int(0), Int(127)});
  ExpectAscending(Type::SmallInt(), {Int(-32768), Int(-1), Int(0), Int(256), Int(32767)});
  ExpectAscending(Type::Int(), {kNull, Int(INT32_MIN), Int(-1), Int(0), Int(INT32_MAX)});
  ExpectAscending(Type::BigInt(), {kNull, Int(INT64_MIN), Int(-1), Int(0), Int(INT64_MAX)});
  const Int128 large = Int128{1} << 100;
  ExpectAscending(Type::Decimal(38, 2),
                  {kNull, Value::OfInt128(-large), Value::OfInt128(-1), Value::OfInt128(large)});
  for (const Type& type : {Type::Float(), Type::Double()}) {
    const double infinity = INFINITY;
    ExpectAscending(type, {kNull, Value::OfDouble(-infinity), Value::OfDouble(-1.5),
                           Value::OfDouble(-1e-40), Value::OfDouble(-0.0), Value::OfDouble(1e-40),
                           Value::OfDouble(2), Value::OfDouble(infinity), Value::OfDouble(NAN)});
  }
  ExpectAscending(Type::String(),
                  {kNull, Str(""), Str(std::string(1, '\0')), Str(std::string("\0a", 2)), Str("a"),
                   Str(std::string("a\0", 2)), Str("aa"), Str("b"), Str("\xef\xbf\xbf"),
                   Str("\xf0\x9f\x98\x80"), Str("\xff")});
  ExpectAscending(Type::TimestampType(9),
                  {kNull, Value::OfTimestamp({-5, 0}), Value::OfTimestamp({-5, 999999}),
                   Value::OfTimestamp({0, 0}), Value::OfTimestamp({0, 1})});
  ExpectAscending(Type::Array(Type::Int()),
                  {kNull, Value::OfList({}), Value::OfList({kNull}), Value::OfList({Int(-1)}),
                   Value::OfList({Int(-1), Int(0)}), Value::OfList({Int(0)})});
}

TEST(SortKey, ZerosAreEqual) {
  VectorBuilder builder(Type::Double(), 2);
  builder.values<double>()[0] = 0.0;
  builder.values<double>()[1] = -0.0;
  const std::vector<Vector> columns = {builder.Finish()};
  const SortColumn order;
  EncodedRows keys;
  EncodeSortKeys(columns, {&order, 1}, 2, keys);
  EXPECT_EQ(keys.row(0), keys.row(1));
}

}  // namespace
}  // namespace sluice
