// CAST and TRY_CAST between all types, with Flink's results.
#pragma once

#include "functions/scalar_function.h"

namespace sluice {

// True if an explicit CAST between the two types exists.
bool IsCastable(const Type& from, const Type& to);

// True if every value of `from` is, as it lies in the vector, the same value of `to`: the cast is
// Vector::WithType.
bool IsReinterpretingCast(const Type& from, const Type& to);

// True if the cast can add row errors (a string that is no number …). Casts that only give NULL
// cannot.
bool CastCanFail(const Type& from, const Type& to);

// Casts num_rows rows of `input` to out.type(). NULL rows stay NULL. A failing row is added to
// `errors`, or becomes NULL if `try_cast`. REQUIRES: IsCastable(input.type(), out.type()).
void Cast(EvalContext& context, const Vector& input, bool try_cast, VectorBuilder& out,
          RowErrors& errors);

// CAST(x AS STRING) of one row, appended to `out`: what `query --output text`, print and dead
// letters show. REQUIRES: the row is not NULL.
void AppendAsString(const Session& session, const Vector& vector, int32_t row, std::string* out);

}  // namespace sluice
