// Reads ScalarFunction::signature and fits a call to it. Runs at plan time only. The signatures are
// our own text, so one that cannot be read is a bug.

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "functions/scalar_function.h"

namespace sluice {

namespace {

struct Pattern {
  enum class Kind : uint8_t { kType, kAnyOfKind, kNumeric, kInteger, kAny, kComparable, kVariable };
  Kind kind = Kind::kType;
  Type type;          // kType: exactly this; kAnyOfKind: any parameters (DECIMAL, TIMESTAMP)
  char variable = 0;  // kVariable
  std::vector<Pattern> children;  // ARRAY<…>, MAP<…, …>
  bool optional = false;
  bool repeated = false;
};

struct Alternative {
  std::vector<Pattern> params;
  Pattern result;
  std::optional<bool> result_nullable;
};

using Bindings = std::map<char, std::vector<Type>>;

// A recursive-descent reader of one alternative.
class SignatureReader {
 public:
  explicit SignatureReader(std::string_view text) : text_(text) {}

  Alternative Read() {
    Alternative alternative;
    Expect('(');
    bool optional = false;
    while (!Accept(')')) {
      if (Accept('[')) {
        optional = true;
      } else if (Accept(']')) {
        optional = false;
      } else if (!Accept(',')) {
        Pattern param = ReadPattern();
        param.optional = optional;
        param.repeated = AcceptWord("...");
        alternative.params.push_back(std::move(param));
      }
    }
    SL_CHECK(AcceptWord("->"));
    alternative.result = ReadPattern();
    if (AcceptWord("NOT NULL")) alternative.result_nullable = false;
    if (AcceptWord("NULLABLE")) alternative.result_nullable = true;
    SL_CHECK(Rest().empty());
    return alternative;
  }

 private:
  std::string_view Rest() {
    while (next_ < text_.size() && text_[next_] == ' ') ++next_;
    return text_.substr(next_);
  }
  bool AcceptWord(std::string_view word) {
    if (Rest().substr(0, word.size()) != word) return false;
    next_ += word.size();
    return true;
  }
  bool Accept(char c) { return AcceptWord({&c, 1}); }
  void Expect(char c) { SL_CHECK(Accept(c)); }

  int ReadNumber() {
    int number = 0;
    for (; next_ < text_.size() && absl::ascii_isdigit(text_[next_]); ++next_) {
      number = number * 10 + (text_[next_] - '0');
    }
    return number;
  }

  Pattern ReadPattern() {
    const std::string_view rest = Rest();
    size_t length = 0;
    while (length < rest.size() && (absl::ascii_isalnum(rest[length]) || rest[length] == '_')) {
      ++length;
    }
    SL_CHECK(length != 0);
    const std::string_view word = rest.substr(0, length);
    next_ += length;
    std::vector<int> numbers;
    if (length > 1 && next_ < text_.size() && text_[next_] == '(') {
      do {
        ++next_;
        Rest();
        numbers.push_back(ReadNumber());
      } while (text_[next_] == ',');
      Expect(')');
    }
    Pattern pattern = FromWord(word, numbers);
    if (next_ < text_.size() && text_[next_] == '<') {
      do {
        ++next_;
        pattern.children.push_back(ReadPattern());
      } while (text_[next_] == ',');
      Expect('>');
    }
    return pattern;
  }

  static Pattern Of(Pattern::Kind kind, Type type = Type()) {
    Pattern pattern;
    pattern.kind = kind;
    pattern.type = std::move(type);
    return pattern;
  }

