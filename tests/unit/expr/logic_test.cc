// Three-valued logic: every operator over every combination of TRUE, FALSE and NULL, once as
// columns and once as constants.

#include <cmath>

#include "expr_testing.h"

namespace sluice {
namespace {

// 1 TRUE, 0 FALSE, -1 NULL.
Value Truth(int state) { return state < 0 ? Value::Null() : Value::OfInt(state); }
std::string Name(int state) { return state < 0 ? "NULL" : state == 1 ? "TRUE" : "FALSE"; }

int And(int a, int b) { return a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1; }
int Or(int a, int b) { return a == 1 || b == 1 ? 1 : a < 0 || b < 0 ? -1 : 0; }

struct Combinations {
  std::vector<int> x, y, z;
  std::vector<Vector> columns;
  int32_t num_rows = 0;

  Combinations() {
    std::vector<Value> values[3];
    for (int a : {1, 0, -1}) {
      for (int b : {1, 0, -1}) {
        for (int c : {1, 0, -1}) {
          x.push_back(a);
          y.push_back(b);
          z.push_back(c);
          values[0].push_back(Truth(a));
          values[1].push_back(Truth(b));
          values[2].push_back(Truth(c));
          ++num_rows;
        }
      }
    }
    for (const auto& column : values) columns.push_back(ColumnOf(Type::Boolean(), column));
  }
};

const ExprPtr kX = MakeColumn(0, Type::Boolean(), "x");
const ExprPtr kY = MakeColumn(1, Type::Boolean(), "y");
const ExprPtr kZ = MakeColumn(2, Type::Boolean(), "z");

void ExpectColumns(const ExprPtr& expr, int (*expected)(int, int, int)) {
  const Combinations all;
  const std::vector<std::string> rows = Show(expr, all.columns, all.num_rows);
  for (int32_t i = 0; i < all.num_rows; ++i) {
    EXPECT_EQ(rows[i], Name(expected(all.x[i], all.y[i], all.z[i])))
        << ExprToString(*expr, {}) << " of " << Name(all.x[i]) << ", " << Name(all.y[i]) << ", "
        << Name(all.z[i]);
    // The same with literals, folded.
    std::vector<ExprPtr> literals;
    for (int state : {all.x[i], all.y[i], all.z[i]}) {
      literals.push_back(MakeLiteral(Truth(state), Type::Boolean()));
    }
    const ExprPtr folded = FoldConstants(ReplaceColumns(expr, literals), Session());
    EXPECT_EQ(folded->kind, ExprKind::kLiteral);
    EXPECT_EQ(ShowConstant(folded), rows[i]);
  }
}

// Forces the lazy way: a comparison of casts from text is neither cheap nor safe.
ExprPtr Lazily(const ExprPtr& condition) {
  return MakeCast(MakeCast(condition, Type::String()), Type::Boolean());
}

TEST(Logic, AndOrNot) {
  ExpectColumns(MakeAnd({kX, kY}), [](int x, int y, int) { return And(x, y); });
  ExpectColumns(MakeOr({kX, kY}), [](int x, int y, int) { return Or(x, y); });
  ExpectColumns(Call("NOT", {kX}), [](int x, int, int) { return x < 0 ? -1 : 1 - x; });
  ExpectColumns(MakeAnd({kX, kY, kZ}), [](int x, int y, int z) { return And(And(x, y), z); });
  ExpectColumns(MakeOr({kX, MakeAnd({kY, kZ})}),
                [](int x, int y, int z) { return Or(x, And(y, z)); });
}

TEST(Logic, LazyAndOr) {
  ExpectColumns(MakeAnd({kX, Lazily(kY), Lazily(kZ)}),
                [](int x, int y, int z) { return And(And(x, y), z); });
  ExpectColumns(MakeOr({kX, Lazily(kY), Lazily(kZ)}),
                [](int x, int y, int z) { return Or(Or(x, y), z); });
  ExpectColumns(MakeAnd({kX, Lazily(MakeOr({kY, Lazily(kZ)})), kZ}),
                [](int x, int y, int z) { return And(And(x, Or(y, z)), z); });
}

TEST(Logic, Tests) {
  ExpectColumns(Call("IS TRUE", {kX}), [](int x, int, int) { return int{x == 1}; });
  ExpectColumns(Call("IS NOT TRUE", {kX}), [](int x, int, int) { return int{x != 1}; });
  ExpectColumns(Call("IS FALSE", {kX}), [](int x, int, int) { return int{x == 0}; });
  ExpectColumns(Call("IS NOT FALSE", {kX}), [](int x, int, int) { return int{x != 0}; });
  ExpectColumns(Call("IS UNKNOWN", {kX}), [](int x, int, int) { return int{x < 0}; });
  ExpectColumns(Call("IS NOT UNKNOWN", {kX}), [](int x, int, int) { return int{x >= 0}; });
  ExpectColumns(Call("IS NULL", {kX}), [](int x, int, int) { return int{x < 0}; });
  ExpectColumns(Call("IS NOT NULL", {kX}), [](int x, int, int) { return int{x >= 0}; });
}

TEST(Logic, Comparisons) {
  ExpectColumns(Call("=", {kX, kY}),
                [](int x, int y, int) { return x < 0 || y < 0 ? -1 : int{x == y}; });
  ExpectColumns(Call("<>", {kX, kY}),
                [](int x, int y, int) { return x < 0 || y < 0 ? -1 : int{x != y}; });
  ExpectColumns(Call(">", {kX, kY}),
                [](int x, int y, int) { return x < 0 || y < 0 ? -1 : int{x > y}; });
  ExpectColumns(Call("<=", {kX, kY}),
                [](int x, int y, int) { return x < 0 || y < 0 ? -1 : int{x <= y}; });
  ExpectColumns(Call("IS DISTINCT FROM", {kX, kY}), [](int x, int y, int) { return int{x != y}; });
  ExpectColumns(Call("IS NOT DISTINCT FROM", {kX, kY}),
                [](int x, int y, int) { return int{x == y}; });
}

TEST(Logic, CaseCoalesceIn) {
  ExpectColumns(Case({kX, kY, kZ}), [](int x, int y, int z) { return x == 1 ? y : z; });
  ExpectColumns(Case({Lazily(kX), Lazily(kY), Lazily(kZ)}),
                [](int x, int y, int z) { return x == 1 ? y : z; });
  ExpectColumns(Case({kX, kY, kZ, Lazily(kX)}), [](int x, int y, int z) {
    return x == 1 ? y : z == 1 ? x : -1;
  });
  ExpectColumns(Coalesce({kX, kY, kZ}), [](int x, int y, int z) {
    return x >= 0 ? x : y >= 0 ? y : z;
  });
  ExpectColumns(Coalesce({kX, Lazily(kY), Lazily(kZ)}), [](int x, int y, int z) {
    return x >= 0 ? x : y >= 0 ? y : z;
  });
  ExpectColumns(Call("IN", {kX, Bool(true), NullOf(Type::Boolean())}),
                [](int x, int, int) { return x == 1 ? 1 : -1; });
  ExpectColumns(Call("IN", {kX, Bool(true)}), [](int x, int, int) { return x; });
}

TEST(Logic, FiltersKeepOnlyTrue) {
  const Combinations all;
  for (const ExprPtr& filter : {MakeAnd({kX, Lazily(kY)}), MakeOr({kX, Lazily(kY)})}) {
    Evaluator evaluator(Program::Compile(filter, {kZ}), Session());
    EvalResult result;
    evaluator.Run(all.columns, all.num_rows, 0, result);
    std::vector<int32_t> expected;
    for (int32_t i = 0; i < all.num_rows; ++i) {
      const bool is_and = filter->kind == ExprKind::kAnd;
      if ((is_and ? And(all.x[i], all.y[i]) : Or(all.x[i], all.y[i])) == 1) expected.push_back(i);
    }
    ASSERT_EQ(result.num_rows, static_cast<int32_t>(expected.size()));
    for (int32_t i = 0; i < result.num_rows; ++i) EXPECT_EQ(result.selection[i], expected[i]);
  }
}

TEST(Logic, AnExpressionEqualsItself) {
  const ExprPtr d = MakeColumn(0, Type::Double(), "d");
  const Vector column =
      ColumnOf(Type::Double(), {Value::OfDouble(1), Value::OfDouble(std::nan("")), Value::Null()});
  const auto show = [&](const char* op) {
    return Show(FoldConstants(Call(op, {d, d}), Session()), {column}, 3);
  };
  EXPECT_EQ(show("="), (std::vector<std::string>{"TRUE", "TRUE", "NULL"}));
  EXPECT_EQ(show(">="), (std::vector<std::string>{"TRUE", "TRUE", "NULL"}));
  EXPECT_EQ(show("<>"), (std::vector<std::string>{"FALSE", "FALSE", "NULL"}));
}

}  // namespace
}  // namespace sluice
