// The parts of CAST, by what is cast. Private to functions/cast*.cc.
#pragma once

#include <string>
#include <string_view>

#include "functions/cast.h"
#include "functions/kernels.h"

namespace sluice {

struct CastCall {
  EvalContext& context;
  const Vector& input;
  bool try_cast;
  VectorBuilder& out;
  RowErrors& errors;
};

enum class CastResult : uint8_t { kOk, kNull, kFailed };

// A value for messages: quoted, shortened.
std::string DescribeText(std::string_view text);
// Notes that the row cannot be cast: an error, or NULL under TRY_CAST.
void FailCast(CastCall& call, int32_t row, std::string_view value);

void CastToBoolean(CastCall& call);
void CastToNumber(CastCall& call);
void CastToTime(CastCall& call);    // DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ
void CastToText(CastCall& call);    // CHAR, VARCHAR
void CastToBinary(CastCall& call);  // BINARY, VARBINARY
void CastNested(CastCall& call);    // ARRAY, MAP, MULTISET, ROW

// f(value, result) -> CastResult for each row that is not NULL.
template <typename In, typename Out, typename F>
void CastRows(CastCall& call, F f) {
  const auto input = kernels_internal::ReadAny<In>(call.input);
  auto* values = call.out.values<kernels_internal::Stored<Out>>();
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    Out value{};
    const In from = input[row];
    const CastResult result = f(from, value);
    values[row] = value;
    if (result == CastResult::kOk) [[likely]]
      return;
    if (result == CastResult::kNull) return call.out.SetNull(row);
    if constexpr (std::is_same_v<In, std::string_view>) {
      FailCast(call, row, DescribeText(from));
    } else {
      std::string text;
      AppendAsString(call.context.session, call.input, row, &text);
      FailCast(call, row, text);
    }
  });
}

// The same for casts that always give a value.
template <typename In, typename Out, typename F>
void ConvertRows(CastCall& call, F f) {
  const auto input = kernels_internal::ReadAny<In>(call.input);
  auto* values = call.out.values<kernels_internal::Stored<Out>>();
  ForEachValid(call.out, call.context.num_rows,
               [&](int32_t row) { values[row] = static_cast<Out>(f(input[row])); });
}

// Calls f with a value of the C++ type that the numeric type lies in; a DECIMAL comes as int64_t or
// Int128.
template <typename F>
void WithNumber(const Type& type, F f) {
  switch (type.layout()) {
    case Layout::kInt8: return f(int8_t{});
    case Layout::kInt16: return f(int16_t{});
    case Layout::kInt32: return f(int32_t{});
    case Layout::kInt64: return f(int64_t{});
    case Layout::kInt128: return f(Int128{});
    case Layout::kFloat: return f(float{});
    case Layout::kDouble: return f(double{});
    default: SL_CHECK(false);
  }
}

}  // namespace sluice
