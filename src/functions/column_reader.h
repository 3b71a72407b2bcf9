// How kernels read the values of a column as parameters of a plain function. Private to functions/.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "types/text.h"
#include "types/vector.h"

namespace sluice {

namespace kernels_internal {

// The C++ type that lies in the vector for a parameter type.
template <typename T>
struct StoredType {
  using type = T;
};
template <>
struct StoredType<bool> {
  using type = int8_t;
};
template <>
struct StoredType<std::string_view> {
  using type = Text;
};
template <typename T>
using Stored = typename StoredType<T>::type;

template <typename T>
T Load(const Stored<T>& stored) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return stored.view();
  } else if constexpr (std::is_same_v<T, bool>) {
    return stored != 0;
  } else {
    return stored;
  }
}

template <typename T>
struct FlatReader {
  const Stored<T>* values;
  T operator[](int32_t i) const { return Load<T>(values[i]); }
};
template <typename T>
struct ConstantReader {
  Stored<T> value;
  T operator[](int32_t) const { return Load<T>(value); }
};
template <typename T>
struct AnyReader {
  VectorView<Stored<T>> view;
  T operator[](int32_t i) const { return Load<T>(view[i]); }
};

template <typename T>
AnyReader<T> ReadAny(const Vector& vector) {
  return {vector.View<Stored<T>>()};
}
template <typename T>
FlatReader<T> ReadFlat(const Vector& vector) {
  return {vector.View<Stored<T>>().values};
}
template <typename T>
ConstantReader<T> ReadConstant(const Vector& vector) {
  return {vector.View<Stored<T>>().values[0]};
}

}  // namespace kernels_internal
}  // namespace sluice
