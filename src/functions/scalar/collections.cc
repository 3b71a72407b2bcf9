// The constructors ARRAY, MAP and ROW, access by ITEM (x[i], m['k']), CARDINALITY and ELEMENT.
#include "absl/strings/str_cat.h"
#include "functions/array_writer.h"

namespace sluice {

namespace {

void MakeArray(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  ArrayWriter writer(out);
  for (int32_t row = 0; row < context.num_rows; ++row) {
    for (const Vector& arg : args) writer.Append(arg, row);
    writer.FinishRow(row);
  }
}

StatusOr<Signature> InferMakeArray(const FunctionCall& call) {
  if (call.arg_types.empty()) return absl::InvalidArgumentError("ARRAY[] needs an element");
  SL_ASSIGN(const Type element, CommonType(call.arg_types));
  Signature signature;
  for (const Type& type : call.arg_types)
    signature.args.push_back(element.WithNullable(type.nullable()));
  signature.result = Type::Array(element).NotNull();
  return signature;
}

// Of equal keys the last counts, in the place of the first.
void MakeMap(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  for (int32_t row = 0; row < context.num_rows; ++row) {
    const int32_t begin = out.child(0).num_rows();
    for (size_t i = 0; i < args.size(); i += 2) {
      bool is_first = true;
      for (size_t j = 0; j < i && is_first; j += 2)
        is_first = !EqualRows(args[j], row, args[i], row);
      if (!is_first) continue;
      size_t last = i;
      for (size_t j = i + 2; j < args.size(); j += 2) {
        if (EqualRows(args[j], row, args[i], row)) last = j;
      }
      const int32_t at = out.child(0).num_rows();
      out.child(0).Resize(at + 1);
      out.child(1).Resize(at + 1);
      out.child(0).CopyRow(at, args[i], row);
      out.child(1).CopyRow(at, args[last + 1], row);
    }
    out.values<ListEntry>()[row] = {begin, out.child(0).num_rows() - begin};
  }
}

StatusOr<Signature> InferMakeMap(const FunctionCall& call) {
  const std::vector<Type>& types = call.arg_types;
  if (types.empty() || types.size() % 2 != 0)
    return absl::InvalidArgumentError("MAP[] needs pairs of keys and values");
  std::vector<Type> keys;
  std::vector<Type> values;
  for (size_t i = 0; i < types.size(); i += 2) {
    keys.push_back(types[i]);
    values.push_back(types[i + 1]);
  }
  SL_ASSIGN(const Type key, CommonType(keys));
  SL_ASSIGN(const Type value, CommonType(values));
  Signature signature;
  for (size_t i = 0; i < types.size(); ++i) {
    signature.args.push_back((i % 2 == 0 ? key : value).WithNullable(types[i].nullable()));
  }
  signature.result = Type::Map(key, value).NotNull();
  return signature;
}

void MakeRow(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  for (size_t i = 0; i < args.size(); ++i) {
    VectorBuilder& field = out.child(static_cast<int>(i));
    for (int32_t row = 0; row < context.num_rows; ++row) field.CopyRow(row, args[i], row);
  }
}

StatusOr<Signature> InferMakeRow(const FunctionCall& call) {
  std::vector<Field> fields;
  for (const Type& type : call.arg_types)
    fields.push_back({absl::StrCat("EXPR$", fields.size()), type});
  return Signature{call.arg_types, Type::Row(std::move(fields)).NotNull()};
}

int64_t IndexAt(const Vector& index, int32_t row) {
  if (index.type().layout() == Layout::kInt64) return index.View<int64_t>()[row];
  return index.View<int32_t>()[row];
}

void Item(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  const bool is_array = args[0].type().kind() == TypeKind::kArray;
  const Vector& values = args[0].child(is_array ? 0 : 1);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const ListEntry entry = entries[row];
    const int64_t place =
        is_array ? IndexAt(args[1], row) - 1 : FindElement(args[0].child(0), entry, args[1], row);
    if (place < 0 || place >= entry.length) return SetNullRow(out, row);
    out.CopyRow(row, values, entry.offset + static_cast<int32_t>(place));
  });
}

