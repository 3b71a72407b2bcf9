// CREATE TABLE: columns, keys, watermark, options. Computed columns and the watermark are bound
// here once, so that their errors come with the table; every reader binds them again over its own
// scan.
#include <algorithm>

#include "base/strings.h"
#include "plan/script_binder.h"
#include "plan/type_binder.h"

namespace sluice {

namespace {

ColumnEntry* FindColumn(TableEntry* table, const std::string& name) {
  const auto found = std::find_if(table->columns.begin(), table->columns.end(),
                                  [&](const ColumnEntry& column) { return column.name == name; });
  return found == table->columns.end() ? nullptr : &*found;
}

PlanColumns StoredColumns(const TableEntry& table) {
  PlanColumns columns;
  for (const ColumnEntry& column : table.columns) {
    if (column.kind != ast::ColumnKind::kComputed)
      columns.push_back({column.name, column.type, TimeAttribute::kNone});
  }
  return columns;
}

}  // namespace

void ScriptBinder::Bind(const ast::CreateTable& create) {
  if (create.as_query != nullptr || create.or_replace) {
    script().Error(ErrorCode::kUnsupportedStatement, create.name.span,
                   "CREATE TABLE AS is not supported yet", "create the table, then INSERT INTO it");
    return;
  }
  auto table = std::make_shared<TableEntry>();
  table->script = script_;
  table->temporary = create.temporary;
  table->comment = create.comment;
  table->span = create.name.span;
  bool ok = create.like.has_value() ? CopyLike(create, table.get()) : true;
  ok = BindColumns(create, table.get()) && ok;
  for (const ast::Option& option : create.options) {
    table->options.Set(option.key, option.value);
    table->option_spans[option.key] = option.key_span;
  }
  ok = ok && BindKeys(create, table.get()) && BindWatermark(create, table.get());
  if (ok) AddTable(create, std::move(table));
}

bool ScriptBinder::CopyLike(const ast::CreateTable& create, TableEntry* table) {
  const auto path = catalog_.Resolve(create.like->table);
  const CatalogEntry* entry = path.ok() ? catalog_.Find(*path) : nullptr;
  const auto* source = entry == nullptr ? nullptr : std::get_if<std::shared_ptr<TableEntry>>(entry);
  if (source == nullptr) {
    script().Error(ErrorCode::kUnknownTable, create.like->table.span,
                   StrCat("there is no table `", create.like->table.parts.back().text, "`"));
    return false;
  }
  if ((*source)->script != script_) {
    const bool has_expressions =
        (*source)->watermark != nullptr ||
        std::any_of((*source)->columns.begin(), (*source)->columns.end(),
                    [](const ColumnEntry& column) { return column.expr != nullptr; });
    if (has_expressions) {
      script().Error(ErrorCode::kUnsupportedSyntax, create.like->table.span,
                     "LIKE of a table with computed columns from another file is not supported");
      return false;
    }
  }
  const auto excluded = [&](std::string_view feature) {
    bool result = false;
    for (const ast::LikeOption& option : create.like->options) {
      if (option.feature == "ALL" || option.feature == feature)
        result = option.action == "EXCLUDING";
    }
    return result;
  };
  for (const ColumnEntry& column : (*source)->columns) {
    const bool generated = column.kind == ast::ColumnKind::kComputed && excluded("GENERATED");
    const bool metadata = column.kind == ast::ColumnKind::kMetadata && excluded("METADATA");
    if (!generated && !metadata) table->columns.push_back(column);
  }
  if (!excluded("CONSTRAINTS")) table->primary_key = (*source)->primary_key;
  if (!excluded("PARTITIONS")) table->partitioned_by = (*source)->partitioned_by;
  if (!excluded("OPTIONS")) table->options = (*source)->options;
  if (!excluded("WATERMARKS")) {
    table->watermark = (*source)->watermark;
    table->watermark_column = (*source)->watermark_column;
  }
  return true;
}

bool ScriptBinder::BindColumns(const ast::CreateTable& create, TableEntry* table) {
  bool ok = true;
  for (const ast::ColumnDef& definition : create.columns) {
    ColumnEntry column{.name = definition.name.text,
                       .kind = definition.kind,
                       .type = Type(),
                       .expr = definition.expr.get(),
                       .metadata_key = definition.metadata_key.value_or(definition.name.text),
                       .is_virtual = definition.is_virtual,
                       .comment = definition.comment,
                       .span = definition.span};
    if (FindColumn(table, column.name) != nullptr) {
      script().Error(ErrorCode::kDuplicateName, definition.name.span,
                     StrCat("the column `", column.name, "` is declared twice"));
      ok = false;
      continue;
    }
    if (definition.kind != ast::ColumnKind::kComputed) {
      const auto type = BindType(definition.type, script());
      ok = ok && type.has_value();
      if (!type.has_value()) continue;
      column.type = *type;
    }
    table->columns.push_back(std::move(column));
  }
  if (!ok) return false;
  const Scope scope = Scope::Of(create.name.parts.back().text, StoredColumns(*table));
  for (ColumnEntry& column : table->columns) {
    if (column.kind != ast::ColumnKind::kComputed) continue;
    ExprBinder binder(script(), scope, *session_);
    const ExprPtr bound = binder.Bind(*column.expr);
    ok = ok && bound != nullptr;
    if (bound != nullptr) column.type = bound->type;
  }
  return ok;
}

bool ScriptBinder::BindKeys(const ast::CreateTable& create, TableEntry* table) {
  if (create.primary_keys.size() > 1) {
    script().Error(ErrorCode::kInvalidTable, create.primary_keys[1].span,
                   "a table has one PRIMARY KEY");
    return false;
  }
  for (const ast::PrimaryKey& key : create.primary_keys) {
    if (!key.not_enforced) {
      script().Error(ErrorCode::kInvalidTable, key.span, "Flink cannot enforce a primary key",
                     "write PRIMARY KEY (…) NOT ENFORCED");
      return false;
    }
    table->primary_key.clear();
    for (const ast::Identifier& name : key.columns) {
      ColumnEntry* column = FindColumn(table, name.text);
      if (column == nullptr || column->kind != ast::ColumnKind::kPhysical) {
        script().Error(
            ErrorCode::kInvalidTable, name.span,
            StrCat("the primary key needs a physical column, `", name.text, "` is none"));
        return false;
      }
      column->type = column->type.NotNull();
      table->primary_key.push_back(name.text);
    }
  }
  for (const ast::Identifier& name : create.partitioned_by) {
    if (FindColumn(table, name.text) == nullptr) {
      script().Error(ErrorCode::kUnknownColumn, name.span,
                     StrCat("there is no column `", name.text, "` to partition by"));
      return false;
    }
    table->partitioned_by.push_back(name.text);
  }
  return true;
}

bool ScriptBinder::BindWatermark(const ast::CreateTable& create, TableEntry* table) {
  if (create.watermarks.size() > 1) {
    script().Error(ErrorCode::kInvalidTable, create.watermarks[1].span,
                   "a table has one WATERMARK");
    return false;
  }
  for (const ast::Watermark& watermark : create.watermarks) {
    const std::string& name = watermark.column.parts.back().text;
    const ColumnEntry* column = FindColumn(table, name);
    if (column == nullptr) {
      script().Error(ErrorCode::kUnknownColumn, watermark.column.span,
                     StrCat("there is no column `", name, "` for the watermark"));
      return false;
    }
    if (!column->type.IsTimestamp() || column->type.precision() > 3) {
      script().Error(ErrorCode::kTimeAttribute, watermark.column.span,
                     StrCat("the watermark needs a TIMESTAMP(3) or TIMESTAMP_LTZ(3), `", name,
                            "` is ", column->type.ToString()));
      return false;
    }
    PlanColumns all;
    for (const ColumnEntry& each : table->columns)
      all.push_back({each.name, each.type, TimeAttribute::kNone});
    const Scope scope = Scope::Of(create.name.parts.back().text, all);
    ExprBinder binder(script(), scope, *session_);
    const ExprPtr bound = binder.Bind(*watermark.expr);
    if (bound == nullptr) return false;
    if (bound->type.kind() != column->type.kind()) {
      script().Error(ErrorCode::kTimeAttribute, watermark.expr->span,
                     StrCat("the watermark is ", bound->type.ToString(), ", its column ",
                            column->type.ToString()));
      return false;
    }
    table->watermark_column = name;
    table->watermark = watermark.expr.get();
  }
  return true;
}

void ScriptBinder::AddTable(const ast::CreateTable& create, std::shared_ptr<TableEntry> table) {
  const auto path = catalog_.Resolve(create.name);
  if (!path.ok()) {
    script().Error(ErrorCode::kInvalidTable, create.name.span,
                   std::string(path.status().message()));
    return;
  }
  table->path = *path;
  if (!catalog_.HasDatabase(path->catalog, path->database)) {
    // A script may bring tables of a catalog that only its vendor has: `vvp`.`default`.t.
    if (!catalog_.HasCatalog(path->catalog)) {
      catalog_.AddCatalog(path->catalog, path->database);
    } else {
      catalog_.AddDatabase(path->catalog, path->database);
    }
  }
  if (catalog_.Find(*path) != nullptr && create.if_not_exists) return;
  const std::shared_ptr<TableEntry> added = table;
  // A temporary table hides one of the same name.
  if (!catalog_.Add(*path, std::move(table), create.temporary)) {
    script().Error(ErrorCode::kDuplicateName, create.name.span,
                   StrCat("the table `", path->object, "` exists already"),
                   "write CREATE TABLE IF NOT EXISTS, or another name");
    return;
  }
  // Options are checked now and not only when the table is read, so that all findings of a script
  // come at once.
  QueryBinder binder(script_, env_);
  binder.OpenTable(*added, {}, create.name.span);
}

}  // namespace sluice
