// From a catalog entry to the table that a connector sees: hints applied, secrets filled in, every
// option checked.
#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/strings.h"
#include "connectors/table_format.h"
#include "plan/query_binder.h"

namespace sluice {

namespace {

// ${env:NAME} and ${file:PATH} in an option's value. The message never holds a secret.
StatusOr<std::string> ResolveSecrets(std::string_view value) {
  std::string result;
  while (true) {
    const size_t start = value.find("${");
    const size_t end = start == std::string_view::npos ? start : value.find('}', start);
    if (end == std::string_view::npos) break;
    std::string_view body = value.substr(start + 2, end - start - 2);
    result.append(value.substr(0, start));
    if (body.starts_with("env:")) {
      body.remove_prefix(4);
      const char* found = std::getenv(std::string(body).c_str());
      if (found == nullptr)
        return absl::NotFoundError(StrCat("the environment variable ", body, " is not set"));
      result.append(found);
    } else if (body.starts_with("file:")) {
      body.remove_prefix(5);
      const auto content = ReadFile(std::string(body));
      if (!content.ok()) return absl::NotFoundError(StrCat("the file ", body, " cannot be read"));
      result.append(StripAsciiWhitespace(*content));
    } else {
      result.append(value.substr(start, end + 1 - start));
    }
    value.remove_prefix(end + 1);
  }
  result.append(value);
  return result;
}

std::string ConnectorNames() {
  std::string names;
  for (const Connector& connector : AllConnectors()) {
    if (connector.available) StrAppend(&names, names.empty() ? "" : ", ", connector.name);
  }
  return names;
}

struct OptionReporter {
  Script& script;
  const TableEntry& entry;
  SourceSpan fallback;

