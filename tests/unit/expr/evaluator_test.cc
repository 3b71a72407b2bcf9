// The evaluator: lazy parts see only their rows, common parts are computed once, encodings survive,
// errors name the input's rows.

#include "expr_testing.h"

namespace sluice {
namespace {

const Value kNull;

std::vector<Vector> IntColumns(const std::vector<Value>& a, const std::vector<Value>& b) {
  return {ColumnOf(Type::Int(), a), ColumnOf(Type::Int(), b)};
}

std::vector<Value> Ints(std::initializer_list<int> values) {
  std::vector<Value> result;
  for (int value : values) result.push_back(Value::OfInt(value));
  return result;
}

const ExprPtr kA = MakeColumn(0, Type::Int(), "a");
const ExprPtr kB = MakeColumn(1, Type::Int(), "b");

TEST(Evaluator, CaseComputesOnlyTheBranchThatItTakes) {
  const ExprPtr quotient = Call("/", {Int(10), kA});
  const ExprPtr expr = Case({Call("<>", {kA, Int(0)}), quotient, Int(-1)});
  const auto columns = IntColumns({Value::OfInt(5), Value::OfInt(0), kNull}, Ints({1, 1, 1}));
  EXPECT_EQ(Show(expr, columns, 3), (std::vector<std::string>{"2", "-1", "-1"}));
}

TEST(Evaluator, AndAsksTheRightSideOnlyAboutOpenRows) {
  const ExprPtr risky = Call(">", {Call("/", {Int(10), kA}), Int(1)});
  const ExprPtr expr = MakeAnd({Call("<>", {kA, Int(0)}), risky});
  const auto columns =
      IntColumns({Value::OfInt(5), Value::OfInt(0), kNull, Value::OfInt(20)}, Ints({1, 1, 1, 1}));
  EXPECT_EQ(Show(expr, columns, 4), (std::vector<std::string>{"TRUE", "FALSE", "NULL", "FALSE"}));
  const ExprPtr other = MakeOr({Call("=", {kA, Int(0)}), risky});
  EXPECT_EQ(Show(other, columns, 4), (std::vector<std::string>{"TRUE", "TRUE", "NULL", "FALSE"}));
}

TEST(Evaluator, CoalesceAsksOnlyWhereAllBeforeIsNull) {
  const ExprPtr expr = Coalesce({kA, Call("/", {Int(10), kB}), Int(7)});
  const auto columns = IntColumns({Value::OfInt(1), kNull, kNull, kNull},
                                  {Value::OfInt(0), Value::OfInt(5), kNull, Value::OfInt(0)});
  EXPECT_EQ(Show(expr, columns, 4), (std::vector<std::string>{"1", "2", "7", "error"}));
}

TEST(Evaluator, ErrorsNameRowsOfTheInput) {
  const ExprPtr filter = Call(">", {kB, Int(0)});
  Evaluator evaluator(Program::Compile(filter, {Call("/", {Int(10), kA}), kB}), Session());
  EvalResult result;
  evaluator.Run(IntColumns(Ints({0, 0, 2, 0}), Ints({0, 1, 2, 3})), 4, 0, result);
  ASSERT_EQ(result.num_rows, 3);
  EXPECT_EQ(result.selection[0], 1);
  ASSERT_EQ(result.errors.errors().size(), 2u);
  EXPECT_EQ(result.errors.errors()[0].row, 1);
  EXPECT_EQ(result.errors.errors()[1].row, 3);
  EXPECT_NE(result.errors.errors()[0].detail.find("division by zero"), std::string::npos);
  EXPECT_EQ(GetValue(result.columns[0], 1), Value::OfInt(5));
  EXPECT_EQ(ValuesOf(result.columns[1], 3), Ints({1, 2, 3}));
}

TEST(Evaluator, ARowOnWhichTheFilterFailsDoesNotPass) {
  const ExprPtr risky = Call("=", {Call("/", {Int(10), kA}), Int(5)});
  Evaluator evaluator(Program::Compile(MakeOr({risky, Call("=", {kB, Int(1)})}), {kB}), Session());
  EvalResult result;
  evaluator.Run(IntColumns(Ints({0, 2}), Ints({1, 1})), 2, 0, result);
  ASSERT_EQ(result.num_rows, 1);
  EXPECT_EQ(result.selection[0], 1);
  EXPECT_NE(result.errors.Find(0), nullptr);
}

TEST(Evaluator, FilterPartsNarrowStepByStep) {
  const ExprPtr text = MakeColumn(0, Type::String(), "s");
  const ExprPtr number = MakeCast(text, Type::Int());
  const ExprPtr filter = MakeAnd({Call("<>", {text, Str("x")}), Call(">", {number, Int(1)})});
  Evaluator evaluator(Program::Compile(filter, {number}), Session());
  EvalResult result;
  evaluator.Run({ColumnOf(Type::String(), {Value::OfText("x"), Value::OfText("2"), kNull,
                                           Value::OfText("1"), Value::OfText("30")})},
                5, 0, result);
  EXPECT_TRUE(result.errors.empty());
  ASSERT_EQ(result.num_rows, 2);
  EXPECT_EQ(result.selection[0], 1);
  EXPECT_EQ(result.selection[1], 4);
  EXPECT_EQ(ValuesOf(result.columns[0], 2), Ints({2, 30}));
}

TEST(Evaluator, NothingPasses) {
  Evaluator evaluator(Program::Compile(Call("=", {kA, Int(9)}), {kB, Str("x")}), Session());
  EvalResult result;
  for (int round = 0; round < 2; ++round) {
    evaluator.Run(IntColumns(Ints({1, 2}), Ints({1, 2})), 2, 0, result);
    EXPECT_EQ(result.num_rows, 0);
    EXPECT_EQ(result.columns.size(), 2u);
    EXPECT_EQ(result.columns[0].num_rows(), 0);
  }
}

TEST(Evaluator, EverythingPassesWithoutASelection) {
  Evaluator evaluator(Program::Compile(Call(">", {kA, Int(0)}), {kB}), Session());
  EvalResult result;
  evaluator.Run(IntColumns(Ints({1, 2}), Ints({3, 4})), 2, 0, result);
  EXPECT_EQ(result.num_rows, 2);
  EXPECT_EQ(result.selection, nullptr);
  EXPECT_EQ(result.columns[0].encoding(), Encoding::kFlat);
}

TEST(Evaluator, ConstantsStayConstant) {
  const ExprPtr expr = Call("||", {Str("abc"), Str("a tail that is not inline")});
  Evaluator evaluator(Program::Compile(nullptr, {expr, Call("+", {Int(1), Int(2)})}), Session());
  EvalResult result;
  evaluator.Run({}, 1000, 0, result);
  EXPECT_EQ(result.columns[0].encoding(), Encoding::kConstant);
  EXPECT_EQ(GetValue(result.columns[0], 999), Value::OfText("abca tail that is not inline"));
  EXPECT_EQ(result.columns[1].encoding(), Encoding::kConstant);
  EXPECT_EQ(result.columns[1].num_rows(), 1000);
}

TEST(Evaluator, CaseOfConstantsIsADictionary) {
  const ExprPtr expr = Case({Call("=", {kA, Int(1)}), Str("one"), Call("=", {kA, Int(2)}),
                             Str("two, which is a longer text"), Str("many")});
  Evaluator evaluator(Program::Compile(nullptr, {expr}), Session());
  EvalResult result;
  evaluator.Run(IntColumns(Ints({2, 1, 3, 1}), Ints({0, 0, 0, 0})), 4, 0, result);
  EXPECT_EQ(result.columns[0].encoding(), Encoding::kDictionary);
  EXPECT_EQ(ValuesOf(result.columns[0], 4),
            (std::vector<Value>{Value::OfText("two, which is a longer text"), Value::OfText("one"),
                                Value::OfText("many"), Value::OfText("one")}));
}

TEST(Evaluator, ResultsOutliveTheEvaluatorAndItsNextBatch) {
  Vector kept;
  {
    const ExprPtr text = MakeColumn(0, Type::String(), "s");
    const ExprPtr expr = Case({Call("=", {text, Str("x")}), Str("literal that needs an arena"),
                               Call("||", {text, Str(" and more of it")})});
    Evaluator evaluator(Program::Compile(nullptr, {expr}), Session());
    EvalResult result;
    const auto column = [](const char* text) {
      return ColumnOf(Type::String(), {Value::OfText("x"), Value::OfText(text)});
    };
    evaluator.Run({column("first, pointed to")}, 2, 0, result);
    kept = result.columns[0];
    evaluator.Run({column("second, pointed to")}, 2, 0, result);
  }
  EXPECT_EQ(GetValue(kept, 0), Value::OfText("literal that needs an arena"));
  EXPECT_EQ(GetValue(kept, 1), Value::OfText("first, pointed to and more of it"));
}

TEST(Evaluator, FieldsOfRowsSeeEveryEncoding) {
  const Type type = Type::Row({{"x", Type::Int()}, {"y", Type::String()}});
  const auto row = [](int x, const char* y) {
    return Value::OfList({Value::OfInt(x), Value::OfText(y)});
  };
  const Vector flat = ColumnOf(type, {row(1, "a"), kNull, row(3, "c")});
  const ExprPtr field = MakeField(MakeColumn(0, type, "r"), 0);
  EXPECT_EQ(Show(field, {flat}, 3), (std::vector<std::string>{"1", "NULL", "3"}));
  std::shared_ptr<int32_t[]> order(new int32_t[3]{2, 1, 0});
  EXPECT_EQ(Show(field, {flat.Select(order, 3)}, 3), (std::vector<std::string>{"3", "NULL", "1"}));
  EXPECT_EQ(Show(field, {flat.Repeat(2, 2)}, 2), (std::vector<std::string>{"3", "3"}));
  EXPECT_EQ(Show(field, {flat.Repeat(1, 2)}, 2), (std::vector<std::string>{"NULL", "NULL"}));
}

}  // namespace
}  // namespace sluice
