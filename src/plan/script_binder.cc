#include "plan/script_binder.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "plan/explain.h"
#include "plan/optimizer.h"
#include "plan/physical_plan.h"
#include "plan/type_binder.h"

namespace sluice {

ScriptBinder::ScriptBinder(Catalog& catalog, Settings& settings, FlinkVersion version)
    : catalog_(catalog), settings_(settings), version_(version) {
  auto session = settings_.MakeSession(version_);
  session_ = session.ok() ? *session : std::make_shared<const Session>();
  env_.catalog = &catalog_;
  env_.session = session_.get();
}

void ScriptBinder::BindAll(const std::shared_ptr<Script>& script) {
  for (const ast::Statement& statement : script->statements) BindStatement(script, statement);
}

void ScriptBinder::BindStatement(const std::shared_ptr<Script>& script,
                                 const ast::Statement& statement) {
  script_ = script;
  statement_span_ = statement.span;
  std::visit([&](const auto& body) { Bind(body); }, statement.body);
}

void ScriptBinder::Bind(const ast::QueryPtr& query) {
  QueryBinder binder(script_, env_);
  NodePtr node = binder.Bind(*query);
  if (node != nullptr)
    sinks_.push_back({.table = nullptr,
                      .name = "",
                      .columns = {},
                      .input = node,
                      .query_columns = {},
                      .span = query->span});
}

void ScriptBinder::Bind(const ast::Insert& insert) {
  auto sink = BindInsert(insert, script_, env_);
  if (sink.has_value()) sinks_.push_back(*std::move(sink));
}

void ScriptBinder::Bind(const ast::StatementSet& set) {
  for (const ast::Insert& insert : set.inserts) Bind(insert);
}

void ScriptBinder::Bind(const ast::CreateView& create) {
  const auto path = catalog_.Resolve(create.name);
  if (!path.ok()) {
    script().Error(ErrorCode::kInvalidTable, create.name.span,
                   std::string(path.status().message()));
    return;
  }
  auto view = std::make_shared<ViewEntry>();
  view->path = *path;
  view->temporary = create.temporary;
  view->query = create.query.get();
  view->script = script_;
  for (const ast::Identifier& column : create.columns) view->columns.push_back(column.text);
  // The query is bound here once, so that its errors come with the view and not with its readers.
  QueryBinder binder(script_, env_);
  const NodePtr node = binder.Bind(*create.query);
  if (node == nullptr) return;
  if (!view->columns.empty() && view->columns.size() != node->columns.size()) {
    script().Error(ErrorCode::kColumnCount, create.name.span,
                   StrCat("the view names ", view->columns.size(), " columns, its query has ",
                          node->columns.size()));
    return;
  }
  if (catalog_.Find(*path) != nullptr && create.if_not_exists) return;
  if (!catalog_.Add(*path, view, false)) {
    script().Error(ErrorCode::kDuplicateName, create.name.span,
                   StrCat("`", path->object, "` exists already"));
  }
}

void ScriptBinder::Bind(const ast::CreateCatalog& create) {
  if (catalog_.HasCatalog(create.name.text)) {
    if (!create.if_not_exists) {
      script().Error(ErrorCode::kDuplicateName, create.name.span,
                     StrCat("the catalog `", create.name.text, "` exists already"));
    }
    return;
  }
  std::string type, database = "default";
  for (const ast::Option& option : create.options) {
    if (option.key == "type") type = option.value;
    if (option.key == "default-database") database = option.value;
  }
  if (type != "generic_in_memory") {
    script().Error(
        ErrorCode::kUnsupportedStatement, create.name.span,
        StrCat("catalogs of type '", type, "' are not supported"),
        StrCat("use 'type' = 'generic_in_memory', or pass a folder of DDL files: --catalog ",
               create.name.text, "=DIR"));
    return;
  }
  catalog_.AddCatalog(create.name.text, database);
}

void ScriptBinder::Bind(const ast::CreateDatabase& create) {
  const auto& parts = create.name.parts;
  const std::string catalog = parts.size() > 1 ? parts[0].text : catalog_.current_catalog();
  if (!catalog_.HasCatalog(catalog)) {
    script().Error(ErrorCode::kUnknownCatalog, create.name.span,
                   StrCat("there is no catalog `", catalog, "`"));
    return;
  }
  if (catalog_.HasDatabase(catalog, parts.back().text) && !create.if_not_exists) {
    script().Error(ErrorCode::kDuplicateName, create.name.span,
                   StrCat("the database `", parts.back().text, "` exists already"));
    return;
  }
  catalog_.AddDatabase(catalog, parts.back().text);
}

void ScriptBinder::Bind(const ast::CreateFunction& create) {
  script().Error(ErrorCode::kUnsupportedStatement, statement_span_,
                 StrCat("user-defined functions (", create.class_name, ") are not supported yet"));
}

void ScriptBinder::Bind(const ast::Drop& drop) {
  if (drop.object != ast::ObjectKind::kTable && drop.object != ast::ObjectKind::kView) {
    script().Error(ErrorCode::kUnsupportedStatement, statement_span_,
                   "only tables and views can be dropped");
    return;
  }
  const auto path = catalog_.Resolve(drop.name);
  if (path.ok() && catalog_.Remove(*path)) return;
  if (!drop.if_exists) {
    script().Error(ErrorCode::kUnknownTable, drop.name.span,
                   StrCat("there is no `", drop.name.parts.back().text, "`"));
  }
}

void ScriptBinder::Bind(const ast::Alter& alter) {
  const auto path = catalog_.Resolve(alter.name);
  const CatalogEntry* entry = path.ok() ? catalog_.Find(*path) : nullptr;
  const auto* table = entry == nullptr ? nullptr : std::get_if<std::shared_ptr<TableEntry>>(entry);
  const bool options = alter.object == ast::ObjectKind::kTable &&
                       (!alter.set_options.empty() || !alter.reset_keys.empty());
  if (!options || table == nullptr) {
    if (table == nullptr && alter.if_exists) return;
    script().Error(
        table == nullptr ? ErrorCode::kUnknownTable : ErrorCode::kUnsupportedStatement,
        statement_span_,
        table == nullptr
            ? StrCat("there is no table `", alter.name.parts.back().text, "`")
            : StrCat("ALTER … ", alter.action, " is not supported: only SET and RESET of options"));
    return;
  }
  auto changed = std::make_shared<TableEntry>(**table);
  std::map<std::string, std::string> values = changed->options.values();
  for (const ast::Option& option : alter.set_options) values[option.key] = option.value;
  for (const std::string& key : alter.reset_keys) values.erase(key);
  changed->options = Options(std::move(values));
  catalog_.Add(*path, changed, true);
}

void ScriptBinder::Bind(const ast::Use& use) {
  const auto& parts = use.name.parts;
  const Status status = use.catalog        ? catalog_.UseCatalog(parts[0].text)
                        : parts.size() > 1 ? catalog_.UseDatabase(parts[0].text, parts[1].text)
                                           : catalog_.UseDatabase(std::nullopt, parts[0].text);
  if (!status.ok())
    script().Error(ErrorCode::kUnknownCatalog, use.name.span, std::string(status.message()));
}

void ScriptBinder::RefreshSession(SourceSpan span) {
  auto session = settings_.MakeSession(version_);
  if (!session.ok()) {
    script().Error(ErrorCode::kInvalidOption, span, std::string(session.status().message()));
    return;
  }
  session_ = *session;
  env_.session = session_.get();
}

void ScriptBinder::Bind(const ast::Set& set) {
  if (set.option.key.empty()) {
    InfoTable table{.header = {"key", "value"}, .rows = {}};
    for (const auto& [key, value] : settings_.values()) table.rows.push_back({key, value});
    info_.push_back(std::move(table));
    return;
  }
  if (FindSetting(set.option.key) == nullptr) {
    std::vector<std::string_view> names;
    for (const SettingSpec& spec : AllSettings()) names.push_back(spec.option.key);
    const std::string nearest = NearestOf(set.option.key, names);
    script().Add(
        Severity::kWarning, ErrorCode::kLintUnknownSetting, set.option.key_span,
        StrCat("the configuration key '", set.option.key, "' is not known and has no effect"),
        nearest.empty() ? "" : StrCat("did you mean '", nearest, "'?"));
  }
  const Status status = settings_.Set(set.option.key, set.option.value);
  if (!status.ok()) {
    script().Error(ErrorCode::kInvalidOption, set.option.value_span, std::string(status.message()));
    return;
  }
  RefreshSession(set.option.value_span);
}

void ScriptBinder::Bind(const ast::Reset& reset) {
  if (reset.key.empty()) {
    settings_.ResetAll();
  } else {
    settings_.Reset(reset.key);
  }
  RefreshSession(reset.key_span);
}

// Plans as a job of its own what the statement would run.
void ScriptBinder::Bind(const ast::Explain& explain) {
  for (const std::string& detail : explain.details) {
    // The plan says what changes each operator makes.
    if (detail == "CHANGELOG_MODE") continue;
    script().Error(ErrorCode::kUnsupportedStatement, statement_span_,
                   StrCat("EXPLAIN ", detail, " is not supported"),
                   "write EXPLAIN PLAN FOR; sluice explain --json gives the plan as JSON");
    return;
  }
  std::vector<LogicalSink> others = std::exchange(sinks_, {});
  BindStatement(script_, *explain.statement);
  std::vector<LogicalSink> explained = std::exchange(sinks_, std::move(others));
  if (explained.empty()) return;
  explained = Optimize(std::move(explained), *session_);
  const PhysicalPlan plan =
      BuildPhysicalPlan(explained, settings_, env_.parallelism, /*for_run=*/false, script());
  if (script().ok()) info_.push_back({.text = RenderPlan(ExplainPlan(plan))});
}

void ScriptBinder::Bind(const ast::Describe& describe) {
  const auto path = catalog_.Resolve(describe.name);
  const CatalogEntry* entry = path.ok() ? catalog_.Find(*path) : nullptr;
  if (entry == nullptr) {
    script().Error(ErrorCode::kUnknownTable, describe.name.span,
                   StrCat("there is no table or view `", describe.name.parts.back().text, "`"));
    return;
  }
  InfoTable table{.header = {"name", "type", "null", "key", "extras", "watermark"}, .rows = {}};
  if (const auto* view = std::get_if<std::shared_ptr<ViewEntry>>(entry)) {
    QueryBinder binder((*view)->script, env_);
    const NodePtr node = binder.Bind(*(*view)->query);
    for (const PlanColumn& column : node == nullptr ? PlanColumns() : node->columns) {
      table.rows.push_back({column.name, column.type.Nullable().ToString(),
                            column.type.nullable() ? "TRUE" : "FALSE", "", "", ""});
    }
    info_.push_back(std::move(table));
    return;
  }
  const TableEntry& described = *std::get<std::shared_ptr<TableEntry>>(*entry);
  std::string key;
  for (const std::string& column : described.primary_key)
    StrAppend(&key, key.empty() ? "" : ", ", column);
  for (const ColumnEntry& column : described.columns) {
    const bool is_key = std::find(described.primary_key.begin(), described.primary_key.end(),
                                  column.name) != described.primary_key.end();
    const bool computed = column.kind == ast::ColumnKind::kComputed;
    table.rows.push_back({column.name, computed ? "" : column.type.Nullable().ToString(),
                          column.type.nullable() ? "TRUE" : "FALSE",
                          is_key ? StrCat("PRI(", key, ")") : "",
                          computed ? StrCat("AS ", described.script->Excerpt(column.expr->span))
                          : column.kind == ast::ColumnKind::kMetadata
                              ? StrCat("METADATA FROM '", column.metadata_key, "'")
                              : "",
                          column.name == described.watermark_column
                              ? described.script->Excerpt(described.watermark->span)
                              : ""});
  }
  info_.push_back(std::move(table));
}

void ScriptBinder::Bind(const ast::Show& show) {
  InfoTable table;
  const bool views_only = show.what == "VIEWS";
  if (show.what == "TABLES" || views_only) {
    table.header = {views_only ? "view name" : "table name"};
    for (const ObjectPath& path : catalog_.Names()) {
      const bool here = path.catalog == catalog_.current_catalog() &&
                        path.database == catalog_.current_database();
      const bool is_view = std::holds_alternative<std::shared_ptr<ViewEntry>>(*catalog_.Find(path));
      if (here && (is_view || !views_only)) table.rows.push_back({path.object});
    }
  } else if (show.what == "CATALOGS") {
    table.header = {"catalog name"};
    for (const std::string& name : catalog_.CatalogNames()) table.rows.push_back({name});
  } else if (show.what == "DATABASES") {
    table.header = {"database name"};
    for (const std::string& name : catalog_.DatabaseNames(catalog_.current_catalog()))
      table.rows.push_back({name});
  } else if (show.what == "CURRENT CATALOG") {
    table = {.header = {"current catalog name"}, .rows = {{catalog_.current_catalog()}}};
  } else if (show.what == "CURRENT DATABASE") {
    table = {.header = {"current database name"}, .rows = {{catalog_.current_database()}}};
  } else if (show.what == "FUNCTIONS") {
    table.header = {"function name"};
    for (const ScalarFunction* function : FunctionRegistry::Get().All())
      table.rows.push_back({std::string(function->name)});
    for (const AggregateFunction* function : AggregateRegistry::Get().All())
      table.rows.push_back({std::string(function->name)});
  } else {
    script().Error(ErrorCode::kUnsupportedStatement, statement_span_,
                   StrCat("SHOW ", show.what, " is not supported"),
                   "SHOW TABLES, VIEWS, CATALOGS, DATABASES, CURRENT CATALOG, CURRENT DATABASE and "
                   "FUNCTIONS are");
    return;
  }
  info_.push_back(std::move(table));
}

}  // namespace sluice
