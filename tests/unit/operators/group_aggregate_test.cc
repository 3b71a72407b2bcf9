#include "operators/group_aggregate.h"

#include <set>

#include "changelog_testing.h"

namespace sluice {
namespace {

const std::vector<Type> kTypes = {Type::String(), Type::Int(), Type::Boolean()};

AggregateCall CallOf(std::string_view name, std::vector<int32_t> args, Type result) {
  AggregateCall call;
  call.function = AggregateRegistry::Get().Find(name);
  EXPECT_NE(call.function, nullptr) << name;
  for (const int32_t arg : args) call.arg_types.push_back(kTypes[arg]);
  call.args = std::move(args);
  call.result = std::move(result);
  return call;
}
AggregateCall Distinct(AggregateCall call) {
  call.distinct = true;
  return call;
}
AggregateCall Filtered(AggregateCall call, int32_t column) {
  call.filter = column;
  return call;
}
AggregateCall CountAll() { return CallOf("COUNT", {}, Type::BigInt().NotNull()); }
AggregateCall SumOfNumber() { return CallOf("SUM", {1}, Type::Int()); }

GroupAggregateSpec Spec(std::vector<int32_t> keys, std::vector<AggregateCall> calls,
                        bool append_only = false) {
  return {.keys = std::move(keys),
          .calls = std::move(calls),
          .input_types = kTypes,
          .input_is_append_only = append_only};
}

Change Plus(Value key, Value number, Value flag = Int(1)) {
  return {RowKind::kInsert, {std::move(key), std::move(number), std::move(flag)}};
}
Change Minus(Value key, Value number, Value flag = Int(1)) {
  return {RowKind::kDelete, {std::move(key), std::move(number), std::move(flag)}};
}

using Shown = std::vector<std::string>;

TEST(GroupAggregate, EmitsOneChangePerKeyAndBatch) {
  OperatorHarness harness(MakeGroupAggregate(Spec({0}, {CountAll(), SumOfNumber()})));
  EXPECT_EQ(harness.PushAndShow(0, kTypes,
                                {Plus(Str("a"), Int(1)), Plus(kNull, Int(5)),
                                 Plus(Str("a"), Int(2)), Plus(kNull, kNull)}),
            (Shown{"+I 'a', 2, 3", "+I NULL, 2, 5"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Str("a"), Int(4)), Minus(Str("a"), Int(1))}),
            (Shown{"-U 'a', 2, 3", "+U 'a', 2, 6"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(kNull, Int(5)), Minus(kNull, kNull)}),
            (Shown{"-D NULL, 2, 5"}));
}

TEST(GroupAggregate, SaysNothingWhenTheResultIsTheSame) {
  OperatorHarness harness(MakeGroupAggregate(Spec({0}, {SumOfNumber()})));
  harness.Push(0, kTypes, {Plus(Str("a"), Int(1))});
  EXPECT_TRUE(harness.Push(0, kTypes, {Plus(Str("a"), kNull)}).empty());
  EXPECT_TRUE(harness.Push(0, kTypes, {Plus(Str("b"), Int(1)), Minus(Str("b"), Int(1))}).empty());
}

TEST(GroupAggregate, LeavesOutUpdateBefore) {
  GroupAggregateSpec spec = Spec({0}, {CountAll()});
  spec.emit_update_before = false;
  OperatorHarness harness(MakeGroupAggregate(spec));
  harness.Push(0, kTypes, {Plus(Str("a"), Int(1))});
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Str("a"), Int(1))}), (Shown{"+U 'a', 2"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Str("a"), Int(1)), Minus(Str("a"), Int(1))}),
            (Shown{"-D 'a', 2"}));
}

TEST(GroupAggregate, GlobalGroupLivesAsLongAsItHasRows) {
  OperatorHarness harness(MakeGroupAggregate(Spec({}, {CountAll(), SumOfNumber()})));
  EXPECT_TRUE(harness.Push(0, kTypes, {Minus(Str("a"), Int(1))}).empty());
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Str("a"), kNull)}), (Shown{"+I 1, NULL"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Str("a"), kNull)}), (Shown{"-D 1, NULL"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Str("a"), Int(7))}), (Shown{"+I 1, 7"}));
}

TEST(GroupAggregate, SelectDistinctEmitsEachKeyOnce) {
  OperatorHarness harness(MakeGroupAggregate(Spec({0, 1}, {}, true)));
  EXPECT_EQ(harness.PushAndShow(
                0, kTypes, {Plus(Str("a"), kNull), Plus(Str("a"), kNull), Plus(kNull, Int(1))}),
            (Shown{"+I 'a', NULL", "+I NULL, 1"}));
  EXPECT_TRUE(harness.Push(0, kTypes, {Plus(Str("a"), kNull)}).empty());
}

TEST(GroupAggregate, StartsAfreshAfterTheLastRowOfAGroupWithinABatch) {
  // 1e17 + 1 - 1e17 is 0 or 1 depending on whether the sum began anew.
  const std::vector<Type> types = {Type::Int(), Type::Double()};
  AggregateCall sum = CallOf("SUM", {}, Type::Double());
  sum.args = {1};
  sum.arg_types = {types[1]};
  OperatorHarness harness(MakeGroupAggregate(
      {.keys = {0}, .calls = {sum}, .input_types = types, .input_is_append_only = false}));
  const Row large = {Int(1), Value::OfDouble(1e17)};
  const Row small = {Int(1), Value::OfDouble(1.0)};
  EXPECT_EQ(harness.PushAndShow(0, types,
                                {{RowKind::kInsert, large},
                                 {RowKind::kInsert, small},
                                 {RowKind::kDelete, large},
                                 {RowKind::kDelete, small},
                                 {RowKind::kInsert, small}}),
            (Shown{"+I 1, 1.000000"}));
}