  static Pattern FromWord(std::string_view word, const std::vector<int>& numbers) {
    using Kind = Pattern::Kind;
    if (word.size() == 1) {
      Pattern pattern = Of(Kind::kVariable);
      pattern.variable = word[0];
      return pattern;
    }
    if (word == "NUMERIC") return Of(Kind::kNumeric);
    if (word == "INTEGER_NUMERIC") return Of(Kind::kInteger);
    if (word == "ANY") return Of(Kind::kAny);
    if (word == "COMPARABLE") return Of(Kind::kComparable);
    const int first = numbers.empty() ? 0 : numbers[0];
    const int second = numbers.size() < 2 ? 0 : numbers[1];
    const Kind parametric = numbers.empty() ? Kind::kAnyOfKind : Kind::kType;
    if (word == "DECIMAL") {
      return Of(parametric, numbers.empty() ? Type::Decimal(38, 18) : Type::Decimal(first, second));
    }
    if (word == "TIME") return Of(parametric, Type::Time(first));
    if (word == "TIMESTAMP")
      return Of(parametric, Type::TimestampType(numbers.empty() ? 3 : first));
    if (word == "TIMESTAMP_LTZ") {
      return Of(parametric, Type::TimestampLtz(numbers.empty() ? 3 : first));
    }
    if (word == "CHAR") return Of(Kind::kType, Type::Char(std::max(first, 1)));
    if (word == "VARCHAR") return Of(Kind::kType, Type::VarChar(first));
    if (word == "BINARY") return Of(Kind::kType, Type::Binary(std::max(first, 1)));
    if (word == "VARBINARY") return Of(Kind::kType, Type::VarBinary(first));
    if (word == "ROW") return Of(Kind::kAnyOfKind, Type::Row({}));
    static const auto* const kPlain =
        new std::map<std::string_view, Type>{{"BOOLEAN", Type::Boolean()},
                                             {"TINYINT", Type::TinyInt()},
                                             {"SMALLINT", Type::SmallInt()},
                                             {"INT", Type::Int()},
                                             {"INTEGER", Type::Int()},
                                             {"BIGINT", Type::BigInt()},
                                             {"FLOAT", Type::Float()},
                                             {"DOUBLE", Type::Double()},
                                             {"STRING", Type::String()},
                                             {"BYTES", Type::Bytes()},
                                             {"DATE", Type::Date()},
                                             {"INTERVAL_YEAR_MONTH", Type::IntervalYearMonth()},
                                             {"INTERVAL_DAY_TIME", Type::IntervalDayTime()},
                                             {"ARRAY", Type::Array(Type::Null())},
                                             {"MAP", Type::Map(Type::Null(), Type::Null())},
                                             {"MULTISET", Type::Multiset(Type::Null())}};
    auto place = kPlain->find(word);
    SL_CHECK(place != kPlain->end());
    return Of(Kind::kType, place->second);
  }

