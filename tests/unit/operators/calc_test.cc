#include "operators/calc.h"

#include "operator_testing.h"

namespace sluice {
namespace {

class CalcTest : public OperatorTest {
 protected:
  ExprPtr Call(std::string_view name, std::vector<ExprPtr> args) {
    auto call = MakeCall(*FunctionRegistry::Get().Find(name), std::move(args), session_);
    EXPECT_TRUE(call.ok()) << call.status();
    return *call;
  }
  ExprPtr Number() { return MakeColumn(0, Type::Int()); }
  ExprPtr Literal(int64_t value) { return MakeLiteral(Value::OfInt(value), Type::Int().NotNull()); }
};

TEST_F(CalcTest, FiltersProjectsAndCountsWhatItDrops) {
  auto calc =
      MakeCalc({Call(">", {Number(), Literal(2)}), {Number(), Call("+", {Number(), Literal(10)})}});
  ASSERT_TRUE(calc->Open(context_).ok());
  Batch batch = Columns(
      {Column(Type::Int(), {Value::OfInt(1), Value::OfInt(3), Value::Null(), Value::OfInt(4)})});
  batch.row_kinds = std::shared_ptr<RowKind[]>(
      new RowKind[4]{RowKind::kInsert, RowKind::kDelete, RowKind::kInsert, RowKind::kUpdateAfter});
  batch.oldest_row_us = 77;
  const std::vector<Batch> out = Feed(*calc, std::move(batch));
  ASSERT_EQ(out.size(), 1u);
  ASSERT_EQ(out[0].num_rows, 2);
  EXPECT_EQ(GetValue(out[0].columns[0], 1), Value::OfInt(4));
  EXPECT_EQ(GetValue(out[0].columns[1], 0), Value::OfInt(13));
  EXPECT_EQ(out[0].kind(0), RowKind::kDelete);
  EXPECT_EQ(out[0].kind(1), RowKind::kUpdateAfter);
  EXPECT_EQ(out[0].oldest_row_us, 77);
  EXPECT_EQ(Counted(metric::kRecordsFiltered), 2);
}

TEST_F(CalcTest, EmitsNothingWhenNothingPasses) {
  auto calc = MakeCalc({Call(">", {Number(), Literal(2)}), {Number()}});
  ASSERT_TRUE(calc->Open(context_).ok());
  EXPECT_TRUE(Feed(*calc, Columns({Column(Type::Int(), {Value::OfInt(1)})})).empty());
}

TEST_F(CalcTest, FailedRowsGoToThePolicyAndTheRestGoesOn) {
  auto calc = MakeCalc({nullptr, {MakeCast(MakeColumn(0, Type::String()), Type::Int())}});
  ASSERT_TRUE(calc->Open(context_).ok());
  const std::vector<Batch> out =
      Feed(*calc, Columns({Column(Type::String(),
                                  {Value::OfText("1"), Value::OfText("x"), Value::OfText("3")})}));
  ASSERT_EQ(out.size(), 1u);
  ASSERT_EQ(out[0].num_rows, 2);
  EXPECT_EQ(GetValue(out[0].columns[0], 1), Value::OfInt(3));
  ASSERT_EQ(errors_.errors.size(), 1u);
  EXPECT_EQ(errors_.errors[0].row, 1);
  EXPECT_EQ(Counted(metric::kRecordsFiltered), 0);
}

TEST_F(CalcTest, FailsWhenThePolicySaysSo) {
  auto calc = MakeCalc({nullptr, {MakeCast(MakeColumn(0, Type::String()), Type::Int())}});
  ASSERT_TRUE(calc->Open(context_).ok());
  errors_.answer = absl::InvalidArgumentError("no");
  ASSERT_TRUE(calc->AddInput(0, Columns({Column(Type::String(), {Value::OfText("x")})})).ok());
  SingleOutput out;
  EXPECT_EQ(calc->Advance(out).status(), errors_.answer);
}

}  // namespace
}  // namespace sluice
