// Short ways to write expressions and columns in tests.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "expr/expr.h"
#include "expr/program.h"
#include "functions/cast.h"

namespace sluice {

inline ExprPtr Call(std::string_view name, std::vector<ExprPtr> args) {
  const ScalarFunction* function = FunctionRegistry::Get().Find(name);
  EXPECT_NE(function, nullptr) << std::string(name);
  StatusOr<ExprPtr> call = MakeCall(*function, std::move(args), Session());
  EXPECT_TRUE(call.ok()) << std::string(name) << ": " << call.status().ToString();
  return call.ok() ? *call : nullptr;
}

inline ExprPtr Int(int64_t value) { return MakeLiteral(Value::OfInt(value), Type::Int()); }
inline ExprPtr Bool(bool value) { return MakeLiteral(Value::OfInt(value), Type::Boolean()); }
inline ExprPtr Str(std::string value) {
  const auto length = static_cast<int32_t>(std::max<size_t>(value.size(), 1));
  return MakeLiteral(Value::OfText(std::move(value)), Type::Char(length));
}
inline ExprPtr NullOf(Type type) { return MakeLiteral(Value::Null(), std::move(type)); }
inline ExprPtr Case(std::vector<ExprPtr> args) {
  StatusOr<ExprPtr> result = MakeCase(std::move(args));
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return *result;
}
inline ExprPtr Coalesce(std::vector<ExprPtr> args) {
  StatusOr<ExprPtr> result = MakeCoalesce(std::move(args));
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return *result;
}

inline Vector ColumnOf(const Type& type, const std::vector<Value>& values) {
  VectorBuilder builder(type, static_cast<int32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) SetValue(builder, static_cast<int32_t>(i), values[i]);
  return builder.Finish();
}

inline std::vector<Value> ValuesOf(const Vector& vector, int32_t num_rows) {
  std::vector<Value> values;
  for (int32_t row = 0; row < num_rows; ++row) values.push_back(GetValue(vector, row));
  return values;
}

// Each row as CAST(… AS STRING) shows it; "error" for a failed one.
inline std::vector<std::string> Show(const ExprPtr& expr, const std::vector<Vector>& columns,
                                     int32_t num_rows, const Session& session = Session()) {
  Evaluator evaluator(Program::Compile(nullptr, {expr}), session);
  EvalResult result;
  evaluator.Run(columns, num_rows, 0, result);
  std::vector<std::string> rows;
  for (int32_t row = 0; row < num_rows; ++row) {
    std::string text;
    if (result.errors.Find(row) != nullptr) {
      text = "error";
    } else if (result.columns[0].IsNull(row)) {
      text = "NULL";
    } else {
      AppendAsString(session, result.columns[0], row, &text);
    }
    rows.push_back(std::move(text));
  }
  return rows;
}

inline std::string ShowConstant(const ExprPtr& expr, const Session& session = Session()) {
  return Show(expr, {}, 1, session)[0];
}

}  // namespace sluice
