// The operators over single values: numbers, DECIMALs, points in time, text, IN, GREATEST,
// conditional functions.

#include "expr_testing.h"

namespace sluice {
namespace {

ExprPtr Number(const Type& type, int64_t value) { return MakeLiteral(Value::OfInt(value), type); }
ExprPtr Double(double value) { return MakeLiteral(Value::OfDouble(value), Type::Double()); }
ExprPtr As(const char* text, const Type& type) { return MakeCast(Str(text), type); }

std::string Binary(std::string_view op, ExprPtr left, ExprPtr right) {
  return ShowConstant(Call(op, {std::move(left), std::move(right)}));
}

TEST(Operators, IntegersWrap) {
  EXPECT_EQ(Binary("+", Number(Type::TinyInt(), 127), Number(Type::TinyInt(), 127)), "-2");
  EXPECT_EQ(Binary("*", Number(Type::SmallInt(), -32768), Number(Type::SmallInt(), -1)), "-32768");
  EXPECT_EQ(Binary("-", Int(INT32_MIN), Int(1)), "2147483647");
  EXPECT_EQ(Binary("*", Number(Type::BigInt(), INT64_MAX), Int(2)), "-2");
  EXPECT_EQ(ShowConstant(Call("-", {Number(Type::BigInt(), INT64_MIN)})), "-9223372036854775808");
}

TEST(Operators, Division) {
  EXPECT_EQ(Binary("/", Int(-7), Int(2)), "-3");
  EXPECT_EQ(Binary("/", Int(INT32_MIN), Int(-1)), "-2147483648");
  EXPECT_EQ(Binary("%", Int(-7), Int(3)), "-1");
  EXPECT_EQ(Binary("%", Number(Type::BigInt(), INT64_MIN), Number(Type::BigInt(), -1)), "0");
  EXPECT_EQ(Binary("/", Int(1), Int(0)), "error");
  EXPECT_EQ(Binary("MOD", Int(1), Int(0)), "error");
  EXPECT_EQ(Binary("/", As("1.5", Type::Decimal(5, 2)), As("0", Type::Decimal(5, 2))), "error");
  EXPECT_EQ(Binary("/", Double(1), Int(0)), "Infinity");
  EXPECT_EQ(Binary("/", Double(0), Double(0)), "NaN");
}

TEST(Operators, Decimals) {
  EXPECT_EQ(Binary("+", As("1.25", Type::Decimal(5, 2)), Int(3)), "4.25");
  EXPECT_EQ(Binary("/", Int(INT32_MAX), As("999.99", Type::Decimal(5, 2))), "2147505.122051");
  EXPECT_EQ(Binary("/", As("999.99", Type::Decimal(5, 2)), Int(INT32_MAX)), "0.0000004656566");
  // Through INT: the low 32 bits of the long number.
  EXPECT_EQ(
      Binary("MOD", As("12345678901234567890123456789012345678", Type::Decimal(38, 0)), Int(7)),
      "-2");
  EXPECT_EQ(Binary("=", As("1", Type::Decimal(38, 0)), As("0.1", Type::Decimal(38, 38))), "FALSE");
  EXPECT_EQ(Binary(">", As("99999999999999999999", Type::Decimal(38, 0)),
                   As("0.5", Type::Decimal(38, 38))),
            "TRUE");
}

TEST(Operators, Time) {
  const ExprPtr noon = As("2024-01-31 12:00:00", Type::TimestampType(3));
  const ExprPtr month = Number(Type::IntervalYearMonth(), 1);
  const ExprPtr hours = Number(Type::IntervalDayTime(), 13 * 3600 * 1000);
  EXPECT_EQ(Binary("+", noon, month), "2024-02-29 12:00:00.000");
  EXPECT_EQ(Binary("-", noon, month), "2023-12-31 12:00:00.000");
  EXPECT_EQ(Binary("+", hours, noon), "2024-02-01 01:00:00.000");
  EXPECT_EQ(Binary("+", As("2024-01-31", Type::Date()), month), "2024-02-29");
  EXPECT_EQ(Binary("-", As("2024-03-01", Type::Date()), Number(Type::IntervalDayTime(), 86400000)),
            "2024-02-29");
  EXPECT_EQ(Binary("+", As("12:00:00", Type::Time()), hours), "01:00:00");
  EXPECT_EQ(Binary("-", As("12:00:00", Type::Time()), hours), "23:00:00");
  EXPECT_EQ(Binary("-", hours, Number(Type::IntervalDayTime(), 1000)), "+0 12:59:59.000");
  EXPECT_EQ(Binary("*", hours, Int(2)), "+1 02:00:00.000");
}

TEST(Operators, Text) {
  EXPECT_EQ(Binary("||", Str("a"), Str("")), "a");
  EXPECT_EQ(Binary("||", Str("a"), NullOf(Type::String())), "NULL");
  EXPECT_EQ(Binary("=", Str("a"), Str("a ")), "FALSE");
  EXPECT_EQ(Binary("<", Str("B"), Str("a")), "TRUE");
  EXPECT_EQ(Binary("<", Str("a"), Str("中")), "TRUE");
  EXPECT_EQ(Binary("=", As("2024-01-01", Type::Date()), Str("2024-1-1")), "TRUE");
}

// Long and short literals against columns with NULLs, in every encoding.
TEST(Operators, TextEqualsALiteral) {
  const std::string long_text = "longer than twelve bytes";
  const Vector flat =
      ColumnOf(Type::String(), {Value::OfText("abc"), Value::Null(), Value::OfText(long_text),
                                Value::OfText("longer th"), Value::OfText(long_text + "!")});
  std::shared_ptr<int32_t[]> order(new int32_t[5]{4, 3, 2, 1, 0});
  const ExprPtr column = MakeColumn(0, Type::String(), "s");
  const auto show = [&](const char* op, const std::string& literal, const Vector& vector) {
    std::string rows;
    for (const std::string& row : Show(Call(op, {column, Str(literal)}), {vector}, 5))
      rows += row[0];
    return rows;
  };
  EXPECT_EQ(show("=", "abc", flat), "TNFFF");
  EXPECT_EQ(show("<>", "abc", flat), "FNTTT");
  EXPECT_EQ(show("=", long_text, flat), "FNTFF");
  EXPECT_EQ(show("=", long_text, flat.Select(order, 5)), "FFTNF");
  EXPECT_EQ(show("=", "longer th", flat.Select(order, 5)), "FTFNF");
  EXPECT_EQ(show("IS DISTINCT FROM", "abc", flat), "FTTTT");
}

TEST(Operators, In) {
  EXPECT_EQ(ShowConstant(Call("IN", {Int(2), Int(1), Int(2)})), "TRUE");
  EXPECT_EQ(ShowConstant(Call("IN", {Int(3), Int(1), NullOf(Type::Int())})), "NULL");
  EXPECT_EQ(ShowConstant(Call("IN", {Int(2), Str("1"), Str("2")})), "TRUE");
  EXPECT_EQ(ShowConstant(Call(
                "IN", {As("1.01", Type::Decimal(6, 2)), Int(1), As("1.01", Type::Decimal(3, 2))})),
            "TRUE");
  std::vector<ExprPtr> many = {Str("m")};
  for (char c = 'a'; c <= 'z'; ++c) many.push_back(Str(std::string(1, c)));
  EXPECT_EQ(ShowConstant(Call("IN", many)), "TRUE");
  many[0] = Str("mm");
  EXPECT_EQ(ShowConstant(Call("IN", many)), "FALSE");
}

TEST(Operators, GreatestAndLeast) {
  EXPECT_EQ(ShowConstant(Call("GREATEST", {Int(1), As("3.5", Type::Decimal(5, 2)), Int(2)})),
            "3.50");
  EXPECT_EQ(ShowConstant(Call("LEAST", {Str("b"), Str("a"), Str("c")})), "a");
  EXPECT_EQ(ShowConstant(Call("LEAST", {Int(1), NullOf(Type::Int())})), "NULL");
  EXPECT_EQ(ShowConstant(Call("TYPEOF", {Str("abc")})), "CHAR(3) NOT NULL");
}

TEST(Operators, ConditionalFunctions) {
  const auto make = [](std::string_view name, std::vector<ExprPtr> args) {
    StatusOr<ExprPtr> expr = MakeConditional(name, std::move(args), Session());
    EXPECT_TRUE(expr.ok());
    return *expr;
  };
  EXPECT_EQ(ShowConstant(make("NULLIF", {Int(1), Int(1)})), "NULL");
  EXPECT_EQ(ShowConstant(make("NULLIF", {Int(1), Int(2)})), "1");
  EXPECT_EQ(ShowConstant(make("IF", {NullOf(Type::Boolean()), Str("yes"), Str("no")})), "no");
  EXPECT_EQ(ShowConstant(make("IFNULL", {NullOf(Type::Int()), Int(3)})), "3");
  EXPECT_FALSE(make("IFNULL", {NullOf(Type::Int()), Int(3)})->type.nullable());
  EXPECT_EQ(make("UPPER", {Str("a")}), nullptr);
  EXPECT_FALSE(MakeConditional("IF", {Bool(true)}, Session()).ok());
}

TEST(Expr, PrintsItself) {
  const ExprPtr column = MakeColumn(0, Type::String());
  const ExprPtr expr = MakeAnd({Call("=", {column, Str("it's")}),
                                Call("IS NOT NULL", {MakeCast(column, Type::Int(), true)})});
  EXPECT_EQ(ExprToString(*expr, {{"name", Type::String()}}),
            "((name = 'it''s') AND TRY_CAST(name AS INT) IS NOT NULL)");
}

TEST(Expr, ComparesByStructure) {
  const auto make = [] { return Call("+", {MakeColumn(3, Type::Int(), "x"), Int(1)}); };
  EXPECT_TRUE(SameExpr(*make(), *make()));
  EXPECT_EQ(HashExpr(*make()), HashExpr(*make()));
  EXPECT_FALSE(SameExpr(*make(), *Call("+", {MakeColumn(3, Type::Int()), Int(2)})));
  EXPECT_FALSE(SameExpr(*Double(0.0), *Double(-0.0)));
  std::vector<int32_t> columns;
  CollectColumns(*Call("+", {make(), MakeColumn(1, Type::Int())}), &columns);
  EXPECT_EQ(columns, (std::vector<int32_t>{1, 3}));
}

}  // namespace
}  // namespace sluice
