#include "connectors/jdbc/table_check.h"

#include <algorithm>

#include "base/error_code.h"
#include "base/options.h"
#include "base/strings.h"
#include "connectors/jdbc/jdbc_options.h"

namespace sluice {
namespace {

std::vector<std::string> LowerSorted(std::vector<std::string> names) {
  for (std::string& name : names) {
    for (char& c : name) c = ToLowerAscii(c);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool HasUniqueKey(const StoredTable& stored, const std::vector<std::string>& wanted) {
  const std::vector<std::string> names = LowerSorted(wanted);
  return std::any_of(stored.unique_keys.begin(), stored.unique_keys.end(),
                     [&](const auto& key) { return LowerSorted(key) == names; });
}

void CheckColumn(const Dialect& dialect, const TableColumn& column, const StoredTable& stored,
                 bool written, std::vector<std::string>* problems) {
  const StoredColumn* found = stored.Find(column.name);
  if (found == nullptr) {
    std::vector<std::string_view> names;
    for (const StoredColumn& each : stored.columns) names.push_back(each.name);
    const std::string nearest = NearestOf(column.name, names);
    problems->push_back(StrCat("it has no column '", column.name, "'",
                               nearest.empty() ? "" : StrCat(" (but '", nearest, "')")));
  } else if (!dialect.fits(column.type, *found, written)) {
    problems->push_back(StrCat("column '", column.name, "' is ", found->type, " there, which ",
                               written ? "cannot hold " : "cannot be read as ",
                               column.type.Nullable().ToString()));
  } else if (written && found->generated) {
    problems->push_back(
        StrCat("column '", column.name, "' is computed there and cannot be written"));
  }
}

}  // namespace

Status CheckTable(const Dialect& dialect, const TableInfo& table, const StoredTable& stored,
                  const TableNeeds& needs) {
  const std::string name = table.options.GetString(JdbcOptions(), "table-name");
  if (stored.columns.empty()) {
    return absl::NotFoundError(StrCat(ErrorCodeName(ErrorCode::kSchemaMismatch), " table ",
                                      table.name, ": the database has no table '", name, "'"));
  }
  std::vector<std::string> problems;
  for (int32_t column : needs.columns) {
    CheckColumn(dialect, table.columns[column], stored, needs.written, &problems);
  }
  for (const StoredColumn& column : stored.columns) {
    const bool given = std::any_of(needs.columns.begin(), needs.columns.end(), [&](int32_t index) {
      return stored.Find(table.columns[index].name) == &column;
    });
    if (needs.written && column.needs_value && !given) {
      problems.push_back(StrCat("column '", column.name, "' is NOT NULL there and gets no value"));
    }
  }
  if (needs.upsert && problems.empty()) {
    std::vector<std::string> keys;
    for (int32_t key : table.primary_key) keys.push_back(table.columns[key].name);
    if (!HasUniqueKey(stored, keys)) {
      const auto quote = [&](std::string* out, const std::string& key) {
        out->append(dialect.Quote(key));
      };
      problems.push_back(StrCat("it has no PRIMARY KEY or unique index on exactly (",
                                StrJoin(keys, ", ", quote), ")"));
    }
  }
  if (problems.empty()) return OkStatus();
  return absl::FailedPreconditionError(StrCat(ErrorCodeName(ErrorCode::kSchemaMismatch), " table ",
                                              table.name, " does not fit '", name,
                                              "' in the database: ", StrJoin(problems, "; ")));
}

}  // namespace sluice
