// Arrays changed by single values: ARRAY_APPEND, ARRAY_PREPEND, ARRAY_REMOVE, ARRAY_CONTAINS,
// ARRAY_POSITION. NULL is a value like others, but for ARRAY_POSITION, which finds none.
#include "functions/array_writer.h"

namespace sluice {

namespace {

// f(row, entry) for the rows whose array is not NULL; the others become NULL.
template <typename F>
void ForEachArray(const EvalContext& context, const Vector& array, VectorBuilder& out, F f) {
  const VectorView<ListEntry> entries = array.View<ListEntry>();
  for (int32_t row = 0; row < context.num_rows; ++row) {
    if (entries.IsNull(row))
      SetNullRow(out, row);
    else
      f(row, entries[row]);
  }
}

void Append(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  ArrayWriter writer(out);
  ForEachArray(context, args[0], out, [&](int32_t row, const ListEntry& entry) {
    writer.AppendAll(args[0].child(0), entry);
    writer.Append(args[1], row);
    writer.FinishRow(row);
  });
}

void Prepend(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  ArrayWriter writer(out);
  ForEachArray(context, args[0], out, [&](int32_t row, const ListEntry& entry) {
    writer.Append(args[1], row);
    writer.AppendAll(args[0].child(0), entry);
    writer.FinishRow(row);
  });
}

void Remove(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const Vector& elements = args[0].child(0);
  ArrayWriter writer(out);
  ForEachArray(context, args[0], out, [&](int32_t row, const ListEntry& entry) {
    for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (!EqualRows(elements, i, args[1], row)) writer.Append(elements, i);
    }
    writer.FinishRow(row);
  });
}

void Contains(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  ForEachArray(context, args[0], out, [&](int32_t row, const ListEntry& entry) {
    out.values<int8_t>()[row] = FindElement(args[0].child(0), entry, args[1], row) >= 0;
  });
}

void Position(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    out.values<int32_t>()[row] = FindElement(args[0].child(0), entries[row], args[1], row) + 1;
  });
}

Type SameArray(const Type& array) { return array; }

StatusOr<Signature> InferChanged(const FunctionCall& call) {
  return InferArrayAndValue(call, SameArray);
}

StatusOr<Signature> InferPosition(const FunctionCall& call) {
  SL_ASSIGN(Signature signature, InferArrayAndValue(call, [](const Type&) { return Type::Int(); }));
  signature.result =
      Type::Int().WithNullable(call.arg_types[0].nullable() || call.arg_types[1].nullable());
  return signature;
}

}  // namespace

void Register_array_elements(FunctionRegistry& registry) {
  registry.Add({.name = "ARRAY_APPEND",
                .signature = "(ARRAY<T>, T) -> ARRAY<T>",
                .kernel = Append,
                .help = "The array with a value at its end.",
                .example = "ARRAY_APPEND(ARRAY[1], 2) = ARRAY[1, 2]",
                .null_in_null_out = false,
                .infer = InferChanged});
  registry.Add({.name = "ARRAY_PREPEND",
                .signature = "(ARRAY<T>, T) -> ARRAY<T>",
                .kernel = Prepend,
                .help = "The array with a value at its beginning.",
                .example = "ARRAY_PREPEND(ARRAY[1], 2) = ARRAY[2, 1]",
                .null_in_null_out = false,
                .infer = InferChanged});
  registry.Add({.name = "ARRAY_REMOVE",
                .signature = "(ARRAY<T>, T) -> ARRAY<T>",
                .kernel = Remove,
                .help = "The array without the elements that equal a value.",
                .example = "ARRAY_REMOVE(ARRAY[1, 2, 1], 1) = ARRAY[2]",
                .null_in_null_out = false,
                .infer = InferChanged});
  registry.Add({.name = "ARRAY_CONTAINS",
                .signature = "(ARRAY<T>, T) -> BOOLEAN",
                .kernel = Contains,
                .help = "True if an element equals the value.",
                .example = "ARRAY_CONTAINS(ARRAY[1, 2], 2) = TRUE",
                .null_in_null_out = false,
                .infer = [](const FunctionCall& call) {
                  return InferArrayAndValue(call, [](const Type&) { return Type::Boolean(); });
                }});
  registry.Add(
      {.name = "ARRAY_POSITION",
       .signature = "(ARRAY<T>, T) -> INT",
       .kernel = Position,
       .help = "The place of the first element that equals the value, from 1; 0 if there is none.",
       .example = "ARRAY_POSITION(ARRAY[5, 6], 6) = 2",
       .infer = InferPosition});
}

}  // namespace sluice
