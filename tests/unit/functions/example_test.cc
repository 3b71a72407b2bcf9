// Runs the example of every scalar function, and checks that each has one and a line of help.
// Examples of infix operators are for the golden files; the reader below knows calls, literals,
// items and one comparison.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "expr/expr.h"
#include "expr/program.h"
#include "functions/scalar_function.h"
#include "types/civil_time.h"

namespace sluice {
namespace {

class ExampleReader {
 public:
  ExampleReader(std::string_view text, const Session& session) : text_(text), session_(session) {}

  // Null when the text has something else in it, or a call that is not possible; then `failure`
  // says what.
  ExprPtr Read() {
    ExprPtr expr = ReadComparison();
    if (expr != nullptr && !Rest().empty()) return Fail("more text: " + std::string(Rest()));
    return expr;
  }
  std::string failure;

 private:
  ExprPtr Fail(const std::string& reason) {
    if (failure.empty()) failure = reason;
    return nullptr;
  }

  std::string_view Rest() {
    while (next_ < text_.size() && text_[next_] == ' ') ++next_;
    return text_.substr(next_);
  }
  bool Accept(std::string_view token) {
    if (!Rest().starts_with(token)) return false;
    next_ += token.size();
    return true;
  }

  ExprPtr Call(std::string_view name, std::vector<ExprPtr> args) {
    for (const ExprPtr& arg : args) {
      if (arg == nullptr) return nullptr;
    }
    const ScalarFunction* function = FunctionRegistry::Get().Find(name);
    if (function == nullptr) return Fail("no function " + std::string(name));
    StatusOr<ExprPtr> call = MakeCall(*function, std::move(args), session_);
    return call.ok() ? *call : Fail(std::string(call.status().message()));
  }

  ExprPtr ReadComparison() {
    ExprPtr left = ReadItem();
    if (left == nullptr) return nullptr;
    for (const std::string_view op : {">=", "<=", "=", "<", ">"}) {
      if (Accept(op)) return Call(op, {left, ReadItem()});
    }
    return left;
  }

  ExprPtr ReadItem() {
    ExprPtr expr = ReadPrimary();
    while (expr != nullptr && Accept("[")) {
      ExprPtr index = ReadComparison();
      if (!Accept("]")) return Fail("no ]");
      expr = Call("ITEM", {expr, index});
    }
    return expr;
  }

  std::vector<ExprPtr> ReadArgs(std::string_view close) {
    std::vector<ExprPtr> args;
    if (Accept(close)) return args;
    do {
      args.push_back(ReadComparison());
    } while (args.back() != nullptr && Accept(","));
    if (!Accept(close)) args.push_back(Fail("an argument list that is not closed"));
    return args;
  }

  std::string ReadText() {
    std::string text;
    ++next_;
    while (next_ < text_.size()) {
      if (text_[next_] == '\'' && !text_.substr(next_).starts_with("''")) break;
      if (text_[next_] == '\'') ++next_;
      text.push_back(text_[next_++]);
    }
    ++next_;
    return text;
  }

  ExprPtr ReadNumber() {
    const bool negative = Accept("-");
    int64_t unscaled = 0;
    int digits = 0;
    int scale = -1;
    for (; next_ < text_.size() && (isdigit(text_[next_]) || text_[next_] == '.'); ++next_) {
      if (text_[next_] == '.') {
        scale = 0;
      } else {
        unscaled = unscaled * 10 + (text_[next_] - '0');
        ++digits;
        if (scale >= 0) ++scale;
      }
    }
    const Value value = Value::OfInt(negative ? -unscaled : unscaled);
    if (scale >= 0) return MakeLiteral(value, Type::Decimal(digits, scale).NotNull());
    return MakeLiteral(value, (unscaled <= INT32_MAX ? Type::Int() : Type::BigInt()).NotNull());
  }

  ExprPtr ReadBytes() {
    std::string bytes;
    const std::string hex = ReadText();
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    const auto length = static_cast<int32_t>(bytes.size());
    return MakeLiteral(Value::OfText(std::move(bytes)), Type::Binary(length).NotNull());
  }

