// Rows as lines of text: what `query --output text` and `--output json` print.
#pragma once

#include <optional>
#include <string>

#include "functions/session.h"
#include "plan/logical_plan.h"
#include "types/batch.h"

namespace sluice {

// ["1","abc",null]: each value as CAST(x AS STRING) gives it; with_kind: ["+I","1",…]. With a line
// end.
void AppendTextLine(const Session& session, const Batch& batch, int32_t row, bool with_kind,
                    std::string* out);

// {"id":1,"name":"abc"}: numbers, booleans, arrays, maps and rows as JSON has them, the rest as
// text; with_kind: {"op":"+I",…}. With a line end.
void AppendJsonLine(const Session& session, const PlanColumns& columns, const Batch& batch,
                    int32_t row, bool with_kind, std::string* out);

// What a table shows; nothing for NULL.
std::optional<std::string> CellText(const Session& session, const Vector& vector, int32_t row);

}  // namespace sluice