StatusOr<Signature> InferItem(const FunctionCall& call) {
  if (call.arg_types.size() != 2)
    return absl::InvalidArgumentError("an item is taken by one index or key");
  const Type& collection = call.arg_types[0];
  const Type& index = call.arg_types[1];
  if (collection.kind() == TypeKind::kMap) {
    const Type types[] = {collection.key(), index};
    SL_ASSIGN(const Type key, CommonType(types));
    const Type map = Type::Map(key.WithNullable(collection.key().nullable()), collection.value());
    return Signature{{map.WithNullable(collection.nullable()), key.WithNullable(index.nullable())},
                     collection.value().Nullable()};
  }
  if (collection.kind() != TypeKind::kArray) {
    return absl::InvalidArgumentError(
        absl::StrCat("no items in ", collection.Nullable().ToString()));
  }
  if (!index.IsInteger() && index.kind() != TypeKind::kNull) {
    return absl::InvalidArgumentError(
        absl::StrCat("an array takes a number as index, not ", index.Nullable().ToString()));
  }
  const Value* literal = call.literals[1];
  if (literal != nullptr && !literal->is_null() && literal->as_int() < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("array elements are counted from 1, not from ", literal->as_int()));
  }
  const Type number = index.kind() == TypeKind::kBigInt ? Type::BigInt() : Type::Int();
  return Signature{{collection, number.WithNullable(index.nullable())},
                   collection.element().Nullable()};
}

// A multiset counts every occurrence.
void Cardinality(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  const bool is_multiset = args[0].type().kind() == TypeKind::kMultiset;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    int32_t count = entries[row].length;
    if (is_multiset) {
      count = 0;
      for (int32_t i = 0; i < entries[row].length; ++i) {
        count += args[0].child(1).View<int32_t>()[entries[row].offset + i];
      }
    }
    out.values<int32_t>()[row] = count;
  });
}

StatusOr<Signature> InferCardinality(const FunctionCall& call) {
  if (call.arg_types.size() != 1 || call.arg_types[0].layout() != Layout::kList) {
    return absl::InvalidArgumentError("CARDINALITY takes an ARRAY, MAP or MULTISET");
  }
  return Signature{call.arg_types, Type::Int().WithNullable(call.arg_types[0].nullable())};
}

void Element(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
             RowErrors& errors) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const ListEntry entry = entries[row];
    if (entry.length > 1)
      return FailRow(out, row, "ELEMENT of an array that has more than one", errors);
    if (entry.length == 0) return SetNullRow(out, row);
    out.CopyRow(row, args[0].child(0), entry.offset);
  });
}

StatusOr<Signature> InferElement(const FunctionCall& call) {
  if (call.arg_types.size() != 1 || call.arg_types[0].kind() != TypeKind::kArray) {
    return absl::InvalidArgumentError("ELEMENT takes an ARRAY");
  }
  return Signature{call.arg_types, call.arg_types[0].element().Nullable()};
}

}  // namespace

void Register_collections(FunctionRegistry& registry) {
  registry.Add({.name = "ARRAY",
                .signature = "(T, T...) -> ARRAY<T> NOT NULL",
                .kernel = MakeArray,
                .help = "An array of the values: ARRAY[1, 2].",
                .example = "CARDINALITY(ARRAY[1, 2]) = 2",
                .null_in_null_out = false,
                .infer = InferMakeArray});
  registry.Add({.name = "MAP",
                .signature = "(K, V...) -> MAP<K, V> NOT NULL",
                .kernel = MakeMap,
                .help = "A map of keys and values: MAP['a', 1].",
                .example = "MAP['a', 1]['a'] = 1",
                .null_in_null_out = false,
                .infer = InferMakeMap});
  registry.Add({.name = "ROW",
                .signature = "(ANY...) -> ROW NOT NULL",
                .kernel = MakeRow,
                .help = "A row of the values.",
                .example = "CAST(ROW(1, 'a') AS STRING) = '(1, a)'",
                .null_in_null_out = false,
                .infer = InferMakeRow});
  registry.Add({.name = "ITEM",
                .signature = "(ARRAY<T>, INT) -> T NULLABLE; (MAP<K, V>, K) -> V NULLABLE",
                .kernel = Item,
                .help = "An element by its place from 1, or a value by its key: a[1], m['k']. NULL "
                        "if there is none.",
                .example = "ARRAY[5, 6][2] = 6",
                .infer = InferItem});
  registry.Add({.name = "CARDINALITY",
                .signature = "(ARRAY<T>) -> INT; (MAP<K, V>) -> INT; (MULTISET<T>) -> INT",
                .kernel = Cardinality,
                .help = "The number of elements or entries.",
                .example = "CARDINALITY(ARRAY[1, NULL]) = 2",
                .infer = InferCardinality});
  registry.Add(
      {.name = "ELEMENT",
       .signature = "(ARRAY<T>) -> T NULLABLE",
       .kernel = Element,
       .help = "The only element of an array; NULL if it is empty, an error if there are more.",
       .example = "ELEMENT(ARRAY[5]) = 5",
       .can_fail = true,
       .infer = InferElement});
}

}  // namespace sluice
