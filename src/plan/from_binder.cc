// FROM: tables, views, sub-selects and joins.
#include <algorithm>

#include "base/strings.h"
#include "plan/join_builder.h"
#include "plan/query_binder.h"

namespace sluice {

const CatalogEntry* QueryBinder::FindEntry(const ast::Name& name) {
  const auto path = env_.catalog->Resolve(name);
  if (!path.ok()) {
    script_->Error(ErrorCode::kUnknownTable, name.span, std::string(path.status().message()));
    return nullptr;
  }
  const CatalogEntry* entry = env_.catalog->Find(*path);
  if (entry != nullptr) return entry;
  if (!env_.catalog->HasCatalog(path->catalog) ||
      !env_.catalog->HasDatabase(path->catalog, path->database)) {
    script_->Error(
        ErrorCode::kUnknownCatalog, name.span,
        StrCat("there is no catalog and database `", path->catalog, "`.`", path->database, "`"),
        StrCat("pass its tables with --catalog ", path->catalog, "=DIR"));
    return nullptr;
  }
  std::vector<std::string> names;
  for (const ObjectPath& each : env_.catalog->Names())
    names.push_back(env_.catalog->ShortName(each));
  for (const CommonTable& each : common_tables_) names.push_back(each.name);
  const std::string nearest = NearestName(path->object, std::span<const std::string>(names));
  script_->Error(ErrorCode::kUnknownTable, name.span,
                 StrCat("there is no table or view `", env_.catalog->ShortName(*path), "`"),
                 nearest.empty() ? "" : StrCat("did you mean `", nearest, "`?"));
  return nullptr;
}

bool QueryBinder::BindFrom(const ast::TableRef& ref, FromResult* out) {
  switch (ref.kind) {
    case ast::TableRefKind::kTable: return BindNamedTable(ref, out);
    case ast::TableRefKind::kJoin: return BindJoin(ref, out);
    case ast::TableRefKind::kSubquery: {
      if (ref.lateral) {
        script_->Error(ErrorCode::kUnsupportedSyntax, ref.span,
                       "LATERAL (query) is not supported yet",
                       "join UNNEST(…) itself, or compute the columns in SELECT");
        return false;
      }
      NodePtr node = Bind(*ref.query);
      return node != nullptr && NameRelation(ref, "", std::move(node), out);
    }
    case ast::TableRefKind::kFunction:
      script_->Error(ErrorCode::kUnsupportedSyntax, ref.span,
                     "windows and table functions in FROM are not supported yet");
      return false;
    case ast::TableRefKind::kUnnest:
      return BindUnnest(ref, /*left_outer=*/false, {.node = MakeOneRow(), .scope = {}}, out);
  }
  return false;
}

bool QueryBinder::NameRelation(const ast::TableRef& ref, const std::string& name, NodePtr node,
                               FromResult* out) {
  PlanColumns columns = node->columns;
  if (!ref.columns.empty()) {
    if (ref.columns.size() != columns.size()) {
      script_->Error(ErrorCode::kColumnCount, ref.span,
                     StrCat("the alias names ", ref.columns.size(), " columns, the table has ",
                            columns.size()));
      return false;
    }
    for (size_t i = 0; i < columns.size(); ++i) columns[i].name = ref.columns[i].text;
  }
  out->node = std::move(node);
  out->scope = Scope::Of(ref.alias.has_value() ? ref.alias->text : name, columns);
  return true;
}

bool QueryBinder::BindNamedTable(const ast::TableRef& ref, FromResult* out) {
  if (ref.system_time != nullptr) {
    script_->Error(
        ErrorCode::kLookupJoin, ref.span,
        "FOR SYSTEM_TIME AS OF stands behind the right table of a join",
        "write FROM events AS e JOIN dim FOR SYSTEM_TIME AS OF e.proc_time AS d ON d.id = e.id");
    return false;
  }
  if (ref.name.parts.size() == 1) {
    for (auto it = common_tables_.rbegin(); it != common_tables_.rend(); ++it) {
      if (it->name == ref.name.parts[0].text) return NameRelation(ref, it->name, it->node, out);
    }
  }
  const CatalogEntry* entry = FindEntry(ref.name);
  if (entry == nullptr) return false;
  NodePtr node;
  if (const auto* table = std::get_if<std::shared_ptr<TableEntry>>(entry)) {
    node = BindTable(**table, ref.hints, ref.name.span);
  } else {
    node = BindView(*std::get<std::shared_ptr<ViewEntry>>(*entry), ref.name.span);
  }
  return node != nullptr && NameRelation(ref, ref.name.parts.back().text, std::move(node), out);
}

NodePtr QueryBinder::BindView(const ViewEntry& view, SourceSpan span) {
  const std::string name = view.path.ToString();
  if (std::find(views_under_way_.begin(), views_under_way_.end(), name) != views_under_way_.end()) {
    script_->Error(ErrorCode::kInvalidQuery, span, StrCat("the view ", name, " reads itself"));
    return nullptr;
  }
  QueryBinder binder(view.script, env_);
  binder.views_under_way_ = views_under_way_;
  binder.views_under_way_.push_back(name);
  NodePtr node = binder.Bind(*view.query);
  if (node == nullptr) {
    if (view.script != script_)
      script_->Error(ErrorCode::kInvalidQuery, span, StrCat("the view ", name, " is not valid"));
    return nullptr;
  }
  if (view.columns.empty()) return node;
  PlanColumns columns = node->columns;
  for (size_t i = 0; i < columns.size() && i < view.columns.size(); ++i)
    columns[i].name = view.columns[i];
  std::vector<ExprPtr> all = AllColumns(node);
  return MakeCalcNode(std::move(node), nullptr, std::move(all), std::move(columns));
}

// The scan hands out physical and metadata columns; computed columns are a projection over it.
NodePtr QueryBinder::BindTable(const TableEntry& entry, const std::vector<ast::Hint>& hints,
                               SourceSpan span) {
  const auto table = OpenTable(entry, hints, span);
  if (table == nullptr) return nullptr;
  const Connector* connector = FindConnector(*table->options.Find("connector"));
  if (connector->available && connector->make_source == nullptr) {
    script_->Error(
        ErrorCode::kConnectorRole, span,
        StrCat("table `", table->name, "`: the connector '", connector->name, "' cannot be read"));
    return nullptr;
  }
  LogicalNode scan;
  LogicalScan body{.table = table, .name = table->name, .columns = {}, .filters = {}};
  for (const TableColumn& column : table->columns) {
    const bool metadata = column.role == ColumnRole::kMetadata;
    // Metadata has a type of its own, which may be declared as another one.
    const Type* own = metadata && connector->metadata_type != nullptr
                          ? connector->metadata_type(column.metadata_key)
                          : nullptr;
    const bool needs_cast = own != nullptr && own->kind() != column.type.kind();
    const Type& type = needs_cast ? *own : column.type;
    body.columns.push_back({metadata,
                            column.metadata_key,
                            {.kind = DecodedKind::kField, .path = {column.name}, .type = type}});
    scan.columns.push_back({column.name, type, TimeAttribute::kNone});
  }
  scan.body = std::move(body);
  NodePtr node = MakeNode(std::move(scan));

  const Scope scope = Scope::Of(entry.path.object, node->columns);
  ExprBinder binder(*entry.script, scope, *env_.session);
  std::vector<ExprPtr> projections;
  PlanColumns columns;
  int32_t next = 0;
  for (const ColumnEntry& column : entry.columns) {
    ExprPtr value;
    TimeAttribute time = TimeAttribute::kNone;
    if (column.kind == ast::ColumnKind::kComputed) {
      value = binder.Bind(*column.expr);
      time = binder.TimeOf(*column.expr);
    } else {
      value = MakeColumn(next, node->columns[next].type, column.name);
      if (value->type.kind() != column.type.kind()) value = MakeCast(value, column.type);
      ++next;
    }
    if (value == nullptr) return nullptr;
    if (column.name == entry.watermark_column) time = TimeAttribute::kRowtime;
    columns.push_back({column.name, value->type, time});
    projections.push_back(std::move(value));
  }
  return MakeCalcNode(std::move(node), nullptr, std::move(projections), std::move(columns));
}

bool QueryBinder::BindJoin(const ast::TableRef& ref, FromResult* out) {
  FromResult left;
  const bool is_lookup =
      ref.right->kind == ast::TableRefKind::kTable && ref.right->system_time != nullptr;
  const bool ok = BindFrom(*ref.left, &left);
  if (is_lookup) return ok && BindLookupJoin(ref, std::move(left), out);
  if (ref.right->kind == ast::TableRefKind::kUnnest)
    return ok && BindUnnestJoin(ref, std::move(left), out);
  FromResult right;
  return BindFrom(*ref.right, &right) && ok &&
         BindRegularJoin(ref, std::move(left), std::move(right), out);
}

ExprPtr QueryBinder::JoinCondition(const ast::TableRef& join, const Scope& scope, bool* ok) {
  if (join.condition == nullptr) return nullptr;
  ExprBinder binder(*script_, scope, *env_.session);
  ExprPtr condition = binder.BindCondition(*join.condition, "ON");
  *ok = *ok && condition != nullptr;
  return condition;
}

namespace {

JoinType TypeOf(ast::JoinKind kind) {
  switch (kind) {
    case ast::JoinKind::kLeft: return JoinType::kLeft;
    case ast::JoinKind::kRight: return JoinType::kRight;
    case ast::JoinKind::kFull: return JoinType::kFull;
    default: return JoinType::kInner;
  }
}

}  // namespace

bool QueryBinder::BindRegularJoin(const ast::TableRef& join, FromResult left, FromResult right,
                                  FromResult* out) {
  if (join.condition != nullptr && !ApplySubqueryValues(*join.condition, &left)) return false;
  Scope scope = left.scope;
  const size_t left_count = scope.columns.size();
  for (const Scope::Relation& relation : right.scope.relations) {
    const bool taken =
        !relation.name.empty() &&
        std::any_of(left.scope.relations.begin(), left.scope.relations.end(),
                    [&](const Scope::Relation& other) { return other.name == relation.name; });
    if (taken) {
      script_->Error(ErrorCode::kDuplicateName, join.span,
                     StrCat("two tables in FROM are called `", relation.name, "`"),
                     "give one of them another alias");
      return false;
    }
    scope.relations.push_back(
        {relation.name, relation.first + static_cast<int32_t>(left_count), relation.count});
  }
  for (Scope::Merged merged : right.scope.merged) {
    merged.column += static_cast<int32_t>(left_count);
    for (int32_t& part : merged.parts) part += static_cast<int32_t>(left_count);
    scope.merged.push_back(std::move(merged));
  }
  scope.columns.insert(scope.columns.end(), right.scope.columns.begin(), right.scope.columns.end());
  std::vector<MergedPair> merged;
  ExprPtr condition;
  if (join.natural || !join.using_columns.empty()) {
    if (!MergeColumns(join, left.scope, right.scope, &merged)) return false;
    condition = MergedColumnsEqual(merged, join, scope);
    if (condition == nullptr && !merged.empty()) return false;
  } else {
    bool ok = true;
    condition = JoinCondition(join, scope, &ok);
    if (!ok) return false;
  }
  if (condition != nullptr) condition = FoldConstants(condition, *env_.session);

  out->node = MakeJoinNode(TypeOf(join.join_kind), left.node, right.node, scope.columns, condition);
  scope.columns = out->node->columns;
  out->scope = std::move(scope);
  AddMergedColumns(merged, out);
  return true;
}

// The columns that USING names, or NATURAL finds on both sides.
bool QueryBinder::MergeColumns(const ast::TableRef& join, const Scope& left, const Scope& right,
                               std::vector<MergedPair>* merged) {
  std::vector<ast::Identifier> names = join.using_columns;
  if (join.natural) {
    for (const Scope::Merged& each : left.merged) names.push_back({.text = each.name});
    for (size_t i = 0; i < left.columns.size(); ++i) {
      if (!left.IsPartOfMerged(static_cast<int32_t>(i)) && !left.columns[i].name.empty())
        names.push_back({.text = left.columns[i].name});
    }
    std::erase_if(names, [&](const ast::Identifier& name) {
      bool ambiguous = false;
      return !right.Find(name.text, &ambiguous).has_value() && !ambiguous;
    });
  }
  for (const ast::Identifier& name : names) {
    bool left_ambiguous = false, right_ambiguous = false;
    const auto in_left = left.Find(name.text, &left_ambiguous);
    const auto in_right = right.Find(name.text, &right_ambiguous);
    if (in_left.has_value() && in_right.has_value()) {
      merged->push_back(
          {name.text, *in_left, *in_right + static_cast<int32_t>(left.columns.size())});
      continue;
    }
    const SourceSpan span = join.natural ? join.span : name.span;
    const bool ambiguous = left_ambiguous || right_ambiguous;
    script_->Error(ambiguous ? ErrorCode::kAmbiguousColumn : ErrorCode::kUnknownColumn, span,
                   ambiguous ? StrCat("one side of the join has several columns `", name.text, "`")
                             : StrCat("`", name.text, "` is no column of the ",
                                      in_left.has_value() ? "right" : "left", " side"),
                   "write the condition with ON");
    return false;
  }
  return true;
}

ExprPtr QueryBinder::MergedColumnsEqual(const std::vector<MergedPair>& merged,
                                        const ast::TableRef& join, const Scope& scope) {
  std::vector<ExprPtr> parts;
  for (const MergedPair& pair : merged) {
    const auto column = [&](int32_t i) { return MakeColumn(i, scope.columns[i].type, pair.name); };
    auto equal = MakeCall(*FunctionRegistry::Get().Find("="),
                          {column(pair.left), column(pair.right)}, *env_.session);
    if (!equal.ok()) {
      script_->Error(ErrorCode::kIncomparableTypes, join.span,
                     StrCat("`", pair.name, "`: ", equal.status().message()));
      return nullptr;
    }
    parts.push_back(*std::move(equal));
  }
  return AndAll(std::move(parts));
}

// The one that is not NULL of each pair, behind the other columns.
void QueryBinder::AddMergedColumns(const std::vector<MergedPair>& merged, FromResult* from) {
  if (merged.empty()) return;
  Scope& scope = from->scope;
  std::vector<ExprPtr> projections = AllColumns(from->node);
  std::vector<Scope::Merged> added;
  for (const MergedPair& pair : merged) {
    Scope::Merged column{.name = pair.name, .column = static_cast<int32_t>(projections.size())};
    for (const int32_t side : {pair.left, pair.right}) {
      const auto known =
          std::find_if(scope.merged.begin(), scope.merged.end(),
                       [&](const Scope::Merged& each) { return each.column == side; });
      if (known == scope.merged.end()) {
        column.parts.push_back(side);
        continue;
      }
      column.parts.insert(column.parts.end(), known->parts.begin(), known->parts.end());
      scope.merged.erase(known);
    }
    projections.push_back(
        *MakeCoalesce({projections[pair.left], projections[pair.right]}, pair.name));
    scope.columns.push_back({"", projections.back()->type, TimeAttribute::kNone});
    added.push_back(std::move(column));
  }
  scope.merged.insert(scope.merged.begin(), added.begin(), added.end());
  from->node = MakeCalcNode(from->node, nullptr, std::move(projections), scope.columns);
}

bool QueryBinder::BindLookupJoin(const ast::TableRef& join, FromResult left, FromResult* out) {
  const ast::TableRef& ref = *join.right;
  if (join.join_kind != ast::JoinKind::kInner && join.join_kind != ast::JoinKind::kLeft) {
    script_->Error(ErrorCode::kLookupJoin, join.span, "a lookup join is INNER or LEFT");
    return false;
  }
  const CatalogEntry* entry = FindEntry(ref.name);
  if (entry == nullptr) return false;
  const auto* table_entry = std::get_if<std::shared_ptr<TableEntry>>(entry);
  if (table_entry == nullptr) {
    script_->Error(ErrorCode::kLookupJoin, ref.name.span,
                   "a lookup join needs a table, this is a view");
    return false;
  }
  std::vector<ast::Hint> no_hints;
  const auto table = OpenTable(**table_entry, ref.hints, ref.name.span);
  if (table == nullptr) return false;
  const Connector* connector = FindConnector(*table->options.Find("connector"));
  if (connector->available && connector->make_lookup == nullptr) {
    script_->Error(ErrorCode::kConnectorRole, ref.name.span,
                   StrCat("table `", table->name, "`: the connector '", connector->name,
                          "' cannot be looked up"));
    return false;
  }
  ExprBinder left_binder(*script_, left.scope, *env_.session);
  if (left_binder.TimeOf(*ref.system_time) != TimeAttribute::kProctime) {
    script_->Error(
        ErrorCode::kLookupJoin, ref.system_time->span,
        "FOR SYSTEM_TIME AS OF needs a processing-time column of the left table",
        "declare proc_time AS PROCTIME() in the event table and write AS OF e.proc_time");
    return false;
  }
  if (ref.system_time->kind == ast::ExprKind::kCall) {
    script_->Add(Severity::kNote, ErrorCode::kLintOnlyVendor, ref.system_time->span,
                 "AS OF PROCTIME() runs here and on Alibaba Cloud, open-source Flink refuses it",
                 "declare proc_time AS PROCTIME() in the event table and write AS OF e.proc_time");
  }
  const size_t left_count = left.scope.columns.size();
  LogicalLookupJoin body{.table = table,
                         .name = table->name,
                         .key_columns = {},
                         .keys = {},
                         .lookup_columns = {},
                         .left_outer = join.join_kind == ast::JoinKind::kLeft,
                         .condition = nullptr};
  PlanColumns found;
  for (size_t i = 0; i < table->columns.size(); ++i) {
    body.lookup_columns.push_back(static_cast<int32_t>(i));
    found.push_back({table->columns[i].name, table->columns[i].type, TimeAttribute::kNone});
  }
  Scope scope = left.scope;
  scope.Append(ref.alias.has_value() ? ref.alias->text : ref.name.parts.back().text, found);
  if (!SplitLookupCondition(join, scope, left_count, *table, body.lookup_columns, &body))
    return false;

  PlanColumns columns = left.scope.columns;
  for (size_t i = left_count; i < scope.columns.size(); ++i) {
    if (body.left_outer) scope.columns[i].type = scope.columns[i].type.Nullable();
    columns.push_back(scope.columns[i]);
  }
  out->node =
      MakeNode({.body = std::move(body), .inputs = {left.node}, .columns = std::move(columns)});
  out->scope = std::move(scope);
  return true;
}

// Equalities with a column of the dimension become keys. A constant is a key only where nothing
// else is: otherwise it is one more condition, so that one cache entry serves the key.
bool QueryBinder::SplitLookupCondition(const ast::TableRef& join, const Scope& scope,
                                       size_t left_count, const TableInfo& table,
                                       const std::vector<int32_t>& lookup_columns,
                                       LogicalLookupJoin* lookup) {
  if (join.natural || !join.using_columns.empty()) {
    script_->Error(ErrorCode::kLookupJoin, join.span,
                   "a lookup join takes no USING and is not NATURAL",
                   "write the condition with ON");
    return false;
  }
  bool ok = true;
  ExprPtr condition = JoinCondition(join, scope, &ok);
  if (!ok) return false;
  std::vector<ExprPtr> rest;
  // A key column that was widened for the comparison is looked up by the narrowed value, and the
  // comparison stays a condition.
  const auto take_key = [&](const ExprPtr& part, bool constant) {
    if (!IsEquality(*part)) return false;
    for (const int side : {0, 1}) {
      const bool widened = part->args[side]->kind == ExprKind::kCast && !CanFail(*part->args[side]);
      const Expr& column = widened ? *part->args[side]->args[0] : *part->args[side];
      const ExprPtr& value = part->args[1 - side];
      if (column.kind != ExprKind::kColumn || static_cast<size_t>(column.column) < left_count)
        continue;
      const Side value_side = SideOf(*value, left_count);
      if (value_side != (constant ? Side::kNone : Side::kLeft)) continue;
      const int32_t key = lookup_columns[column.column - left_count];
      if (std::find(lookup->key_columns.begin(), lookup->key_columns.end(), key) !=
          lookup->key_columns.end())
        continue;
      lookup->key_columns.push_back(key);
      lookup->keys.push_back(MakeCast(
          value, table.columns[key].type.WithNullable(value->type.nullable() || widened), widened));
      if (widened) rest.push_back(part);
      return true;
    }
    return false;
  };
  for (const ExprPtr& part :
       condition == nullptr ? std::vector<ExprPtr>() : SplitConjunction(condition)) {
    if (!take_key(part, false)) rest.push_back(part);
  }
  if (lookup->keys.empty()) {
    const std::vector<ExprPtr> candidates = std::move(rest);
    rest.clear();
    for (const ExprPtr& part : candidates) {
      if (!take_key(part, true)) rest.push_back(part);
    }
  }
  if (lookup->keys.empty()) {
    script_->Error(ErrorCode::kLookupJoin, join.span,
                   StrCat("the condition has no equality with a column of `", table.name, "`"),
                   "a lookup needs at least one: ON d.id = e.id");
    return false;
  }
  lookup->condition = AndAll(std::move(rest));
  return true;
}

}  // namespace sluice
