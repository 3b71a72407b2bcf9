#include "functions/array_writer.h"

#include "absl/strings/str_cat.h"

namespace sluice {

namespace {

template <typename T>
int Compare(const Vector& elements, int32_t a, int32_t b) {
  const VectorView<T> view = elements.View<T>();
  if constexpr (std::is_same_v<T, Text>) {
    return view[a].view().compare(view[b].view());
  } else {
    return view[a] < view[b] ? -1 : view[b] < view[a] ? 1 : 0;
  }
}

}  // namespace

StatusOr<Type> CommonArrayType(const FunctionCall& call, size_t num_arrays) {
  std::vector<Type> elements;
  for (size_t i = 0; i < call.arg_types.size(); ++i) {
    const Type& type = call.arg_types[i];
    if (i >= num_arrays) {
      elements.push_back(type);
    } else if (type.kind() == TypeKind::kArray) {
      elements.push_back(type.element());
    } else if (type.kind() != TypeKind::kNull) {
      return absl::InvalidArgumentError(absl::StrCat(
          std::string(call.name), " takes an ARRAY, not ", type.Nullable().ToString()));
    }
  }
  StatusOr<Type> common = CommonType(elements);
  if (!common.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name),
                     " needs elements of one type: ", std::string(common.status().message())));
  }
  return Type::Array(*common);
}

StatusOr<Signature> InferArrayAndValue(const FunctionCall& call,
                                       Type (*result)(const Type& array)) {
  if (call.arg_types.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " takes an array and a value"));
  }
  SL_ASSIGN(const Type array, CommonArrayType(call, 1));
  const bool nullable = call.arg_types[0].nullable();
  return Signature{
      {array.WithNullable(nullable), array.element().WithNullable(call.arg_types[1].nullable())},
      result(array).WithNullable(nullable)};
}

StatusOr<Signature> InferArrays(const FunctionCall& call, size_t min_args, size_t max_args) {
  if (call.arg_types.size() < min_args || call.arg_types.size() > max_args) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " takes at least ", min_args, " arrays"));
  }
  SL_ASSIGN(const Type array, CommonArrayType(call, call.arg_types.size()));
  Signature signature;
  bool nullable = false;
  for (const Type& type : call.arg_types) {
    nullable |= type.nullable();
    signature.args.push_back(array.WithNullable(type.nullable()));
  }
  signature.result = array.WithNullable(nullable);
  return signature;
}

int CompareElements(const Vector& elements, int32_t a, int32_t b) {
  switch (elements.type().layout()) {
    case Layout::kInt8: return Compare<int8_t>(elements, a, b);
    case Layout::kInt16: return Compare<int16_t>(elements, a, b);
    case Layout::kInt32: return Compare<int32_t>(elements, a, b);
    case Layout::kInt64: return Compare<int64_t>(elements, a, b);
    case Layout::kInt128: return Compare<Int128>(elements, a, b);
    case Layout::kFloat: return Compare<float>(elements, a, b);
    case Layout::kDouble: return Compare<double>(elements, a, b);
    case Layout::kText: return Compare<Text>(elements, a, b);
    case Layout::kTimestamp: return Compare<Timestamp>(elements, a, b);
    default: return 0;
  }
}

}  // namespace sluice
