#include "types/hash.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "types/text.h"
#include "types/value.h"

namespace sluice {
namespace {

Vector Make(const Type& type, const std::vector<Value>& values) {
  VectorBuilder builder(type, static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    SetValue(builder, static_cast<int32_t>(i), values[i]);
  }
  return builder.Finish();
}

std::vector<uint64_t> Hashes(const std::vector<Vector>& columns) {
  std::vector<uint64_t> hashes(columns.front().num_rows());
  HashRows(columns, columns.front().num_rows(), hashes.data());
  return hashes;
}

// One column of every layout with a NULL, two equal and one different value.
std::vector<Vector> AllLayouts() {
  const Value null = Value::Null();
  const auto integers = [&](const Type& type) {
    return Make(type, {null, Value::OfInt(5), Value::OfInt(5), Value::OfInt(-6)});
  };
  const auto list = [](std::vector<int64_t> items) {
    Value::List values;
    for (int64_t item : items) values.push_back(Value::OfInt(item));
    return Value::OfList(values);
  };
  const Value entries = Value::OfEntries({{Value::OfText("k"), Value::OfInt(1)}});
  return {
      integers(Type::TinyInt()),
      integers(Type::SmallInt()),
      integers(Type::Int()),
      integers(Type::BigInt()),
      Make(Type::Float(), {null, Value::OfDouble(1.5), Value::OfDouble(1.5), Value::OfDouble(2)}),
      Make(Type::Double(), {null, Value::OfDouble(1.5), Value::OfDouble(1.5), Value::OfDouble(2)}),
      Make(Type::Decimal(38, 2),
           {null, Value::OfInt128(7), Value::OfInt128(7), Value::OfInt128(__int128{1} << 100)}),
      Make(Type::TimestampType(3), {null, Value::OfTimestamp({9, 1}), Value::OfTimestamp({9, 1}),
                                    Value::OfTimestamp({9, 2})}),
      Make(Type::String(), {null, Value::OfText("a text that is not inline"),
                            Value::OfText("a text that is not inline"), Value::OfText("short")}),
      Make(Type::Array(Type::Int()), {null, list({1, 2}), list({1, 2}), list({2, 1})}),
      Make(Type::Map(Type::String(), Type::Int()), {null, entries, entries, Value::OfEntries({})}),
      Make(Type::Row({{"a", Type::Int()}, {"b", Type::Int()}}),
           {null, list({1, 2}), list({1, 2}), list({2, 1})}),
  };
}

TEST(HashTest, EqualValuesHashAlikeInEveryLayoutAndEncoding) {
  for (const Vector& column : AllLayouts()) {
    SCOPED_TRACE(column.type().ToString());
    const std::vector<uint64_t> hashes = Hashes({column});
    EXPECT_EQ(hashes[1], hashes[2]);
    EXPECT_NE(hashes[1], hashes[3]);
    EXPECT_NE(hashes[0], hashes[1]);
    EXPECT_TRUE(ValuesEqual(column, 1, column, 2));
    EXPECT_FALSE(ValuesEqual(column, 1, column, 3));
    EXPECT_FALSE(ValuesEqual(column, 0, column, 1));
    EXPECT_TRUE(ValuesEqual(column, 0, column, 0));
    std::shared_ptr<int32_t[]> rows(new int32_t[3]{3, 0, 2});
    const Vector dictionary = column.Select(rows, 3);
    EXPECT_EQ(Hashes({dictionary}), (std::vector<uint64_t>{hashes[3], hashes[0], hashes[2]}));
    EXPECT_TRUE(ValuesEqual(dictionary, 2, column, 1));
    const Vector constant = column.Repeat(0, 2);
    EXPECT_EQ(Hashes({constant}), (std::vector<uint64_t>{hashes[0], hashes[0]}));
  }
}

TEST(HashTest, FloatsAreEqualByTheirBits) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Vector values = Make(Type::Double(), {Value::OfDouble(0.0), Value::OfDouble(-0.0),
                                              Value::OfDouble(nan), Value::OfDouble(nan)});
  EXPECT_FALSE(ValuesEqual(values, 0, values, 1));
  EXPECT_TRUE(ValuesEqual(values, 2, values, 3));
}

TEST(HashTest, TheOrderOfColumnsCounts) {
  const Vector a = Make(Type::Int(), {Value::OfInt(1)});
  const Vector b = Make(Type::Int(), {Value::OfInt(2)});
  EXPECT_NE(Hashes({a, b}), Hashes({b, a}));
}

TEST(HashTest, StaysTheSameBetweenVersions) {
  // State and its key groups are written to disk: these numbers must never change.
  EXPECT_EQ(Hashes({Make(Type::BigInt(), {Value::OfInt(42)})})[0], 759804385817739613u);
  EXPECT_EQ(Hashes({Make(Type::String(), {Value::OfText("wrongbook_fix, longer than 16")})})[0],
            13076414433663986128u);
}

TEST(HashTest, KeyGroupsAreUsedEvenly) {
  std::vector<int> count(kNumKeyGroups);
  for (int64_t i = 0; i < 128'000; ++i) {
    ++count[KeyGroupOf(Hashes({Make(Type::BigInt(), {Value::OfInt(i)})})[0])];
  }
  for (int n : count) {
    EXPECT_GT(n, 800);
    EXPECT_LT(n, 1200);
  }
}

TEST(HashTest, EveryKeyGroupHasOneOwnerAndOwnersHaveRanges) {
  for (int32_t parallelism : {1, 2, 3, 7, 128}) {
    int32_t last = 0;
    std::set<int32_t> owners;
    for (int32_t group = 0; group < kNumKeyGroups; ++group) {
      const int32_t owner = OwnerOfKeyGroup(group, parallelism);
      EXPECT_GE(owner, last);
      EXPECT_LT(owner, parallelism);
      owners.insert(owner);
      last = owner;
    }
    EXPECT_EQ(static_cast<int32_t>(owners.size()), parallelism);
  }
}

}  // namespace
}  // namespace sluice
