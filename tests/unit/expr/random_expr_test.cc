// Random expressions: a batch evaluated at once, in several encodings, gives what its rows give one
// by one.

#include <random>

#include "expr_testing.h"

namespace sluice {
namespace {

constexpr int32_t kNumRows = 150;

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  int Below(int limit) { return static_cast<int>(random_() % limit); }

  ExprPtr Integer(int depth) {
    if (depth == 0 || Below(5) == 0) {
      return Below(3) == 0 ? Int(Below(7) - 3) : MakeColumn(Below(2), Type::Int());
    }
    switch (Below(8)) {
      case 0: return Call("+", {Integer(depth - 1), Integer(depth - 1)});
      case 1: return Call("*", {Integer(depth - 1), Integer(depth - 1)});
      case 2: return Call("/", {Integer(depth - 1), Integer(depth - 1)});
      case 3: return Call("%", {Integer(depth - 1), Integer(depth - 1)});
      case 4: return MakeCast(Text(depth - 1), Type::Int(), Below(2) == 0);
      case 5:
        return Case({Condition(depth - 1), Integer(depth - 1), Condition(depth - 1),
                     Integer(depth - 1), Integer(depth - 1)});
      case 6: return Coalesce({Integer(depth - 1), Integer(depth - 1), Integer(depth - 1)});
      default: return Case({Condition(depth - 1), Integer(depth - 1)});
    }
  }

  ExprPtr Text(int depth) {
    if (depth == 0 || Below(4) == 0) {
      static const char* const kTexts[] = {"1", "x", "", "a text too long to lie in its view"};
      return Below(3) == 0 ? MakeCast(Str(kTexts[Below(4)]), Type::String())
                           : MakeColumn(2 + Below(2), Type::String());
    }
    switch (Below(5)) {
      case 0: return Call("||", {Text(depth - 1), Text(depth - 1)});
      case 1: return MakeCast(Integer(depth - 1), Type::String());
      case 2: return Case({Condition(depth - 1), Text(depth - 1), Text(depth - 1)});
      case 3: return Coalesce({Text(depth - 1), Text(depth - 1)});
      default: return MakeCast(MakeCast(Text(depth - 1), Type::VarChar(3)), Type::String());
    }
  }

  ExprPtr Condition(int depth) {
    if (depth == 0 || Below(6) == 0) {
      return Below(4) == 0 ? NullOf(Type::Boolean()) : MakeColumn(4, Type::Boolean());
    }
    static const char* const kComparisons[] = {"=", "<>", "<", ">=", "IS DISTINCT FROM"};
    switch (Below(8)) {
      case 0: return MakeAnd({Condition(depth - 1), Condition(depth - 1), Condition(depth - 1)});
      case 1: return MakeOr({Condition(depth - 1), Condition(depth - 1)});
      case 2: return Call("NOT", {Condition(depth - 1)});
      case 3: return Call(kComparisons[Below(5)], {Integer(depth - 1), Integer(depth - 1)});
      case 4: return Call(kComparisons[Below(5)], {Text(depth - 1), Text(depth - 1)});
      case 5: return Call("IS NULL", {Integer(depth - 1)});
      case 6: return Call("IN", {Integer(depth - 1), Int(0), Int(1), Int(-2)});
      default: return Case({Condition(depth - 1), Condition(depth - 1), Condition(depth - 1)});
    }
  }

  Value RandomValue(const Type& type) {
    if (Below(5) == 0) return Value::Null();
    if (type.kind() == TypeKind::kBoolean) return Value::OfInt(Below(2));
    if (type.kind() == TypeKind::kInt) return Value::OfInt(Below(9) - 4);
    static const char* const kTexts[] = {"0",   "1", "-3",  "7.9",
                                         "abc", "",  " 5 ", "something of more than twelve bytes"};
    return Value::OfText(kTexts[Below(8)]);
  }

  // A column of the type in a random encoding.
  Vector RandomColumn(const Type& type) {
    std::vector<Value> values;
    for (int32_t row = 0; row < kNumRows; ++row) values.push_back(RandomValue(type));
    const Vector flat = ColumnOf(type, values);
    switch (Below(4)) {
      case 0: return flat.Repeat(Below(kNumRows), kNumRows);
      case 1: {
        std::shared_ptr<int32_t[]> rows(new int32_t[kNumRows]);
        for (int32_t row = 0; row < kNumRows; ++row) rows[row] = Below(kNumRows);
        return flat.Select(rows, kNumRows);
      }
      default: return flat;
    }
  }

