// What of a query goes into which columns of a table that is written.
#pragma once

#include <optional>
#include <vector>

#include "plan/catalog.h"
#include "plan/logical_plan.h"

namespace sluice {

// Flink's implicit casts into a sink (LogicalTypeCasts.supportsImplicitCast): between numbers only
// upwards, but for DECIMAL; never between text and anything else; never from a text of any length
// into a CHAR.
bool IsStorable(const Type& from, const Type& to);

// A column that stays as it is, or its cast, which cuts text to the length of the sink's column. A
// cut is not needed where the text is no longer than that; table.exec.sink.type-length-enforcer is
// about such columns.
ExprPtr CastForSink(const ExprPtr& column, const Type& to);

// Neither computed nor virtual.
bool IsWritable(const ColumnEntry& column);
// All of those, as places in TableInfo::columns.
std::vector<int32_t> WritableColumns(const TableEntry& entry, const TableInfo& table);

// All writable columns of the table, in order, made of the columns of a query with their names,
// NULL where the query has none. Nothing when an error was reported: a type that does not fit, a
// NOT NULL column without a value. Columns of the query that the table does not have are left to
// the caller.
std::optional<std::vector<ExprPtr>> MatchByName(const PlanColumns& query, const TableEntry& entry,
                                                const TableInfo& table, SourceSpan span,
                                                Script& script);

}  // namespace sluice
