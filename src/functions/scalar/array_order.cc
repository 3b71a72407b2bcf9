// ARRAY_SORT, ARRAY_MAX, ARRAY_MIN and ARRAY_SLICE.
#include <numeric>

#include "absl/strings/str_cat.h"
#include "functions/array_writer.h"

namespace sluice {

namespace {

void Sort(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  const Vector& elements = args[0].child(0);
  ArrayWriter writer(out);
  std::vector<int32_t> order;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const bool ascending = args.size() < 2 || args[1].View<int8_t>()[row] != 0;
    const bool nulls_first = args.size() < 3 ? ascending : args[2].View<int8_t>()[row] != 0;
    order.resize(entries[row].length);
    std::iota(order.begin(), order.end(), entries[row].offset);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      const bool null_a = elements.IsNull(a);
      const bool null_b = elements.IsNull(b);
      if (null_a || null_b) return null_a != null_b && null_a == nulls_first;
      const int compared = CompareElements(elements, a, b);
      return ascending ? compared < 0 : compared > 0;
    });
    for (const int32_t i : order) writer.Append(elements, i);
    writer.FinishRow(row);
  });
}

template <bool max>
void Best(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  const Vector& elements = args[0].child(0);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    int32_t best = -1;
    for (int32_t i = entries[row].offset; i < entries[row].offset + entries[row].length; ++i) {
      if (elements.IsNull(i)) continue;
      const int compared = best < 0 ? 1 : CompareElements(elements, i, best);
      if (best < 0 || (max ? compared > 0 : compared < 0)) best = i;
    }
    if (best < 0)
      SetNullRow(out, row);
    else
      out.CopyRow(row, elements, best);
  });
}

void Slice(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const int64_t size = entries[row].length;
    int64_t start = args[1].View<int32_t>()[row];
    int64_t end = args.size() < 3 ? size : args[2].View<int32_t>()[row];
    if (size > 0) {
      // Counted from 1, or from the end if negative; 0 is 1.
      if (start < 0) start += size + 1;
      if (end < 0) end += size + 1;
      start = std::max<int64_t>(start, 1);
      end = end == 0 ? 1 : std::min(end, size);
      for (int64_t i = start; i <= end; ++i) {
        writer.Append(args[0].child(0), entries[row].offset + static_cast<int32_t>(i) - 1);
      }
    }
    writer.FinishRow(row);
  });
}

Status CheckOrdered(const FunctionCall& call) {
  const Type& type = call.arg_types[0];
  if (type.kind() == TypeKind::kArray && type.element().IsNested()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " cannot order nested elements"));
  }
  return OkStatus();
}

// An array, and further arguments of one type.
StatusOr<Signature> InferWith(const FunctionCall& call, size_t min_args, size_t max_args,
                              const Type& further) {
  const size_t num_args = call.arg_types.size();
  if (num_args < min_args || num_args > max_args) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " takes ", min_args, " to ", max_args, " arguments"));
  }
  FunctionCall only_array = call;
  only_array.arg_types.resize(1);
  SL_ASSIGN(Signature signature, InferArrays(only_array, 1, 1));
  bool nullable = signature.result.nullable();
  for (size_t i = 1; i < num_args; ++i) {
    const Type& type = call.arg_types[i];
    if (type.kind() != TypeKind::kNull && !IsImplicitlyCastable(type, further)) {
      return absl::InvalidArgumentError(absl::StrCat(std::string(call.name), " takes ",
                                                     further.ToString(), ", not ",
                                                     type.Nullable().ToString()));
    }
    signature.args.push_back(further.WithNullable(type.nullable()));
    nullable |= type.nullable();
  }
  signature.result = signature.result.WithNullable(nullable);
  return signature;
}

StatusOr<Signature> InferSort(const FunctionCall& call) {
  if (!call.arg_types.empty()) SL_TRY(CheckOrdered(call));
  return InferWith(call, 1, 3, Type::Boolean());
}
StatusOr<Signature> InferSlice(const FunctionCall& call) {
  return InferWith(call, 2, 3, Type::Int());
}
StatusOr<Signature> InferBest(const FunctionCall& call) {
  if (!call.arg_types.empty()) SL_TRY(CheckOrdered(call));
  SL_ASSIGN(Signature signature, InferArrays(call, 1, 1));
  signature.result = signature.result.element().Nullable();
  return signature;
}

}  // namespace

void Register_array_order(FunctionRegistry& registry) {
  registry.Add(
      {.name = "ARRAY_SORT",
       .signature = "(ARRAY<T>[, BOOLEAN[, BOOLEAN]]) -> ARRAY<T>",
       .kernel = Sort,
       .help = "The elements in order: ascending unless told otherwise, NULLs first if ascending.",
       .example = "ARRAY_SORT(ARRAY[3, 1, 2]) = ARRAY[1, 2, 3]",
       .infer = InferSort});
  registry.Add({.name = "ARRAY_MAX",
                .signature = "(ARRAY<T>) -> T NULLABLE",
                .kernel = Best<true>,
                .help = "The largest element.",
                .example = "ARRAY_MAX(ARRAY[3, 1, 2]) = 3",
                .infer = InferBest});
  registry.Add({.name = "ARRAY_MIN",
                .signature = "(ARRAY<T>) -> T NULLABLE",
                .kernel = Best<false>,
                .help = "The smallest element.",
                .example = "ARRAY_MIN(ARRAY[3, 1, 2]) = 1",
                .infer = InferBest});
  registry.Add(
      {.name = "ARRAY_SLICE",
       .signature = "(ARRAY<T>, INT[, INT]) -> ARRAY<T>",
       .kernel = Slice,
       .help =
           "The elements from one place to another, counted from 1 or, if negative, from the end.",
       .example = "ARRAY_SLICE(ARRAY[1, 2, 3], 2, 3) = ARRAY[2, 3]",
       .infer = InferSlice});
}

}  // namespace sluice
