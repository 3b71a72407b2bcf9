// INSERT INTO: columns are matched by position, and only the casts that lose nothing are made
// silently.
#include <algorithm>

#include "base/strings.h"
#include "plan/script_binder.h"
#include "plan/sink_columns.h"

namespace sluice {

namespace {

void ReportUnknownSink(const ast::Insert& insert, const CatalogEntry* entry, Script& script,
                       const Catalog& catalog) {
  std::vector<std::string> names;
  for (const ObjectPath& each : catalog.Names()) names.push_back(catalog.ShortName(each));
  const std::string name = script.Excerpt(insert.table.span);
  const std::string nearest = NearestName(name, std::span<const std::string>(names));
  script.Error(ErrorCode::kUnknownTable, insert.table.span,
               entry == nullptr ? StrCat("there is no table `", name, "`")
                                : StrCat("`", name, "` is a view"),
               nearest.empty() || entry != nullptr ? "" : StrCat("did you mean `", nearest, "`?"));
}

// The columns that are written, in the order of the query's; false when an error was reported.
bool TargetColumns(const ast::Insert& insert, const TableEntry& entry, const TableInfo& table,
                   Script& script, std::vector<int32_t>* targets) {
  const auto writable = [&](const std::string& name) {
    return std::any_of(entry.columns.begin(), entry.columns.end(), [&](const ColumnEntry& column) {
      return column.name == name && IsWritable(column);
    });
  };
  for (size_t i = 0; insert.columns.empty() && i < table.columns.size(); ++i) {
    if (writable(table.columns[i].name)) targets->push_back(static_cast<int32_t>(i));
  }
  for (const ast::Name& name : insert.columns) {
    const std::string& wanted = name.parts.back().text;
    const auto found =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const TableColumn& column) { return column.name == wanted; });
    if (found == table.columns.end() || !writable(wanted)) {
      std::vector<std::string> names;
      for (const TableColumn& column : table.columns) names.push_back(column.name);
      const std::string nearest = NearestName(wanted, std::span<const std::string>(names));
      script.Error(ErrorCode::kUnknownColumn, name.span,
                   StrCat("`", table.name, "` has no column `", wanted, "` that can be written"),
                   nearest.empty() ? "" : StrCat("did you mean `", nearest, "`?"));
      return false;
    }
    const auto target = static_cast<int32_t>(found - table.columns.begin());
    if (std::find(targets->begin(), targets->end(), target) != targets->end()) {
      script.Error(ErrorCode::kInvalidQuery, name.span,
                   StrCat("the column `", wanted, "` is written twice"));
      return false;
    }
    targets->push_back(target);
  }
  return true;
}

// A column that the INSERT leaves out gets NULL, which a NOT NULL column cannot take; false when an
// error was reported.
bool CheckColumnsLeftOut(const ast::Insert& insert, const TableEntry& entry, const TableInfo& table,
                         const std::vector<int32_t>& targets, Script& script) {
  for (const ColumnEntry& column : entry.columns) {
    if (!IsWritable(column) || column.type.nullable()) continue;
    const bool is_written = std::any_of(targets.begin(), targets.end(), [&](int32_t target) {
      return table.columns[target].name == column.name;
    });
    if (is_written) continue;
    script.Error(ErrorCode::kColumnCount, insert.table.span,
                 StrCat("the column `", column.name, "` of `", table.name,
                        "` is NOT NULL and has to be written"));
    return false;
  }
  return true;
}

// Metadata that the connector does not write has to be declared VIRTUAL; false when an error was
// reported.
bool CheckMetadata(const ast::Insert& insert, const Connector& connector, const TableInfo& table,
                   const std::vector<int32_t>& targets, Script& script) {
  for (const int32_t target : targets) {
    const TableColumn& column = table.columns[target];
    if (column.role != ColumnRole::kMetadata || !connector.available) continue;
    const auto& writable = connector.writable_metadata;
    if (std::find(writable.begin(), writable.end(), column.metadata_key) != writable.end()) {
      const Type& own = *connector.metadata_type(column.metadata_key);
      if (own.kind() == column.type.kind()) continue;
      script.Error(ErrorCode::kInvalidTable, insert.table.span,
                   StrCat("the metadata '", column.metadata_key, "' is written as ",
                          own.Nullable().ToString(), "; the column `", column.name, "` is ",
                          column.type.Nullable().ToString()),
                   StrCat("declare the column as ", own.Nullable().ToString()));
      return false;
    }
    script.Error(ErrorCode::kInvalidTable, insert.table.span,
                 StrCat("the connector '", connector.name, "' cannot write the metadata '",
                        column.metadata_key, "' of the column `", column.name, "`"),
                 "declare the column as METADATA VIRTUAL");
    return false;
  }
  return true;
}

