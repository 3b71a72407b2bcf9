// NOT and the tests IS [NOT] TRUE, FALSE, UNKNOWN, NULL. AND and OR live in expr/: they decide
// which rows their right side sees.

#include "functions/kernels.h"

namespace sluice {

namespace {

void Not(bool value, bool& out) { out = !value; }

template <bool negated>
void IsNullKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                  RowErrors&) {
  int8_t* values = out.values<int8_t>();
  if (!args[0].MayHaveNulls()) {
    std::fill_n(values, context.num_rows, negated);
    return;
  }
  for (int32_t row = 0; row < context.num_rows; ++row) values[row] = args[0].IsNull(row) != negated;
}

template <bool expected, bool negated>
void IsBooleanKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                     RowErrors&) {
  const bool untyped = args[0].type().kind() == TypeKind::kNull;
  const VectorView<int8_t> view = args[0].View<int8_t>();
  int8_t* values = out.values<int8_t>();
  for (int32_t row = 0; row < context.num_rows; ++row) {
    const bool is = !untyped && !view.IsNull(row) && (view[row] != 0) == expected;
    values[row] = is != negated;
  }
}

}  // namespace

void Register_logic(FunctionRegistry& registry) {
  registry.Add({.name = "NOT",
                .signature = "(BOOLEAN) -> BOOLEAN",
                .kernel = Unary<bool, Not>,
                .help = "Negation; NOT NULL is NULL.",
                .example = "(NOT FALSE) = TRUE"});
  const auto add = [&](std::string_view name, std::string_view signature, ScalarKernel kernel,
                       std::string_view help, std::string_view example) {
    registry.Add({.name = name,
                  .signature = signature,
                  .kernel = kernel,
                  .help = help,
                  .example = example,
                  .null_in_null_out = false});
  };
  constexpr std::string_view kAny = "(ANY) -> BOOLEAN NOT NULL";
  constexpr std::string_view kBoolean = "(BOOLEAN) -> BOOLEAN NOT NULL";
  add("IS NULL", kAny, IsNullKernel<false>, "TRUE for NULL.", "(NULL IS NULL) = TRUE");
  add("IS NOT NULL", kAny, IsNullKernel<true>, "FALSE for NULL.", "(1 IS NOT NULL) = TRUE");
  add("IS UNKNOWN", kBoolean, IsNullKernel<false>, "TRUE for NULL.",
      "((1 = NULL) IS UNKNOWN) = TRUE");
  add("IS NOT UNKNOWN", kBoolean, IsNullKernel<true>, "FALSE for NULL.",
      "((1 = 1) IS NOT UNKNOWN) = TRUE");
  add("IS TRUE", kBoolean, IsBooleanKernel<true, false>, "TRUE for TRUE only.",
      "((1 = 1) IS TRUE) = TRUE");
  add("IS NOT TRUE", kBoolean, IsBooleanKernel<true, true>, "FALSE for TRUE only.",
      "((1 = NULL) IS NOT TRUE) = TRUE");
  add("IS FALSE", kBoolean, IsBooleanKernel<false, false>, "TRUE for FALSE only.",
      "((1 = 2) IS FALSE) = TRUE");
  add("IS NOT FALSE", kBoolean, IsBooleanKernel<false, true>, "FALSE for FALSE only.",
      "((1 = NULL) IS NOT FALSE) = TRUE");
}

}  // namespace sluice
