// How a scalar function becomes a kernel: Unary<In, fn>, Binary<A, B, fn> and Ternary<A, B, C, fn>
// wrap a plain function on single values into a loop over vectors. The function is
//
//   R fn([const EvalContext& context,] In... in, Out& out[, RowFailure& failure])
//
// In:  bool, int8_t, int16_t, int32_t, int64_t, Int128, float, double, Timestamp, std::string_view
// (CHAR … VARBINARY). Out: the same, but StringWriter for text. R:   void = always a value; bool =
// false makes the row NULL, or a row error if `failure` (or the writer's bound) says so.
//
// NULL rows are skipped; where all types are numbers and R is void they are computed along, which
// lets the loop vectorise. All encodings are read in place. A kernel allocates nothing per row and
// runs on the thread of its task.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "functions/scalar_function.h"
#include "types/text.h"

namespace sluice {

// Why one row fails. Fail() returns false, so that a function ends with `return failure.Fail("…")`.
class RowFailure {
 public:
  bool Fail(std::string detail) {
    failed_ = true;
    detail_ = std::move(detail);
    return false;
  }
  bool failed() const { return failed_; }
  std::string TakeDetail() {
    failed_ = false;
    return std::move(detail_);
  }

 private:
  bool failed_ = false;
  std::string detail_;
};

// Writes the text of one row after the other straight into the arena of the result.
class StringWriter {
 public:
  // The longest text that a function may make; more is a row error.
  static constexpr int64_t kMaxBytes = int64_t{64} << 20;

  explicit StringWriter(VectorBuilder& out) : out_(out), values_(out.values<Text>()) {}
  StringWriter(const StringWriter&) = delete;
  StringWriter& operator=(const StringWriter&) = delete;

  // Makes room for `bytes` more. False, and the row fails, when the text would be longer than
  // kMaxBytes.
  [[nodiscard]] bool Reserve(int64_t bytes) {
    if (bytes <= capacity_ - size_) return true;
    return Grow(bytes);
  }
  void Append(std::string_view text) {
    char* target = Extend(static_cast<int64_t>(text.size()));
    if (target != nullptr && !text.empty()) std::memcpy(target, text.data(), text.size());
  }
  void Append(char c) {
    char* target = Extend(1);
    if (target != nullptr) *target = c;
  }
  // `bytes` more, to be written by the caller; null when that is too long.
  char* Extend(int64_t bytes) {
    if (!Reserve(bytes)) return nullptr;
    char* target = data_ + size_;
    size_ += bytes;
    return target;
  }
  // Drops all but the first `bytes` of what was appended.
  void Truncate(int64_t bytes) { size_ = bytes; }
  // The whole result is `part`, a piece of an argument: nothing is copied.
  void Refer(std::string_view part) {
    referred_ = part;
    refers_ = true;
    referred_any_ = true;
  }

  int64_t size() const { return size_; }
  char* data() { return data_; }
  std::string_view view() const { return {data_, static_cast<size_t>(size_)}; }
  bool too_long() const { return too_long_; }

  // Ends the row: what was written becomes its value, or is dropped when `keep` is false.
  void FinishRow(int32_t row, bool keep) {
    if (!keep) size_ = 0;
    if (keep && refers_) {
      values_[row] = Text(referred_);
    } else {
      values_[row] = Text(view());
    }
    if (capacity_ != 0) {
      const bool stays = !refers_ && size_ > Text::kInlineBytes;
      out_.arena().Trim(static_cast<size_t>(capacity_), stays ? static_cast<size_t>(size_) : 0);
    }
    data_ = nullptr;
    capacity_ = size_ = 0;
    refers_ = too_long_ = false;
  }
  // True once a row was Refer-red: the arguments must then be pinned.
  bool referred_any() const { return referred_any_; }

 private:
  bool Grow(int64_t bytes) {
    if (size_ + bytes > kMaxBytes) {
      too_long_ = true;
      return false;
    }
    // The latest allocation is given back first, so that the arena mostly extends it where it lies.
    const int64_t capacity = std::max({size_ + bytes, capacity_ * 2, int64_t{64}});
    if (capacity_ != 0) out_.arena().Trim(static_cast<size_t>(capacity_), 0);
    char* data = out_.arena().Allocate(static_cast<size_t>(capacity));
    if (data != data_ && size_ != 0) std::memcpy(data, data_, static_cast<size_t>(size_));
    data_ = data;
    capacity_ = capacity;
    return true;
  }