// Casts the query to the sink's types, as far as that loses nothing; null when an error was
// reported.
NodePtr CastToSink(NodePtr query, const LogicalSink& sink, Script& script) {
  std::vector<ExprPtr> projections = AllColumns(query);
  PlanColumns columns = query->columns;
  bool ok = true;
  for (size_t i = 0; i < sink.columns.size(); ++i) {
    const TableColumn& target = sink.table->columns[sink.columns[i]];
    const Type from = projections[i]->type.Nullable();
    const Type to = target.type.Nullable();
    if (!IsStorable(from, to)) {
      script.Error(
          ErrorCode::kSinkType, sink.span,
          StrCat("column ", i + 1, " of `", sink.name, "`: `", target.name, "` is ", to.ToString(),
                 ", the query's `", columns[i].name, "` is ", from.ToString()),
          StrCat("write CAST(", columns[i].name, " AS ", to.ToString(), ")"));
      ok = false;
      continue;
    }
    projections[i] = CastForSink(projections[i], target.type);
    columns[i] = {target.name, projections[i]->type, TimeAttribute::kNone};
  }
  return ok ? MakeCalcNode(std::move(query), nullptr, std::move(projections), std::move(columns))
            : nullptr;
}

}  // namespace

std::optional<LogicalSink> BindInsert(const ast::Insert& insert,
                                      const std::shared_ptr<Script>& script, BindEnvironment& env) {
  QueryBinder binder(script, env);
  const auto path = env.catalog->Resolve(insert.table);
  const CatalogEntry* found = path.ok() ? env.catalog->Find(*path) : nullptr;
  NodePtr query = binder.Bind(*insert.query);
  const auto* entry = found == nullptr ? nullptr : std::get_if<std::shared_ptr<TableEntry>>(found);
  if (entry == nullptr) {
    ReportUnknownSink(insert, found, *script, *env.catalog);
    return std::nullopt;
  }
  if (!insert.partition.empty() || insert.overwrite) {
    script->Error(ErrorCode::kUnsupportedSyntax, insert.span,
                  "INSERT OVERWRITE and PARTITION (…) are not supported yet");
    return std::nullopt;
  }
  const auto table = binder.OpenTable(**entry, insert.hints, insert.table.span);
  if (query == nullptr || table == nullptr) return std::nullopt;
  const Connector* connector = FindConnector(*table->options.Find("connector"));
  if (connector->available && connector->make_sink == nullptr) {
    script->Error(ErrorCode::kConnectorRole, insert.table.span,
                  StrCat("table `", table->name, "`: the connector '", connector->name,
                         "' cannot be written"));
    return std::nullopt;
  }
  LogicalSink sink{.table = table,
                   .name = table->name,
                   .columns = {},
                   .input = nullptr,
                   .query_columns = query->columns,
                   .span = insert.table.span};
  if (!TargetColumns(insert, **entry, *table, *script, &sink.columns)) return std::nullopt;
  if (!CheckMetadata(insert, *connector, *table, sink.columns, *script)) return std::nullopt;
  if (!CheckColumnsLeftOut(insert, **entry, *table, sink.columns, *script)) return std::nullopt;
  if (sink.columns.size() != query->columns.size()) {
    script->Error(ErrorCode::kColumnCount, insert.table.span,
                  StrCat("`", table->name, "` takes ", sink.columns.size(),
                         " columns, the query has ", query->columns.size()),
                  "columns are matched by position: name those that are written, INSERT INTO t (a, "
                  "b) SELECT …");
    return std::nullopt;
  }
  sink.input = CastToSink(std::move(query), sink, *script);
  if (sink.input == nullptr) return std::nullopt;
  return sink;
}

}  // namespace sluice
