// Arrays of arrays' elements: ARRAY_CONCAT, ARRAY_DISTINCT, ARRAY_UNION, ARRAY_INTERSECT,
// ARRAY_EXCEPT, ARRAY_REVERSE. In the sets NULL equals NULL, and the order is that of first
// occurrence.
#include "functions/array_writer.h"

namespace sluice {

namespace {

bool Occurs(const Vector& elements, int32_t begin, int32_t end, const Vector& value, int32_t row) {
  for (int32_t i = begin; i < end; ++i) {
    if (EqualRows(elements, i, value, row)) return true;
  }
  return false;
}

void Concat(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    for (const Vector& arg : args) writer.AppendAll(arg.child(0), arg.View<ListEntry>()[row]);
    writer.FinishRow(row);
  });
}

// The elements of the first array that `keeps` lets pass, each once.
template <typename Keeps>
void AppendDistinct(const Vector& elements, const ListEntry& entry, ArrayWriter& writer,
                    Keeps keeps) {
  for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    if (!Occurs(elements, entry.offset, i, elements, i) && keeps(i)) writer.Append(elements, i);
  }
}

void Distinct(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    AppendDistinct(args[0].child(0), entries[row], writer, [](int32_t) { return true; });
    writer.FinishRow(row);
  });
}

enum class SetOperation : uint8_t { kUnion, kIntersect, kExcept };

template <SetOperation operation>
void Combine(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const Vector& left = args[0].child(0);
  const Vector& right = args[1].child(0);
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const ListEntry a = args[0].View<ListEntry>()[row];
    const ListEntry b = args[1].View<ListEntry>()[row];
    AppendDistinct(left, a, writer, [&](int32_t i) {
      if (operation == SetOperation::kUnion) return true;
      return Occurs(right, b.offset, b.offset + b.length, left, i) ==
             (operation == SetOperation::kIntersect);
    });
    if (operation == SetOperation::kUnion) {
      AppendDistinct(right, b, writer, [&](int32_t i) {
        return !Occurs(left, a.offset, a.offset + a.length, right, i);
      });
    }
    writer.FinishRow(row);
  });
}

void Reverse(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const ListEntry entry = entries[row];
    for (int32_t i = entry.length - 1; i >= 0; --i)
      writer.Append(args[0].child(0), entry.offset + i);
    writer.FinishRow(row);
  });
}

StatusOr<Signature> InferOne(const FunctionCall& call) { return InferArrays(call, 1, 1); }
StatusOr<Signature> InferTwo(const FunctionCall& call) { return InferArrays(call, 2, 2); }
StatusOr<Signature> InferMany(const FunctionCall& call) { return InferArrays(call, 1, SIZE_MAX); }

}  // namespace

void Register_array_sets(FunctionRegistry& registry) {
  registry.Add({.name = "ARRAY_CONCAT",
                .signature = "(ARRAY<T>, ARRAY<T>...) -> ARRAY<T>",
                .kernel = Concat,
                .help = "The elements of all arrays, one array after the other.",
                .example = "ARRAY_CONCAT(ARRAY[1], ARRAY[2, 3]) = ARRAY[1, 2, 3]",
                .infer = InferMany});
  registry.Add({.name = "ARRAY_DISTINCT",
                .signature = "(ARRAY<T>) -> ARRAY<T>",
                .kernel = Distinct,
                .help = "The array with equal elements once.",
                .example = "ARRAY_DISTINCT(ARRAY[1, 2, 1]) = ARRAY[1, 2]",
                .infer = InferOne});
  registry.Add({.name = "ARRAY_UNION",
                .signature = "(ARRAY<T>, ARRAY<T>) -> ARRAY<T>",
                .kernel = Combine<SetOperation::kUnion>,
                .help = "The elements of either array, each once.",
                .example = "ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3]) = ARRAY[1, 2, 3]",
                .infer = InferTwo});
  registry.Add({.name = "ARRAY_INTERSECT",
                .signature = "(ARRAY<T>, ARRAY<T>) -> ARRAY<T>",
                .kernel = Combine<SetOperation::kIntersect>,
                .help = "The elements of both arrays, each once.",
                .example = "ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3]) = ARRAY[2]",
                .infer = InferTwo});
  registry.Add({.name = "ARRAY_EXCEPT",
                .signature = "(ARRAY<T>, ARRAY<T>) -> ARRAY<T>",
                .kernel = Combine<SetOperation::kExcept>,
                .help = "The elements of the first array that are not in the second, each once.",
                .example = "ARRAY_EXCEPT(ARRAY[1, 2], ARRAY[2, 3]) = ARRAY[1]",
                .infer = InferTwo});
  registry.Add({.name = "ARRAY_REVERSE",
                .signature = "(ARRAY<T>) -> ARRAY<T>",
                .kernel = Reverse,
                .help = "The elements in the opposite order.",
                .example = "ARRAY_REVERSE(ARRAY[1, 2]) = ARRAY[2, 1]",
                .infer = InferOne});
}

}  // namespace sluice
