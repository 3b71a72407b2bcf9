// Which types a call has: common types, implicit casts, the signatures of the operators and of the
// registry's own language.

#include <gtest/gtest.h>

#include "functions/scalar_function.h"

namespace sluice {
namespace {

std::string Common(std::initializer_list<Type> types) {
  const std::vector<Type> list(types);
  const StatusOr<Type> common = CommonType(list);
  return common.ok() ? common->ToString() : "none";
}

StatusOr<Signature> Infer(const ScalarFunction& function, const std::vector<Type>& types) {
  static const Session session;
  FunctionCall call;
  call.name = function.name;
  call.arg_types = types;
  call.literals.resize(types.size());
  call.session = &session;
  return InferSignature(function, call);
}

std::string Result(std::string_view name, const std::vector<Type>& types) {
  const ScalarFunction* function = FunctionRegistry::Get().Find(name);
  if (function == nullptr) return "no function";
  const StatusOr<Signature> signature = Infer(*function, types);
  return signature.ok() ? signature->result.Nullable().ToString() : "rejected";
}

TEST(CommonType, OfNumbers) {
  EXPECT_EQ(Common({Type::TinyInt(), Type::BigInt()}), "BIGINT");
  EXPECT_EQ(Common({Type::Decimal(6, 2), Type::Int()}), "DECIMAL(12, 2)");
  EXPECT_EQ(Common({Type::Decimal(5, 2), Type::Int(), Type::BigInt()}), "DECIMAL(21, 2)");
  EXPECT_EQ(Common({Type::Decimal(38, 0), Type::Decimal(38, 18)}), "DECIMAL(38, 0)");
  EXPECT_EQ(Common({Type::Float(), Type::Double()}), "DOUBLE");
  EXPECT_EQ(Common({Type::Float(), Type::BigInt()}), "FLOAT");
  EXPECT_EQ(Common({Type::Float(), Type::Decimal(3, 1)}), "DOUBLE");
  EXPECT_EQ(Common({Type::Int().NotNull(), Type::Null()}), "INT");
  EXPECT_EQ(Common({Type::Int().NotNull(), Type::BigInt().NotNull()}), "BIGINT NOT NULL");
}

TEST(CommonType, OfOthers) {
  EXPECT_EQ(Common({Type::Char(1), Type::Char(3)}), "VARCHAR(3)");
  EXPECT_EQ(Common({Type::Char(3), Type::Char(3)}), "CHAR(3)");
  EXPECT_EQ(Common({Type::Char(3), Type::String()}), "STRING");
  EXPECT_EQ(Common({Type::TimestampType(3), Type::TimestampLtz(6)}), "TIMESTAMP_LTZ(6)");
  EXPECT_EQ(Common({Type::Array(Type::Int()), Type::Array(Type::BigInt())}), "ARRAY<BIGINT>");
  EXPECT_EQ(Common({Type::Char(1), Type::Int()}), "none");
  EXPECT_EQ(Common({Type::Boolean(), Type::Int()}), "none");
  EXPECT_EQ(Common({Type::Null(), Type::Null()}), "none");
}

TEST(Arithmetic, ResultTypes) {
  EXPECT_EQ(Result("+", {Type::TinyInt(), Type::TinyInt()}), "TINYINT");
  EXPECT_EQ(Result("+", {Type::Int(), Type::BigInt()}), "BIGINT");
  EXPECT_EQ(Result("-", {Type::Decimal(5, 2), Type::Int()}), "DECIMAL(13, 2)");
  EXPECT_EQ(Result("*", {Type::Decimal(3, 3), Type::BigInt()}), "DECIMAL(23, 3)");
  EXPECT_EQ(Result("/", {Type::Decimal(5, 2), Type::Int()}), "DECIMAL(16, 13)");
  EXPECT_EQ(Result("+", {Type::Float(), Type::Double()}), "FLOAT");
  EXPECT_EQ(Result("+", {Type::Double(), Type::Float()}), "DOUBLE");
  EXPECT_EQ(Result("+", {Type::Float(), Type::Int()}), "FLOAT");
  EXPECT_EQ(Result("+", {Type::Decimal(5, 2), Type::Float()}), "DOUBLE");
  EXPECT_EQ(Result("MOD", {Type::BigInt(), Type::Int()}), "INT");
  EXPECT_EQ(Result("MOD", {Type::Decimal(38, 0), Type::Int()}), "INT");
  EXPECT_EQ(Result("MOD", {Type::Decimal(10, 3), Type::Decimal(5, 2)}), "DECIMAL(6, 3)");
  EXPECT_EQ(Result("%", {Type::Double(), Type::Int()}), "rejected");
  EXPECT_EQ(Result("+", {Type::Boolean(), Type::Int()}), "rejected");
  EXPECT_EQ(Result("+", {Type::String(), Type::Int()}), "rejected");
  EXPECT_EQ(Result("-", {Type::SmallInt()}), "SMALLINT");
}

TEST(Arithmetic, OfTime) {
  const Type day = Type::IntervalDayTime();
  const Type month = Type::IntervalYearMonth();
  EXPECT_EQ(Result("+", {Type::TimestampType(3), day}), "TIMESTAMP(3)");
  EXPECT_EQ(Result("+", {day, Type::TimestampLtz(3)}), "TIMESTAMP_LTZ(3)");
  EXPECT_EQ(Result("-", {Type::Date(), month}), "DATE");
  EXPECT_EQ(Result("+", {day, day}), day.ToString());
  EXPECT_EQ(Result("*", {day, Type::Int()}), day.ToString());
  EXPECT_EQ(Result("-", {day, Type::Date()}), "rejected");
  EXPECT_EQ(Result("+", {day, month}), "rejected");
  EXPECT_EQ(Result("+", {Type::Time(), month}), "rejected");
  EXPECT_EQ(Result("+", {Type::Date(), Type::Int()}), "rejected");
}

TEST(Comparison, Operands) {
  EXPECT_EQ(Result("=", {Type::Int(), Type::Decimal(38, 18)}), "BOOLEAN");
  EXPECT_EQ(Result("=", {Type::TimestampType(3), Type::Char(10)}), "BOOLEAN");
  EXPECT_EQ(Result("=", {Type::TimestampType(3), Type::TimestampLtz(3)}), "BOOLEAN");
  EXPECT_EQ(Result("=", {Type::Array(Type::Int()), Type::Array(Type::Int())}), "BOOLEAN");
  EXPECT_EQ(Result("<", {Type::Array(Type::Int()), Type::Array(Type::Int())}), "rejected");
  EXPECT_EQ(Result("=", {Type::Date(), Type::TimestampType(3)}), "rejected");
  EXPECT_EQ(Result("=", {Type::Char(1), Type::Int()}), "rejected");
  EXPECT_EQ(Result("=", {Type::Null(), Type::Int()}), "BOOLEAN");
}

std::string WithSignature(std::string_view signature, const std::vector<Type>& types) {
  ScalarFunction function;
  function.name = "F";
  function.signature = signature;
  const StatusOr<Signature> inferred = Infer(function, types);
  if (!inferred.ok()) return "rejected";
  std::string text;
  for (const Type& arg : inferred->args) text += arg.Nullable().ToString() + " ";
  return text + "-> " + inferred->result.ToString();
}

TEST(SignatureText, OptionalAndRepeated) {
  constexpr std::string_view kSubstring = "(STRING, INT [, INT]) -> STRING";
  EXPECT_EQ(WithSignature(kSubstring, {Type::VarChar(9).NotNull(), Type::TinyInt().NotNull()}),
            "VARCHAR(9) INT -> STRING NOT NULL");
  EXPECT_EQ(WithSignature(kSubstring, {Type::String(), Type::Int(), Type::Int()}),
            "STRING INT INT -> STRING");
  EXPECT_EQ(WithSignature(kSubstring, {Type::String()}), "rejected");
  EXPECT_EQ(WithSignature(kSubstring, {Type::String(), Type::BigInt()}), "rejected");
  EXPECT_EQ(WithSignature("(STRING, STRING...) -> INT NOT NULL", {Type::String(), Type::Null()}),
            "STRING STRING -> INT NOT NULL");
  EXPECT_EQ(WithSignature("() -> DOUBLE NOT NULL", {}), "-> DOUBLE NOT NULL");
}

TEST(SignatureText, VariablesAndAlternatives) {
  EXPECT_EQ(WithSignature("(T, T...) -> T", {Type::Int().NotNull(), Type::Decimal(6, 2)}),
            "DECIMAL(12, 2) DECIMAL(12, 2) -> DECIMAL(12, 2)");
  EXPECT_EQ(WithSignature("(ARRAY<T>, T) -> BOOLEAN", {Type::Array(Type::Int()), Type::TinyInt()}),
            "ARRAY<INT> INT -> BOOLEAN");
  EXPECT_EQ(WithSignature("(MAP<K, V>) -> ARRAY<V>", {Type::Map(Type::String(), Type::Int())}),
            "MAP<STRING, INT> -> ARRAY<INT>");
  constexpr std::string_view kAbs = "(INT) -> INT; (DOUBLE) -> DOUBLE";
  EXPECT_EQ(WithSignature(kAbs, {Type::SmallInt()}), "INT -> INT");
  EXPECT_EQ(WithSignature(kAbs, {Type::Decimal(3, 1)}), "DOUBLE -> DOUBLE");
  EXPECT_EQ(WithSignature(kAbs, {Type::String()}), "rejected");
  EXPECT_EQ(WithSignature("(TIMESTAMP) -> BIGINT", {Type::TimestampType(9)}),
            "TIMESTAMP(9) -> BIGINT");
}

TEST(Registry, EveryFunctionIsDescribed) {
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    EXPECT_FALSE(function->help.empty()) << function->name;
    EXPECT_FALSE(function->example.empty()) << function->name;
    EXPECT_FALSE(function->signature.empty()) << function->name;
    EXPECT_NE(function->kernel, nullptr) << function->name;
  }
  EXPECT_EQ(FunctionRegistry::Get().Find("greatest"), FunctionRegistry::Get().Find("GREATEST"));
  EXPECT_EQ(FunctionRegistry::Get().Find("NO_SUCH_FUNCTION"), nullptr);
}

}  // namespace
}  // namespace sluice
