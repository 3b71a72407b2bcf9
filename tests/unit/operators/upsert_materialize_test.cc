#include "operators/upsert_materialize.h"

#include "changelog_testing.h"

namespace sluice {
namespace {

using Shown = std::vector<std::string>;

const std::vector<Type> kTypes = {Type::Int(), Type::String()};

std::unique_ptr<Operator> Make() {
  return MakeUpsertMaterialize({.key = {0}, .input_types = kTypes});
}
Change Plus(Value key, Value text) { return {RowKind::kInsert, {key, text}}; }
Change Minus(Value key, Value text) { return {RowKind::kDelete, {key, text}}; }

TEST(UpsertMaterialize, EmitsTheLastLiveRow) {
  OperatorHarness harness(Make());
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(1), Str("a"))}), (Shown{"+I 1, 'a'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(1), Str("b"))}), (Shown{"+U 1, 'b'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(1), Str("c"))}), (Shown{"+U 1, 'c'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), Str("b"))}), Shown{});
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), Str("c"))}), (Shown{"+U 1, 'a'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), Str("unknown"))}), Shown{});
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), Str("a"))}), (Shown{"-D 1, 'a'"}));
}

TEST(UpsertMaterialize, OneChangePerKeyAndBatch) {
  OperatorHarness harness(Make());
  EXPECT_EQ(
      harness.PushAndShow(0, kTypes,
                          {Plus(Int(1), Str("a")), Plus(Int(2), Str("x")), Plus(Int(1), Str("b")),
                           Plus(Int(3), kNull), Minus(Int(3), kNull)}),
      (Shown{"+I 1, 'b'", "+I 2, 'x'"}));
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Plus(Int(1), Str("b")), Minus(Int(1), Str("b"))}),
            Shown{});
}

// Of equal rows the oldest goes, so [a, b, a] without an "a" ends in "a".
TEST(UpsertMaterialize, RetractsTheOldestOfEqualRows) {
  OperatorHarness harness(Make());
  harness.Push(0, kTypes, {Plus(Int(1), Str("a")), Plus(Int(1), Str("b")), Plus(Int(1), Str("a"))});
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), Str("a"))}), Shown{});
  EXPECT_EQ(harness.PushAndShow(0, kTypes, {Minus(Int(1), Str("a"))}), (Shown{"+U 1, 'b'"}));
}

// Keeps one row per key, as a store with a primary key does.
void Upsert(const std::vector<Change>& changes, std::map<std::string, std::string>* store) {
  for (const Change& change : changes) {
    const std::string key = Show(change.row[0]);
    EXPECT_NE(change.kind, RowKind::kUpdateBefore);
    EXPECT_EQ(change.kind == RowKind::kInsert, store->count(key) == 0) << Show(change);
    if (change.kind == RowKind::kDelete) {
      EXPECT_EQ((*store)[key], Show(change.row));
      store->erase(key);
    } else {
      (*store)[key] = Show(change.row);
    }
  }
}

TEST(UpsertMaterialize, StoreEqualsRecomputation) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    for (const size_t batch_size : kBatchSizes) {
      std::mt19937 random(seed);
      const auto changes = RandomChangelog::Make(random, NumChangesFor(batch_size), false, [&] {
        return Row{random() % 10 == 0 ? kNull : Int(random() % 8),
                   random() % 10 == 0 ? kNull : Str(std::string(20, 'a' + random() % 4))};
      });
      OperatorHarness harness(Make());
      LiveRowsModel live;
      std::map<std::string, std::string> store;
      ForEachBatch(changes, batch_size, [&](const std::vector<Change>& batch) {
        Upsert(harness.Push(0, kTypes, batch), &store);
        std::map<std::string, std::string> expected;
        for (const Change& change : batch) live.Apply(change);
        for (const Row& row : live.rows()) expected[Show(row[0])] = Show(row);
        ASSERT_EQ(store, expected) << "seed " << seed << " batch " << batch_size;
      });
    }
  }
}

}  // namespace
}  // namespace sluice
