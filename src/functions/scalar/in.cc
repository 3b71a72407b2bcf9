// x IN (literal, …): the list becomes a set once. (Lists with other expressions are an OR of
// comparisons; the binder writes that.)

#include <algorithm>
#include <cstring>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

// Up to this many values are compared one by one: that is faster than hashing.
constexpr size_t kLinearSize = 8;

struct InState : FunctionState {
  bool has_null = false;
  std::vector<int64_t> integers;  // also DATE, TIME, short DECIMAL
  std::vector<Int128> wide;
  std::vector<double> doubles;
  std::vector<Timestamp> timestamps;
  std::vector<std::string> texts;  // keeps what the views below point into
  std::vector<Text> views;
  absl::flat_hash_set<int64_t> integer_set;
  absl::flat_hash_set<absl::string_view> text_set;
};

void AddLiteral(const Type& type, const Value& value, InState& state) {
  if (value.is_null()) {
    state.has_null = true;
    return;
  }
  switch (type.layout()) {
    case Layout::kText: state.texts.push_back(value.as_text()); break;
    case Layout::kTimestamp: state.timestamps.push_back(value.as_timestamp()); break;
    case Layout::kFloat: state.doubles.push_back(static_cast<float>(value.as_double())); break;
    case Layout::kDouble: state.doubles.push_back(value.as_double()); break;
    case Layout::kInt128: state.wide.push_back(value.as_int128()); break;
    default: state.integers.push_back(value.as_int()); break;
  }
}

StatusOr<std::unique_ptr<FunctionState>> PrepareIn(const FunctionCall& call) {
  auto state = std::make_unique<InState>();
  for (size_t i = 1; i < call.arg_types.size(); ++i) {
    if (call.literals[i] == nullptr) {
      return absl::InvalidArgumentError("IN as a function takes literals only");
    }
    AddLiteral(call.arg_types[i], *call.literals[i], *state);
  }
  for (const std::string& text : state->texts) {
    state->views.emplace_back(std::string_view(text));
    state->text_set.insert(text);
  }
  state->integer_set.insert(state->integers.begin(), state->integers.end());
  return state;
}

// Numbers among texts are compared as text, as Calcite's coercion has it.
StatusOr<Type> ComparedType(const FunctionCall& call) {
  StatusOr<Type> common = CommonType(call.arg_types);
  if (common.ok()) return common;
  bool nullable = false;
  for (const Type& type : call.arg_types) {
    if (!type.IsCharacter() && !type.IsNumeric() && type.kind() != TypeKind::kNull) return common;
    nullable |= type.nullable();
  }
  return Type::String().WithNullable(nullable);
}

StatusOr<Signature> InferIn(const FunctionCall& call) {
  if (call.arg_types.size() < 2) return absl::InvalidArgumentError("IN needs a list");
  StatusOr<Type> common = ComparedType(call);
  if (!common.ok() || common->IsNested()) {
    return absl::InvalidArgumentError(absl::StrCat("the values of IN cannot be compared with ",
                                                   call.arg_types[0].Nullable().ToString()));
  }
  Signature signature{{}, Type::Boolean()};
  bool nullable = false;
  for (const Type& type : call.arg_types) {
    signature.args.push_back(common->WithNullable(type.nullable()));
    nullable |= type.nullable();
  }
  signature.result = Type::Boolean().WithNullable(nullable);
  return signature;
}

// found(value) for each row; NULL where the value is, or where only a NULL in the list could have
// been it.
template <typename T, typename F>
void TestRows(const EvalContext& context, const Vector& arg, bool has_null, VectorBuilder& out,
              F found) {
  const VectorView<T> view = arg.View<T>();
  int8_t* values = out.values<int8_t>();
  for (int32_t row = 0; row < context.num_rows; ++row) {
    if (view.IsNull(row)) {
      values[row] = 0;
      out.SetNull(row);
      continue;
    }
    values[row] = found(view[row]);
    if (has_null && values[row] == 0) out.SetNull(row);
  }
}

template <typename T, typename List>
bool Contains(const List& list, const T& value) {
  for (const auto& entry : list) {
    if (entry == value) return true;
  }
  return false;
}

template <typename T>
void TestIntegers(const EvalContext& context, const Vector& arg, const InState& state,
                  VectorBuilder& out) {
  if (state.integers.size() <= kLinearSize) {
    return TestRows<T>(context, arg, state.has_null, out,
                       [&](T value) { return Contains(state.integers, int64_t{value}); });
  }
  TestRows<T>(context, arg, state.has_null, out,
              [&](T value) { return state.integer_set.contains(int64_t{value}); });
}

void TestTexts(const EvalContext& context, const Vector& arg, const InState& state,
               VectorBuilder& out) {
  if (state.views.size() <= kLinearSize) {
    return TestRows<Text>(context, arg, state.has_null, out,
                          [&](const Text& text) { return Contains(state.views, text); });
  }
  TestRows<Text>(context, arg, state.has_null, out, [&](const Text& text) {
    return state.text_set.contains(absl::string_view(text.data(), text.size()));
  });
}

void InKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const auto& state = *static_cast<const InState*>(context.state);
  const Vector& arg = args[0];
  switch (arg.type().layout()) {
    case Layout::kInt8: return TestIntegers<int8_t>(context, arg, state, out);
    case Layout::kInt16: return TestIntegers<int16_t>(context, arg, state, out);
    case Layout::kInt32: return TestIntegers<int32_t>(context, arg, state, out);
    case Layout::kInt64: return TestIntegers<int64_t>(context, arg, state, out);
    case Layout::kText: return TestTexts(context, arg, state, out);
    case Layout::kInt128:
      return TestRows<Int128>(context, arg, state.has_null, out,
                              [&](Int128 value) { return Contains(state.wide, value); });
    case Layout::kFloat:
      return TestRows<float>(context, arg, state.has_null, out,
                             [&](float value) { return Contains(state.doubles, double{value}); });
    case Layout::kDouble:
      return TestRows<double>(context, arg, state.has_null, out,
                              [&](double value) { return Contains(state.doubles, value); });
    case Layout::kTimestamp:
      return TestRows<Timestamp>(context, arg, state.has_null, out, [&](const Timestamp& value) {
        return Contains(state.timestamps, value);
      });
    default: SL_CHECK(false);
  }
}

}  // namespace

void Register_in(FunctionRegistry& registry) {
  registry.Add({.name = "IN",
                .signature = "(T, T, T...) -> BOOLEAN",
                .kernel = InKernel,
                .help = "TRUE if the first argument equals one of the others.",
                .example = "(2 IN (1, 2, 3)) = TRUE",
                .null_in_null_out = false,
                .infer = InferIn,
                .prepare = PrepareIn});
}

}  // namespace sluice
