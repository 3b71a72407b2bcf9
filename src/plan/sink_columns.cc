#include "plan/sink_columns.h"

#include <algorithm>

#include "base/strings.h"

namespace sluice {

bool IsStorable(const Type& from, const Type& to) {
  using Kind = TypeKind;
  if (from.kind() == Kind::kNull) return true;
  if (from.IsCharacter() && to.IsCharacter())
    return to.kind() == Kind::kVarChar || from.kind() == Kind::kChar;
  if (from.IsBinary() && to.IsBinary())
    return to.kind() == Kind::kVarBinary || from.kind() == Kind::kBinary;
  if (from.IsNumeric() && to.IsNumeric()) {
    if (to.IsInteger()) return from.IsInteger() && from.kind() <= to.kind();
    if (to.kind() == Kind::kFloat) return from.kind() != Kind::kDouble;
    return true;
  }
  if (from.IsTimestamp() && to.IsTimestamp()) return true;
  if (from.kind() != to.kind()) return false;
  if (!from.IsNested()) return true;
  if (from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (!IsStorable(from.fields()[i].type, to.fields()[i].type)) return false;
  }
  return true;
}

ExprPtr CastForSink(const ExprPtr& column, const Type& to) {
  const Type& from = column->type;
  if (from.kind() == to.kind() &&
      (to.kind() == TypeKind::kVarChar || to.kind() == TypeKind::kVarBinary) &&
      from.length() <= to.length()) {
    return column;
  }
  return MakeCast(column, to.WithNullable(column->type.nullable()));
}

bool IsWritable(const ColumnEntry& column) {
  return column.kind != ast::ColumnKind::kComputed && !column.is_virtual;
}

std::vector<int32_t> WritableColumns(const TableEntry& entry, const TableInfo& table) {
  std::vector<int32_t> columns;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const bool writable =
        std::any_of(entry.columns.begin(), entry.columns.end(), [&](const ColumnEntry& column) {
          return column.name == table.columns[i].name && IsWritable(column);
        });
    if (writable) columns.push_back(static_cast<int32_t>(i));
  }
  return columns;
}

std::optional<std::vector<ExprPtr>> MatchByName(const PlanColumns& query, const TableEntry& entry,
                                                const TableInfo& table, SourceSpan span,
                                                Script& script) {
  std::vector<ExprPtr> matched;
  bool ok = true;
  for (const int32_t place : WritableColumns(entry, table)) {
    const TableColumn& target = table.columns[place];
    const auto found = std::find_if(query.begin(), query.end(), [&](const PlanColumn& column) {
      return column.name == target.name;
    });
    if (found == query.end()) {
      matched.push_back(MakeLiteral(Value::Null(), target.type.Nullable()));
      if (target.type.nullable()) continue;
      script.Error(ErrorCode::kColumnCount, span,
                   StrCat("`", table.name, "` needs a value for its column `", target.name,
                          "`, which is NOT NULL, and the SELECT has no column of that name"),
                   StrCat("select … AS ", target.name));
      ok = false;
      continue;
    }
    if (!IsStorable(found->type.Nullable(), target.type.Nullable())) {
      const std::string to = target.type.Nullable().ToString();
      script.Error(ErrorCode::kSinkType, span,
                   StrCat("the column `", target.name, "` of `", table.name, "` is ", to,
                          ", that of the SELECT is ", found->type.Nullable().ToString()),
                   StrCat("write CAST(", target.name, " AS ", to, ")"));
      ok = false;
      continue;
    }
    const auto column = static_cast<int32_t>(found - query.begin());
    matched.push_back(CastForSink(MakeColumn(column, found->type, found->name), target.type));
  }
  if (!ok) return std::nullopt;
  return matched;
}

}  // namespace sluice