  void Report(const OptionProblem& problem) const {
    const auto span = entry.option_spans.find(problem.key);
    const bool own = &script == entry.script.get();
    script.Error(problem.code, own && span != entry.option_spans.end() ? span->second : fallback,
                 StrCat("table `", entry.path.object, "`: ", problem.message), problem.remedy);
  }
};

// A problem of a format, which knows its options without their prefix, with the names that the user
// writes.
OptionProblem WithPrefix(const std::string& prefix, OptionProblem problem) {
  constexpr std::string_view kNamed = "option '", kNearest = "did you mean '";
  const size_t named = problem.message.find(StrCat(kNamed, problem.key));
  if (named != std::string::npos) problem.message.insert(named + kNamed.size(), prefix);
  if (problem.remedy.starts_with(kNearest)) problem.remedy.insert(kNearest.size(), prefix);
  problem.key.insert(0, prefix);
  return problem;
}

// Checks the options of one of the table's formats, and that it can hold its columns.
void CheckFormat(const TableInfo& table, const TableFormat& used,
                 std::vector<OptionProblem>* problems) {
  const Format* format = used.Find();
  if (format == nullptr) {
    std::vector<std::string_view> names;
    for (const Format& each : AllFormats()) names.push_back(each.name);
    const std::string nearest = NearestOf(used.name, names);
    problems->push_back({used.option, ErrorCode::kUnknownFormat,
                         StrCat("there is no format '", used.name, "'"),
                         nearest.empty() ? "" : StrCat("did you mean '", nearest, "'?")});
    return;
  }
  const Options options = used.OwnOptions(table);
  for (OptionProblem problem : CheckOptions(options, format->options, {})) {
    problems->push_back(WithPrefix(used.prefix, std::move(problem)));
  }
  if (format->check_schema == nullptr) return;
  const Status status = format->check_schema(options, used.schema);
  if (!status.ok()) {
    problems->push_back({used.option, ErrorCode::kInvalidTable, std::string(status.message()), ""});
  }
}

// Checks the connector's and its formats' options; false when something is wrong.
bool CheckTableOptions(const Connector& connector, const TableInfo& table,
                       const OptionReporter& reporter) {
  std::vector<OptionProblem> problems;
  std::vector<std::string> prefixes;
  const auto value_format = connector.uses_format ? ValueFormatOf(table) : std::nullopt;
  const auto key_format = connector.has_keys ? KeyFormatOf(table) : std::nullopt;
  if (connector.has_keys) problems = CheckKeyFields(table);
  // Formats of wrong fields would only complain of them once more.
  const bool fields_are_right = problems.empty();
  for (const auto& format : {value_format, key_format}) {
    if (!format.has_value()) continue;
    prefixes.push_back(format->prefix);
    if (fields_are_right) CheckFormat(table, *format, &problems);
  }
  if (!value_format.has_value() && connector.uses_format && connector.available) {
    problems.push_back({"format", ErrorCode::kMissingOption, "the option 'format' is missing",
                        "add 'format' = 'json'"});
  }
  std::map<std::string, std::string> own;
  for (const auto& [key, value] : table.options.values()) {
    const bool of_format = std::any_of(prefixes.begin(), prefixes.end(),
                                       [&](const auto& prefix) { return key.starts_with(prefix); });
    if (!of_format) own[key] = value;
  }
  const std::string_view known[] = {"connector", "format", "dead-letter.path"};
  for (OptionProblem& problem : CheckOptions(Options(std::move(own)), connector.options, known))
    problems.push_back(std::move(problem));
  if (problems.empty() && connector.check != nullptr) problems = connector.check(table);
  for (const OptionProblem& problem : problems) reporter.Report(problem);
  return problems.empty();
}

bool HaveSameKinds(const Type& a, const Type& b) {
  if (a.kind() != b.kind()) return false;
  if (!a.IsNested()) return true;
  return std::equal(a.fields().begin(), a.fields().end(), b.fields().begin(), b.fields().end(),
                    [](const Field& x, const Field& y) { return HaveSameKinds(x.type, y.type); });
}

// Checks that the connector has the metadata that columns ask for. Scalars may be declared with
// another type, to which they are cast.
bool CheckMetadata(const Connector& connector, const TableInfo& table,
                   const OptionReporter& reporter) {
  bool ok = true;
  const auto& keys = connector.metadata_keys;
  for (const TableColumn& column : table.columns) {
    if (column.role != ColumnRole::kMetadata || !connector.available) continue;
    const bool known = std::find(keys.begin(), keys.end(), column.metadata_key) != keys.end();
    const Type* own = known ? connector.metadata_type(column.metadata_key) : nullptr;
    if (known && (!own->IsNested() || HaveSameKinds(*own, column.type))) continue;
    if (known) {
      reporter.Report(
          {"connector", ErrorCode::kInvalidTable,
           StrCat("the metadata '", column.metadata_key, "' of the column `", column.name, "` is ",
                  own->Nullable().ToString(), ", not ", column.type.Nullable().ToString()),
           ""});
    } else {
      reporter.Report({"connector", ErrorCode::kInvalidTable,
                       StrCat("the connector '", connector.name, "' has no metadata '",
                              column.metadata_key, "'"),
                       keys.empty() ? "" : StrCat("one of: ", StrJoin(keys, ", "))});
    }
    ok = false;
  }
  return ok;
}

}  // namespace

std::optional<Options> QueryBinder::OptionsOf(const TableEntry& entry,
                                              const std::vector<ast::Hint>& hints, SourceSpan) {
  Options options = entry.options;
  for (const std::string& name :
       {entry.path.object,
        StrCat(entry.path.catalog, ".", entry.path.database, ".", entry.path.object)}) {
    const auto replaced = env_.replaced_tables.find(name);
    if (replaced == env_.replaced_tables.end()) continue;
    Options kept = replaced->second;
    const auto format = options.Find("format");
    if (kept.Find("format").has_value() && format.has_value()) {
      kept.Set("format", std::string(*format));
      const std::string prefix = StrCat(*format, ".");
      for (const auto& [key, value] : options.values()) {
        if (key.starts_with(prefix)) kept.Set(key, value);
      }
    }
    options = std::move(kept);
  }
  for (const ast::Hint& hint : hints) {
    if (!EqualsIgnoreCase(hint.name.text, "OPTIONS")) continue;
    for (const ast::Hint::Entry& each : hint.entries) {
      if (each.key.empty() || each.key == "connector") {
        script_->Error(ErrorCode::kInvalidHint, each.value_span,
                       each.key.empty() ? "OPTIONS takes 'key' = 'value'"
                                        : "a hint cannot change the connector");
        return std::nullopt;
      }
      options.Set(each.key, each.value);
    }
  }
  return options;
}

std::shared_ptr<const TableInfo> QueryBinder::OpenTable(const TableEntry& entry,
                                                        const std::vector<ast::Hint>& hints,
                                                        SourceSpan span) {
  auto options = OptionsOf(entry, hints, span);
  if (!options.has_value()) return nullptr;
  std::string identity =
      entry.path
          .ToString();  // and its columns: a table may be dropped, or hidden by a temporary one
  for (const ColumnEntry& column : entry.columns)
    StrAppend(&identity, "\n", column.name, " ", column.type.ToString());
  for (const auto& [key, value] : options->values()) StrAppend(&identity, "\n", key, "=", value);
  const auto known = env_.tables.find(identity);
  if (known != env_.tables.end()) return known->second;

  auto table = std::make_shared<TableInfo>();
  table->name = env_.catalog->ShortName(entry.path);
  const OptionReporter reporter{*script_, entry, span};
  for (const auto& [key, value] : options->values()) {
    auto resolved = env_.resolve_secrets ? ResolveSecrets(value) : StatusOr<std::string>(value);
    if (!resolved.ok()) {
      reporter.Report({key, ErrorCode::kSecret,
                       StrCat("option '", key, "': ", resolved.status().message()), ""});
      return nullptr;
    }
    table->options.Set(key, *std::move(resolved));
  }
  for (const ColumnEntry& column : entry.columns) {
    if (column.kind == ast::ColumnKind::kComputed) continue;
    const bool metadata = column.kind == ast::ColumnKind::kMetadata;
    table->columns.push_back({column.name, column.type,
                              metadata ? ColumnRole::kMetadata : ColumnRole::kPhysical,
                              column.metadata_key});
  }
  const auto index_of = [&](const std::string& name) {
    const auto found = std::find_if(table->columns.begin(), table->columns.end(),
                                    [&](const TableColumn& column) { return column.name == name; });
    return static_cast<int32_t>(found - table->columns.begin());
  };
  for (const std::string& key : entry.primary_key) table->primary_key.push_back(index_of(key));
  for (const std::string& key : entry.partitioned_by)
    table->partitioned_by.push_back(index_of(key));

  const auto connector_name = table->options.Find("connector");
  if (!connector_name.has_value()) {
    reporter.Report({"connector", ErrorCode::kMissingOption, "the option 'connector' is missing",
                     StrCat("one of: ", ConnectorNames())});
    return nullptr;
  }
  const Connector* connector = FindConnector(*connector_name);
  if (connector == nullptr) {
    std::vector<std::string_view> names;
    for (const Connector& each : AllConnectors()) names.push_back(each.name);
    const std::string nearest = NearestOf(*connector_name, names);
    reporter.Report({"connector", ErrorCode::kUnknownConnector,
                     StrCat("there is no connector '", *connector_name, "'"),
                     nearest.empty() ? StrCat("one of: ", ConnectorNames())
                                     : StrCat("did you mean '", nearest, "'?")});
    return nullptr;
  }
  if (!CheckTableOptions(*connector, *table, reporter) ||
      !CheckMetadata(*connector, *table, reporter))
    return nullptr;
  if (connector->translate != nullptr) table->options = connector->translate(*table);
  env_.tables[identity] = table;
  return table;
}

}  // namespace sluice
