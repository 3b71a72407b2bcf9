// TYPEOF: the data type of an expression as text.

#include "functions/kernels.h"

namespace sluice {

namespace {

struct TypeOfState : FunctionState {
  std::string text;
};

StatusOr<Signature> InferTypeOf(const FunctionCall& call) {
  if (call.arg_types.empty() || call.arg_types.size() > 2) {
    return absl::InvalidArgumentError("TYPEOF takes one argument");
  }
  return Signature{call.arg_types, Type::String()};
}

StatusOr<std::unique_ptr<FunctionState>> PrepareTypeOf(const FunctionCall& call) {
  auto state = std::make_unique<TypeOfState>();
  state->text = call.arg_types[0].ToString();
  return state;
}

void TypeOfKernel(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  const auto& state = *static_cast<const TypeOfState*>(context.state);
  const Text text(out.arena().Copy(state.text));
  std::fill_n(out.values<Text>(), context.num_rows, text);
}

}  // namespace

void Register_type_of(FunctionRegistry& registry) {
  registry.Add({.name = "TYPEOF",
                .signature = "(ANY [, BOOLEAN]) -> STRING",
                .kernel = TypeOfKernel,
                .help = "The data type of the argument.",
                .example = "TYPEOF(1) = 'INT NOT NULL'",
                .null_in_null_out = false,
                .infer = InferTypeOf,
                .prepare = PrepareTypeOf});
}

}  // namespace sluice