  VectorBuilder& out_;
  Text* values_;
  char* data_ = nullptr;
  int64_t capacity_ = 0;
  int64_t size_ = 0;
  std::string_view referred_;
  bool refers_ = false;
  bool referred_any_ = false;
  bool too_long_ = false;
};

// Calls f(row) for each row of [0, num_rows) that is not NULL in `out`; f may make its own row
// NULL.
template <typename F>
void ForEachValid(VectorBuilder& out, int32_t num_rows, F f) {
  if (!out.has_validity()) {
    for (int32_t row = 0; row < num_rows; ++row) f(row);
    return;
  }
  const uint64_t* validity = out.validity();
  for (int32_t base = 0; base < num_rows; base += 64) {
    uint64_t word = validity[base >> 6];
    if (num_rows - base < 64) word &= (uint64_t{1} << (num_rows - base)) - 1;
    if (word == ~uint64_t{0}) {
      for (int32_t row = base; row < base + 64; ++row) f(row);
      continue;
    }
    for (; word != 0; word &= word - 1) f(base + std::countr_zero(word));
  }
}

// Makes a row NULL with a harmless value under it.
inline void SetNullRow(VectorBuilder& out, int32_t row) {
  out.SetNull(row);
  if (out.type().layout() == Layout::kText) out.values<Text>()[row] = Text();
  if (out.type().layout() == Layout::kList) out.values<ListEntry>()[row] = ListEntry();
}

// Notes a failing row; its value becomes NULL so that what reads it stays safe.
inline void FailRow(VectorBuilder& out, int32_t row, std::string detail, RowErrors& errors) {
  SetNullRow(out, row);
  errors.Add(row, ErrorCode::kBadExpression, std::move(detail));
}

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

template <typename Fn>
struct FunctionShape;
template <typename R, typename... Params>
struct FunctionShape<R (*)(Params...)> {
  using Return = R;
  using Tuple = std::tuple<Params...>;
  static constexpr size_t kNumParams = sizeof...(Params);
  static constexpr bool kTakesContext =
      std::is_same_v<std::tuple_element_t<0, Tuple>, const EvalContext&>;
  static constexpr bool kTakesFailure =
      std::is_same_v<std::tuple_element_t<kNumParams - 1, Tuple>, RowFailure&>;
  using Out = std::remove_reference_t<
      std::tuple_element_t<kNumParams - 1 - (kTakesFailure ? 1 : 0), Tuple>>;
};

template <typename T>
inline constexpr bool kIsNumber = std::is_arithmetic_v<T> || std::is_same_v<T, Int128>;

// Calls fn for one row; true if it made a value.
template <auto fn, typename Out, typename... In>
bool CallRow(const EvalContext& context, Out& out, RowFailure& failure, const In&... in) {
  using Shape = FunctionShape<decltype(fn)>;
  const auto call = [&](auto&&... rest) {
    if constexpr (Shape::kTakesContext) {
      return fn(context, in..., rest...);
    } else {
      return fn(in..., rest...);
    }
  };
  const auto with_failure = [&] {
    if constexpr (Shape::kTakesFailure) {
      return call(out, failure);
    } else {
      return call(out);
    }
  };
  if constexpr (std::is_void_v<typename Shape::Return>) {
    with_failure();
    return true;
  } else {
    return with_failure();
  }
}

template <auto fn, typename... Readers>
void FillText(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
              RowErrors& errors, const Readers&... in) {
  StringWriter writer(out);
  RowFailure failure;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const bool made = CallRow<fn>(context, writer, failure, in[row]...);
    const bool too_long = writer.too_long();
    writer.FinishRow(row, made && !too_long);
    if (too_long) [[unlikely]] {
      FailRow(out, row, "the text would be longer than 64 MiB", errors);
    } else if (!made) {
      out.SetNull(row);
      if (failure.failed()) FailRow(out, row, failure.TakeDetail(), errors);
    }
  });
  if (!writer.referred_any()) return;
  for (const Vector& arg : args) {
    if (arg.type().layout() == Layout::kText) out.AddPinsOf(arg);
  }
}

