#include "connectors/jdbc/sql_text.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "connectors/jdbc/jdbc_options.h"

namespace sluice {
namespace {

// What the row that is there already is called.
constexpr std::string_view kExisting = "existing";

}  // namespace

std::vector<ScanPartition> ScanPartitions(const TableInfo& table) {
  std::vector<ScanPartition> partitions;
  const auto wanted = table.options.FindInt("scan.partition.num");
  if (!wanted.has_value()) return partitions;
  const __int128 lower = *table.options.FindInt("scan.partition.lower-bound");
  const __int128 values = *table.options.FindInt("scan.partition.upper-bound") - lower + 1;
  const __int128 count = std::min<__int128>(*wanted, values);
  const __int128 size = (values + count - 1) / count;
  const __int128 num_large = values - (size - 1) * count;
  __int128 start = lower;
  for (__int128 i = 0; i < count; ++i) {
    const __int128 end = start + size - 1 - (i >= num_large ? 1 : 0);
    partitions.push_back({static_cast<int64_t>(start), static_cast<int64_t>(end)});
    start = end + 1;
  }
  return partitions;
}

std::string SqlText::Name(int32_t column) const {
  const std::string& declared = table_.columns[column].name;
  const StoredColumn* stored = stored_.Find(declared);
  return dialect_.Quote(stored == nullptr ? declared : stored->name);
}

std::string SqlText::Names(const std::vector<int32_t>& columns) const {
  return StrJoin(columns, ", ",
                 [this](std::string* out, int32_t column) { out->append(Name(column)); });
}

ValuesSql::Slot SqlText::Value(std::string before, int32_t column, int32_t place) const {
  const StoredColumn* stored = stored_.Find(table_.columns[column].name);
  return {std::move(before), place, stored != nullptr && stored->is_instant};
}

ValuesSql SqlText::Select(const std::vector<int32_t>& columns,
                          const std::optional<ScanPartition>& partition) const {
  ValuesSql sql;
  sql.before = StrCat("SELECT ", columns.empty() ? std::string("1") : Names(columns), " FROM ",
                      stored_.quoted_name);
  if (partition.has_value()) {
    const std::string name = table_.options.GetString(JdbcOptions(), "scan.partition.column");
    StrAppend(&sql.before, " WHERE ", Name(FindColumn(table_, name)), " BETWEEN ", partition->lower,
              " AND ", partition->upper);
  }
  return sql;
}

// The keys as a table of values, each with its place, drive a loop over the index of the table. So
// the database says which key has found a row: what it takes for equal (case, blanks at the end)
// need not be equal here.
ValuesSql SqlText::Lookup(const LookupSpec& spec) const {
  ValuesSql sql;
  std::string select = "SELECT asked.place";
  for (int32_t column : spec.columns) StrAppend(&select, ", t.", Name(column));
  std::string join = StrCat(dialect_.lookup_join, stored_.quoted_name, " AS t ON ");
  const bool is_values = dialect_.lookup_style == LookupStyle::kValues;
  std::string names = "place";
  sql.row.push_back({is_values ? "(" : "SELECT ", ValuesSql::kRowNumber});
  if (!is_values) names = " AS place";
  for (size_t k = 0; k < spec.key_columns.size(); ++k) {
    const int32_t column = spec.key_columns[k];
    const std::string key = StrCat("k", k);
    const StoredColumn* stored = stored_.Find(table_.columns[column].name);
    // The name of the value before stands in front of this one.
    const std::string before =
        is_values ? ", " : StrCat(k == 0 ? " AS place" : StrCat(" AS k", k - 1), ", ");
    sql.row.push_back(Value(before, column, static_cast<int32_t>(k)));
    StrAppend(&names, ", ", key);
    std::string asked = StrCat("asked.", key);
    if (stored != nullptr && !stored->matching.empty()) {
      asked = stored->matching;
      asked.replace(asked.find('?'), 1, StrCat("asked.", key));
    }
    StrAppend(&join, k == 0 ? "t." : " AND t.", Name(column), " = ", asked);
  }
  if (is_values) {
    sql.before = StrCat("WITH asked(", names, ") AS (VALUES ");
    sql.row_end = ")";
    sql.between = ", ";
    sql.after = StrCat(") ", select, " FROM asked", join, " ORDER BY asked.place");
  } else {
    sql.before = StrCat(select, " FROM (");
    sql.row_end = StrCat(" AS k", spec.key_columns.size() - 1);
    sql.between = " UNION ALL ";
    sql.after = StrCat(") AS asked", join);
  }
  return sql;
}

std::string SqlText::Excluded(const std::string& name) const {
  return dialect_.upsert_style == UpsertStyle::kOnConflict ? StrCat("excluded.", name)
                                                           : StrCat("VALUES(", name, ")");
}

// `newer`: the condition under which the row overwrites the one that is there; empty: always.
std::vector<std::string> SqlText::Assignments(const UpsertRules& rules,
                                              const std::string& newer) const {
  const bool on_conflict = dialect_.upsert_style == UpsertStyle::kOnConflict;
  // A row that names only some columns also fills in, when it is older, what nobody has written
  // yet. Without a WHERE of its own, the statement must spell the condition out for each column.
  const bool fills = !newer.empty() && (rules.partial || rules.ignore_null);
  const bool spells_out = !newer.empty() && (fills || !on_conflict);
  std::vector<std::string> changes;
  std::string version;
  for (const UpsertRules::Column& column : rules.columns) {
    const auto& keys = table_.primary_key;
    if (std::find(keys.begin(), keys.end(), column.column) != keys.end()) continue;
    const std::string name = Name(column.column);
    const std::string before = on_conflict ? StrCat(kExisting, ".", name) : name;
    const bool is_version = column.column == rules.version_column;
    std::string after = Excluded(name);
    if (rules.ignore_null) after = StrCat("COALESCE(", after, ", ", before, ")");
    if (spells_out) {
      const std::string otherwise =
          fills && !is_version ? StrCat("COALESCE(", before, ", ", Excluded(name), ")") : before;
      after = StrCat("CASE WHEN ", newer, " THEN ", after, " ELSE ", otherwise, " END");
    }
    (is_version ? version : changes.emplace_back()) = StrCat(name, " = ", after);
  }
  // Last, for where assignments count from left to right.
  if (!version.empty()) changes.push_back(std::move(version));
  return changes;
}

std::string SqlText::ConflictClause(const UpsertRules& rules) const {
  const bool on_conflict = dialect_.upsert_style == UpsertStyle::kOnConflict;
  std::string newer;
  if (rules.version_column >= 0) {
    const std::string version = Name(rules.version_column);
    const std::string before = on_conflict ? StrCat(kExisting, ".", version) : version;
    newer = StrCat("(", before, " IS NULL OR ", Excluded(version), " >= ", before, ")");
  }
  std::vector<std::string> changes;
  if (!rules.ignore_existing) changes = Assignments(rules, newer);
  if (!on_conflict) {
    const std::string key = Name(table_.primary_key.front());
    if (changes.empty()) changes.push_back(StrCat(key, " = ", key));
    return StrCat(" ON DUPLICATE KEY UPDATE ", StrJoin(changes, ", "));
  }
  const std::string conflict = StrCat(" ON CONFLICT (", Names(table_.primary_key), ") DO ");
  if (changes.empty()) return StrCat(conflict, "NOTHING");
  const bool fills = rules.partial || rules.ignore_null;
  return StrCat(conflict, "UPDATE SET ", StrJoin(changes, ", "),
                newer.empty() || fills ? std::string() : StrCat(" WHERE ", newer));
}

ValuesSql SqlText::Upsert(const UpsertRules& rules) const {
  ValuesSql sql;
  sql.before = StrCat("INSERT INTO ", stored_.quoted_name);
  if (rules.has_key() && dialect_.upsert_style == UpsertStyle::kOnConflict) {
    StrAppend(&sql.before, " AS ", kExisting);
  }
  std::string text = "(";
  StrAppend(&sql.before, " (");
  for (size_t c = 0; c < rules.columns.size(); ++c) {
    const UpsertRules::Column& column = rules.columns[c];
    StrAppend(&sql.before, c == 0 ? "" : ", ", Name(column.column));
    StrAppend(&text, c == 0 ? "" : ", ");
    if (column.place < 0) {
      StrAppend(&text, "NULL");
    } else {
      sql.row.push_back(Value(std::exchange(text, ""), column.column, column.place));
    }
  }
  StrAppend(&sql.before, ") VALUES ");
  sql.row_end = StrCat(text, ")");
  sql.between = ", ";
  if (rules.has_key()) sql.after = ConflictClause(rules);
  return sql;
}

ValuesSql SqlText::Delete(const UpsertRules& rules) const {
  ValuesSql sql;
  sql.before = StrCat("DELETE FROM ", stored_.quoted_name, " WHERE ");
  for (size_t k = 0; k < table_.primary_key.size(); ++k) {
    const int32_t column = table_.primary_key[k];
    sql.row.push_back(
        Value(StrCat(k == 0 ? "(" : " AND ", Name(column), " = "), column, rules.key_places[k]));
  }
  sql.row_end = ")";
  sql.between = " OR ";
  if (rules.version_column >= 0) {
    const std::string version = Name(rules.version_column);
    sql.row.push_back(Value(StrCat(" AND (", version, " IS NULL OR ", version, " <= "),
                            rules.version_column, rules.version_place));
    sql.row_end = "))";
  }
  return sql;
}

}  // namespace sluice
