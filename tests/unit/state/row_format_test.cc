#include "state/row_format.h"

#include <gtest/gtest.h>

#include <random>

#include "types/hash.h"
#include "types/value.h"

namespace sluice {
namespace {

const Value kNull;

Vector ColumnOf(const Type& type, const std::vector<Value>& values) {
  VectorBuilder builder(type, static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) SetValue(builder, static_cast<int32_t>(i), values[i]);
  return builder.Finish();
}

std::vector<const char*> Pointers(const EncodedRows& rows) {
  std::vector<const char*> pointers;
  for (int32_t i = 0; i < rows.num_rows(); ++i) pointers.push_back(rows.row(i).data());
  return pointers;
}

struct Sample {
  Type type;
  Value value;
};

std::vector<Sample> Samples() {
  const auto integer = [](int64_t value) { return Value::OfInt(value); };
  const auto text = [](std::string value) { return Value::OfText(std::move(value)); };
  const Type row = Type::Row({{"a", Type::String()}, {"b", Type::Array(Type::BigInt())}});
  return {
      {Type::Boolean(), integer(1)},
      {Type::TinyInt(), integer(-7)},
      {Type::SmallInt(), integer(-300)},
      {Type::Int(), integer(1 << 30)},
      {Type::BigInt(), integer(INT64_MIN)},
      {Type::Decimal(10, 2), integer(12345)},
      {Type::Decimal(38, 2), Value::OfInt128(-(Int128{1} << 100))},
      {Type::Float(), Value::OfDouble(1.5)},
      {Type::Double(), Value::OfDouble(-2.25)},
      {Type::String(), text("short")},
      {Type::String(), text("a text that does not fit into its view")},
      {Type::String(), text("")},
      {Type::Bytes(), text(std::string("\0\xff\0", 3))},
      {Type::TimestampType(9), Value::OfTimestamp({-1, 999999})},
      {Type::Array(Type::String()), Value::OfList({text("x"), kNull, text("a longer element")})},
      {Type::Array(Type::Int()), Value::OfList({})},
      {Type::Map(Type::String(), Type::Int()),
       Value::OfEntries({{text("k"), integer(1)}, {text("another key, a long one"), kNull}})},
      {row, Value::OfList({text("field"), Value::OfList({integer(1), kNull})})},
      {row, Value::OfList({kNull, kNull})},
  };
}

TEST(RowFormat, GivesBackEveryTypeAndNull) {
  std::vector<Type> types;
  std::vector<Vector> columns;
  const std::vector<Sample> samples = Samples();
  for (const Sample& sample : samples) {
    types.push_back(sample.type);
    columns.push_back(ColumnOf(sample.type, {sample.value, kNull, sample.value}));
  }
  const RowFormat format(types);
  EncodedRows rows;
  format.Encode(columns, 3, rows);
  EXPECT_EQ(rows.row(0), rows.row(2));
  EXPECT_NE(rows.row(0), rows.row(1));
  EXPECT_FALSE(format.HasNulls(rows.row(0).data()));
  EXPECT_TRUE(format.HasNulls(rows.row(1).data()));
  std::vector<const char*> pointers = Pointers(rows);
  pointers.push_back(nullptr);
  for (size_t c = 0; c < samples.size(); ++c) {
    const Vector column = format.DecodeColumn(static_cast<int32_t>(c), pointers);
    EXPECT_EQ(GetValue(column, 0), samples[c].value) << types[c].ToString();
    EXPECT_TRUE(column.IsNull(1)) << types[c].ToString();
    EXPECT_EQ(GetValue(column, 2), samples[c].value) << types[c].ToString();
    EXPECT_TRUE(column.IsNull(3)) << types[c].ToString();
  }
}

TEST(RowFormat, BytesAreEqualExactlyWhereRowsAre) {
  std::mt19937 random(7);
  const std::vector<Type> types = {Type::Int(), Type::String(), Type::Array(Type::String())};
  const auto text = [&] { return Value::OfText(std::string(random() % 3 * 10, 'a')); };
  std::vector<std::vector<Value>> values(types.size());
  constexpr int32_t kRows = 150;
  for (int32_t i = 0; i < kRows; ++i) {
    values[0].push_back(random() % 3 == 0 ? kNull : Value::OfInt(random() % 2));
    values[1].push_back(random() % 3 == 0 ? kNull : text());
    values[2].push_back(random() % 3 == 0 ? kNull : Value::OfList({text(), text()}));
  }
  std::vector<Vector> columns;
  for (size_t c = 0; c < types.size(); ++c) columns.push_back(ColumnOf(types[c], values[c]));
  EncodedRows rows;
  RowFormat(types).Encode(columns, kRows, rows);
  for (int32_t a = 0; a < kRows; ++a) {
    for (int32_t b = 0; b < kRows; ++b) {
      EXPECT_EQ(rows.row(a) == rows.row(b), RowsEqual(columns, a, columns, b)) << a << " " << b;
    }
  }
}

TEST(RowFormat, ReadsEncodedVectors) {
  const Vector flat = ColumnOf(Type::String(), {Value::OfText("x"), kNull, Value::OfText("z")});
  std::shared_ptr<int32_t[]> selection(new int32_t[2]{2, 1});
  const std::vector<Vector> columns = {flat.Select(selection, 2), flat.Repeat(0, 2)};
  const RowFormat format({Type::String(), Type::String()});
  EncodedRows rows;
  format.Encode(columns, 2, rows);
  const Vector first = format.DecodeColumn(0, Pointers(rows));
  EXPECT_EQ(GetValue(first, 0), Value::OfText("z"));
  EXPECT_TRUE(first.IsNull(1));
  EXPECT_EQ(GetValue(format.DecodeColumn(1, Pointers(rows)), 1), Value::OfText("x"));
}

TEST(RowFormat, EqualUnlessNullAsksOnlyWhatIsThere) {
  const RowFormat format({Type::Int(), Type::String()});
  const std::vector<Vector> columns = {
      ColumnOf(Type::Int(), {Value::OfInt(1), Value::OfInt(1), kNull, Value::OfInt(2)}),
      ColumnOf(Type::String(), {Value::OfText("a"), kNull, Value::OfText("b"), kNull})};
  EncodedRows rows;
  format.Encode(columns, 4, rows);
  const auto equal = [&](int a, int b) {
    return format.EqualUnlessNull(rows.row(a).data(), rows.row(b).data());
  };
  EXPECT_TRUE(equal(0, 1));
  EXPECT_TRUE(equal(1, 2));
  EXPECT_FALSE(equal(0, 2));
  EXPECT_FALSE(equal(1, 3));
}

}  // namespace
}  // namespace sluice