template <auto fn, typename... Readers>
void FillValues(const EvalContext& context, VectorBuilder& out, RowErrors& errors,
                const Readers&... in) {
  using Out = typename FunctionShape<decltype(fn)>::Out;
  auto* values = out.values<Stored<Out>>();
  RowFailure failure;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    Out value{};
    if (CallRow<fn>(context, value, failure, in[row]...)) {
      values[row] = value;
      return;
    }
    values[row] = Stored<Out>{};
    out.SetNull(row);
    if (failure.failed()) [[unlikely]]
      FailRow(out, row, failure.TakeDetail(), errors);
  });
}

// The loop without a look at NULLs, for numbers.
template <auto fn, typename... Readers>
void FillAll(const EvalContext& context, VectorBuilder& out, const Readers&... in) {
  using Out = typename FunctionShape<decltype(fn)>::Out;
  auto* values = out.values<Stored<Out>>();
  const int32_t num_rows = context.num_rows;
  for (int32_t row = 0; row < num_rows; ++row) {
    Out value;
    fn(in[row]..., value);
    values[row] = value;
  }
}

template <auto fn, typename... In>
void Fill(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
          RowErrors& errors, const In&... in) {
  using Out = typename FunctionShape<decltype(fn)>::Out;
  if constexpr (std::is_same_v<Out, StringWriter>) {
    FillText<fn>(context, args, out, errors, in...);
  } else {
    FillValues<fn>(context, out, errors, in...);
  }
}

template <auto fn, typename... In>
inline constexpr bool kVectorises =
    (kIsNumber<In> && ...) &&
    kIsNumber<typename FunctionShape<decltype(fn)>::Out>&& std::is_void_v<
        typename FunctionShape<decltype(fn)>::Return> &&
    !FunctionShape<decltype(fn)>::kTakesContext && !FunctionShape<decltype(fn)>::kTakesFailure;

}  // namespace kernels_internal

template <typename A, auto fn>
void Unary(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
           RowErrors& errors) {
  using namespace kernels_internal;
  const bool flat = args[0].encoding() == Encoding::kFlat;
  if constexpr (kVectorises<fn, A>) {
    if (flat) {
      FillAll<fn>(context, out, ReadFlat<A>(args[0]));
    } else {
      FillAll<fn>(context, out, ReadAny<A>(args[0]));
    }
  } else {
    Fill<fn>(context, args, out, errors, ReadAny<A>(args[0]));
  }
}

template <typename A, typename B, auto fn>
void Binary(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  using namespace kernels_internal;
  const Encoding a = args[0].encoding();
  const Encoding b = args[1].encoding();
  if constexpr (kVectorises<fn, A, B>) {
    if (a == Encoding::kFlat && b == Encoding::kFlat) {
      FillAll<fn>(context, out, ReadFlat<A>(args[0]), ReadFlat<B>(args[1]));
    } else if (a == Encoding::kFlat && b == Encoding::kConstant) {
      FillAll<fn>(context, out, ReadFlat<A>(args[0]), ReadConstant<B>(args[1]));
    } else if (a == Encoding::kConstant && b == Encoding::kFlat) {
      FillAll<fn>(context, out, ReadConstant<A>(args[0]), ReadFlat<B>(args[1]));
    } else {
      FillAll<fn>(context, out, ReadAny<A>(args[0]), ReadAny<B>(args[1]));
    }
  } else if (b == Encoding::kConstant) {
    Fill<fn>(context, args, out, errors, ReadAny<A>(args[0]), ReadConstant<B>(args[1]));
  } else {
    Fill<fn>(context, args, out, errors, ReadAny<A>(args[0]), ReadAny<B>(args[1]));
  }
}

template <typename A, typename B, typename C, auto fn>
void Ternary(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
             RowErrors& errors) {
  using namespace kernels_internal;
  Fill<fn>(context, args, out, errors, ReadAny<A>(args[0]), ReadAny<B>(args[1]),
           ReadAny<C>(args[2]));
}

template <typename A, typename B, typename C, typename D, auto fn>
void Quaternary(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors& errors) {
  using namespace kernels_internal;
  Fill<fn>(context, args, out, errors, ReadAny<A>(args[0]), ReadAny<B>(args[1]),
           ReadAny<C>(args[2]), ReadAny<D>(args[3]));
}

}  // namespace sluice