  std::string_view text_;
  size_t next_ = 0;
};

bool IsComparable(const Type& type) { return !type.IsNested(); }

// How far the argument is from the parameter: 0 fits as it is, 1 by an implicit cast, none: not at
// all. Notes what variables see.
std::optional<int> Fit(const Pattern& pattern, const Type& arg, Bindings& bindings) {
  const auto fits_if = [](bool fits) { return fits ? std::optional<int>(0) : std::nullopt; };
  if (pattern.kind == Pattern::Kind::kVariable) {
    bindings[pattern.variable].push_back(arg);
    return 0;
  }
  if (arg.kind() == TypeKind::kNull) return 1;
  switch (pattern.kind) {
    case Pattern::Kind::kNumeric: return fits_if(arg.IsNumeric());
    case Pattern::Kind::kInteger: return fits_if(arg.IsInteger());
    case Pattern::Kind::kAny: return 0;
    case Pattern::Kind::kComparable: return fits_if(IsComparable(arg));
    default: break;
  }
  if (!pattern.children.empty()) {
    if (arg.kind() != pattern.type.kind()) return std::nullopt;
    int distance = 0;
    for (size_t i = 0; i < pattern.children.size(); ++i) {
      const std::optional<int> child = Fit(pattern.children[i], arg.fields()[i].type, bindings);
      if (!child) return std::nullopt;
      distance = std::max(distance, *child);
    }
    return distance;
  }
  const bool same_family = arg.kind() == pattern.type.kind() ||
                           (arg.IsCharacter() && pattern.type.kind() == TypeKind::kVarChar) ||
                           (arg.IsBinary() && pattern.type.kind() == TypeKind::kVarBinary);
  if (same_family) return 0;
  if (!IsImplicitlyCastable(arg, pattern.type)) return std::nullopt;
  // Among numbers the nearest parameter wins: TINYINT prefers INT to DOUBLE.
  if (!arg.IsNumeric()) return 1;
  return 1 + std::abs(static_cast<int>(pattern.type.kind()) - static_cast<int>(arg.kind()));
}

// The type that a fitting argument is cast to, or that the result has.
Type Resolve(const Pattern& pattern, const Type* arg, const std::map<char, Type>& variables) {
  switch (pattern.kind) {
    case Pattern::Kind::kVariable: {
      const auto place = variables.find(pattern.variable);
      return place == variables.end() ? Type::Null() : place->second;
    }
    case Pattern::Kind::kNumeric:
    case Pattern::Kind::kInteger:
      if (arg->kind() == TypeKind::kNull) return Type::Int();
      return *arg;
    case Pattern::Kind::kAny:
    case Pattern::Kind::kComparable: return *arg;
    case Pattern::Kind::kAnyOfKind:
      return arg != nullptr && arg->kind() == pattern.type.kind() ? *arg : pattern.type;
    case Pattern::Kind::kType: break;
  }
  if (pattern.children.empty()) {
    // A longer text type than needed would only hide what the column is.
    if (arg != nullptr && arg->IsCharacter() && pattern.type.EqualsIgnoringNull(Type::String())) {
      return arg->kind() == TypeKind::kChar ? Type::String() : *arg;
    }
    return pattern.type;
  }
  std::vector<Type> children;
  for (size_t i = 0; i < pattern.children.size(); ++i) {
    const bool known = arg != nullptr && arg->kind() == pattern.type.kind();
    const Type* child = known ? &arg->fields()[i].type : nullptr;
    Type resolved = Resolve(pattern.children[i], child, variables);
    children.push_back(child != nullptr ? resolved.WithNullable(child->nullable()) : resolved);
  }
  switch (pattern.type.kind()) {
    case TypeKind::kArray: return Type::Array(children[0]);
    case TypeKind::kMap: return Type::Map(children[0], children[1]);
    default: return Type::Multiset(children[0]);
  }
}

struct Match {
  Signature signature;
  int distance;
};

std::optional<Match> FitAlternative(const Alternative& alternative, const FunctionCall& call) {
  std::vector<const Pattern*> params;
  const size_t num_args = call.arg_types.size();
  for (const Pattern& param : alternative.params) {
    if (param.repeated) {
      while (params.size() < num_args) params.push_back(&param);
    } else if (params.size() < num_args) {
      params.push_back(&param);
    } else if (!param.optional) {
      return std::nullopt;
    }
  }
  if (params.size() != num_args) return std::nullopt;

  Match match{{}, 0};
  Bindings bindings;
  bool nullable = false;
  for (size_t i = 0; i < num_args; ++i) {
    const std::optional<int> distance = Fit(*params[i], call.arg_types[i], bindings);
    if (!distance) return std::nullopt;
    match.distance += *distance;
    nullable |= call.arg_types[i].nullable();
  }
  std::map<char, Type> variables;
  for (const auto& [name, types] : bindings) {
    StatusOr<Type> common = CommonType(types);
    if (!common.ok()) return std::nullopt;
    variables.emplace(name, *std::move(common));
  }
  for (size_t i = 0; i < num_args; ++i) {
    const Type& arg = call.arg_types[i];
    match.signature.args.push_back(
        Resolve(*params[i], &arg, variables).WithNullable(arg.nullable()));
  }
  // NUMERIC or TIMESTAMP as the result means: as the first argument.
  const bool like_first = alternative.result.kind != Pattern::Kind::kType && num_args != 0;
  match.signature.result =
      Resolve(alternative.result, like_first ? &call.arg_types[0] : nullptr, variables)
          .WithNullable(alternative.result_nullable.value_or(nullable));
  return match;
}

Status NoFit(const ScalarFunction& function, const FunctionCall& call) {
  const std::string given = absl::StrJoin(
      call.arg_types, ", ",
      [](std::string* out, const Type& type) { absl::StrAppend(out, type.Nullable().ToString()); });
  return absl::InvalidArgumentError(absl::StrCat(std::string(function.name), " takes ",
                                                 std::string(function.signature), ", given (",
                                                 given, ")"));
}

}  // namespace

StatusOr<Signature> InferSignature(const ScalarFunction& function, const FunctionCall& call) {
  if (function.infer != nullptr) return function.infer(call);
  std::optional<Match> best;
  const std::string text(function.signature);
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    const Alternative alternative = SignatureReader({part.data(), part.size()}).Read();
    std::optional<Match> match = FitAlternative(alternative, call);
    if (match && (!best || match->distance < best->distance)) best = std::move(match);
  }
  if (!best) return NoFit(function, call);
  return std::move(best->signature);
}

}  // namespace sluice
