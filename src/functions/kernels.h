// How a scalar function becomes a kernel: Unary<In, fn>, Binary<A, B, fn> and Ternary<A, B, C, fn>
// wrap a plain function on single values into a loop over vectors. The function is
//
//   R fn([const EvalContext& context,] In... in, Out& out[, RowFailure& failure])
//
//   In   bool, int8_t, int16_t, int32_t, int64_t, Int128, float, double, Timestamp,
//        std::string_view (CHAR, VARCHAR, BINARY, VARBINARY)
//   Out  the same, but StringWriter for text
//   R    void: always a value
//        bool: false makes the row NULL, or a row error if `failure` or the writer's bound says so
//
// NULL rows are skipped; where all types are numbers and R is void they are computed along, which
// lets the loop vectorise. All encodings are read in place. A kernel allocates nothing per row and
// runs on the thread of its task.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "functions/column_reader.h"
#include "functions/row_loop.h"
#include "functions/scalar_function.h"
#include "functions/string_writer.h"
#include "types/text.h"

namespace sluice {

namespace kernels_internal {

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
