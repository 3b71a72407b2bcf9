// How an aggregate is written: an accumulator struct, a function that adds one value to it, and one
// that gives its result. The accumulator lies in the operator's state row; text in it is owned.
#pragma once

#include <concepts>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "functions/aggregate_function.h"
#include "functions/kernels.h"
#include "types/text.h"

namespace sluice {

// Places Accumulators of any type; what remains are Update and Result.
template <typename Accumulator>
class PlacedAggregator : public Aggregator {
 public:
  static_assert(alignof(Accumulator) <= 8);
  int32_t accumulator_bytes() const final {
    return static_cast<int32_t>((sizeof(Accumulator) + 7) & ~size_t{7});
  }
  void Init(char* accumulator) final { new (accumulator) Accumulator(); }
  void Destroy(char* accumulator) final {
    if constexpr (!std::is_trivially_destructible_v<Accumulator>) At(accumulator).~Accumulator();
  }

 protected:
  static Accumulator& At(char* accumulator) {
    return *std::launder(reinterpret_cast<Accumulator*>(accumulator));
  }
};

// An INT128 that needs no alignment above 8, as accumulators have none.
struct PackedInt128 {
  uint64_t low = 0;
  uint64_t high = 0;

  PackedInt128() = default;
  explicit PackedInt128(Int128 value)
      : low(static_cast<uint64_t>(value)), high(static_cast<uint64_t>(value >> 64)) {}
  Int128 value() const {
    return static_cast<Int128>((static_cast<unsigned __int128>(high) << 64) | low);
  }
  friend auto operator<=>(const PackedInt128& a, const PackedInt128& b) {
    return a.value() <=> b.value();
  }
  friend bool operator==(const PackedInt128& a, const PackedInt128& b) = default;
};

// What a value of a vector becomes when it is kept: owned text, else itself.
template <typename T>
struct KeptType {
  using type = T;
  static const T& Of(const T& value) { return value; }
  static void Write(VectorBuilder& out, int32_t row, const T& kept) { out.values<T>()[row] = kept; }
};
template <>
struct KeptType<Text> {
  using type = std::string;
  static std::string_view Of(const Text& value) { return value.view(); }
  static void Write(VectorBuilder& out, int32_t row, const std::string& kept) {
    out.values<Text>()[row] =
        Text(kept.size() > Text::kInlineBytes ? out.arena().Copy(kept) : std::string_view(kept));
  }
};
template <>
struct KeptType<Int128> {
  using type = PackedInt128;
  static PackedInt128 Of(const Int128& value) { return PackedInt128(value); }
  static void Write(VectorBuilder& out, int32_t row, const PackedInt128& kept) {
    out.values<Int128>()[row] = kept.value();
  }
};

// Calls make.operator()<T>() with the C++ type in which values of this layout lie. REQUIRES: not
// nested, not kNone.
template <typename F>
auto ForLayout(Layout layout, F make) {
  switch (layout) {
    case Layout::kInt8: return make.template operator()<int8_t>();
    case Layout::kInt16: return make.template operator()<int16_t>();
    case Layout::kInt32: return make.template operator()<int32_t>();
    case Layout::kFloat: return make.template operator()<float>();
    case Layout::kDouble: return make.template operator()<double>();
    case Layout::kInt128: return make.template operator()<Int128>();
    case Layout::kText: return make.template operator()<Text>();
    case Layout::kTimestamp: return make.template operator()<Timestamp>();
    default: return make.template operator()<int64_t>();
  }
}

// Java's wrapping arithmetic on INT types.
template <std::integral T>
T WrapAdd(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(static_cast<U>(a) + static_cast<U>(b)));
}
template <std::integral T>
T WrapSubtract(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(static_cast<U>(a) - static_cast<U>(b)));
}
template <std::integral T>
T WrapMultiply(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(static_cast<int64_t>(a)) *
                        static_cast<uint64_t>(static_cast<int64_t>(b)));
}

// A signature with one argument. InvalidArgument if `takes` refuses its type; a literal NULL counts
// as INT.
inline StatusOr<Signature> InferOne(const FunctionCall& call, bool (*takes)(const Type&),
                                    Type (*result)(const Type&)) {
  if (call.arg_types.size() != 1) {
    return absl::InvalidArgumentError(std::string(call.name) + " takes one argument");
  }
  const Type arg = call.arg_types[0].kind() == TypeKind::kNull ? Type::Int() : call.arg_types[0];
  if (!takes(arg)) {
    return absl::InvalidArgumentError(std::string(call.name) + " does not take " +
                                      arg.Nullable().ToString());
  }
  return Signature{{arg}, result(arg)};
}

}  // namespace sluice