  ExprPtr ReadPrimary() {
    const std::string_view rest = Rest();
    if (rest.empty()) return Fail("nothing to read");
    if (isdigit(rest[0]) || rest[0] == '-') return ReadNumber();
    if (rest[0] == '\'') {
      std::string text = ReadText();
      const auto length = std::max<int32_t>(static_cast<int32_t>(text.size()), 1);
      return MakeLiteral(Value::OfText(std::move(text)), Type::VarChar(length).NotNull());
    }
    if (Accept("DATE '")) {
      --next_;
      return MakeLiteral(Value::OfInt(ParseDate(ReadText()).value()), Type::Date().NotNull());
    }
    if (Accept("TIMESTAMP '")) {
      --next_;
      return MakeLiteral(Value::OfTimestamp(ParseTimestamp(ReadText(), 9).value()),
                         Type::TimestampType(3).NotNull());
    }
    if (Accept("TIME '")) {
      --next_;
      return MakeLiteral(Value::OfInt(ParseTime(ReadText()).value()), Type::Time(0).NotNull());
    }
    if (Accept("X'")) {
      --next_;
      return ReadBytes();
    }
    if (Accept("CAST(")) {
      ExprPtr arg = ReadComparison();
      if (arg == nullptr || !Accept("AS STRING)"))
        return Fail("a CAST to another type than STRING");
      return MakeCast(std::move(arg), Type::String());
    }
    return ReadName();
  }

  ExprPtr ReadName() {
    std::string name;
    if (Accept("`")) {
      while (next_ < text_.size() && text_[next_] != '`') name.push_back(text_[next_++]);
      ++next_;
    } else {
      while (next_ < text_.size() && (isalnum(text_[next_]) || text_[next_] == '_'))
        name.push_back(text_[next_++]);
    }
    if (name.empty()) return Fail("not a name: " + std::string(Rest()));
    if (name == "TRUE" || name == "FALSE")
      return MakeLiteral(Value::OfInt(name == "TRUE"), Type::Boolean().NotNull());
    if (name == "NULL") return MakeLiteral(Value::Null(), Type::Null());
    if (Accept("(")) return Call(name, ReadArgs(")"));
    if (Accept("[")) return Call(name, ReadArgs("]"));
    return Call(name, {});
  }

  std::string_view text_;
  const Session& session_;
  size_t next_ = 0;
};

// 2026-01-01, for the functions that tell the time.
constexpr int64_t kNowMs = 1767225600000;

// Infix operators and JSON functions with clauses are beyond the reader.
bool IsReadable(const ScalarFunction& function) {
  const bool is_call =
      function.example.starts_with(function.name) || function.example.starts_with("`") ||
      function.example.find(std::string(function.name) + "(") != std::string_view::npos;
  return is_call && !function.name.starts_with("JSON") &&
         function.example.find(" IN (") == std::string_view::npos;
}

TEST(ScalarFunctions, EachHasHelpAndAnExample) {
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    EXPECT_FALSE(function->help.empty()) << function->name;
    EXPECT_FALSE(function->example.empty()) << function->name;
    EXPECT_FALSE(function->signature.empty()) << function->name;
  }
}

TEST(ScalarFunctions, ExamplesHold) {
  const Session session;
  int num_checked = 0;
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    if (!IsReadable(*function)) continue;
    ExampleReader reader(function->example, session);
    const ExprPtr expr = reader.Read();
    if (expr == nullptr) {
      ADD_FAILURE() << function->name << ": " << function->example << ": " << reader.failure;
      continue;
    }
    EvalResult result;
    Evaluator(Program::Compile(nullptr, {expr}), session).Run({}, 1, kNowMs, result);
    ASSERT_TRUE(result.errors.empty())
        << function->example << ": " << result.errors.errors()[0].detail;
    EXPECT_TRUE(GetValue(result.columns[0], 0) == Value::OfInt(1)) << function->example;
    ++num_checked;
  }
  EXPECT_GT(num_checked, 120);
}

}  // namespace
}  // namespace sluice