TEST(GroupAggregate, DistinctSharesNothingBetweenFilters) {
  OperatorHarness harness(MakeGroupAggregate(
      Spec({}, {Distinct(CallOf("COUNT", {1}, Type::BigInt().NotNull())),
                Filtered(Distinct(CallOf("COUNT", {1}, Type::BigInt().NotNull())), 2)})));
  EXPECT_EQ(harness.PushAndShow(0, kTypes,
                                {Plus(kNull, Int(1), Int(0)), Plus(kNull, Int(1), kNull),
                                 Plus(kNull, Int(2), Int(1))}),
            (Shown{"+I 2, 1"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(kNull, Int(1), kNull)}), Shown{});
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(kNull, Int(1), Int(0))}),
            (Shown{"-U 2, 1", "+U 1, 1"}));
}

TEST(GroupAggregate, SplitsWhatDoesNotFitIntoOneBatch) {
  OperatorHarness harness(MakeGroupAggregate(Spec({1}, {CountAll()})));
  std::vector<Change> changes;
  for (int i = 0; i < kMaxBatchRows; ++i) changes.push_back(Plus(kNull, Int(i)));
  EXPECT_EQ(harness.Push(0, kTypes, changes).size(), size_t{kMaxBatchRows});
  EXPECT_EQ(harness.Push(0, kTypes, changes).size(), size_t{2 * kMaxBatchRows});
}

// The results of one group, computed from its rows.
Row AggregateOf(const std::vector<Row>& rows) {
  std::set<int64_t> distinct;
  std::set<int64_t> numbers_of_true;
  int64_t sum = 0;
  for (const Row& row : rows) {
    if (row[1].is_null()) continue;
    distinct.insert(row[1].as_int());
    sum += row[1].as_int();
    if (row[2] == Int(1)) numbers_of_true.insert(row[1].as_int());
  }
  Row result = {Int(static_cast<int64_t>(rows.size()))};
  result.push_back(distinct.empty() ? kNull : Int(sum));
  result.push_back(Int(static_cast<int64_t>(distinct.size())));
  result.push_back(distinct.empty() ? kNull : Int(*distinct.begin()));
  result.push_back(numbers_of_true.empty() ? kNull : Int(*numbers_of_true.rbegin()));
  return result;
}

Materialized Recompute(const LiveRowsModel& live, bool keyed) {
  std::map<std::string, std::vector<Row>> groups;
  for (const Row& row : live.rows()) groups[keyed ? Show(row[0]) : ""].push_back(row);
  Materialized expected;
  for (const auto& [key, rows] : groups) {
    Row result = AggregateOf(rows);
    if (keyed) result.insert(result.begin(), rows[0][0]);
    expected.Add(result);
  }
  return expected;
}

void ExpectOneChangePerKey(const std::vector<Change>& changes) {
  std::map<std::string, std::string> kinds;
  for (const Change& change : changes) kinds[Show(change.row[0])] += RowKindName(change.kind);
  for (const auto& [key, sequence] : kinds) {
    EXPECT_TRUE(sequence == "+I" || sequence == "-D" || sequence == "-U+U") << key << sequence;
  }
}

void CheckAgainstRecomputation(uint32_t seed, size_t batch_size, bool keyed, bool append_only) {
  std::mt19937 random(seed);
  const auto changes = RandomChangelog::Make(random, NumChangesFor(batch_size), append_only, [&] {
    const std::string key = "a key that is long enough " + std::to_string(random() % 40);
    return Row{random() % 20 == 0 ? kNull : Str(random() % 2 == 0 ? key : key.substr(26)),
               random() % 5 == 0 ? kNull : Int(static_cast<int64_t>(random() % 9)),
               random() % 4 == 0 ? kNull : Int(random() % 2)};
  });
  const Type count = Type::BigInt().NotNull();
  OperatorHarness harness(MakeGroupAggregate(
      Spec(keyed ? std::vector<int32_t>{0} : std::vector<int32_t>{},
           {CountAll(), SumOfNumber(), Distinct(CallOf("COUNT", {1}, count)),
            CallOf("MIN", {1}, Type::Int()), Filtered(CallOf("MAX", {1}, Type::Int()), 2)},
           append_only)));
  LiveRowsModel live;
  Materialized actual;
  ForEachBatch(changes, batch_size, [&](const std::vector<Change>& batch) {
    const std::vector<Change> output = harness.Push(0, kTypes, batch);
    if (keyed) ExpectOneChangePerKey(output);
    actual.Apply(output);
    for (const Change& change : batch) live.Apply(change);
    ASSERT_EQ(actual.counts(), Recompute(live, keyed).counts());
  });
}

TEST(GroupAggregate, EqualsRecomputation) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    for (const size_t batch_size : kBatchSizes) {
      for (const bool keyed : {true, false}) {
        for (const bool append_only : {true, false}) {
          SCOPED_TRACE(testing::Message() << "seed " << seed << " batch " << batch_size << " keyed "
                                          << keyed << " append only " << append_only);
          CheckAgainstRecomputation(seed, batch_size, keyed, append_only);
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice
