// + and - between dates, times, timestamps and intervals: the part of arithmetic.cc that is about
// time.
#pragma once

#include <optional>

#include "functions/scalar_function.h"

namespace sluice {

// The signature of `left op right` if one of them is a date, time, timestamp or interval; nullopt
// if neither is.
std::optional<StatusOr<Signature>> InferTimeArithmetic(const FunctionCall& call);

// REQUIRES: the arguments are as InferTimeArithmetic said. sign: +1 or -1.
void AddTime(EvalContext& context, std::span<const Vector> args, int sign, VectorBuilder& out,
             RowErrors& errors);

// Interval times or divided by an integer.
void ScaleInterval(EvalContext& context, std::span<const Vector> args, bool divide,
                   VectorBuilder& out, RowErrors& errors);

}  // namespace sluice