 private:
  std::mt19937_64 random_;
};

// What one row gives: does it pass, does it fail, and its values.
struct Outcome {
  bool passes = false;
  bool fails = false;
  std::vector<Value> values;
};

std::vector<Outcome> Outcomes(Evaluator& evaluator, const std::vector<Vector>& columns,
                              int32_t num_rows) {
  EvalResult result;
  evaluator.Run(columns, num_rows, 0, result);
  std::vector<Outcome> outcomes(num_rows);
  for (int32_t i = 0; i < result.num_rows; ++i) {
    Outcome& outcome = outcomes[result.selection == nullptr ? i : result.selection[i]];
    outcome.passes = true;
    for (const Vector& column : result.columns) outcome.values.push_back(GetValue(column, i));
  }
  for (const RowError& error : result.errors.errors()) outcomes[error.row].fails = true;
  return outcomes;
}

void CompareWithSingleRows(uint64_t seed) {
  Generator generator(seed);
  const ExprPtr filter = generator.Below(3) == 0 ? nullptr : generator.Condition(3);
  std::vector<ExprPtr> projections = {generator.Integer(4), generator.Text(4),
                                      generator.Condition(4)};
  // Parts of one projection inside others: they must be shared without a difference.
  projections.push_back(Case({projections[2], projections[0], generator.Integer(2)}));
  projections.push_back(Coalesce({projections[1], generator.Text(2)}));
  const auto program = Program::Compile(filter, projections);
  const std::vector<Vector> columns = {
      generator.RandomColumn(Type::Int()), generator.RandomColumn(Type::Int()),
      generator.RandomColumn(Type::String()), generator.RandomColumn(Type::String()),
      generator.RandomColumn(Type::Boolean())};

  Evaluator batch_evaluator(program, Session());
  Evaluator row_evaluator(program, Session());
  std::vector<Outcome> batch = Outcomes(batch_evaluator, columns, kNumRows);
  for (int32_t row = 0; row < kNumRows; ++row) {
    std::vector<Vector> single;
    for (const Vector& column : columns) {
      single.push_back(ColumnOf(column.type(), {GetValue(column, row)}));
    }
    const Outcome expected = Outcomes(row_evaluator, single, 1)[0];
    ASSERT_EQ(batch[row].passes, expected.passes) << "seed " << seed << " row " << row;
    ASSERT_EQ(batch[row].fails, expected.fails) << "seed " << seed << " row " << row;
    if (expected.fails) continue;
    ASSERT_EQ(batch[row].values.size(), expected.values.size());
    for (size_t i = 0; i < expected.values.size(); ++i) {
      ASSERT_TRUE(batch[row].values[i] == expected.values[i])
          << "seed " << seed << " row " << row << ": " << ExprToString(*projections[i], {});
    }
  }
  // A second run finds nothing left over from the first.
  const std::vector<Outcome> again = Outcomes(batch_evaluator, columns, kNumRows);
  for (int32_t row = 0; row < kNumRows; ++row) {
    ASSERT_EQ(again[row].fails, batch[row].fails) << "seed " << seed;
    if (batch[row].fails) continue;
    ASSERT_TRUE(again[row].values == batch[row].values) << "seed " << seed;
  }
}

TEST(RandomExpr, BatchEqualsRowByRow) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CompareWithSingleRows(seed);
    if (HasFatalFailure()) return;
  }
}

// Folding never changes a value; it may take away failures of parts that cannot matter.
TEST(RandomExpr, FoldingKeepsTheValue) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Generator generator(seed);
    const ExprPtr expr = generator.Integer(4);
    const std::vector<Vector> columns = {
        generator.RandomColumn(Type::Int()), generator.RandomColumn(Type::Int()),
        generator.RandomColumn(Type::String()), generator.RandomColumn(Type::String()),
        generator.RandomColumn(Type::Boolean())};
    const std::vector<std::string> plain = Show(expr, columns, kNumRows);
    const std::vector<std::string> folded = Show(FoldConstants(expr, Session()), columns, kNumRows);
    for (int32_t row = 0; row < kNumRows; ++row) {
      if (plain[row] == "error") continue;
      ASSERT_EQ(plain[row], folded[row]) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace sluice
