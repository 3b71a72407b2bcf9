// GREATEST and LEAST of any number of values of one type; NULL if one of them is.

#include "functions/kernels.h"

namespace sluice {

namespace {

template <bool greatest, typename T>
void ChooseRows(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out) {
  using kernels_internal::Load;
  using kernels_internal::Stored;
  Stored<T>* values = out.values<Stored<T>>();
  const VectorView<Stored<T>> first = args[0].View<Stored<T>>();
  ForEachValid(out, context.num_rows, [&](int32_t row) { values[row] = first[row]; });
  for (size_t i = 1; i < args.size(); ++i) {
    const VectorView<Stored<T>> next = args[i].View<Stored<T>>();
    ForEachValid(out, context.num_rows, [&](int32_t row) {
      const T best = Load<T>(values[row]);
      const T other = Load<T>(next[row]);
      if (greatest ? best < other : other < best) values[row] = next[row];
    });
  }
  if (out.type().layout() != Layout::kText) return;
  for (const Vector& arg : args) out.AddPinsOf(arg);
}

template <bool greatest>
void ChooseKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                  RowErrors&) {
  switch (out.type().layout()) {
    case Layout::kInt8: return ChooseRows<greatest, int8_t>(context, args, out);
    case Layout::kInt16: return ChooseRows<greatest, int16_t>(context, args, out);
    case Layout::kInt32: return ChooseRows<greatest, int32_t>(context, args, out);
    case Layout::kInt64: return ChooseRows<greatest, int64_t>(context, args, out);
    case Layout::kInt128: return ChooseRows<greatest, Int128>(context, args, out);
    case Layout::kFloat: return ChooseRows<greatest, float>(context, args, out);
    case Layout::kDouble: return ChooseRows<greatest, double>(context, args, out);
    case Layout::kTimestamp: return ChooseRows<greatest, Timestamp>(context, args, out);
    case Layout::kText: return ChooseRows<greatest, std::string_view>(context, args, out);
    default: SL_CHECK(false);
  }
}

StatusOr<Signature> InferChoice(const FunctionCall& call) {
  if (call.arg_types.empty()) return absl::InvalidArgumentError("at least one argument is needed");
  SL_ASSIGN(const Type common, CommonType(call.arg_types));
  if (common.IsNested()) return absl::InvalidArgumentError("nested values have no order");
  Signature signature{{}, common};
  for (const Type& type : call.arg_types) {
    signature.args.push_back(common.WithNullable(type.nullable()));
  }
  return signature;
}

}  // namespace

void Register_greatest_least(FunctionRegistry& registry) {
  registry.Add({.name = "GREATEST",
                .signature = "(T, T...) -> T",
                .kernel = ChooseKernel<true>,
                .help = "The greatest of the values; NULL if one is NULL.",
                .example = "GREATEST(1, 3, 2) = 3",
                .infer = InferChoice});
  registry.Add({.name = "LEAST",
                .signature = "(T, T...) -> T",
                .kernel = ChooseKernel<false>,
                .help = "The least of the values; NULL if one is NULL.",
                .example = "LEAST(1, 3, 2) = 1",
                .infer = InferChoice});
}

}  // namespace sluice
